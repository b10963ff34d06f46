#include "badges/cmd.h"

#include <argp.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistd.h>

#include "badges/card.h"
#include "badges/text.h"

#define LINE_MAX_BYTES 16384		 /* each text is TEXT_MOST at most, a QR text 3,391 */
#define TEXT_MOST      1600		 /* bytes: 400 characters */
#define PHOTO_MOST     ((size_t)5 << 20) /* bytes of a photograph's file */

struct card_options {
	const char *design;
	const char *size;
	enum drawing_kind kind;
	bool print_design;
};

static error_t card_option(int key, char *arg, struct argp_state *state)
{
	struct card_options *options = state->input;

	switch (key) {
	case 'd':
		options->design = arg;
		return 0;
	case 's':
		options->size = arg;
		if (card_size_find(arg) < 0)
			argp_error(state, "--size: '%s' is none of cr80, a6, letter-8up", arg);
		return 0;
	case 'p':
		options->print_design = true;
		return 0;
	case 'f':
		if (strcmp(arg, "pdf") == 0)
			options->kind = DRAWING_PDF;
		else if (strcmp(arg, "png") == 0)
			options->kind = DRAWING_PNG;
		else if (strcmp(arg, "svg") == 0)
			options->kind = DRAWING_SVG;
		else
			argp_error(state, "--format: '%s' is none of pdf, png, svg", arg);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': badges are read from standard input", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option card_options[] = {
    {.name = "design", .key = 'd', .arg = "FILE", .doc = "how they look; built in unless said"},
    {.name = "format", .key = 'f', .arg = "FORMAT", .doc = "pdf (the default), png or svg"},
    {.name = "size",
	.key = 's',
	.arg = "SIZE",
	.doc = "cr80, a6 or letter-8up, whatever the design says"},
    {.name = "print-design", .key = 'p', .doc = "write the design that is built in, and end"},
    {0},
};

static const struct argp card_argp = {
    .options = card_options,
    .parser = card_option,
    .doc = "Reads badges, one JSON object a line, and writes one file to standard output.\v"
	   "Keys, all texts: name and class (such as \"camera\", or a number of 0..23) are needed; "
	   "outlet, organisation, conference, when, valid, qr (the pass's text), code and photo (a "
	   "JPEG file's path) are not. PNG and SVG are one page. Nothing is written unless all "
	   "lines are right.",
};

enum {
	CARD_KEY_NAME,
	CARD_KEY_OUTLET,
	CARD_KEY_ORGANISATION,
	CARD_KEY_CONFERENCE,
	CARD_KEY_WHEN,
	CARD_KEY_VALID,
	CARD_KEY_CODE,
	CARD_KEY_QR,
	CARD_KEY_PHOTO,
	CARD_KEY_CLASS,
	CARD_KEYS
};

static const char *const card_keys[CARD_KEYS] = {"name", "outlet", "organisation", "conference",
    "when", "valid", "code", "qr", "photo", "class"};

/* One line: its texts, in NFC. */
struct card_line {
	struct card card;
	char *texts[CARD_KEYS];
	uint8_t *photo;
	size_t number;
};

static int refuse(const struct card_line *line, const char *key, const char *words)
{
	cmd_say("card: line %zu: %s: %s", line->number, key, words);
	return CMD_REFUSE;
}

static bool has_stranger(json_t *object, const char **ret_key)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		size_t i = 0;

		while (i < CARD_KEYS && strcmp(key, card_keys[i]) != 0)
			i++;
		if (i == CARD_KEYS) {
			*ret_key = key;
			return true;
		}
	}
	return false;
}

static int take_text(struct card_line *line, size_t i, const json_t *value)
{
	size_t most = i == CARD_KEY_QR ? QR_TEXT_MAX : TEXT_MOST, len = 0;
	const char *text = json_string_value(value);
	uint8_t *normal;

	if (!text || json_string_length(value) > most ||
	    !text_is_plain(text, json_string_length(value)))
		return refuse(line, card_keys[i],
		    "must be text of at most 1600 bytes without control or invisible characters");
	normal =
	    u8_normalize(UNINORM_NFC, (const uint8_t *)text, json_string_length(value), NULL, &len);
	line->texts[i] = calloc(1, len + 1);
	if (line->texts[i] && normal)
		memcpy(line->texts[i], normal, len);
	free(normal);
	return line->texts[i] ? CMD_OK : refuse(line, card_keys[i], "out of memory");
}

static int take_class(struct card_line *line, const json_t *value)
{
	uint8_t number = 0;

	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    json_integer_value(value) < CLASS_COUNT)
		number = (uint8_t)json_integer_value(value);
	else if (!json_is_string(value) || class_find(json_string_value(value), &number) != 0)
		return refuse(line, "class",
		    "must be general, reporter, photographer, camera, sound, producer, freelance, "
		    "student, documentary, or a number of 0..23");
	line->card.pass_class = number;
	return CMD_OK;
}

static int take_photo(struct card_line *line, const char *path)
{
	FILE *file = fopen(path, "rbe");
	uint8_t *bytes = file ? malloc(PHOTO_MOST + 1) : NULL, *less;
	size_t len = bytes ? fread(bytes, 1, PHOTO_MOST + 1, file) : 0;
	bool failed = !file || !bytes || ferror(file);

	if (failed)
		cmd_say("card: line %zu: photo: %s: %s", line->number, path, strerror(errno));
	if (file)
		fclose(file);
	if (failed) {
		free(bytes);
		return CMD_REFUSE;
	}
	less = realloc(bytes, len + 1);
	if (less)
		bytes = less;
	line->photo = bytes;
	line->card.photo = line->photo;
	line->card.photo_len = len;
	return len > PHOTO_MOST ? refuse(line, "photo", "is above 5 MiB: save it smaller") : CMD_OK;
}

