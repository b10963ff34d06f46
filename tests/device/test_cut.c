/*
 * The network cut at every byte of an upload, between the gate's own sync and the registrar's own
 * device port: over TLS, at every byte that goes either way, the handshake's too; and, where
 * nobody misses the end, at every byte of the request and of the answer. What was sent is sent
 * again until it is received, and stands at the registrar once.
 */
#include <time.h>

#include <sodium.h>
#include <sqlite3.h>

#include "gate/door/scan.h"
#include "gate/sync/client.h"
#include "gate/sync/resident.h"
#include "gate/sync/sync.h"
#include "registrar/device/handlers.h"
#include "schema/gate_db.h"
#include "tests/device/cut.h"
#include "tests/device/house.h"
#include "tests/faults/faults.h"
#include "web/local.h"
#include "web/tls.h"

enum {
	IN_A_ROW = 16, /* cuts of one upload, one after the other, before it goes through */
	GROWTH = 2,    /* entries of an upload */
	MARGIN = 16,   /* bytes by which one connection may be longer than another */
	ROUTES_MAX = 24,
	CONTROL_STEP = 40,
	PASSES = 3,
	SHORT_STEP = 23,
};

/* The way of requests without a socket: so many bytes of one arrive, or of its answer, as if that
 * were all. */
struct short_way {
	struct http_local *local;
	const uint8_t *spki;
	enum cut_way way;
	size_t at, went[2];
	bool was_cut;
};

struct scene {
	struct house *house;
	char dir[128];
	struct gate *gate;
	uint8_t spki[TLS_PIN_BYTES];
	struct device *device;
	struct route routes[ROUTES_MAX];
	struct http_server *server;
	struct tls_pair pair;
	struct cut cut;
	struct sync *sync;
	struct short_way way;
	sqlite3_stmt *count; /* what the registrar holds of the gate */
	unsigned number;     /* of texts that were scanned */
	uint64_t tries, lost, doubled, wrong, unfinished;
	unsigned passes; /* that had to be made again with nothing cut */
};

/* Entries in uploads that were answered with a receipt, counted as they came: what a registrar
 * would hold that does not look whether it has them. */
static atomic_uint_fast64_t taken_blindly;

static uint64_t count_entries(const char *body, size_t len)
{
	static const char head[] = "pressgate-entry/v1";
	uint64_t n = 0;

	for (size_t i = 0; i + sizeof(head) <= len; i++)
		n += memcmp(body + i, head, sizeof(head) - 1) == 0;
	return n;
}

static int counted_journal(struct request *req, struct reply *rep)
{
	size_t len;
	const char *body = request_body(req, &len);
	int r = device_journal(req, rep);

	if (r == 0 && strstr(buf_text(reply_body(rep)), "cosignature") != NULL)
		atomic_fetch_add(&taken_blindly, count_entries(body, len));
	return r;
}

/* ---- both sides ---- */

static void open_port(struct scene *scene)
{
	struct http_options options = {.listen = "127.0.0.1:0",
	    .tls13_only = true,
	    .ask_client_certificate = true,
	    .connections = HTTP_CONNECTIONS_DEVICES,
	    .per_address = HTTP_PER_ADDRESS_DEVICES,
	    .program = &device_program};
	size_t n = registrar_n_device_routes;

	assert_true(n <= ROUTES_MAX);
	memcpy(scene->routes, registrar_device_routes, n * sizeof(scene->routes[0]));
	for (size_t i = 0; i < n; i++)
		if (scene->routes[i].handler == device_journal)
			scene->routes[i].handler = counted_journal;
	assert_int_equal(device_open(scene->house->registrar, &scene->device), 0);
	assert_int_equal(tls_make("registrar", NULL, &scene->pair), 0);
	options.cert = scene->pair.cert;
	options.key = scene->pair.key;
	options.routes = (struct route_table){scene->routes, n, NULL};
	options.context = scene->device;
	assert_int_equal(http_local_open(&options, &scene->way.local), 0);
	assert_int_equal(http_start(&options, &scene->server), 0);
	cut_start(&scene->cut, http_port(scene->server));
}

static void write_identity(struct scene *scene)
{
	struct tls_pair pair = {0};
	char path[200];
	FILE *file;

	assert_int_equal(tls_make("pressgate gate", NULL, &pair), 0);
	assert_int_equal(tls_pin(pair.cert, scene->spki), 0);
	(void)snprintf(path, sizeof(path), "%s/keys/tls.pem", scene->dir);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(pair.key, file) >= 0 && fputs(pair.cert, file) >= 0);
	assert_int_equal(fclose(file), 0);
	tls_pair_free(&pair);
}

