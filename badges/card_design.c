#include "badges/card_design.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "badges/ini_source.h"
#include "badges/text.h"

enum kind { SIZE, ORIENTATION, MARGIN, FIELDS, LOGO, TEXT, COLOUR };

struct key {
	const char *section, *name;
	enum kind kind;
	size_t offset, size;
};

#define FIELD(member) offsetof(struct card_design, member), sizeof((struct card_design *)0)->member

static const struct key keys[] = {
    {"badge", "size", SIZE, 0, 0},
    {"badge", "orientation", ORIENTATION, 0, 0},
    {"badge", "margin", MARGIN, 0, 0},
    {"badge", "font", TEXT, FIELD(font)},
    {"badge", "fields", FIELDS, 0, 0},
    {"badge", "logo", LOGO, 0, 0},
    {"texts", "organisation", TEXT, FIELD(organisation)},
    {"texts", "valid", TEXT, FIELD(valid)},
    {"texts", "no-photo", TEXT, FIELD(no_photo)},
    {"colours", "text", COLOUR, FIELD(text)},
    {"colours", "title", COLOUR, FIELD(title)},
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]), GIVEN = KEYS + 2 * CARD_CLASSES };

/* A small margin leaves a printer's edge free, a large one room for the code. */
#define MARGIN_LEAST 2.0
#define MARGIN_MOST  10.0

static const char *const size_words[CARD_SIZES] = {
    [CARD_CR80] = "cr80", [CARD_A6] = "a6", [CARD_LETTER_8UP] = "letter-8up"};

static const struct {
	const char *word;
	enum card_field field;
} field_words[] = {
    {"photo", CARD_PHOTO},
    {"outlet", CARD_OUTLET},
    {"conference", CARD_CONFERENCE},
    {"when", CARD_WHEN},
    {"organisation", CARD_ORGANISATION},
    {"code", CARD_CODE},
    {"valid", CARD_VALID},
    {"qr", CARD_QR},
};

/* Okabe and Ito's colours, which people tell apart however they see colours; the word says it too.
 */
static const struct {
	const char *word;
	uint32_t colour;
} classes[CARD_CLASSES] = {
    [CLASS_GENERAL] = {"General", 0x5b6770},
    [CLASS_REPORTER] = {"Reporter", 0x0072b2},
    [CLASS_PHOTOGRAPHER] = {"Photographer", 0xe69f00},
    [CLASS_CAMERA] = {"Camera", 0x009e73},
    [CLASS_SOUND] = {"Sound", 0xcc79a7},
    [CLASS_PRODUCER] = {"Producer", 0xd55e00},
    [CLASS_FREELANCE] = {"Freelance", 0x56b4e9},
    [CLASS_STUDENT] = {"Student", 0xf0e442},
    [CLASS_DOCUMENTARY] = {"Documentary", 0x1a1a1a},
    [CLASS_NAMED] = {"Other", 0xdde1e4},
};

void card_design_default(struct card_design *ret)
{
	*ret = (struct card_design){.size = CARD_CR80,
	    .margin = 3,
	    .font = "Noto Sans",
	    .fields = CARD_PHOTO | CARD_OUTLET | CARD_CONFERENCE | CARD_WHEN | CARD_ORGANISATION |
		      CARD_CODE | CARD_VALID | CARD_QR,
	    .valid = "Valid",
	    .no_photo = "No photo: check ID",
	    .text = 0x0b0c0c,
	    .title = 0x1d2b53};
	for (size_t i = 0; i < CARD_CLASSES; i++) {
		strcpy(ret->words[i], classes[i].word);
		ret->colours[i] = classes[i].colour;
	}
}

const char *card_size_word(enum card_size size)
{
	return size_words[size];
}

int card_size_find(const char *word)
{
	for (int i = 0; i < CARD_SIZES; i++)
		if (strcmp(word, size_words[i]) == 0)
			return i;
	return -1;
}

/* ---- reading ---- */

struct reading {
	struct ini_source source;
	struct card_design design;
	bool given[GIVEN];
};

static int put_margin(struct reading *reading, const char *value)
{
	char *end = NULL;
	double margin = strtod(value, &end);

	if (end == value || *end || strspn(value, "0123456789.") != strlen(value) ||
	    margin < MARGIN_LEAST || margin > MARGIN_MOST)
		return ini_source_fail(&reading->source,
		    "margin is millimetres. Write a number from %g to %g.", MARGIN_LEAST,
		    MARGIN_MOST);
	reading->design.margin = margin;
	return 1;
}

