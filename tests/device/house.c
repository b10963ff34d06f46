#include "tests/device/house.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

#include "badges/class.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/conference.h"
#include "registrar/init.h"
#include "registrar/press/outlet.h"
#include "registrar/press/person.h"
#include "registrar/press/suspension.h"

static void open_folder(struct house *house)
{
	struct refusal why = {0};
	const char *news = NULL;
	int r = registrar_open(house->dir, &house->registrar, &news, &why);

	if (r != 0)
		print_error("registrar_open: %d %s %s\n", r, why.field, why.words);
	assert_int_equal(r, 0);
}

int house_begin(void **state)
{
	struct house *house = calloc(1, sizeof(*house));
	struct init_wish wish = {.password = "correct horse battery staple", .pin = "482913"};
	struct refusal why = {0};

	assert_non_null(house);
	assert_true(sodium_init() >= 0);
	(void)snprintf(house->dir, sizeof(house->dir), "/tmp/pressgate-device-XXXXXX");
	if (mkdtemp(house->dir) == NULL)
		return -1;
	settings_default(&wish.settings);
	(void)snprintf(wish.settings.site, sizeof(wish.settings.site), "media.lakemount.example");
	if (init_folder(house->dir, &wish, &why) != 0) {
		print_error("init: %s %s\n", why.field, why.words);
		return -1;
	}
	gates_guard_init(&house->guard);
	house->now = registrar_now();
	open_folder(house);
	*state = house;
	return 0;
}

int house_end(void **state)
{
	struct house *house = *state;
	char command[128];
	int r;

	registrar_close(house->registrar);
	gates_guard_destroy(&house->guard);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", house->dir);
	r = system(command);
	free(house);
	return r;
}

void house_reopen(struct house *house, void (*meanwhile)(struct house *house))
{
	registrar_close(house->registrar);
	if (meanwhile != NULL)
		meanwhile(house);
	open_folder(house);
}

int64_t house_conference(struct house *house, const char *slug, int64_t capacity)
{
	struct conference wish;
	struct refusal why = {0};
	int64_t id = 0;
	int r;

	conference_default(&wish);
	wish.slug = slug;
	wish.title = "Update";
	wish.place = "Media Gallery";
	wish.doors = house->now - 600;
	wish.starts = house->now + 3600;
	wish.ends = house->now + 7200;
	wish.capacity = capacity;
	r = conference_create(house->registrar, &wish, "admin", house->now, &id, &why);
	if (r != 0)
		print_error("conference_create: %d %s %s\n", r, why.field, why.words);
	assert_int_equal(r, 0);
	return id;
}

struct person_job {
	const char *name, *outlet;
	char email[80];
	int64_t now, accreditation;
};

static int person_body(struct store_tx *tx, void *context)
{
	struct person_job *job = context;
	struct accreditation grant = {.class = CLASS_REPORTER,
	    .valid_from = job->now - 86400,
	    .valid_until = job->now + 300 * 86400};
	int r = outlet_put(tx, job->outlet, false, job->now, &grant.outlet_id);

	if (r == 0)
		r = person_put(tx, job->email, job->name, job->now, &grant.person_id);
	return r != 0 ? r : accreditation_grant(tx, &grant, &job->accreditation);
}

int64_t house_reporter(struct house *house, const char *name, const char *outlet)
{
	static unsigned number;
	struct person_job job = {.name = name, .outlet = outlet, .now = house->now};

	(void)snprintf(job.email, sizeof(job.email), "reporter%u@press.example", number++);
	assert_int_equal(store_write(house->registrar->store, person_body, &job), 0);
	return job.accreditation;
}

struct registration house_register(struct house *house, int64_t conference, int64_t accreditation)
{
	struct registration_wish wish = {.conference_id = conference,
	    .accreditation_id = accreditation,
	    .consented = house->now};
	struct registration made;
	struct refusal why = {0};
	int r = registration_register(house->registrar, &wish, house->now, &made, &why);

	if (r != 0)
		print_error("register: %d %s %s\n", r, why.field, why.words);
	assert_int_equal(r, 0);
	return made;
}

void house_cancel(struct house *house, const char *reference)
{
	struct refusal why = {0};

	assert_int_equal(
	    registration_cancel(house->registrar, reference, NULL, house->now, NULL, &why), 0);
}

static void email_of(struct house *house, int64_t accreditation, char ret[PERSON_EMAIL_MAX + 1])
{
	struct accreditation found;
	struct store_tx *tx = NULL;
	struct person person;

	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(accreditation_by_id(tx, accreditation, &found), 0);
	assert_int_equal(person_by_id(tx, found.person_id, &person), 0);
	store_read_end(tx);
	memcpy(ret, person.email, sizeof(person.email));
}

