/* The subcommand journal: the end of gate/journal/ledger.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/tiles.h"
#include "gate/commands/cli.h"
#include "gate/journal/ledger.h"
#include "gate/journal/ledger_read.h"
#include "schema/gate_db.h"

struct options {
	const char *action, *folder;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (options->action == NULL)
			options->action = value;
		else if (options->folder == NULL)
			options->folder = value;
		else
			return cli_misuse(state, "'%s' is one argument too many", value);
		return 0;
	case ARGP_KEY_END:
		if (options->action == NULL)
			return cli_misuse(state, "say what to do: export DIR, or verify");
		if (strcmp(options->action, "export") != 0 &&
		    strcmp(options->action, "verify") != 0)
			return cli_misuse(
			    state, "'%s' is neither export nor verify", options->action);
		if (strcmp(options->action, "export") == 0 && options->folder == NULL)
			return cli_misuse(state, "say where to: export DIR");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {NULL, parse, "export DIR\nverify [DIR]",
    "export writes every log of this gate to DIR/<device>/<epoch>/ as tlog-tiles, with its vkey. "
    "verify rereads the journal of this gate, or every exported log in DIR, and checks "
    "everything; for DIR no --data is needed.",
    NULL, NULL, NULL};

/* Entries for tiles_write, read ahead a batch at a time. */
struct reader {
	struct gate *gate;
	const struct ledger_log *log;
	uint64_t first, count;
	struct {
		size_t len;
		char text[ENTRY_MAX];
	} entries[LEDGER_BATCH];
};

static int take_rows(struct reader *reader, struct store_rows *rows)
{
	const void *text;
	size_t len;
	int r;

	while ((r = store_next(rows)) == STORE_ROW && reader->count < LEDGER_BATCH) {
		text = store_get_blob(rows, 1, &len);
		if (len > ENTRY_MAX ||
		    (uint64_t)store_get_i64(rows, 0) != reader->first + reader->count)
			return STORE_CORRUPT;
		memcpy(reader->entries[reader->count].text, text, len);
		reader->entries[reader->count++].len = len;
	}
	return r == STORE_ROW ? 0 : r;
}

static int read_ahead(struct reader *reader, uint64_t first)
{
	struct gate *gate = reader->gate;
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	int r;

	reader->first = first;
	reader->count = 0;
	gate_lock(gate);
	r = gate->store == NULL ? STORE_CLOSED : store_read_begin(gate->store, &tx);
	if (r == 0)
		r = store_query(tx, GATE_Q_ENTRY_RANGE,
		    STORE_ARGS(store_i64((int64_t)reader->log->epoch), store_i64((int64_t)first),
			store_i64(LEDGER_BATCH)),
		    &rows);
	if (r == 0)
		r = take_rows(reader, rows);
	store_done(rows);
	store_read_end(tx);
	gate_unlock(gate);
	return r;
}

static int read_entry(void *context, uint64_t index, const char **ret_text, size_t *ret_len)
{
	struct reader *reader = context;
	int r = 0;

	if (index < reader->first || index >= reader->first + reader->count)
		r = read_ahead(reader, index);
	if (r != 0 || index >= reader->first + reader->count)
		return -1;
	*ret_text = reader->entries[index - reader->first].text;
	*ret_len = reader->entries[index - reader->first].len;
	return 0;
}

/* The witness whose receipt covers the checkpoint as it is, or false. */
static bool find_witness(struct gate *gate, const struct ledger_log *log, struct note_key *ret_key)
{
	char text[CHECKPOINT_SIGNED_MAX + NOTE_LINE_MAX + 1];
	const struct keyset *keys;
	size_t len = 0;
	int64_t time;
	bool found = false;

	if (log->cosignature[0] == '\0' || log->received != log->size ||
	    checkpoint_join(log->checkpoint, strlen(log->checkpoint), log->cosignature,
		strlen(log->cosignature), text, sizeof(text), &len) != 0)
		return false;
	gate_lock(gate);
	keys = gate->keys;
	for (size_t i = 0; !found && keys != NULL && i < keys->key_count; i++)
		found = keys->keys[i].use == KEY_USE_WITNESS &&
			checkpoint_witness_key(
			    gate->identity.site, keys->keys[i].public, ret_key) == 0 &&
			checkpoint_check_cosignature(text, len, ret_key, &time) == 0;
	gate_unlock(gate);
	return found;
}

