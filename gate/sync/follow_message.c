/* The question and the answer of gate/sync/follow.h as they travel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "badges/bytes.h"
#include "badges/log_json.h"
#include "gate/sync/follow.h"
#include "gate/peer/peer.h"

/* A size no log has: of what is followed no further, nothing more is to come. */
#define SIZE_NEVER (INT64_C(1) << 53)

struct question {
	struct gate *gate;
	const char *peer;
	json_t *held;
};

static int add_held(struct question *question, const char *device, uint64_t epoch, json_int_t size)
{
	json_t *held = json_pack(
	    "{s:s, s:I, s:I}", "device", device, "epoch", (json_int_t)epoch, "size", size);

	return json_array_append_new(question->held, held) == 0 ? 0 : STORE_NO_MEMORY;
}

static int add_log(void *context, const struct follow_log *log)
{
	struct question *question = context;
	const struct keyset_device *device =
	    question->gate->keys == NULL ? NULL : keyset_device(question->gate->keys, log->device);
	json_int_t size = log->alarm[0] == '\0' ? (json_int_t)log->size : SIZE_NEVER;

	if (device == NULL || device->state != KEYSET_ACTIVE ||
	    (question->peer != NULL && strcmp(question->peer, log->device) != 0) ||
	    json_array_size(question->held) >= FOLLOW_HELD_MAX)
		return 0;
	return add_held(question, log->device, log->epoch, size);
}

/* The registrar gives a gate its earlier epochs when it names its present one. Without keys they
 * could not be followed yet. */
static int add_own(struct question *question)
{
	const struct gate *gate = question->gate;

	if (question->peer != NULL || gate->journal.epoch == 0 || gate->keys == NULL ||
	    keyset_device(gate->keys, gate->identity.device) == NULL)
		return 0;
	return add_held(question, gate->identity.device, gate->journal.epoch, SIZE_NEVER);
}

static int gather(struct gate *gate, struct question *question)
{
	struct store_tx *tx = NULL;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = add_own(question);
	if (r == 0)
		r = follow_each(tx, add_log, question);
	gate_look_end(gate, tx);
	return r;
}

int follow_question(struct gate *gate, const char *peer, unsigned wait, char **ret_json)
{
	struct question question = {gate, peer, json_array()};
	json_t *json = NULL;
	char *text = NULL;
	int r = question.held == NULL ? STORE_NO_MEMORY : gather(gate, &question);

	if (r == 0)
		json = json_pack("{s:I, s:O}", "wait", (json_int_t)wait, "held", question.held);
	if (json != NULL)
		text = json_dumps(json, JSON_COMPACT);
	if (r == 0 && text == NULL)
		r = STORE_NO_MEMORY;
	json_decref(json);
	json_decref(question.held);
	if (r == 0)
		*ret_json = text;
	return r;
}

/* A piece taken out of its JSON, which holds the texts. */
struct parsed {
	struct follow_piece piece;
	struct log_text *entries;
	uint8_t tree[TREE_STORED_MAX];
};

static bool read_entries(json_t *array, struct parsed *parsed)
{
	if (!log_json_read(array, FOLLOW_ENTRIES_MAX, &parsed->entries, &parsed->piece.n_entries))
		return false;
	parsed->piece.entries = parsed->entries;
	return true;
}

static bool read_piece(json_t *json, struct parsed *parsed)
{
	const char *tree = NULL;
	json_t *entries = NULL;
	json_int_t epoch, old;
	size_t len = 0;

	if (json_unpack(json, "{s:s, s:I, s:I, s?s%, s:s%, s:o}", "device", &parsed->piece.device,
		"epoch", &epoch, "old", &old, "tree", &tree, &len, "checkpoint",
		&parsed->piece.checkpoint, &parsed->piece.checkpoint_len, "entries",
		&entries) != 0 ||
	    epoch < 1 || old < 0 || parsed->piece.checkpoint_len > CHECKPOINT_SIGNED_MAX)
		return false;
	parsed->piece.epoch = (uint64_t)epoch;
	parsed->piece.old = (uint64_t)old;
	if (tree != NULL) {
		if (len % 2 != 0 || len / 2 > sizeof(parsed->tree) ||
		    bytes_unhex(tree, len, parsed->tree, len / 2) != 0)
			return false;
		parsed->piece.tree = parsed->tree;
		parsed->piece.tree_len = len / 2;
	}
	return read_entries(entries, parsed);
}

static int take_piece(
    struct gate *gate, const char *peer, json_t *json, struct follow_outcome *outcome)
{
	struct parsed *parsed = calloc(1, sizeof(*parsed));
	size_t news = 0;
	int r = parsed == NULL ? STORE_NO_MEMORY : read_piece(json, parsed) ? 0 : STORE_MISUSE;

	/* A gate speaks for itself only. */
	if (r == 0 && peer != NULL && strcmp(peer, parsed->piece.device) != 0)
		r = STORE_MISUSE;
	if (r == 0)
		r = follow_apply(gate, &parsed->piece, &news);
	outcome->news += news;
	outcome->stuck += r == FOLLOW_UNKNOWN || r == FOLLOW_GAP;
	if (r == FOLLOW_ALARM) {
		outcome->alarms++;
		(void)snprintf(
		    outcome->alarmed, sizeof(outcome->alarmed), "%s", parsed->piece.device);
	}
	if (parsed != NULL)
		free(parsed->entries);
	free(parsed);
	/* What can't be used now is asked for again; it keeps nothing else from being used. */
	return r > 0 ? 0 : r;
}

static void note_heard(struct gate *gate, json_t *seen)
{
	const char *device;
	json_int_t ago;

	for (size_t i = 0; i < json_array_size(seen); i++)
		if (json_unpack(json_array_get(seen, i), "{s:s, s:I}", "device", &device, "ago",
			&ago) == 0 &&
		    ago >= 0)
			peer_heard(gate, device, ago, false);
}

int follow_answer(struct gate *gate, const char *peer, const void *body, size_t len,
    struct follow_outcome *ret_outcome)
{
	json_t *json = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	json_t *logs = NULL, *seen = NULL;
	int one, r = STORE_MISUSE;

	*ret_outcome = (struct follow_outcome){0};
	if (json != NULL && json_unpack(json, "{s:o, s?o}", "logs", &logs, "seen", &seen) == 0 &&
	    json_is_array(logs)) {
		r = 0;
		if (peer != NULL)
			peer_heard(gate, peer, 0, true);
		else
			peer_registrar_heard(gate);
		if (peer == NULL)
			note_heard(gate, seen);
	}
	for (size_t i = 0; r == 0 && i < json_array_size(logs); i++) {
		one = take_piece(gate, peer, json_array_get(logs, i), ret_outcome);
		ret_outcome->logs++;
		if (one != 0)
			r = one;
	}
	json_decref(json);
	return r;
}
