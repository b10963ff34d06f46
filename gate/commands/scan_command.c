/* The subcommand scan: the end of gate/door/scan.h. */
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "badges/pass.h"
#include "gate/commands/cli.h"
#include "gate/printable.h"
#include "gate/peer/peer_serve.h"
#include "gate/sync/resident.h"
#include "gate/door/scan.h"
#include "gate/door/shift.h"
#include "gate/sync/sync.h"

enum { KEY_CONFERENCE = 1, KEY_JSON, KEY_OFFICER, KEY_PIN_FILE, KEY_OFFLINE, KEY_EXIT };

struct options {
	const char *conference, *officer, *pin_file;
	struct peer_serve_options peers;
	bool json, offline, leaving;
};

static const struct argp_option option_table[] = {
    {"conference", KEY_CONFERENCE, "SLUG", 0, "the conference this door is for", 0},
    {"json", KEY_JSON, NULL, 0, "one JSON object a line", 0},
    {"officer", KEY_OFFICER, "NAME", 0, "sign this officer in for the shift", 0},
    {"pin-file", KEY_PIN_FILE, "FILE", 0, "a file whose first line is the officer's PIN", 0},
    {"exit", KEY_EXIT, NULL, 0, "who is scanned leaves", 0},
    {"offline", KEY_OFFLINE, NULL, 0, "do not download or upload meanwhile", 0},
    PEER_SERVE_OPTIONS,
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_CONFERENCE:
		options->conference = value;
		return 0;
	case KEY_JSON:
		options->json = true;
		return 0;
	case KEY_OFFICER:
		options->officer = value;
		return 0;
	case KEY_PIN_FILE:
		options->pin_file = value;
		return 0;
	case KEY_EXIT:
		options->leaving = true;
		return 0;
	case KEY_OFFLINE:
		options->offline = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state,
		    "'%s' is not an option; passes are read from standard "
		    "input, one a line",
		    value);
	case ARGP_KEY_END:
		if (options->conference == NULL)
			return cli_misuse(state, "say which conference: --conference SLUG");
		if ((options->officer == NULL) != (options->pin_file == NULL))
			return cli_misuse(state, "--officer and --pin-file go together");
		return 0;
	default:
		return peer_serve_parse(key, value, &options->peers);
	}
}

static const struct argp argp = {option_table, parse, "",
    "Reads one scanned text (or typed pass code) a line, decides, records the decision in the "
    "journal, and prints one verdict a line: admit, deny, refer or exit.",
    NULL, NULL, NULL};

static int read_pin(
    struct command *command, const char *file, char ret_pin[static SHIFT_PIN_MAX + 2])
{
	char *path = command_path(command, file);
	FILE *in = path == NULL ? NULL : fopen(path, "re");
	int r = -1;

	if (in == NULL)
		fprintf(command->err, "gate scan: --pin-file: %s can't be read: %s.\n", file,
		    strerror(errno));
	else if (fgets(ret_pin, SHIFT_PIN_MAX + 2, in) == NULL)
		fprintf(command->err,
		    "gate scan: --pin-file: %s is empty; its first line is to be "
		    "the PIN.\n",
		    file);
	else
		r = 0;
	if (in != NULL)
		fclose(in);
	free(path);
	if (r == 0)
		ret_pin[strcspn(ret_pin, "\r\n")] = '\0';
	return r;
}

static void say_refused(struct command *command, int r, int64_t wait_s)
{
	char wait[WORDS_AGE_MAX];

	switch (r) {
	case SHIFT_WRONG:
		fprintf(command->err,
		    "gate scan: no officer has this name and this PIN. Try again, "
		    "or ask a supervisor.\n");
		break;
	case SHIFT_WAIT:
		words_age(wait_s, wait);
		fprintf(command->err, "gate scan: too many wrong PINs. Try again in %s.\n", wait);
		break;
	case SHIFT_NO_LIST:
		fprintf(command->err, "gate scan: this gate has no list of officers yet. Run: gate "
				      "sync --once\n");
		break;
	default:
		fprintf(
		    command->err, "gate scan: the sign-in can't be recorded. Run: gate check\n");
		break;
	}
}

static int sign_in(
    struct command *command, struct gate *gate, const struct options *options, struct shift *shift)
{
	char pin[SHIFT_PIN_MAX + 2];
	int64_t wait_s = 0;
	int r;

	if (options->officer == NULL) {
		fprintf(command->err,
		    "gate scan: nobody is signed in (--officer): names stay sealed, passes are "
		    "decided on all the same.\n");
		return 0;
	}
	if (read_pin(command, options->pin_file, pin) != 0)
		return -1;
	r = shift_begin(gate, options->officer, pin, strlen(pin), shift, &wait_s);
	sodium_memzero(pin, sizeof(pin));
	if (r != SHIFT_OK)
		say_refused(command, r, wait_s);
	return r;
}