static int export_one(struct command *command, struct reader *reader, const char *folder)
{
	const struct ledger_log *log = reader->log;
	struct note_key key, witness;
	struct tiles_fault fault;
	bool witnessed = find_witness(reader->gate, log, &witness);
	struct tiles_source source = {
	    .checkpoint = log->checkpoint,
	    .key = &key,
	    .cosignatures = witnessed ? log->cosignature : NULL,
	    .witness = witnessed ? &witness : NULL,
	    .read = read_entry,
	    .context = reader,
	};
	int r;

	if (note_key_make(log->origin, NOTE_ED25519, reader->gate->journal_key->public, &key) !=
	    0) {
		fprintf(command->err, "gate journal: %s has no name that a log can have.\n",
		    log->origin);
		return COMMAND_REFUSED;
	}
	r = tiles_write(folder, &source, &fault);
	if (r == 0) {
		fprintf(command->out, "%s %" PRIu64 "\n", log->origin, log->size);
		return COMMAND_OK;
	}
	fprintf(command->err, "gate journal: %s was not exported: %s in %s%s%s.\n", log->origin,
	    tiles_error_word(r), fault.path[0] != '\0' ? fault.path : folder,
	    fault.system != 0 ? ": " : "", fault.system != 0 ? strerror(fault.system) : "");
	return COMMAND_REFUSED;
}

static int export_all(struct command *command, struct gate *gate, const char *folder)
{
	struct reader *reader = malloc(sizeof(*reader));
	struct ledger_log *logs = NULL;
	size_t count = 0;
	int exit = COMMAND_OK;
	int r = reader == NULL ? STORE_NO_MEMORY : ledger_logs(gate, &logs, &count);

	for (size_t i = 0; r == 0 && i < count; i++) {
		*reader = (struct reader){.gate = gate, .log = &logs[i]};
		if (export_one(command, reader, folder) != COMMAND_OK)
			exit = COMMAND_REFUSED;
	}
	free(logs);
	free(reader);
	if (r == 0)
		return exit;
	fprintf(command->err, "gate journal: %s\n", journal_strerror(r));
	return COMMAND_REFUSED;
}

struct verifying {
	struct command *command;
	bool damaged;
};

static int print_finding(void *context, const struct ledger_finding *finding)
{
	struct verifying *verifying = context;

	if (finding->damage[0] == '\0') {
		fprintf(
		    verifying->command->out, "ok %s %" PRIu64 "\n", finding->origin, finding->size);
		return 0;
	}
	verifying->damaged = true;
	fprintf(verifying->command->err,
	    "gate journal: %s is damaged: %s. Keep this folder as it is, and call the people who "
	    "run Pressgate.\n",
	    finding->origin, finding->damage);
	return 0;
}

static int verify_store(struct command *command, struct gate *gate)
{
	struct verifying verifying = {command, false};
	int r = ledger_verify(gate, print_finding, &verifying);

	if (r != 0)
		fprintf(command->err, "gate journal: %s\n", journal_strerror(r));
	return r != 0 || verifying.damaged ? COMMAND_REFUSED : COMMAND_OK;
}

struct verifying_folders {
	struct command *command;
	size_t found;
	int worst;
};

static int verify_folder(void *context, const char *folder)
{
	struct verifying_folders *verifying = context;
	struct checkpoint checkpoint;
	struct tiles_fault fault = {0};
	int r = tiles_verify(folder, NULL, &checkpoint, &fault);

	verifying->found++;
	if (r == 0) {
		fprintf(verifying->command->out, "ok %s %" PRIu64 "\n", checkpoint.origin,
		    checkpoint.size);
		return 0;
	}
	verifying->worst = COMMAND_REFUSED;
	fprintf(verifying->command->err, "gate journal: %s does not verify: %s in %s.\n", folder,
	    tiles_error_word(r), fault.path);
	return 0;
}

static int verify_folders(struct command *command, const char *folder)
{
	struct verifying_folders verifying = {.command = command, .worst = COMMAND_OK};
	int r = tiles_find(folder, verify_folder, &verifying);

	if (r == 0 && verifying.found > 0)
		return verifying.worst;
	fprintf(command->err, "gate journal: %s: %s.\n", folder,
	    r == 0	    ? "there is no exported journal in it"
	    : r == TILES_IO ? strerror(errno)
			    : tiles_error_word(r));
	return COMMAND_REFUSED;
}

/* What runs on a folder of files, or with the gate, on its store. */
static int journal_work(struct command *command, struct gate *gate, void *input)
{
	const struct options *options = input;
	char *folder = NULL;
	int exit;

	if (options->folder == NULL)
		return verify_store(command, gate);
	folder = command_path(command, options->folder);
	if (folder == NULL)
		return COMMAND_REFUSED;
	exit = gate != NULL ? export_all(command, gate, folder) : verify_folders(command, folder);
	free(folder);
	return exit;
}

int journal_command(struct command *command)
{
	struct options options = {0};
	int parsed = cli_parse(command, &argp, &options);

	if (parsed != 0)
		return cli_exit(parsed);
	/* Exported files are checked without the gate they came from. */
	if (strcmp(options.action, "verify") == 0 && options.folder != NULL)
		return journal_work(command, NULL, &options);
	return cli_with_gate(command, journal_work, &options);
}
