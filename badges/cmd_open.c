#include "badges/cmd.h"

#include <argp.h>
#include <jansson.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/pass.h"

struct open_options {
	bool has_public;
	uint8_t public[KEY_PUBLIC_SIZE], kid[KEY_KID_SIZE];
	struct pass_want want;
};

static void open_public(struct open_options *options, const char *arg, struct argp_state *state)
{
	if (bytes_unhex(arg, strlen(arg), options->public, KEY_PUBLIC_SIZE) != 0 ||
	    !key_is_point(options->public))
		argp_error(state, "--public: '%s' is no Ed25519 public key in 64 hex digits", arg);
	key_kid(options->public, options->kid);
	options->has_public = true;
}

static error_t open_option(int key, char *arg, struct argp_state *state)
{
	struct open_options *options = state->input;
	uint64_t number = 0;

	switch (key) {
	case 'p':
		open_public(options, arg, state);
		return 0;
	case 'c':
		if (!cmd_number(arg, UINT32_MAX, &number))
			argp_error(state, "--conference: '%s' is no number of 0..4294967295", arg);
		options->want.has_conference = true;
		options->want.conference = (uint32_t)number;
		return 0;
	case 'n':
		if (!cmd_number(arg, INT64_MAX, &number))
			argp_error(state, "--now: '%s' is no time in Unix seconds", arg);
		options->want.has_now = true;
		options->want.now = (int64_t)number;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': QR texts are read from standard input", arg);
		return 0;
	case ARGP_KEY_END:
		if (!options->has_public)
			argp_error(state, "--public HEX is missing: the key that signs the passes");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option open_options[] = {
    {.name = "public", .key = 'p', .arg = "HEX", .doc = "the conference's public pass key"},
    {.name = "conference",
	.key = 'c',
	.arg = "N",
	.doc = "refuse passes of another conference; without it the conference is not checked"},
    {.name = "now",
	.key = 'n',
	.arg = "UNIX",
	.doc = "refuse passes that are not valid at that time (60 s of tolerance); without it time "
	       "is not checked"},
    {0},
};

static const struct argp open_argp = {
    .options = open_options,
    .parser = open_option,
    .doc = "Reads QR texts, one a line, and prints one JSON object a line: the claims of a pass "
	   "whose signature holds, or the reason of its refusal.\vA line's CR LF, LF or last CR is "
	   "dropped, nothing else is. Conference and time are checked only when asked for. Exit "
	   "status: 0, or 1 if any pass was refused.",
};

static enum reason open_judge(
    const struct open_options *options, const char *text, size_t len, struct pass_view *view)
{
	if (pass_parse(text, len, view) != 0)
		return REASON_MALFORMED;
	if (memcmp(view->kid, options->kid, KEY_KID_SIZE) != 0)
		return REASON_UNKNOWN_KEY;
	if (pass_verify(view, options->public) != 0)
		return REASON_BAD_SIGNATURE;
	return pass_judge(&view->claims, &options->want);
}

/* What the pass says, in this order; NULL when memory runs out. */
static json_t *open_claims(const struct pass_claims *claims)
{
	char id[33];

	bytes_hex(claims->id, sizeof(claims->id), id);
	return json_pack("{s:b, s:s, s:I, s:i, s:s, s:s, s:I, s:I, s:i}", "ok", 1, "pass", id,
	    "conference", (json_int_t)claims->conference, "class", (int)claims->pass_class, "name",
	    claims->name, "outlet", claims->outlet, "nbf", (json_int_t)claims->nbf, "exp",
	    (json_int_t)claims->exp, "flags", (int)claims->flags);
}

static int open_print(const struct pass_claims *claims, enum reason reason)
{
	json_t *line = reason == REASON_OK
			   ? open_claims(claims)
			   : json_pack("{s:b, s:s}", "ok", 0, "reason", reason_token(reason));

	if (line == NULL || json_dumpf(line, stdout, JSON_COMPACT) != 0) {
		cmd_say("open: cannot write standard output");
		json_decref(line);
		return CMD_REFUSE;
	}
	json_decref(line);
	(void)putchar('\n');
	/* A scanner's reader waits for each answer. */
	return cmd_flush();
}

int cmd_open(int argc, char **argv)
{
	struct open_options options = {0};
	char text[PASS_TEXT_MAX];
	bool refused = false;
	enum cmd_line kind;
	size_t len = 0;

	if (argp_parse(&open_argp, argc, argv, 0, NULL, &options) != 0)
		return CMD_MISUSE;
	while ((kind = cmd_line_read(stdin, text, sizeof(text), &len)) != CMD_LINE_END) {
		enum reason reason = REASON_MALFORMED;
		struct pass_view view = {0};

		if (kind == CMD_LINE_WHOLE)
			reason = open_judge(&options, text, len, &view);
		if (reason != REASON_OK)
			refused = true;
		if (open_print(&view.claims, reason) != CMD_OK)
			return CMD_REFUSE;
	}
	if (ferror(stdin)) {
		cmd_say("open: cannot read standard input");
		return CMD_REFUSE;
	}
	return refused ? CMD_REFUSE : CMD_OK;
}