static int put_fields(struct reading *reading, const char *value)
{
	char list[200], *rest = NULL;
	unsigned fields = 0;
	size_t i;

	snprintf(list, sizeof(list), "%s", value);
	for (char *word = strtok_r(list, " ,", &rest); word; word = strtok_r(NULL, " ,", &rest)) {
		for (i = 0; i < sizeof(field_words) / sizeof(field_words[0]); i++)
			if (strcmp(word, field_words[i].word) == 0)
				break;
		if (i == sizeof(field_words) / sizeof(field_words[0]))
			return ini_source_fail(&reading->source,
			    "fields has no '%.40s'. Choose among photo, outlet, conference, when, "
			    "organisation, code, valid and qr; name and class are always there.",
			    word);
		fields |= field_words[i].field;
	}
	reading->design.fields = fields;
	return 1;
}

static int put_colour(struct reading *reading, const char *name, uint32_t *to, const char *value)
{
	if (strlen(value) != 7 || value[0] != '#' ||
	    strspn(value + 1, "0123456789abcdefABCDEF") != 6)
		return ini_source_fail(&reading->source,
		    "%s is a colour as '#' and six digits of 0-9 and a-f, such as #0072b2. Write "
		    "it so.",
		    name);
	*to = (uint32_t)strtoul(value + 1, NULL, 16);
	return 1;
}

static int put_text(
    struct reading *reading, const char *name, char *to, size_t size, const char *value)
{
	if (strlen(value) >= size || !text_is_plain(value, strlen(value)))
		return ini_source_fail(&reading->source,
		    "%s is too long (%zu bytes are taken), or has a character that can't be shown. "
		    "Write it as plain text.",
		    name, size - 1);
	strcpy(to, value);
	return 1;
}

/* The file's folder and a name in it. */
static char *beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	size_t folder = slash && *name != '/' ? (size_t)(slash - path) + 1 : 0;
	char *whole = malloc(folder + strlen(name) + 1);

	if (whole) {
		memcpy(whole, path, folder);
		strcpy(whole + folder, name);
	}
	return whole;
}

static int put_logo(struct reading *reading, const char *value)
{
	char *path = beside(reading->source.path, value);
	FILE *file = path ? fopen(path, "rbe") : NULL;
	uint8_t *bytes = file ? malloc(CARD_LOGO_MAX + 1) : NULL;
	size_t len = bytes ? fread(bytes, 1, CARD_LOGO_MAX + 1, file) : 0;
	int result = 1;

	if (!file)
		result = ini_source_fail(&reading->source,
		    "logo %.100s: %s. Put the file beside this one.", value, strerror(errno));
	else if (len > CARD_LOGO_MAX)
		result = ini_source_fail(
		    &reading->source, "logo %.100s is above 2 MiB. Save it smaller.", value);
	else if (!bytes || drawing_logo_read(bytes, len, &reading->design.logo) != 0)
		result = ini_source_fail(&reading->source,
		    "logo %.100s is no PNG, or is damaged. Save it as PNG (a drawing such as SVG: "
		    "about 600 pixels wide).",
		    value);
	if (file)
		fclose(file);
	free(bytes);
	free(path);
	return result;
}

static int put(struct reading *reading, const struct key *key, const char *value)
{
	char *member = (char *)&reading->design + key->offset;
	int size;

	switch (key->kind) {
	case SIZE:
		size = card_size_find(value);
		if (size < 0)
			return ini_source_fail(
			    &reading->source, "size is cr80, a6 or letter-8up. Write one of them.");
		reading->design.size = (enum card_size)size;
		return 1;
	case ORIENTATION:
		reading->design.landscape = strcmp(value, "landscape") == 0;
		if (reading->design.landscape || strcmp(value, "portrait") == 0)
			return 1;
		return ini_source_fail(
		    &reading->source, "orientation is portrait or landscape. Write one of them.");
	case MARGIN:
		return put_margin(reading, value);
	case FIELDS:
		return put_fields(reading, value);
	case LOGO:
		return *value ? put_logo(reading, value) : 1;
	case COLOUR:
		return put_colour(reading, key->name, (uint32_t *)(void *)member, value);
	case TEXT:
	default:
		return put_text(reading, key->name, member, key->size, value);
	}
}

static size_t find_class(const char *token)
{
	uint8_t number = 0;

	if (strcmp(token, "other") == 0)
		return CLASS_NAMED;
	return class_find(token, &number) == 0 ? number : CARD_CLASSES;
}

