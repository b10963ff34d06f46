#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/attendance/export.h"
#include "registrar/journal/journal.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

struct input {
	const char *list_word, *slug, *format_word;
	enum export_list list;
	enum export_format format;
};

static const struct argp_option options[] = {
    {"conference", 'c', "SLUG", 0, "Of this conference", 0},
    {"format", 'f', "csv|json", 0, "How to write it; csv unless said", 0}, {0}};

static const struct {
	const char *word;
	enum export_list list;
} list_words[] = {
    {"passes", EXPORT_PASSES},
    {"attendance", EXPORT_ATTENDANCE},
    {"entries", EXPORT_ENTRIES},
    {"denials", EXPORT_DENIALS},
};

static error_t choose_list(struct argp_state *state, struct input *in, const char *word)
{
	if (in->list_word != NULL)
		return cli_misuse(state, "one list at a time: \"%s\" is too much", word);
	for (size_t i = 0; i < sizeof(list_words) / sizeof(list_words[0]); i++) {
		if (strcmp(word, list_words[i].word) == 0) {
			in->list_word = list_words[i].word;
			in->list = list_words[i].list;
			return 0;
		}
	}
	return cli_misuse(state,
	    "there is no list \"%s\"; choose passes, attendance, entries or "
	    "denials",
	    word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case 'c':
		in->slug = arg;
		return 0;
	case 'f':
		if (strcmp(arg, "csv") != 0 && strcmp(arg, "json") != 0)
			return cli_misuse(state, "--format is csv or json, not \"%s\"", arg);
		in->format = strcmp(arg, "json") == 0 ? EXPORT_JSON : EXPORT_CSV;
		return 0;
	case ARGP_KEY_ARG:
		return choose_list(state, in, arg);
	case ARGP_KEY_END:
		if (in->list_word == NULL)
			return cli_misuse(
			    state, "say which list: passes, attendance, entries or denials");
		if (in->slug == NULL)
			return cli_misuse(state, "say which conference: --conference SLUG "
						 "(`registrar conference list` shows them)");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {options, parse, "passes|attendance|entries|denials",
    "Writes a list of one conference.\v"
    "passes: every pass with its QR text and typed code. attendance: every person expected or "
    "seen. entries: admissions and exits. denials: refusals with their reasons. That a list was "
    "taken is noted in the journal.",
    0, 0, 0};

static int note_body(struct store_tx *tx, void *context)
{
	const struct journal_line *line = ((void **)context)[1];

	return journal_append(tx, ((void **)context)[0], line);
}

/* These are personal records, so who took them stands in the journal first. */
static int note(struct registrar *registrar, const struct input *in)
{
	struct journal_line line = {.kind = JOURNAL_RECORDS_EXPORTED,
	    .event = in->slug,
	    .staff = CLI_STAFF,
	    .detail = in->list_word};
	void *context[2] = {registrar, &line};

	return store_write(registrar->store, note_body, context);
}

static int find(struct store_tx *tx, const char *slug, int64_t *ret_id)
{
	return store_number(
	    tx, REGISTRAR_Q_EXPORT_CONFERENCE, STORE_ARGS(store_text(slug)), ret_id);
}

enum { NOT_WRITTEN = 1 }; /* errno says why; no store's or model's result */

static int flush(void *context, struct buf *out)
{
	FILE *file = context;
	size_t written = fwrite(buf_text(out), 1, out->len, file);
	bool whole = written == out->len && fflush(file) == 0;

	buf_reset(out);
	return whole ? 0 : NOT_WRITTEN;
}

int command_export(struct command *command)
{
	struct registrar *registrar;
	struct input in = {0};
	struct store_tx *tx = NULL;
	struct buf out;
	int64_t conference = 0;
	int status, r;

	if (!cli_parse(command, &argp, &in, &status))
		return status;
	registrar = cli_registrar(command);
	buf_init(&out, BUF_LIMIT_PAGE);
	r = store_read_begin(registrar->store, &tx);
	if (r == 0)
		r = find(tx, in.slug, &conference);
	store_read_end(tx);
	tx = NULL;
	if (r == STORE_NOT_FOUND)
		return cli_refused(command,
		    "there is no conference \"%s\"; `registrar conference "
		    "list` shows them",
		    in.slug);
	if (r == 0)
		r = note(registrar, &in);
	if (r == 0)
		r = store_read_begin(registrar->store, &tx);
	if (r == 0)
		r = export_write(tx, conference, in.list, in.format, &out, flush, command->out);
	if (r == NOT_WRITTEN)
		cli_refused(command, "the output could not be written: %s", strerror(errno));
	store_read_end(tx);
	buf_free(&out);
	return r == NOT_WRITTEN ? COMMAND_REFUSED : cli_result(command, r, NULL);
}