static int print_slug(void *context, const struct conference *conference)
{
	struct command *command = context;

	fprintf(command->err, "  %s  (", conference->slug);
	printable_write(
	    command->err, conference->title, strlen(conference->title), CONFERENCE_TEXT_MAX);
	fprintf(command->err, ")\n");
	return 0;
}

static int count_one(void *context, const struct conference *conference)
{
	(void)conference;
	++*(int *)context;
	return 0;
}

static void say_unknown(struct command *command, struct gate *gate, const char *slug)
{
	struct store_tx *tx = NULL;
	int count = 0;

	gate_lock(gate);
	if (gate->store != NULL && store_read_begin(gate->store, &tx) == 0 &&
	    conference_each(tx, count_one, &count) == 0) {
		if (count == 0)
			fprintf(command->err, "gate scan: this gate has no roster yet. Run: gate "
					      "sync --once\n");
		else
			fprintf(command->err, "gate scan: no conference '%s'. This gate knows:\n",
			    slug);
		if (conference_each(tx, print_slug, command) != 0)
			fprintf(command->err, "  (the list can't be read; run: gate check)\n");
	}
	store_read_end(tx);
	gate_unlock(gate);
}

/* Until input ends. A journal that fails is said once, and once when it is well again. */
static int scan_lines(struct command *command, struct scan *scan, bool json)
{
	struct scan_result *result = malloc(sizeof(*result));
	char text[PASS_TEXT_MAX];
	size_t len;
	int failure = 0, exit = COMMAND_OK;

	if (result == NULL) {
		fprintf(command->err, "gate scan: there is no memory left.\n");
		return COMMAND_REFUSED;
	}
	while (exit == COMMAND_OK && scan_line(command->in, text, &len)) {
		scan_text(scan, text, len, result);
		if (result->failure != failure)
			fprintf(command->err, "gate scan: %s\n",
			    result->failure == 0 ? "The journal records again."
						 : journal_strerror(result->failure));
		failure = result->failure;
		if (scan_print(scan, result, json, command->out) != 0)
			exit = COMMAND_REFUSED;
	}
	free(result);
	return exit;
}

/* Whether the input ended because the process that this runs inside ends, and not by itself. */
static bool is_cut_off(struct command *command, struct gate *gate)
{
	bool ending;

	gate_lock(gate);
	ending = gate->ending;
	gate_unlock(gate);
	if (command->owner == NULL || !ending)
		return false;
	fprintf(command->err, "gate scan: the gate program that this ran inside was ended. What "
			      "has a verdict is recorded; start gate scan again.\n");
	return true;
}

static int scan_shift(struct command *command, struct gate *gate, const struct options *options)
{
	struct scan scan;
	struct peer_server *peers = NULL;
	bool syncs = false;
	int exit;
	int r = scan_open(
	    gate, options->conference, options->officer == NULL ? "" : options->officer, &scan);
	if (r == STORE_NOT_FOUND) {
		say_unknown(command, gate, options->conference);
		return COMMAND_REFUSED;
	}
	if (r != 0) {
		fprintf(command->err, "gate scan: %s\n", journal_strerror(r));
		return COMMAND_REFUSED;
	}
	scan.leaving = options->leaving;
	if (!peer_serve_begin(command, gate, &options->peers, &peers))
		return COMMAND_REFUSED;
	if (command->owner == NULL && !options->offline) {
		r = resident_start(gate);
		syncs = r == 0;
		if (!syncs)
			fprintf(command->err, "gate scan: not syncing: %s\n", sync_strerror(r));
	}
	exit = scan_lines(command, &scan, options->json);
	if (exit == COMMAND_OK && is_cut_off(command, gate))
		exit = COMMAND_REFUSED;
	if (syncs)
		resident_stop(gate);
	peer_serve_stop(peers);
	return exit;
}

static int scan_work(struct command *command, struct gate *gate, void *input)
{
	struct shift shift = {0};
	int exit;

	if (sign_in(command, gate, input, &shift) != 0)
		return COMMAND_REFUSED;
	exit = scan_shift(command, gate, input);
	shift_end(&shift);
	return exit;
}

int scan_command(struct command *command)
{
	struct options options = {0};
	int parsed = cli_parse(command, &argp, &options);

	if (parsed != 0)
		return cli_exit(parsed);
	return cli_with_gate(command, scan_work, &options);
}
