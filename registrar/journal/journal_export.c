/*
 * Every log this registrar holds, its own and the gates', as tlog-tiles folders that other programs
 * can check, and their verification.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/log.h"
#include "badges/tiles.h"
#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/list.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

struct input {
	const char *words[2];
	unsigned n_words;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case ARGP_KEY_ARG:
		if (in->n_words == 2)
			return cli_misuse(state, "one folder at a time: \"%s\" is too much", arg);
		in->words[in->n_words++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (in->n_words == 0)
			return cli_misuse(state, "say what to do: export DIR, or verify [DIR]");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {0, parse, "export DIR\nverify [DIR]",
    "Writes the journals out, and checks them.\v"
    "export writes every log held, this registrar's own and the gates', into "
    "DIR/<device>/<epoch>/ as tlog-tiles with their keys; a folder that is there already is "
    "completed. verify checks every log in the store, or the exported ones in DIR (which needs no "
    "--data): texts, tree, signatures. One line a log.",
    0, 0, 0};

/* A log as it stands in the store; freed by held_clear. */
struct held {
	int64_t id;
	char origin[NOTE_NAME_MAX + 1];
	uint8_t public[32];
	uint8_t tree[TREE_STORED_MAX];
	size_t tree_len;
	char *checkpoint, *cosignature;
	uint64_t size;
};

static void held_free(struct held *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(list[i].checkpoint);
		free(list[i].cosignature);
	}
	free(list);
}

static int held_read(struct store_rows *rows, struct held *ret)
{
	const void *tree;

	*ret = (struct held){.id = store_get_i64(rows, 0)};
	(void)snprintf(ret->origin, sizeof(ret->origin), "%s", store_get_text(rows, 1));
	ret->size = (uint64_t)store_get_i64(rows, 5);
	tree = store_get_blob(rows, 6, &ret->tree_len);
	if (ret->tree_len > sizeof(ret->tree))
		return STORE_CORRUPT;
	memcpy(ret->tree, tree, ret->tree_len);
	ret->checkpoint = list_text(store_get_text(rows, 7));
	ret->cosignature = list_text(store_get_text(rows, 8));
	if (ret->checkpoint == NULL || ret->cosignature == NULL)
		return STORE_NO_MEMORY;
	return store_get_fixed(rows, 4, ret->public, sizeof(ret->public));
}

static int held_list(struct store_tx *tx, struct held **ret_list, size_t *ret_n)
{
	struct held *list = NULL;
	struct store_rows *rows = NULL;
	size_t n = 0;
	int r = store_query(tx, REGISTRAR_Q_LOG_ALL, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct held *more = realloc(list, (n + 1) * sizeof(*list));

		r = STORE_NO_MEMORY;
		if (more == NULL)
			break;
		list = more;
		r = held_read(rows, &list[n++]);
	}
	store_done(rows);
	if (r != 0) {
		held_free(list, n);
		return r;
	}
	*ret_list = list;
	*ret_n = n;
	return 0;
}

/* The witness key that made a log's receipt: there may have been several. */
static bool find_witness(
    struct store_tx *tx, const char *site, const struct held *held, struct note_key *ret_key)
{
	char joined[CHECKPOINT_TEXT_MAX];
	struct store_rows *rows = NULL;
	uint8_t public[32];
	int64_t time;
	size_t len;
	bool found = false;

	if (held->cosignature[0] == '\0' ||
	    checkpoint_join(held->checkpoint, strlen(held->checkpoint), held->cosignature,
		strlen(held->cosignature), joined, sizeof(joined), &len) != 0 ||
	    store_query(tx, REGISTRAR_Q_LOG_WITNESS_KEYS, STORE_NO_ARGS, &rows) != 0)
		return false;
	while (!found && store_next(rows) == STORE_ROW)
		found = store_get_fixed(rows, 0, public, sizeof(public)) == 0 &&
			checkpoint_witness_key(site, public, ret_key) == 0 &&
			checkpoint_check_cosignature(joined, len, ret_key, &time) == 0;
	store_done(rows);
	return found;
}

static int texts(struct store_tx *tx, const struct held *held, struct store_rows **ret_rows)
{
	return store_query(tx, REGISTRAR_Q_LOG_TEXTS,
	    STORE_ARGS(store_i64(held->id), store_i64((int64_t)held->size)), ret_rows);
}

/* The texts of one log, straight from the store. */
struct reader {
	struct store_tx *tx;
	const struct held *held;
	struct store_rows *rows;
};

/* tiles_write() runs through the entries twice, each time from 0. */
static int next_text(void *context, uint64_t index, const char **ret_text, size_t *ret_len)
{
	struct reader *reader = context;

	if (index == 0) {
		store_done(reader->rows);
		reader->rows = NULL;
		if (texts(reader->tx, reader->held, &reader->rows) != 0)
			return -1;
	}
	if (store_next(reader->rows) != STORE_ROW)
		return -1;
	*ret_text = store_get_blob(reader->rows, 0, ret_len);
	return 0;
}

static int export_one(
    struct command *command, struct store_tx *tx, const struct held *held, const char *dir)
{
	struct note_key key, witness;
	struct tiles_fault fault = {0};
	struct reader reader = {.tx = tx, .held = held};
	struct tiles_source source = {
	    .checkpoint = held->checkpoint, .key = &key, .read = next_text, .context = &reader};
	int r;