/* The setting's place in `given`; GIVEN: there is none. */
static size_t find(const char *section, const char *name)
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0)
			return i;
	i = find_class(name);
	if (i < CARD_CLASSES && strcmp(section, "words") == 0)
		return KEYS + i;
	if (i < CARD_CLASSES && strcmp(section, "colours") == 0)
		return KEYS + CARD_CLASSES + i;
	return GIVEN;
}

static int take(void *context, const char *section, const char *name, const char *value)
{
	struct reading *reading = context;
	size_t i = find(section, name);

	if (reading->source.failed)
		return 0;
	if (i == GIVEN)
		return ini_source_fail(&reading->source,
		    "there is no setting '%.40s' in [%.40s]. Check the spelling, or take the line "
		    "out.",
		    name, section);
	if (reading->given[i])
		return ini_source_fail(
		    &reading->source, "%s stands here a second time. Take one of them out.", name);
	reading->given[i] = true;
	if (i < KEYS)
		return put(reading, &keys[i], value);
	i -= KEYS;
	if (i >= CARD_CLASSES)
		return put_colour(reading, name, &reading->design.colours[i - CARD_CLASSES], value);
	if (!*value)
		return ini_source_fail(
		    &reading->source, "%s has no word. Write one: colours alone don't do.", name);
	return put_text(reading, name, reading->design.words[i], CARD_WORD, value);
}

int card_design_read(const char *path, struct card_design *ret_design, char *why, size_t size)
{
	struct reading reading = {.source = {.path = path, .why = why, .why_size = size}};
	int result = 0;

	card_design_default(&reading.design);
	reading.source.file = fopen(path, "re");
	if (!reading.source.file) {
		snprintf(why, size, "%s: %s.", path, strerror(errno));
		return CARD_DESIGN_E_FILE;
	}
	result = ini_parse_stream(ini_source_line, &reading.source, take, &reading);
	if (ferror(reading.source.file))
		ini_source_fail(&reading.source, "%s.", strerror(errno));
	fclose(reading.source.file);
	if (result != 0 && !reading.source.failed) {
		reading.source.line = result > 0 ? (unsigned)result : reading.source.line;
		ini_source_fail(
		    &reading.source, "this is neither [section] nor name = value. Mend the line.");
	}
	if (!reading.source.failed && !reading.design.font[0])
		strcpy(reading.design.font, "Noto Sans");
	if (reading.source.failed) {
		card_design_clear(&reading.design);
		return CARD_DESIGN_E_LINE;
	}
	*ret_design = reading.design;
	return 0;
}

void card_design_clear(struct card_design *design)
{
	drawing_logo_free(design->logo);
	design->logo = NULL;
}

const char card_design_text[] =
    "; How badges look. A line that begins with ; is a remark. What is left out is as here.\n"
    "[badge]\n"
    "; cr80 (85.60 x 53.98 mm), a6 (105 x 148 mm), letter-8up (eight of cr80 on US letter paper)\n"
    "size = cr80\n"
    "; portrait or landscape\n"
    "orientation = portrait\n"
    "; millimetres that stay white at each edge but for the class's band: 2 to 10, more in\n"
    "; proportion on a6. Above 3 the QR code of a small card is below 25 mm\n"
    "margin = 3\n"
    "; a font of this machine; characters it lacks come from others\n"
    "font = Noto Sans\n"
    "; name and class are always there\n"
    "fields = photo outlet conference when organisation code valid qr\n"
    "; a PNG beside this file\n"
    "logo =\n"
    "[texts]\n"
    "; left empty, the registrar writes the Service's name\n"
    "organisation =\n"
    "; before the times between which the pass opens doors\n"
    "valid = Valid\n"
    "; where somebody has no photograph\n"
    "no-photo = No photo: check ID\n"
    "[words]\n"
    "; the word on each class's band: short enough to be read from two metres\n"
    "general = General\n"
    "reporter = Reporter\n"
    "photographer = Photographer\n"
    "camera = Camera\n"
    "sound = Sound\n"
    "producer = Producer\n"
    "freelance = Freelance\n"
    "student = Student\n"
    "documentary = Documentary\n"
    "other = Other\n"
    "[colours]\n"
    "; the band; its word is black or white, whichever reads better\n"
    "general = #5b6770\n"
    "reporter = #0072b2\n"
    "photographer = #e69f00\n"
    "camera = #009e73\n"
    "sound = #cc79a7\n"
    "producer = #d55e00\n"
    "freelance = #56b4e9\n"
    "student = #f0e442\n"
    "documentary = #1a1a1a\n"
    "other = #dde1e4\n"
    "text = #0b0c0c\n"
    "title = #1d2b53\n";
