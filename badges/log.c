#include "badges/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

enum { SITE_MAX = 64, DEVICE_MAX = 64, EPOCH_MAX = 32 };

static const char site_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
static const char device_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
static const char epoch_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

const char *log_error_word(int code)
{
	switch (code) {
	case LOG_BAD_ENTRY:
		return "bad-entry";
	case LOG_WRONG_ORIGIN:
		return "wrong-origin";
	case LOG_BAD_SIGNATURE:
		return "bad-signature";
	case LOG_WRONG_SIZE:
		return "wrong-size";
	case LOG_WRONG_ROOT:
		return "wrong-root";
	case LOG_BAD_CHECKPOINT:
		return "bad-checkpoint";
	case LOG_BAD_NAME:
		return "bad-name";
	case LOG_FULL:
		return "full";
	case LOG_SIGN_FAILED:
		return "sign-failed";
	case LOG_NOT_SEALED:
		return "not-sealed";
	default:
		return "unknown";
	}
}

/* A part of an origin, which is a folder's name too: "." and ".." can't be, nor an option. */
static bool is_part(const char *part, const char *allowed, size_t max)
{
	size_t len = strnlen(part, max + 1);

	return len > 0 && len <= max && part[0] != '.' && part[0] != '-' &&
	       strspn(part, allowed) == len;
}

int log_origin(const char *site, const char *device, const char *epoch,
    char ret_origin[static CHECKPOINT_ORIGIN_MAX + 1])
{
	if (!is_part(site, site_bytes, SITE_MAX) || !is_part(device, device_bytes, DEVICE_MAX) ||
	    !is_part(epoch, epoch_bytes, EPOCH_MAX))
		return LOG_BAD_NAME;
	snprintf(ret_origin, CHECKPOINT_ORIGIN_MAX + 1, "%s/presslog/%s/%s", site, device, epoch);
	return 0;
}

int log_create(const char *origin, const uint8_t public_key[static 32], const uint8_t *secret_key,
    struct log *ret_log)
{
	struct log log = {.secret_key = secret_key};
	int error = note_key_make(origin, NOTE_ED25519, public_key, &log.key);

	if (error == NOTE_BAD_NAME)
		return LOG_BAD_NAME;
	if (error < 0)
		return LOG_BAD_SIGNATURE;
	if (secret_key != NULL && sodium_memcmp(secret_key + 32, public_key, 32) != 0)
		return LOG_BAD_SIGNATURE;
	*ret_log = log;
	return 0;
}

/* The log's word for what is wrong with a checkpoint. */
static int checkpoint_refusal(int error)
{
	switch (error) {
	case CHECKPOINT_WRONG_ORIGIN:
		return LOG_WRONG_ORIGIN;
	case NOTE_NOT_SIGNED:
	case NOTE_BAD_SIGNATURE:
		return LOG_BAD_SIGNATURE;
	default:
		return LOG_BAD_CHECKPOINT;
	}
}

/* Whether tree is the one a checkpoint speaks of. */
static int compare(const struct tree *tree, const struct checkpoint *checkpoint)
{
	uint8_t root[TREE_HASH];

	if (tree->size != checkpoint->size)
		return LOG_WRONG_SIZE;
	tree_root(tree, root);
	return sodium_memcmp(root, checkpoint->root, TREE_HASH) == 0 ? 0 : LOG_WRONG_ROOT;
}

int log_open(const char *origin, const uint8_t public_key[static 32], const uint8_t *secret_key,
    const uint8_t *tree, size_t tree_len, const char *checkpoint, size_t checkpoint_len,
    struct log *ret_log)
{
	struct checkpoint head;
	struct log log;
	int error;

	error = log_create(origin, public_key, secret_key, &log);
	if (error < 0)
		return error;
	error = checkpoint_verify(checkpoint, checkpoint_len, &log.key, &head);
	if (error < 0)
		return checkpoint_refusal(error);
	if (tree_load(tree, tree_len, &log.tree) < 0)
		return LOG_WRONG_SIZE;
	error = compare(&log.tree, &head);
	if (error < 0)
		return error;
	*ret_log = log;
	return 0;
}

