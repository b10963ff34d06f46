#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/attendance/export.h"
#include "registrar/journal/journal.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

#define LISTS "passes, attendance, entries, denials, no-shows, muster or guests"

struct input {
	const char *list_word, *slug;
	bool passes;
	enum listing_kind kind;
	enum sheet_format format;
};

static const struct argp_option options[] = {
    {"conference", 'c', "SLUG", 0, "Of this conference", 0},
    {"format", 'f', "csv|json|xlsx|pdf", 0, "How to write it; csv unless said", 0}, {0}};

static error_t choose_list(struct argp_state *state, struct input *in, const char *word)
{
	if (in->list_word != NULL)
		return cli_misuse(state, "one list at a time: \"%s\" is too much", word);
	in->list_word = word;
	in->passes = strcmp(word, "passes") == 0;
	if (in->passes || listing_find(word, &in->kind))
		return 0;
	return cli_misuse(state, "there is no list \"%s\"; choose " LISTS, word);
}

static error_t choose_format(struct argp_state *state, struct input *in, const char *word)
{
	for (enum sheet_format format = SHEET_CSV; format <= SHEET_PDF; format++) {
		if (strcmp(word, sheet_ending(format)) == 0) {
			in->format = format;
			return 0;
		}
	}
	return cli_misuse(state, "--format is csv, json, xlsx or pdf, not \"%s\"", word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = cli_input(state);

	switch (key) {
	case 'c':
		in->slug = arg;
		return 0;
	case 'f':
		return choose_format(state, in, arg);
	case ARGP_KEY_ARG:
		return choose_list(state, in, arg);
	case ARGP_KEY_END:
		if (in->list_word == NULL)
			return cli_misuse(state, "say which list: " LISTS);
		if (in->slug == NULL)
			return cli_misuse(state, "say which conference: --conference SLUG "
						 "(`registrar conference list` shows them)");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {options, parse, "passes|attendance|entries|denials|no-shows|muster|guests",
    "Writes a list of one conference.\v"
    "passes: every pass with its QR text and typed code. attendance: every person expected or "
    "seen. entries: admissions and exits. denials: refusals with their reasons. no-shows: who was "
    "expected and did not come. muster: who is inside, by outlet. guests: who is expected, to be "
    "ticked and signed on paper. That a list was taken is noted in the journal.",
    0, 0, 0};

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

/* What is written before it is noted is held back: what was taken always stands in the journal. */
static int write_list(
    struct registrar *registrar, const struct input *in, int64_t conference, FILE *file)
{
	struct export export = {.registrar = registrar,
	    .conference = conference,
	    .passes = in->passes,
	    .kind = in->kind,
	    .format = in->format,
	    .staff = CLI_STAFF,
	    .now = registrar_now()};
	struct store_tx *tx = NULL;
	struct buf out;
	size_t rows = 0;
	int r = store_read_begin(registrar->store, &tx);

	buf_init(&out, EXPORT_BYTES_MAX);
	if (r == 0)
		r = export_write(tx, &export, &out, NULL, NULL, &rows);
	store_read_end(tx);
	if (r == 0)
		r = export_note(&export, in->slug, rows);
	if (r == 0)
		r = flush(file, &out);
	buf_free(&out);
	return r;
}

int command_export(struct command *command)
{
	struct registrar *registrar;
	struct input in = {0};
	struct store_tx *tx = NULL;
	int64_t conference = 0;
	int status, r;

	if (!cli_parse(command, &argp, &in, &status))
		return status;
	registrar = cli_registrar(command);
	r = store_read_begin(registrar->store, &tx);
	if (r == 0)
		r = find(tx, in.slug, &conference);
	store_read_end(tx);
	if (r == STORE_NOT_FOUND)
		return cli_refused(command,
		    "there is no conference \"%s\"; `registrar conference "
		    "list` shows them",
		    in.slug);
	if (r == 0)
		r = write_list(registrar, &in, conference, command->out);
	if (r == NOT_WRITTEN)
		cli_refused(command, "the output could not be written: %s", strerror(errno));
	return r == NOT_WRITTEN ? COMMAND_REFUSED : cli_result(command, r, NULL);
}