/* Enrolled at the registrar under its own keys. */
static void make_gate(struct scene *scene)
{
	const struct gate_options create = {.create = true};
	struct gate_identity identity = {.device = "cut-door", .site = "media.lakemount.example"};
	char why[GATE_WHY_MAX], code[GATES_CODE_TEXT + 1];
	struct gates_claim claim = {.code = code};
	uint8_t pin[TLS_PIN_BYTES];
	struct gates_gate made;

	(void)snprintf(scene->dir, sizeof(scene->dir), "%s-gate", scene->house->dir);
	assert_int_equal(gate_open(scene->dir, &create, &scene->gate, why, sizeof(why)), 0);
	write_identity(scene);
	memcpy(claim.journal_key, scene->gate->journal_key->public, GATES_KEY);
	memcpy(claim.spki, scene->spki, sizeof(claim.spki));
	assert_int_equal(gates_code(scene->house->registrar, "cut-door", "admin", code), 0);
	assert_int_equal(
	    gates_enrol(scene->house->registrar, &scene->house->guard, &claim, &made), 0);
	(void)snprintf(identity.url, sizeof(identity.url), "https://127.0.0.1:%u", scene->cut.port);
	assert_int_equal(tls_pin(scene->pair.cert, pin), 0);
	tls_pin_text(pin, identity.pin);
	memcpy(identity.root,
	    keyring_signer(scene->house->registrar->keyring, KEY_USE_ROOT)->public,
	    sizeof(identity.root));
	assert_int_equal(gate_set_identity(scene->gate, &identity), 0);
	scene->way.spki = scene->spki;
}

static int short_ask(void *context, const char *path, const char *body, size_t len,
    unsigned wait_seconds, struct client_answer *ret_answer)
{
	struct short_way *way = context;
	struct http_local_request request = {.method = body == NULL ? "GET" : "POST",
	    .uri = path,
	    .body = body,
	    .len = len,
	    .spki = way->spki};
	struct http_local_reply reply;

	(void)wait_seconds;
	way->went[CUT_UP] = len;
	if (way->way == CUT_UP && way->at < len) {
		request.len = way->at;
		way->was_cut = true;
	}
	if (http_local_ask(way->local, &request, NULL, NULL, &reply) != 0)
		return CLIENT_LOST;
	/* What the registrar says to half a request has no way back. */
	if (request.len < len) {
		free(reply.body);
		return CLIENT_LOST;
	}
	way->went[CUT_DOWN] = reply.len;
	if (way->way == CUT_DOWN && way->at < reply.len) {
		reply.len = way->at;
		reply.body[way->at] = '\0';
		way->was_cut = true;
	}
	*ret_answer = (struct client_answer){
	    .status = (long)reply.status, .body = reply.body, .len = reply.len};
	return 0;
}

static void short_stop(void *context)
{
	(void)context;
}

static int short_connect(
    void *context, const struct client_setup *setup, struct client **ret_client)
{
	static const struct client_transport transport = {short_ask, short_stop, short_stop};

	(void)setup;
	return client_wrap(&transport, context, ret_client);
}

static void open_sync(struct scene *scene, bool sockets)
{
	struct sync_setup setup;

	resident_setup(scene->gate, &setup);
	if (!sockets) {
		setup.connect = short_connect;
		setup.connect_context = &scene->way;
	}
	assert_int_equal(sync_open(&setup, &scene->sync), 0);
}

static void open_count(struct scene *scene)
{
	char path[128];
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/registrar.db", scene->house->dir);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
			     "SELECT count(*) FROM log_entry e JOIN log l ON l.id = e.log_id"
			     " WHERE l.device = 'cut-door'",
			     -1, &scene->count, NULL),
	    SQLITE_OK);
}

static int scene_begin(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	void *house = NULL;

	assert_non_null(scene);
	assert_int_equal(house_begin(&house), 0);
	scene->house = house;
	house_conference(scene->house, "briefing", 0);
	open_port(scene);
	make_gate(scene);
	open_sync(scene, true);
	open_count(scene);
	assert_int_equal(sync_run(scene->sync, SYNC_DOWN), 0);
	atomic_store(&taken_blindly, 0);
	*state = scene;
	return 0;
}

static int scene_end(void **state)
{
	struct scene *scene = *state;
	void *house = scene->house;
	sqlite3 *db = sqlite3_db_handle(scene->count);
	char command[200];
	int r;

	sqlite3_finalize(scene->count);
	sqlite3_close(db);
	sync_close(scene->sync);
	gate_close(scene->gate);
	cut_stop(&scene->cut);
	http_local_close(scene->way.local);
	http_quiesce(scene->server);
	http_stop(scene->server);
	device_close(scene->device);
	tls_pair_free(&scene->pair);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", scene->dir);
	r = system(command);
	free(scene);
	return house_end(&house) != 0 ? -1 : r;
}

/* ---- what is done and looked at ---- */

