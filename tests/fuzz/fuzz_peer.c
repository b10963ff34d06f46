/* What one gate hears of others. The first byte chooses: a question for its journal, an answer of
 * the registrar, an answer of another gate, or lines that make entries of another gate's journal,
 * properly signed, so that what follows behind the signature is reached. Whatever came, the gate
 * can still ask. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gate/sync/follow.h"
#include "gate/peer/peer.h"
#include "gate/peer/peer_answer.h"
#include "tests/fuzz/fuzz.h"
#include "tests/gate/world.h"

#define NOW INT64_C(1796000000)

enum { QUESTION, REGISTRAR, PEER, ENTRIES, WAYS };
enum { ENTRIES_MAX = 8 };
static const char other_name[] = "east-door";

static struct {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate *gate;
	struct key_secret *key;
	uint64_t epoch;
} house;

static void house_end(void)
{
	key_free(house.key);
	gate_close(house.gate);
	world_remove(house.dir);
}

static void house_begin(void)
{
	const struct gate_options options = {
	    .clock_source = world_time, .clock_context = &house.clock, .built_s = 1};
	struct world_gate other = {.name = other_name, .pin = {1}};
	const uint8_t seed[KEY_SEED_SIZE] = {0x70};

	FUZZ_NEED(sodium_init() >= 0);
	house.clock = (struct world_clock){NOW * 1000, 1000, 0, true};
	world_dir(house.dir);
	house.gate = world_make(house.dir, 4, NOW, &options);
	FUZZ_NEED(key_from_seed(KEY_USE_DEVICE, seed, &house.key) == 0);
	memcpy(other.public, house.key->public, sizeof(other.public));
	world_put_gates(house.gate, NOW, &other, 1);
	FUZZ_NEED(atexit(house_end) == 0);
}

static void ask(const uint8_t *data, size_t size)
{
	struct peer_cursor cursor = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	struct peer_question *question = NULL;
	unsigned wait = 99;
	char *json = NULL;

	if (peer_question_read(data, size, &question, &wait) != 0) {
		FUZZ_NEED(question == NULL && wait == 99);
		return;
	}
	FUZZ_NEED(wait <= 25);
	FUZZ_NEED(peer_answer(house.gate, &cursor, question, true, &json) == 0);
	free(json);
	peer_question_free(question);
}

static void answer(const char *peer, const uint8_t *data, size_t size)
{
	struct follow_outcome outcome;
	int r = follow_answer(house.gate, peer, data, size, &outcome);

	/* Nothing unsigned is ever taken. */
	FUZZ_NEED((r == 0 || r == STORE_MISUSE) && outcome.news == 0);
}

static int forget(struct store_tx *tx, void *context)
{
	(void)context;
	return follow_forget(tx, other_name);
}

/* A journal of its own each time, of the entries that the lines make: kind and reason. */
static void follow(const uint8_t *data, size_t size)
{
	static struct log_leaf leaves[ENTRIES_MAX];
	struct log_text texts[ENTRIES_MAX];
	struct follow_piece piece = {.device = other_name, .epoch = ++house.epoch};
	struct log_stage next, stage = {0};
	char origin[CHECKPOINT_ORIGIN_MAX + 1], epoch[24];
	struct log log;
	size_t news = 0;
	int r;

	(void)snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)house.epoch);
	FUZZ_NEED(log_origin(WORLD_SITE, other_name, epoch, origin) == 0);
	FUZZ_NEED(log_create(origin, house.key->public, house.key->secret, &log) == 0);
	while (size >= 4 && piece.n_entries < ENTRIES_MAX) {
		const char *end = memchr(data + 3, '\n', size - 3);
		size_t len = end == NULL ? size : (size_t)((const uint8_t *)end - data);
		struct entry entry = {.time_ms = (NOW - data[2]) * 1000,
		    .event = "briefing",
		    .has_pass = data[1] % 8 != 7,
		    .decision = (enum entry_decision)(data[0] % (ENTRY_GAP + 1)),
		    .staff = "officer1"};

		world_id(data[1] % 8, entry.pass);
		(void)snprintf(entry.reason, sizeof(entry.reason), "%.*s", (int)(len - 3),
		    (const char *)data + 3);
		if (log_stage_one(&log, &entry, &next, &leaves[piece.n_entries]) == 0) {
			FUZZ_NEED(log_accept(&log, &next) == 0);
			stage = next;
			texts[piece.n_entries] = (struct log_text){
			    leaves[piece.n_entries].text, leaves[piece.n_entries].len};
			piece.n_entries++;
		}
		data += len + (len < size);
		size -= len + (len < size);
	}
	piece.entries = texts;
	piece.checkpoint = stage.checkpoint;
	piece.checkpoint_len = stage.checkpoint_len;
	r = follow_apply(house.gate, &piece, &news);
	FUZZ_NEED(piece.n_entries == 0 || (r == 0 && news == piece.n_entries));
	FUZZ_NEED(store_write(house.gate->store, forget, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *json = NULL;

	if (house.gate == NULL)
		house_begin();
	if (size == 0)
		return 0;
	if (data[0] % WAYS == QUESTION)
		ask(data + 1, size - 1);
	else if (data[0] % WAYS == ENTRIES)
		follow(data + 1, size - 1);
	else
		answer(data[0] % WAYS == PEER ? other_name : NULL, data + 1, size - 1);
	FUZZ_NEED(follow_question(house.gate, NULL, 0, &json) == 0);
	free(json);
	return 0;
}