	if (held->size == 0)
		return COMMAND_OK;
	if (note_key_make(held->origin, NOTE_ED25519, held->public, &key) != 0)
		return cli_refused(command, "%s: its key in the store is damaged", held->origin);
	if (find_witness(tx, cli_registrar(command)->settings.site, held, &witness)) {
		source.cosignatures = held->cosignature;
		source.witness = &witness;
	} else if (held->cosignature[0] != '\0') {
		return cli_refused(command,
		    "%s: its receipt does not verify; run `registrar check`", held->origin);
	}
	r = tiles_write(dir, &source, &fault);
	store_done(reader.rows);
	if (r == TILES_CONFLICT)
		return cli_refused(command,
		    "%s: %s in %s holds something else; it is evidence, so nothing was changed: "
		    "choose an empty folder",
		    held->origin, fault.path, dir);
	if (r == TILES_IO)
		return cli_refused(
		    command, "%s: %s: %s", held->origin, fault.path, strerror(fault.system));
	if (r != 0)
		return cli_refused(
		    command, "%s: %s %s", held->origin, tiles_error_word(r), fault.path);
	fprintf(command->out, "%s %llu\n", held->origin, (unsigned long long)held->size);
	return COMMAND_OK;
}

static int verify_one(
    struct command *command, struct store_tx *tx, const struct held *held, const char *unused)
{
	struct note_key witness;
	struct log log;
	struct tree tree;
	struct store_rows *rows = NULL;
	uint8_t leaf[TREE_HASH], root[TREE_HASH], want[TREE_HASH];
	int r;

	(void)unused;
	r = log_open(held->origin, held->public, NULL, held->tree, held->tree_len, held->checkpoint,
	    strlen(held->checkpoint), &log);
	if (r != 0)
		return cli_refused(command, "%s: %s", held->origin, log_error_word(r));
	if (held->cosignature[0] != '\0' &&
	    !find_witness(tx, cli_registrar(command)->settings.site, held, &witness))
		return cli_refused(command, "%s: wrong-receipt", held->origin);
	tree_init(&tree);
	r = texts(tx, held, &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct entry entry;
		size_t len;
		const char *text = store_get_blob(rows, 0, &len);

		r = 0;
		if (entry_parse(text, len, &entry) != 0 || entry.seq != tree.size) {
			store_done(rows);
			return cli_refused(command, "%s: bad-entry %llu", held->origin,
			    (unsigned long long)tree.size);
		}
		tree_leaf(text, len, leaf);
		if (tree_append(&tree, leaf) != 0)
			r = STORE_CORRUPT;
	}
	store_done(rows);
	if (r != 0)
		return cli_result(command, r, NULL);
	tree_root(&tree, root);
	tree_root(&log.tree, want);
	if (tree.size != held->size || memcmp(root, want, sizeof(root)) != 0)
		return cli_refused(command, "%s: wrong-root", held->origin);
	fprintf(command->out, "ok %s %llu\n", held->origin, (unsigned long long)held->size);
	return COMMAND_OK;
}

typedef int work(
    struct command *command, struct store_tx *tx, const struct held *held, const char *dir);

static int with_each(struct command *command, work *one, const char *dir)
{
	struct held *list = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	int status = COMMAND_OK, worst = COMMAND_OK;
	int r = store_read_begin(cli_registrar(command)->store, &tx);

	if (r == 0)
		r = held_list(tx, &list, &n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		status = one(command, tx, &list[i], dir);
		if (status != COMMAND_OK)
			worst = status;
	}
	held_free(list, n);
	store_read_end(tx);
	return r != 0 ? cli_result(command, r, NULL) : worst;
}

struct verifying {
	struct command *command;
	size_t found;
	int worst;
};

static int verify_folder(void *context, const char *path)
{
	struct verifying *verifying = context;
	struct checkpoint checkpoint;
	struct tiles_fault fault = {0};
	int r = tiles_verify(path, NULL, &checkpoint, &fault);

	verifying->found++;
	if (r != 0)
		verifying->worst = cli_refused(
		    verifying->command, "%s: %s %s", path, tiles_error_word(r), fault.path);
	else
		fprintf(verifying->command->out, "ok %s %llu\n", checkpoint.origin,
		    (unsigned long long)checkpoint.size);
	return 0;
}

static int verify_dir(struct command *command, const char *dir)
{
	struct verifying verifying = {.command = command, .worst = COMMAND_OK};
	int r = tiles_find(dir, verify_folder, &verifying);

	if (r != 0)
		return cli_refused(
		    command, "%s: %s", dir, r == TILES_IO ? strerror(errno) : tiles_error_word(r));
	if (verifying.found == 0)
		return cli_refused(command, "%s: there is no exported journal in it", dir);
	return verifying.worst;
}

int command_journal(struct command *command)
{
	struct input in = {0};
	char *dir = NULL;
	int status;

	if (!cli_parse(command, &argp, &in, &status))
		return status;
	if (in.n_words == 2 && (dir = command_path(command, in.words[1])) == NULL)
		return cli_result(command, MODEL_SYSTEM, NULL);
	if (strcmp(in.words[0], "export") == 0 && dir != NULL) {
		status = with_each(command, export_one, dir);
	} else if (strcmp(in.words[0], "verify") == 0) {
		status =
		    dir != NULL ? verify_dir(command, dir) : with_each(command, verify_one, NULL);
	} else {
		fprintf(command->err, "registrar journal: use export DIR, or verify [DIR]\n");
		status = COMMAND_MISUSE;
	}
	free(dir);
	return status;
}