static void grow(struct scene *scene)
{
	static struct scan_result result;
	struct scan scan;
	char text[32];

	assert_int_equal(scan_open(scene->gate, "briefing", "", &scan), 0);
	for (int i = 0; i < GROWTH; i++) {
		int len = snprintf(text, sizeof(text), "text %u", scene->number++);

		scan_text(&scan, text, (size_t)len, &result);
		assert_true(result.recorded);
	}
}

static uint64_t own(const struct scene *scene)
{
	return scene->gate->journal.log.tree.size;
}

static uint64_t held(const struct scene *scene)
{
	uint64_t n;

	assert_int_equal(sqlite3_step(scene->count), SQLITE_ROW);
	n = (uint64_t)sqlite3_column_int64(scene->count, 0);
	assert_int_equal(sqlite3_reset(scene->count), SQLITE_OK);
	return n;
}

/* Entries the gate believes to be received. */
static uint64_t received(const struct scene *scene)
{
	struct sync_status status;

	sync_status(scene->sync, &status);
	return status.sent;
}

/* After a cut: what the gate takes for received is there, and nothing is there twice. */
static void look(struct scene *scene, uint64_t received_before, uint64_t base)
{
	uint64_t there = held(scene), believed = base + received(scene);

	scene->lost += believed > there;
	scene->doubled += there > own(scene);
	scene->wrong += believed < received_before;
}

/* Everything goes through: in one pass, or where a busy machine lets a connection go, the next. */
static void finish(struct scene *scene, uint64_t base)
{
	int r = sync_run(scene->sync, SYNC_UP);

	for (int i = 1; r != 0 && i < PASSES; i++) {
		scene->passes++;
		r = sync_run(scene->sync, SYNC_UP);
	}
	scene->unfinished += r != 0;
	scene->lost += r == 0 && (held(scene) < own(scene) || base + received(scene) != own(scene));
	scene->doubled += held(scene) > own(scene);
}

/* ---- the tests ---- */

/* Every byte; where time is short, some of them. */
static size_t step(void)
{
	return getenv("PRESSGATE_TESTS_SHORT") == NULL ? 1 : SHORT_STEP;
}

/* One upload that nothing happens to, once what is older has gone: how many bytes go each way. */
static void measure(struct scene *scene, bool sockets, size_t ret_went[static 2])
{
	scene->way.way = CUT_NEVER;
	for (int i = 0; i < 2; i++) {
		grow(scene);
		cut_arm(&scene->cut, CUT_NEVER, 0);
		assert_int_equal(sync_run(scene->sync, SYNC_UP), 0);
	}
	if (sockets)
		(void)cut_done(&scene->cut, ret_went);
	else
		memcpy(ret_went, scene->way.went, sizeof(scene->way.went));
}

/* Tries once with the network cut at that byte. */
static void cut_once(struct scene *scene, bool sockets, enum cut_way way, size_t at)
{
	size_t went[2];

	if (sockets)
		cut_arm(&scene->cut, way, at);
	scene->way.way = way;
	scene->way.at = at;
	scene->way.was_cut = false;
	(void)!sync_run(scene->sync, SYNC_UP);
	scene->tries += sockets ? cut_done(&scene->cut, went) : scene->way.was_cut;
	scene->way.way = CUT_NEVER;
}

/* Cuts at each byte that goes one way, `step_by` apart, so many of them before it gets through. */
static void cut_all(struct scene *scene, bool sockets, enum cut_way way, size_t total,
    size_t step_by, uint64_t base)
{
	unsigned n = 0;

	for (size_t at = 0; at < total; at += step_by, n++) {
		uint64_t before = base + received(scene);

		/* A cut behind the answer's last word is none: then there is nothing left to send.
		 */
		if (n % IN_A_ROW == 0 || base + received(scene) == own(scene))
			grow(scene);
		cut_once(scene, sockets, way, at);
		look(scene, before, base);
		if (n % IN_A_ROW < IN_A_ROW - 1)
			continue;
		cut_arm(&scene->cut, CUT_NEVER, 0);
		finish(scene, base);
	}
	cut_arm(&scene->cut, CUT_NEVER, 0);
	finish(scene, base);
}