int house_suspend(struct house *house, int64_t accreditation, bool suspended, struct refusal *why)
{
	char email[PERSON_EMAIL_MAX + 1];
	const struct suspension_wish wish = {
	    .email = email, .words = "Under review", .staff = "admin", .now = house->now};
	unsigned count = 0;
	int r;

	email_of(house, accreditation, email);
	r = suspended ? suspension_begin(house->registrar, &wish, &count, why)
		      : suspension_end(house->registrar, &wish, &count, why);
	assert_int_equal(count, r == 0);
	return r;
}

int64_t house_number(struct house *house, const char *sql)
{
	char path[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	int64_t number;

	(void)snprintf(path, sizeof(path), "%s/registrar.db", house->dir);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return number;
}

void house_gate_begin(struct house *house, struct house_gate *gate, const char *name)
{
	struct gates_claim claim = {0};
	char code[GATES_CODE_TEXT + 1], origin[CHECKPOINT_ORIGIN_MAX + 1];

	*gate = (struct house_gate){.epoch = 1789000000};
	assert_int_equal(key_new(KEY_USE_DEVICE, &gate->key), 0);
	assert_int_equal(gates_code(house->registrar, name, "admin", code), 0);
	claim.code = code;
	memcpy(claim.journal_key, gate->key->public, GATES_KEY);
	randombytes_buf(claim.spki, sizeof(claim.spki));
	assert_int_equal(gates_enrol(house->registrar, &house->guard, &claim, &gate->gate), 0);
	assert_int_equal(log_origin("media.lakemount.example", name, "1789000000", origin), 0);
	assert_int_equal(log_create(origin, gate->key->public, gate->key->secret, &gate->log), 0);
}

void house_gate_end(struct house_gate *gate)
{
	key_free(gate->key);
	free(gate->leaves);
}

void house_gate_add(struct house_gate *gate, const struct entry *wish)
{
	struct entry entry = *wish;
	struct log_stage stage;

	if (entry.time_ms == 0)
		entry.time_ms = INT64_C(1789236180000) + (int64_t)gate->n;
	if (entry.reason[0] == '\0')
		(void)snprintf(entry.reason, sizeof(entry.reason), "ok");
	if (gate->n == gate->cap) {
		gate->cap = gate->cap == 0 ? 64 : gate->cap * 2;
		gate->leaves = realloc(gate->leaves, gate->cap * sizeof(*gate->leaves));
		assert_non_null(gate->leaves);
	}
	assert_int_equal(log_stage_one(&gate->log, &entry, &stage, &gate->leaves[gate->n]), 0);
	assert_int_equal(log_accept(&gate->log, &stage), 0);
	memcpy(gate->checkpoint, stage.checkpoint, sizeof(gate->checkpoint));
	gate->n++;
}

void house_gate_seal(struct house_gate *gate, uint64_t size, char *ret_text, size_t ret_size)
{
	struct checkpoint checkpoint = {.size = size};
	char text[CHECKPOINT_SIGNED_MAX + 1];
	struct tree tree;
	size_t len;

	tree_init(&tree);
	for (uint64_t i = 0; i < size; i++)
		assert_int_equal(tree_append(&tree, gate->leaves[i].hash), 0);
	tree_root(&tree, checkpoint.root);
	(void)snprintf(checkpoint.origin, sizeof(checkpoint.origin), "%s", gate->log.key.name);
	assert_int_equal(
	    checkpoint_sign(&checkpoint, &gate->log.key, gate->key->secret, text, &len), 0);
	(void)snprintf(ret_text, ret_size, "%s", text);
}

int house_gate_send(struct house *house, struct house_gate *gate, uint64_t old, uint64_t end,
    struct reception_answer *ret_answer)
{
	struct log_text *texts = calloc(end - old + 1, sizeof(*texts));
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
	struct reception_upload upload = {.gate = &gate->gate,
	    .epoch = gate->epoch,
	    .old = old,
	    .checkpoint = checkpoint,
	    .entries = texts,
	    .n_entries = (size_t)(end - old),
	    .now = house->now};
	int r;

	assert_non_null(texts);
	for (uint64_t i = old; i < end; i++)
		texts[i - old] = (struct log_text){gate->leaves[i].text, gate->leaves[i].len};
	house_gate_seal(gate, end, checkpoint, sizeof(checkpoint));
	upload.checkpoint_len = strlen(checkpoint);
	r = reception_take(house->registrar, &upload, ret_answer);
	free(texts);
	return r;
}

void house_gate_sync(struct house *house, struct house_gate *gate)
{
	struct reception_answer answer;

	while (gate->sent < gate->n) {
		uint64_t end = gate->n - gate->sent > RECEPTION_ENTRIES_MAX
				   ? gate->sent + RECEPTION_ENTRIES_MAX
				   : gate->n;

		assert_int_equal(house_gate_send(house, gate, gate->sent, end, &answer), 0);
		assert_int_equal(answer.size, end);
		gate->sent = end;
	}
}