void log_begin(const struct log *log, struct log_stage *ret_stage)
{
	ret_stage->log = log;
	ret_stage->base = log->tree.size;
	ret_stage->tree = log->tree;
	ret_stage->checkpoint_len = 0;
	ret_stage->checkpoint[0] = '\0';
}

int log_add(struct log_stage *stage, const struct entry *entry, struct log_leaf *ret_leaf)
{
	struct entry numbered = *entry;
	struct log_leaf leaf;

	numbered.seq = stage->tree.size;
	if (entry_format(&numbered, leaf.text, &leaf.len) < 0)
		return LOG_BAD_ENTRY;
	leaf.seq = numbered.seq;
	tree_leaf(leaf.text, leaf.len, leaf.hash);
	if (tree_append(&stage->tree, leaf.hash) < 0)
		return LOG_FULL;
	/* A checkpoint sealed before this entry no longer says what the stage holds. */
	stage->checkpoint_len = 0;
	*ret_leaf = leaf;
	return 0;
}

int log_seal(struct log_stage *stage)
{
	const struct log *log = stage->log;
	struct checkpoint head = {.size = stage->tree.size};

	if (log->secret_key == NULL)
		return LOG_SIGN_FAILED;
	memcpy(head.origin, log->key.name, strlen(log->key.name) + 1);
	tree_root(&stage->tree, head.root);
	if (checkpoint_sign(
		&head, &log->key, log->secret_key, stage->checkpoint, &stage->checkpoint_len) < 0)
		return LOG_SIGN_FAILED;
	return 0;
}

int log_stage_one(const struct log *log, const struct entry *entry, struct log_stage *ret_stage,
    struct log_leaf *ret_leaf)
{
	int error;

	log_begin(log, ret_stage);
	error = log_add(ret_stage, entry, ret_leaf);
	if (error < 0)
		return error;
	return log_seal(ret_stage);
}

int log_accept(struct log *log, const struct log_stage *stage)
{
	if (stage->log != log || stage->checkpoint_len == 0)
		return LOG_NOT_SEALED;
	if (stage->base != log->tree.size)
		return LOG_WRONG_SIZE;
	log->tree = stage->tree;
	return 0;
}

/* Adds one received entry to tree, if it is well-formed and numbered as it stands. */
static int extend_one(struct tree *tree, const struct log_text *text, uint8_t *ret_leaf)
{
	struct entry entry;

	if (entry_parse(text->text, text->len, &entry) < 0 || entry.seq != tree->size)
		return LOG_BAD_ENTRY;
	tree_leaf(text->text, text->len, ret_leaf);
	return tree_append(tree, ret_leaf) < 0 ? LOG_FULL : 0;
}

int log_extend(const struct tree *old, const struct log_text *entries, size_t count,
    const char *checkpoint, size_t checkpoint_len, const struct note_key *key,
    struct tree *ret_tree, uint8_t (*ret_leaves)[TREE_HASH], uint64_t *ret_index)
{
	struct checkpoint head;
	struct tree tree = *old;
	uint8_t leaf[TREE_HASH] = {0};
	int error;

	error = checkpoint_verify(checkpoint, checkpoint_len, key, &head);
	if (error < 0)
		return checkpoint_refusal(error);
	if (head.size < old->size || head.size - old->size != count)
		return LOG_WRONG_SIZE;
	for (size_t i = 0; i < count; i++) {
		error = extend_one(&tree, &entries[i], ret_leaves == NULL ? leaf : ret_leaves[i]);
		if (error == LOG_BAD_ENTRY && ret_index != NULL)
			*ret_index = tree.size;
		if (error < 0)
			return error;
	}
	error = compare(&tree, &head);
	if (error < 0)
		return error;
	*ret_tree = tree;
	return 0;
}