/* Both journals side by side, byte by byte. */
static void compare_all(struct scene *scene)
{
	char path[200];
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;

	sync_close(scene->sync);
	scene->sync = NULL;
	gate_close(scene->gate);
	scene->gate = NULL;
	(void)snprintf(path, sizeof(path), "%s/gate.db", scene->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	(void)snprintf(path, sizeof(path), "%s/registrar.db", scene->house->dir);
	assert_int_equal(sqlite3_prepare_v2(db, "ATTACH ?1 AS r", -1, &stmt, NULL), SQLITE_OK);
	sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
	sqlite3_finalize(stmt);
	assert_int_equal(sqlite3_prepare_v2(db,
			     "WITH there AS (SELECT l.epoch, e.seq, e.text FROM r.log_entry e"
			     " JOIN r.log l ON l.id = e.log_id WHERE l.device = 'cut-door')"
			     " SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM there),"
			     " (SELECT count(DISTINCT text) FROM there),"
			     " (SELECT count(*) FROM there JOIN entry USING (epoch, seq, text))",
			     -1, &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	for (int i = 1; i < 4; i++)
		assert_int_equal(sqlite3_column_int64(stmt, i), sqlite3_column_int64(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void judge(struct scene *scene, const char *part, const size_t went[static 2], double start)
{
	uint64_t blind = atomic_load(&taken_blindly), there = held(scene);

	print_message("# %s: %llu cuts in %.1f s, %zu bytes up and %zu down; %llu entries, of which"
		      " %llu arrived, as they came; %u passes made again\n",
	    part, (unsigned long long)scene->tries, now_s() - start, went[CUT_UP], went[CUT_DOWN],
	    (unsigned long long)there, (unsigned long long)blind, scene->passes);
	assert_int_equal(scene->lost, 0);
	assert_int_equal(scene->doubled, 0);
	assert_int_equal(scene->wrong, 0);
	assert_int_equal(scene->unfinished, 0);
	faults_row("network cut", part, scene->tries, scene->lost + scene->unfinished,
	    scene->doubled, scene->wrong);
}

static void an_upload_cut_at_any_byte_on_the_wire_resumes(void **state)
{
	struct scene *scene = *state;
	double start = now_s();
	size_t went[2];
	bool blind;

	measure(scene, true, went);
	/* Handshake, request and answer. */
	assert_true(went[CUT_UP] > 1500 && went[CUT_DOWN] > 700);
	cut_all(scene, true, CUT_UP, went[CUT_UP] + MARGIN, step(), 0);
	cut_all(scene, true, CUT_DOWN, went[CUT_DOWN] + MARGIN, step(), 0);
	assert_true(scene->tries >= (went[CUT_UP] + went[CUT_DOWN]) * 9 / 10 / step());
	judge(scene, "at every byte on the wire, over TLS", went, start);
	blind = atomic_load(&taken_blindly) > held(scene);
	faults_control("network cut", "a registrar that stores what comes as it comes", blind);
	assert_true(blind);
	compare_all(scene);
}

static void an_upload_whose_end_nobody_misses_resumes(void **state)
{
	struct scene *scene = *state;
	double start = now_s();
	uint64_t base;
	size_t went[2];

	/* The first goes over the wire, where the lists came. */
	measure(scene, true, went);
	base = received(scene);
	sync_close(scene->sync);
	scene->sync = NULL;
	open_sync(scene, false);
	measure(scene, false, went);
	cut_all(scene, false, CUT_UP, went[CUT_UP], step(), base);
	cut_all(scene, false, CUT_DOWN, went[CUT_DOWN], step(), base);
	assert_true(scene->tries >= (went[CUT_UP] + went[CUT_DOWN]) / step());
	judge(scene, "at every byte of request and answer, unnoticed", went, start);
	compare_all(scene);
}

static int believe_body(struct store_tx *tx, void *context)
{
	const struct scene *scene = context;

	return store_exec(tx, GATE_Q_SYNC_RECEIVED,
	    STORE_ARGS(store_i64((int64_t)scene->gate->journal.epoch),
		store_i64((int64_t)own(scene)), store_text("")),
	    NULL);
}

/* The control: what was sent counts as received, whatever came back. */
static void a_gate_that_takes_sent_for_received_loses_entries(void **state)
{
	struct scene *scene = *state;
	uint64_t lost = 0;
	size_t went[2];

	measure(scene, true, went);
	/* Nor has the registrar said yet where it stands. */
	sync_close(scene->sync);
	scene->sync = NULL;
	open_sync(scene, true);
	for (size_t at = 0; at < went[CUT_UP]; at += CONTROL_STEP) {
		grow(scene);
		cut_once(scene, true, CUT_UP, at);
		assert_int_equal(store_write(scene->gate->store, believe_body, scene), 0);
		cut_arm(&scene->cut, CUT_NEVER, 0);
		lost += sync_run(scene->sync, SYNC_UP) == 0 && held(scene) < own(scene);
	}
	print_message("# %llu of %llu uploads lacked entries for good\n", (unsigned long long)lost,
	    (unsigned long long)scene->tries);
	faults_control("network cut", "a gate that takes what it sent for received", lost > 0);
	assert_true(lost > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		an_upload_cut_at_any_byte_on_the_wire_resumes, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(
		an_upload_whose_end_nobody_misses_resumes, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(
		a_gate_that_takes_sent_for_received_loses_entries, scene_begin, scene_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
