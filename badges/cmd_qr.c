#include "badges/cmd.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "badges/qr.h"

struct qr_options {
	enum { QR_OPTION_SVG, QR_OPTION_PNG, QR_OPTION_TERM } format;
	unsigned module_px;
};

static error_t qr_option(int key, char *arg, struct argp_state *state)
{
	struct qr_options *options = state->input;
	uint64_t number = 0;

	switch (key) {
	case 'f':
		if (strcmp(arg, "svg") == 0)
			options->format = QR_OPTION_SVG;
		else if (strcmp(arg, "png") == 0)
			options->format = QR_OPTION_PNG;
		else if (strcmp(arg, "term") == 0)
			options->format = QR_OPTION_TERM;
		else
			argp_error(state, "--format: '%s' is none of svg, png, term", arg);
		return 0;
	case 'm':
		if (!cmd_number(arg, 64, &number) || number < 1)
			argp_error(state, "--module: '%s' is no number of pixels, 1..64", arg);
		options->module_px = (unsigned)number;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': the text is read from standard input", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option qr_options[] = {
    {.name = "format", .key = 'f', .arg = "FORMAT", .doc = "svg (the default), png or term"},
    {.name = "module",
	.key = 'm',
	.arg = "PIXELS",
	.doc = "PNG: pixels to a module, 1..64, 8 by default"},
    {0},
};

static const struct argp qr_argp = {
    .options = qr_options,
    .parser = qr_option,
    .doc = "Reads one text from standard input and writes its QR code to standard output. One last "
	   "CR LF, LF or CR is dropped.",
};

/* All of standard input, without its last line end; false when it is empty or too long. */
static bool qr_read(char *ret_text, size_t cap, size_t *ret_len)
{
	size_t len = fread(ret_text, 1, cap, stdin);

	if (len == cap || ferror(stdin))
		return false;
	if (len > 0 && ret_text[len - 1] == '\n')
		len--;
	if (len > 0 && ret_text[len - 1] == '\r')
		len--;
	*ret_len = len;
	return len > 0;
}

static int qr_draw(
    const struct qr *qr, const struct qr_options *options, char **ret, size_t *ret_len)
{
	uint8_t *png = NULL;
	int r;

	switch (options->format) {
	case QR_OPTION_PNG:
		r = qr_png(qr, options->module_px, &png, ret_len);
		*ret = (char *)png;
		return r;
	case QR_OPTION_TERM:
		return qr_term(qr, ret, ret_len);
	case QR_OPTION_SVG:
	default:
		return qr_svg(qr, ret, ret_len);
	}
}

int cmd_qr(int argc, char **argv)
{
	struct qr_options options = {.format = QR_OPTION_SVG, .module_px = 8};
	char text[QR_TEXT_MAX + 3], *image = NULL;
	struct qr qr = {0};
	int status = CMD_REFUSE;
	size_t len = 0;

	if (argp_parse(&qr_argp, argc, argv, 0, NULL, &options) != 0)
		return CMD_MISUSE;
	if (options.format == QR_OPTION_PNG && isatty(STDOUT_FILENO)) {
		cmd_say(
		    "qr: a PNG is no text for a terminal: send it to a file, or use --format term");
		return CMD_MISUSE;
	}
	if (!qr_read(text, sizeof(text), &len) || qr_make(text, len, &qr) != 0) {
		cmd_say("qr: standard input must be one text that fits a QR code");
		goto done;
	}
	if (qr_draw(&qr, &options, &image, &len) != 0) {
		cmd_say("qr: out of memory");
		goto done;
	}
	(void)fwrite(image, 1, len, stdout);
	status = cmd_flush();
done:
	free(image);
	qr_free(&qr);
	return status;
}
