/* A receipt is a promise: no cut of the power takes back what was receipted, or leaves half. */
#include "tests/device/house.h"

#include "registrar/keys/keyring.h"
#include "schema/registrar_db.h"
#include "tests/faults/faults.h"
#include "tests/store/powercut.h"

enum { ENTRIES = 48, CUTS = 10000 };

/* A registrar whose store lies on the recording disk; keys and settings are a real one's. */
struct scene {
	struct house *house;
	struct house_gate gate;
	const char *synchronous;
	char path[128];
	uint64_t made; /* operations that made the file */
};

static int put_gate(struct store_tx *tx, void *context)
{
	const struct scene *scene = context;
	uint8_t code[32] = {1};
	int r = store_exec(tx, REGISTRAR_Q_GATE_INSERT,
	    STORE_ARGS(
		store_text("cut-door"), store_blob(code, sizeof(code)), store_i64(2), store_i64(1)),
	    NULL);

	return r != 0 ? r
		      : store_exec(tx, REGISTRAR_Q_GATE_ENROL,
			    STORE_ARGS(store_i64(1), store_blob(scene->gate.gate.spki, GATES_KEY),
				store_blob(scene->gate.gate.journal_key, GATES_KEY), store_i64(1)),
			    NULL);
}

static int open_store(const struct scene *scene, bool create, struct store **ret_store)
{
	const struct store_options options = {
	    .create = create, .group_commit = create, .synchronous = scene->synchronous};
	char why[256];

	return store_open(
	    scene->path, &registrar_store_spec, &options, ret_store, why, sizeof(why));
}

/* Uploads of one to four entries, each acknowledged by its receipt. */
static int work(struct powercut *run, void *context)
{
	struct scene *scene = context;
	struct registrar *registrar = scene->house->registrar;
	struct store *real = registrar->store, *store = NULL;
	struct reception_answer answer;
	uint64_t at = 0, round = 0;
	int r = open_store(scene, true, &store);

	if (r == 0)
		r = store_write(store, put_gate, scene);
	registrar->store = store;
	scene->made = powercut_operations(run);
	while (r == 0 && at < ENTRIES) {
		uint64_t end = at + 1 + round++ % 4;

		if (end > ENTRIES)
			end = ENTRIES;
		r = house_gate_send(scene->house, &scene->gate, at, end, &answer);
		if (r == 0)
			powercut_ack(run, end);
		at = end;
	}
	registrar->store = real;
	store_close(store);
	return r;
}

/* Reads one log as it stands: its size, and whether texts, tree, checkpoint and receipt agree. */
static bool agrees(struct scene *scene, struct store_tx *tx, uint64_t *ret_size)
{
	struct store_rows *rows = NULL;
	struct log log;
	struct tree tree;
	uint8_t leaf[TREE_HASH], root[TREE_HASH], want[TREE_HASH];
	const uint8_t *stored;
	const char *text;
	size_t len;
	int64_t id;
	int r = store_one(tx, REGISTRAR_Q_LOG_ALL, STORE_NO_ARGS, &rows);

	*ret_size = 0;
	if (r == STORE_NOT_FOUND)
		return true;
	if (r != STORE_ROW)
		return false;
	id = store_get_i64(rows, 0);
	stored = store_get_blob(rows, 6, &len);
	text = store_get_text(rows, 7);
	r = log_open(store_get_text(rows, 1), scene->gate.key->public, NULL, stored, len, text,
	    strlen(text), &log);
	*ret_size = (uint64_t)store_get_i64(rows, 5);
	if (store_get_text(rows, 8)[0] == '\0')
		r = -1;
	store_done(rows);
	rows = NULL;
	tree_init(&tree);
	if (r == 0)
		r = store_query(tx, REGISTRAR_Q_LOG_TEXTS,
		    STORE_ARGS(store_i64(id), store_i64(INT32_MAX)), &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		text = store_get_blob(rows, 0, &len);
		tree_leaf(text, len, leaf);
		r = tree_append(&tree, leaf);
	}
	store_done(rows);
	if (r != 0)
		return false;
	tree_root(&tree, root);
	tree_root(&log.tree, want);
	return tree.size == *ret_size && log.tree.size == *ret_size &&
	       memcmp(root, want, sizeof(root)) == 0;
}

static void check(
    void *context, const uint64_t *acked, size_t n, uint64_t *ret_lost, uint64_t *ret_corrupt)
{
	struct scene *scene = context;
	struct store *store = NULL;
	struct store_tx *tx = NULL;
	uint64_t size = 0;
	int r = open_store(scene, false, &store);

	if (r != 0 || store_verify(store, NULL, 0) != 0 || store_read_begin(store, &tx) != 0 ||
	    !agrees(scene, tx, &size))
		(*ret_corrupt)++;
	for (size_t i = 0; i < n; i++)
		*ret_lost += acked[i] > size;
	store_read_end(tx);
	store_close(store);
}

static void begin(struct scene *scene, struct house *house, const char *synchronous)
{
	*scene = (struct scene){.house = house, .synchronous = synchronous};
	(void)snprintf(scene->path, sizeof(scene->path), "%s/cut.db", house->dir);
	house_gate_begin(house, &scene->gate, synchronous == NULL ? "cut-door" : "control-door");
	for (size_t i = 0; i < ENTRIES; i++)
		house_gate_add(
		    &scene->gate, &(struct entry){.decision = ENTRY_ADMIT, .event = "update"});
	scene->gate.gate.id = 1; /* the only one in the store that is cut */
}

static void no_receipt_is_taken_back(void **state)
{
	struct powercut_options options = {.cuts = 1, .seed = 20261122};
	struct powercut_stats stats;
	struct scene scene;

	begin(&scene, *state, NULL);
	/* Once to see how far the file's making goes: `registrar init` moves it into place whole.
	 */
	assert_int_equal(powercut_run(work, check, &scene, &options, &stats), 0);
	options.from = scene.made;
	options.cuts = powercut_share(CUTS);
	assert_int_equal(powercut_run(work, check, &scene, &options, &stats), 0);
	powercut_print("uploads", &stats);
	faults_row("power cut", "registrar, receipts", stats.cuts, stats.lost, stats.corrupt, 0);
	assert_true(stats.acks > ENTRIES / 4);
	assert_int_equal(stats.lost, 0);
	assert_int_equal(stats.corrupt, 0);
	house_gate_end(&scene.gate);
}

static void without_waiting_for_the_disk_receipts_are_lost(void **state)
{
	const struct powercut_options options = {.cuts = 400, .seed = 7};
	struct powercut_stats stats;
	struct scene scene;

	begin(&scene, *state, "NORMAL");
	assert_int_equal(powercut_run(work, check, &scene, &options, &stats), 0);
	powercut_print("control: synchronous=NORMAL", &stats);
	faults_control("power cut", "registrar, synchronous NORMAL", stats.lost > 0);
	assert_true(stats.lost > 0);
	house_gate_end(&scene.gate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_receipt_is_taken_back),
	    cmocka_unit_test(without_waiting_for_the_disk_receipts_are_lost),
	};

	return cmocka_run_group_tests(tests, house_begin, house_end);
}
