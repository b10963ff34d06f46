/* Urlencoded forms: what holds is what was declared, and reading it once more changes nothing. */
#include <string.h>
#include <unistr.h>

#include "tests/fuzz/fuzz.h"
#include "web/form.h"
#include "web/text.h"
#include "web/tmpl.h"

enum { NAME, NOTE, EMAIL, SEATS, COLOUR, CLASSES, TERMS, SLUG, LINK, STARTS, PASSWORD, FIELDS };

static const struct form_choice colours[] = {
    {"red", "Red", NULL}, {"blue", "Blue", NULL}, {NULL, NULL, NULL}};

static const struct form_field fields[FIELDS] = {
    [NAME] = {.name = "n", .label = "name", .kind = FORM_LINE, .max = 20, .required = true},
    [NOTE] = {.name = "t", .label = "note", .kind = FORM_TEXT, .max = 40},
    [EMAIL] = {.name = "e", .label = "address", .kind = FORM_EMAIL},
    [SEATS] = {.name = "i", .label = "seats", .kind = FORM_INTEGER, .low = -5, .high = 500},
    [COLOUR] = {.name = "c", .label = "colour", .kind = FORM_CHOICE, .choices = colours},
    [CLASSES] = {.name = "s", .label = "classes", .kind = FORM_SET, .choices = colours},
    [TERMS] = {.name = "b", .label = "terms", .kind = FORM_CHECKBOX},
    [SLUG] = {.name = "g", .label = "slug", .kind = FORM_SLUG},
    [LINK] = {.name = "l", .label = "link", .kind = FORM_TOKEN},
    [STARTS] = {.name = "d", .label = "start", .kind = FORM_DATETIME},
    [PASSWORD] = {.name = "p", .label = "password", .kind = FORM_PASSWORD, .max = 12},
};

static void check_text(const struct form *f, size_t i)
{
	const char *text = form_text(f, i);

	FUZZ_NEED(u8_check((const uint8_t *)text, strlen(text)) == NULL);
	for (const char *p = text; *p; p++)
		FUZZ_NEED((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t');
	if (fields[i].kind != FORM_TEXT && fields[i].kind != FORM_SET)
		FUZZ_NEED(strpbrk(text, "\n\t\r") == NULL);
	if (!form_message(f, i) && fields[i].max)
		FUZZ_NEED(text_length(text) <= fields[i].max);
}

static void check_values(const struct form *f)
{
	struct form_time t = form_when(f, STARTS);

	FUZZ_NEED(form_number(f, SEATS) >= -5 && form_number(f, SEATS) <= 500);
	FUZZ_NEED(form_number(f, COLOUR) <= 1 && form_number(f, CLASSES) <= 3);
	FUZZ_NEED(t.month <= 12 && t.day <= 31 && t.hour <= 23 && t.minute <= 59);
	if (!form_ok(f))
		return;
	FUZZ_NEED(form_given(f, NAME));
	FUZZ_NEED(!form_given(f, EMAIL) || text_email(form_text(f, EMAIL)) == 0);
	FUZZ_NEED(!form_given(f, SLUG) || text_slug(form_text(f, SLUG)) == 0);
	FUZZ_NEED(!form_given(f, TERMS) || form_checked(f, TERMS));
}

/* The values sent again, as a browser would send the page back. */
static void check_again(const struct form *f)
{
	struct form *again = NULL;
	struct buf b;

	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < FIELDS; i++) {
		if (fields[i].kind == FORM_SET || !form_given(f, i))
			continue;
		buf_printf(&b, "&%s=", fields[i].name);
		tmpl_segment(&b, form_text(f, i));
	}
	FUZZ_NEED(buf_error(&b) == 0);
	FUZZ_NEED(form_parse(NULL, fields, FIELDS, buf_text(&b), b.len, NULL, &again) == 0);
	for (size_t i = 0; i < FIELDS; i++) {
		if (fields[i].kind != FORM_SET)
			FUZZ_NEED(strcmp(form_text(f, i), form_text(again, i)) == 0);
	}
	form_free(again);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form *f = NULL;

	if (form_parse(NULL, fields, FIELDS, (const char *)data, size, "csrf", &f) != 0) {
		FUZZ_NEED(f == NULL);
		return 0;
	}
	for (size_t i = 0; i < FIELDS; i++)
		check_text(f, i);
	check_values(f);
	if (form_ok(f))
		check_again(f);
	form_free(f);
	return 0;
}
