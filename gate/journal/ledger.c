#include "gate/journal/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/commit.h"
#include "badges/tiles.h"
#include "gate/journal/ledger_read.h"
#include "schema/gate_db.h"

static int check_detail(struct store_rows *rows, const struct entry *entry, uint64_t *details)
{
	uint8_t salt[COMMIT_SALT];
	const char *detail;

	/* A sealed one is the registrar's to open and to hold against the commitment. */
	if (!store_is_null(rows, 4)) {
		++*details;
		return entry->has_commit ? 0 : -1;
	}
	if (store_is_null(rows, 2))
		return 0;
	if (store_get_fixed(rows, 2, salt, sizeof(salt)) != 0 || !entry->has_commit)
		return -1;
	detail = store_get_text(rows, 3);
	if (!commit_opens(entry->commit, salt, detail, strlen(detail)))
		return -1;
	++*details;
	return 0;
}

/* Entries of one batch onto the tree; damage is said in the finding. */
static int check_batch(struct store_rows *rows, struct tree *tree, struct ledger_finding *finding)
{
	uint8_t hash[TREE_HASH];
	struct entry entry;
	const char *text;
	size_t len;
	int r;

	while ((r = store_next(rows)) == STORE_ROW) {
		text = store_get_blob(rows, 1, &len);
		if (entry_parse(text, len, &entry) != 0 || entry.seq != tree->size ||
		    (uint64_t)store_get_i64(rows, 0) != tree->size) {
			snprintf(finding->damage, sizeof(finding->damage),
			    "entry %" PRIu64 " is missing or damaged", tree->size);
			return 0;
		}
		if (check_detail(rows, &entry, &finding->details) != 0) {
			snprintf(finding->damage, sizeof(finding->damage),
			    "the detail of entry %" PRIu64 " is not what the entry commits to",
			    tree->size);
			return 0;
		}
		tree_leaf(text, len, hash);
		if (tree_append(tree, hash) != 0)
			return STORE_CORRUPT;
	}
	return r;
}

static int check_entries(struct gate *gate, const struct ledger_log *log, struct tree *tree,
    struct ledger_finding *found)
{
	struct store_tx *tx;
	struct store_rows *rows;
	uint64_t before;
	int r = 0;

	while (r == 0 && found->damage[0] == '\0' && tree->size < log->size) {
		tx = NULL;
		rows = NULL;
		before = tree->size;
		r = gate_look(gate, &tx);
		if (r != 0)
			return r;
		r = store_query(tx, GATE_Q_ENTRY_DETAILS,
		    STORE_ARGS(store_i64((int64_t)log->epoch), store_i64((int64_t)tree->size),
			store_i64(ledger_batch(log->size - tree->size))),
		    &rows);
		if (r == 0)
			r = check_batch(rows, tree, found);
		store_done(rows);
		gate_look_end(gate, tx);
		if (r == 0 && tree->size == before && found->damage[0] == '\0')
			snprintf(found->damage, sizeof(found->damage),
			    "entry %" PRIu64 " is missing", tree->size);
	}
	return r;
}

static void check_head(const struct gate *gate, const struct ledger_log *log,
    const struct tree *tree, struct ledger_finding *found)
{
	struct checkpoint checkpoint;
	struct note_key key;
	uint8_t root[TREE_HASH];

	tree_root(tree, root);
	if (note_key_make(log->origin, NOTE_ED25519, gate->journal_key->public, &key) != 0 ||
	    checkpoint_verify(log->checkpoint, strlen(log->checkpoint), &key, &checkpoint) != 0)
		snprintf(found->damage, sizeof(found->damage),
		    "the signature of its checkpoint does not hold");
	else if (checkpoint.size != tree->size || memcmp(checkpoint.root, root, TREE_HASH) != 0)
		snprintf(found->damage, sizeof(found->damage),
		    "its entries are not those that its checkpoint signs");
}

static int verify_one(
    struct gate *gate, const struct ledger_log *log, ledger_visit *visit, void *context)
{
	struct ledger_finding found = {.epoch = log->epoch, .size = log->size};
	struct tree tree;
	int r;

	memcpy(found.origin, log->origin, sizeof(found.origin));
	tree_init(&tree);
	r = check_entries(gate, log, &tree, &found);
	if (r == 0 && found.damage[0] == '\0')
		check_head(gate, log, &tree, &found);
	return r == 0 ? visit(context, &found) : r;
}

int ledger_verify(struct gate *gate, ledger_visit *visit, void *context)
{
	struct ledger_log *logs = NULL;
	size_t count = 0;
	int r = ledger_logs(gate, &logs, &count);

	for (size_t i = 0; r == 0 && i < count; i++)
		r = verify_one(gate, &logs[i], visit, context);
	free(logs);
	return r;
}
