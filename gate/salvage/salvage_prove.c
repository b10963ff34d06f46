/* Proves: signed heads, and entries between them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/log.h"
#include "gate/salvage/salvage_private.h"

/* The epoch of a head of this gate's, 0 when it is not one. */
static uint64_t epoch_of(const struct salvage *salvage, const char *origin)
{
	const char *slash = strrchr(origin, '/');
	char again[CHECKPOINT_ORIGIN_MAX + 1];
	uint64_t epoch = slash == NULL ? 0 : strtoull(slash + 1, NULL, 10);
	char number[24];

	(void)snprintf(number, sizeof(number), "%" PRIu64, epoch);
	if (epoch > INT64_MAX ||
	    log_origin(salvage->identity->site, salvage->identity->device, number, again) != 0)
		return 0;
	return strcmp(origin, again) == 0 ? epoch : 0;
}

static bool is_signed(const struct salvage *salvage, const char *text, size_t len,
    struct checkpoint *checkpoint, uint64_t *ret_epoch)
{
	struct note_key key;

	if (checkpoint_parse(text, len, checkpoint) != 0)
		return false;
	*ret_epoch = epoch_of(salvage, checkpoint->origin);
	return *ret_epoch != 0 &&
	       note_key_make(checkpoint->origin, NOTE_ED25519, salvage->public_key, &key) == 0 &&
	       checkpoint_verify(text, len, &key, checkpoint) == 0;
}

static bool has_root(const void *tree, size_t len, const struct checkpoint *checkpoint)
{
	uint8_t root[TREE_HASH];
	struct tree loaded;

	if (tree == NULL || tree_load(tree, len, &loaded) != 0 || loaded.size != checkpoint->size)
		return false;
	tree_root(&loaded, root);
	return memcmp(root, checkpoint->root, TREE_HASH) == 0;
}

int salvage_add_head(
    struct salvage *salvage, const char *text, size_t len, const void *tree, size_t tree_len)
{
	struct salvage_head head = {0}, *grown;
	struct checkpoint checkpoint;
	bool framed;

	if (len == 0 || len > CHECKPOINT_SIGNED_MAX ||
	    !is_signed(salvage, text, len, &checkpoint, &head.epoch) || checkpoint.size == 0)
		return 0;
	framed = has_root(tree, tree_len, &checkpoint);
	head.size = checkpoint.size;
	memcpy(head.root, checkpoint.root, TREE_HASH);
	grown = salvage_grow(salvage->heads, &salvage->cap_heads, salvage->n_heads, sizeof(head));
	if (grown == NULL)
		return STORE_NO_MEMORY;
	salvage->heads = grown;
	head.text = strndup(text, len);
	head.tree = framed ? malloc(tree_len) : NULL;
	if (head.text == NULL || (framed && head.tree == NULL)) {
		free(head.text);
		free(head.tree);
		return STORE_NO_MEMORY;
	}
	if (framed) {
		memcpy(head.tree, tree, tree_len);
		head.tree_len = tree_len;
	}
	salvage->heads[salvage->n_heads++] = head;
	return 0;
}

static int order(uint64_t one, uint64_t other)
{
	return one < other ? -1 : one > other;
}

static int by_entry(const void *one, const void *other)
{
	const struct salvage_entry *a = one, *b = other;
	int r = order(a->epoch, b->epoch);

	if (r == 0)
		r = order(a->seq, b->seq);
	return r != 0 ? r : order(b->order, a->order); /* the newest first */
}

/* Of equal heads the one with a frontier first. */
static int by_head(const void *one, const void *other)
{
	const struct salvage_head *a = one, *b = other;
	int r = order(a->epoch, b->epoch);

	if (r == 0)
		r = order(a->size, b->size);
	return r != 0 ? r : (b->tree != NULL) - (a->tree != NULL);
}

/* A record met again, with the same bytes, is one. */
static void drop_copies(struct salvage *salvage)
{
	size_t kept = 0;

	for (size_t i = 0; i < salvage->n_entries; i++) {
		struct salvage_entry *entry = &salvage->entries[i];
		bool known = false;

		for (size_t k = kept; !known && k > 0; k--) {
			const struct salvage_entry *before = &salvage->entries[k - 1];

			if (before->epoch != entry->epoch || before->seq != entry->seq)
				break;
			known = before->len == entry->len &&
				memcmp(before->text, entry->text, entry->len) == 0;
		}
		if (known)
			free(entry->text);
		else
			salvage->entries[kept++] = *entry;
	}
	salvage->n_entries = kept;
}