static int take_object(struct card_line *line, json_t *object)
{
	struct card *card = &line->card;
	int status = CMD_OK;

	for (size_t i = 0; status == CMD_OK && i < CARD_KEY_CLASS; i++) {
		const json_t *value = json_object_get(object, card_keys[i]);

		if (value)
			status = take_text(line, i, value);
	}
	if (status == CMD_OK && (!line->texts[CARD_KEY_NAME] || !*line->texts[CARD_KEY_NAME]))
		status = refuse(line, "name", "is missing");
	if (status == CMD_OK)
		status = take_class(line, json_object_get(object, "class"));
	card->name = line->texts[CARD_KEY_NAME];
	card->outlet = line->texts[CARD_KEY_OUTLET];
	card->organisation = line->texts[CARD_KEY_ORGANISATION];
	card->conference = line->texts[CARD_KEY_CONFERENCE];
	card->when = line->texts[CARD_KEY_WHEN];
	card->valid = line->texts[CARD_KEY_VALID];
	card->code = line->texts[CARD_KEY_CODE];
	card->qr = line->texts[CARD_KEY_QR];
	if (status == CMD_OK && line->texts[CARD_KEY_PHOTO] && *line->texts[CARD_KEY_PHOTO])
		status = take_photo(line, line->texts[CARD_KEY_PHOTO]);
	return status;
}

static int add_line(struct card_batch *batch, const char *text, size_t len, size_t number)
{
	struct card_line line = {.number = number};
	const char *wrong = NULL;
	json_error_t error;
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	int status = CMD_REFUSE, r;

	if (!json_is_object(object)) {
		cmd_say("card: line %zu: not a JSON object%s%s", number, object == NULL ? ": " : "",
		    object == NULL ? error.text : "");
	} else if (has_stranger(object, &wrong)) {
		cmd_say("card: line %zu: no badge has the key '%s'", number, wrong);
	} else if ((status = take_object(&line, object)) == CMD_OK) {
		r = card_batch_add(batch, &line.card);
		if (r != 0) {
			cmd_say("card: line %zu: %s", number, card_strerror(r));
			status = CMD_REFUSE;
		}
	}
	for (size_t i = 0; i < CARD_KEYS; i++)
		free(line.texts[i]);
	free(line.photo);
	json_decref(object);
	return status;
}

static int add_all(struct card_batch *batch)
{
	static char text[LINE_MAX_BYTES];
	enum cmd_line kind;
	int status = CMD_OK;
	size_t len = 0, number;

	for (number = 1; status == CMD_OK; number++) {
		kind = cmd_line_read(stdin, text, sizeof(text), &len);
		if (kind == CMD_LINE_END)
			break;
		if (kind == CMD_LINE_LONG) {
			cmd_say("card: line %zu: longer than %d bytes", number, LINE_MAX_BYTES);
			status = CMD_REFUSE;
		} else {
			status = add_line(batch, text, len, number);
		}
	}
	if (status == CMD_OK && (ferror(stdin) || number == 1)) {
		cmd_say(
		    "card: standard input %s", ferror(stdin) ? "cannot be read" : "has no badge");
		status = CMD_REFUSE;
	}
	return status;
}

static bool into_file(void *context, const uint8_t *bytes, size_t len)
{
	return fwrite(bytes, 1, len, context) == len;
}

/* The finished file goes out in one piece. */
static int pass_on(FILE *file)
{
	char piece[65536];
	size_t len;

	rewind(file);
	while ((len = fread(piece, 1, sizeof(piece), file)) > 0)
		if (fwrite(piece, 1, len, stdout) != len)
			break;
	return ferror(file) ? CMD_REFUSE : cmd_flush();
}

static int draw(const struct card_design *design, enum drawing_kind kind)
{
	struct card_batch *batch = NULL;
	FILE *file = tmpfile(); /* without a name, so that nobody else has it */
	int status, r;

	if (!file || card_batch_begin(design, kind, "Badges", into_file, file, &batch) != 0) {
		cmd_say("card: %s", file ? card_strerror(CARD_E_DRAWING) : strerror(errno));
		if (file)
			fclose(file);
		return CMD_REFUSE;
	}
	status = add_all(batch);
	if (status == CMD_OK && card_batch_unknown(batch) > 0)
		cmd_say("card: %zu characters are in no font of this machine: boxes stand for them",
		    card_batch_unknown(batch));
	r = card_batch_end(batch);
	if (status == CMD_OK && (r != 0 || fflush(file) != 0)) {
		cmd_say("card: %s", card_strerror(r != 0 ? r : CARD_E_WRITE));
		status = CMD_REFUSE;
	}
	if (status == CMD_OK)
		status = pass_on(file);
	fclose(file);
	return status;
}

int cmd_card(int argc, char **argv)
{
	struct card_options options = {.kind = DRAWING_PDF};
	struct card_design design;
	char why[512];
	int status;

	if (argp_parse(&card_argp, argc, argv, 0, NULL, &options) != 0)
		return CMD_MISUSE;
	if (options.print_design) {
		(void)fputs(card_design_text, stdout);
		return cmd_flush();
	}
	if (isatty(STDOUT_FILENO)) {
		cmd_say("card: this is no text for a terminal: send it to a file");
		return CMD_MISUSE;
	}
	card_design_default(&design);
	if (options.design && card_design_read(options.design, &design, why, sizeof(why)) != 0) {
		cmd_say("card: %s", why);
		return CMD_MISUSE;
	}
	if (options.size)
		design.size = (enum card_size)card_size_find(options.size);
	status = draw(&design, options.kind);
	card_design_clear(&design);
	return status;
}