size_t salvage_find(const struct salvage *salvage, uint64_t epoch, uint64_t seq)
{
	size_t low = 0, high = salvage->n_entries;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct salvage_entry *entry = &salvage->entries[middle];

		if (entry->epoch < epoch || (entry->epoch == epoch && entry->seq < seq))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The version of (epoch, seq) at *at: the newest or the oldest; moves *at behind all of them. NULL:
 * there is none. */
static struct salvage_entry *next_entry(
    struct salvage *salvage, uint64_t epoch, uint64_t seq, bool newest, size_t *at)
{
	struct salvage_entry *found = NULL;

	while (*at < salvage->n_entries && salvage->entries[*at].epoch == epoch &&
	       salvage->entries[*at].seq == seq) {
		if (found == NULL || !newest)
			found = &salvage->entries[*at];
		(*at)++;
	}
	return found;
}

/* Whether the entries from the end of *tree on have this head's root; then *tree stands there, and
 * they are good. */
static bool reaches(
    struct salvage *salvage, struct tree *tree, const struct salvage_head *head, bool newest)
{
	const size_t first = salvage_find(salvage, head->epoch, tree->size);
	struct tree grown = *tree;
	uint8_t hash[TREE_HASH];
	size_t at = first;

	while (grown.size < head->size) {
		struct salvage_entry *entry =
		    next_entry(salvage, head->epoch, grown.size, newest, &at);

		if (entry == NULL)
			return false;
		tree_leaf(entry->text, entry->len, hash);
		if (tree_append(&grown, hash) != 0)
			return false;
	}
	tree_root(&grown, hash);
	if (memcmp(hash, head->root, TREE_HASH) != 0)
		return false;
	at = first;
	for (uint64_t seq = tree->size; seq < head->size; seq++) {
		struct salvage_entry *entry = next_entry(salvage, head->epoch, seq, newest, &at);

		if (entry != NULL)
			entry->good = true;
	}
	*tree = grown;
	return true;
}

/* From head to head; after a hole on from the next head whose frontier is known. */
static void prove_log(struct salvage *salvage, struct salvage_log *log, size_t first, size_t end)
{
	bool whole = true;
	struct tree tree;

	tree_init(&tree);
	for (size_t i = first; i < end; i++) {
		const struct salvage_head *head = &salvage->heads[i];
		uint64_t from = tree.size;

		if (head->size == from)
			continue;
		log->signed_size = head->size;
		if (reaches(salvage, &tree, head, true) || reaches(salvage, &tree, head, false)) {
			log->good += head->size - from;
			if (whole) {
				log->head = head;
				log->tree = tree;
			}
		} else if (head->tree != NULL &&
			   tree_load(head->tree, head->tree_len, &tree) == 0) {
			whole = false;
		}
	}
}

static int prove_logs(struct salvage *salvage)
{
	size_t end;

	salvage->logs = calloc(salvage->n_heads + 1, sizeof(*salvage->logs));
	if (salvage->logs == NULL)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < salvage->n_heads; i = end) {
		struct salvage_log *log = &salvage->logs[salvage->n_logs++];

		log->epoch = salvage->heads[i].epoch;
		for (end = i; end < salvage->n_heads && salvage->heads[end].epoch == log->epoch;)
			end++;
		prove_log(salvage, log, i, end);
	}
	return 0;
}

static void prove_details(struct salvage *salvage)
{
	struct entry entry;

	for (size_t i = 0; i < salvage->n_details; i++) {
		struct salvage_detail *detail = &salvage->details[i];
		size_t at = salvage_find(salvage, detail->epoch, detail->seq);

		for (; at < salvage->n_entries && salvage->entries[at].epoch == detail->epoch &&
		       salvage->entries[at].seq == detail->seq;
		     at++)
			if (salvage->entries[at].good &&
			    entry_parse(
				salvage->entries[at].text, salvage->entries[at].len, &entry) == 0 &&
			    entry.has_commit &&
			    (detail->sealed != NULL || commit_opens(entry.commit, detail->salt,
							   detail->text, strlen(detail->text))))
				detail->good = true;
	}
}

int salvage_prove(struct salvage *salvage)
{
	int r;

	if (salvage->n_entries > 0)
		qsort(salvage->entries, salvage->n_entries, sizeof(*salvage->entries), by_entry);
	if (salvage->n_heads > 0)
		qsort(salvage->heads, salvage->n_heads, sizeof(*salvage->heads), by_head);
	drop_copies(salvage);
	r = prove_logs(salvage);
	if (r == 0)
		prove_details(salvage);
	return r;
}
