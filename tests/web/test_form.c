#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/form.h"

enum {
	NAME,
	NOTE,
	EMAIL,
	SEATS,
	COLOUR,
	CLASSES,
	TERMS,
	SLUG,
	LINK,
	STARTS,
	PASSWORD,
	SCAN,
	FIELDS
};

static const struct form_choice colours[] = {
    {"red", "Red", NULL}, {"blue", "Blue", NULL}, {NULL, NULL, NULL}};

static const struct form_field fields[FIELDS] = {
    [NAME] = {.name = "name", .label = "full name", .kind = FORM_LINE, .required = true},
    [NOTE] = {.name = "note", .label = "note", .kind = FORM_TEXT, .max = 20},
    [EMAIL] = {.name = "email", .label = "e-mail address", .kind = FORM_EMAIL},
    [SEATS] = {.name = "seats", .label = "seats", .kind = FORM_INTEGER, .low = 1, .high = 500},
    [COLOUR] = {.name = "colour", .label = "colour", .kind = FORM_CHOICE, .choices = colours},
    [CLASSES] = {.name = "classes", .label = "classes", .kind = FORM_SET, .choices = colours},
    [TERMS] = {.name = "terms", .label = "I agree", .kind = FORM_CHECKBOX},
    [SLUG] = {.name = "slug", .label = "short address", .kind = FORM_SLUG},
    [LINK] = {.name = "link", .label = "link", .kind = FORM_TOKEN},
    [STARTS] = {.name = "starts", .label = "start", .kind = FORM_DATETIME},
    [PASSWORD] = {.name = "password", .label = "password", .kind = FORM_PASSWORD, .max = 12},
    [SCAN] = {.name = "scan", .label = "text", .kind = FORM_RAW, .max = 8},
};

static int parse(const char *text, struct form **ret)
{
	*ret = NULL;
	return form_parse(NULL, fields, FIELDS, text, strlen(text), "csrf", ret);
}

/* One field beside a name; its message, or "" where it holds. The form is freed by the next. */
static struct form *last;

static const char *said(const char *text, size_t field)
{
	char whole[4096];
	const char *message;

	form_free(last);
	snprintf(whole, sizeof(whole), "name=Ann&%s", text);
	assert_int_equal(parse(whole, &last), 0);
	message = form_message(last, field);
	assert_int_equal(form_ok(last), message == NULL);
	return message ? message : "";
}

static int free_last(void **state)
{
	(void)state;
	form_free(last);
	last = NULL;
	return 0;
}

static void every_kind_gives_its_value(void **state)
{
	struct form *f;
	struct form_time t;

	(void)state;
	assert_int_equal(parse("name=+Ann%20L%C3%A9e+&note=a%0D%0Ab&email=a@b.ca&seats=40&"
			       "colour=blue&classes=red&classes=blue&terms=yes&slug=a-b&"
			       "link=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&"
			       "starts=2026-09-12T14:05&password=+x+&csrf=T",
			     &f),
	    0);
	assert_true(form_ok(f));
	assert_string_equal(form_text(f, NAME), "Ann L\xc3\xa9"
						"e");
	assert_string_equal(form_text(f, NOTE), "a\nb");
	assert_string_equal(form_text(f, EMAIL), "a@b.ca");
	assert_int_equal(form_number(f, SEATS), 40);
	assert_int_equal(form_number(f, COLOUR), 1);
	assert_int_equal(form_number(f, CLASSES), 3);
	assert_true(form_checked(f, TERMS));
	assert_string_equal(form_text(f, SLUG), "a-b");
	t = form_when(f, STARTS);
	assert_int_equal(t.year * 10000 + t.month * 100 + t.day, 20260912);
	assert_int_equal(t.hour * 100 + t.minute, 1405);
	assert_string_equal(form_text(f, PASSWORD), " x ");
	assert_string_equal(form_extra(f), "T");
	form_free(f);
}

static void what_nobody_declared_is_refused(void **state)
{
	struct form *f;

	(void)state;
	assert_int_equal(parse("name=Ann&other=1", &f), FORM_UNKNOWN);
	assert_null(f);
	assert_int_equal(parse("Name=Ann", &f), FORM_UNKNOWN);
	assert_int_equal(form_parse(NULL, fields, FIELDS, "csrf=1", 6, NULL, &f), FORM_UNKNOWN);
	assert_int_equal(form_parse(NULL, NULL, 0, "", 0, NULL, &f), 0);
	form_free(f);
}

static void a_field_twice_is_refused(void **state)
{
	struct form *f;

	(void)state;
	assert_int_equal(parse("name=Ann&name=Bob", &f), FORM_DUPLICATE);
	assert_int_equal(parse("name=Ann&csrf=1&csrf=1", &f), FORM_DUPLICATE);
	assert_int_equal(parse("name=Ann&terms=yes&terms=yes", &f), FORM_DUPLICATE);
}

static void broken_escapes_are_refused(void **state)
{
	static const char *const bad[] = {"name=%", "name=%4", "name=%zz", "name=%00", "na%zzme=1"};
	char many[FORM_PAIRS_MAX * 8 + 100] = "";
	struct form *f;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(parse(bad[i], &f), FORM_MALFORMED);
	assert_int_equal(
	    form_parse(NULL, fields, FIELDS, "name=A\0n", 8, NULL, &f), FORM_MALFORMED);
	for (int i = 0; i <= FORM_PAIRS_MAX; i++)
		strcat(many, "classes&");
	assert_int_equal(parse(many, &f), FORM_MALFORMED);
}

static void a_missing_field_says_what_to_do(void **state)
{
	struct form *f;

	(void)state;
	assert_int_equal(parse("", &f), 0);
	assert_false(form_ok(f));
	assert_string_equal(form_message(f, NAME), "Enter the full name");
	assert_int_equal(form_messages(f), 1);
	form_free(f);
	assert_int_equal(parse("name=++", &f), 0);
	assert_string_equal(form_message(f, NAME), "Enter the full name");
	form_free(f);
}

static void each_kind_says_what_is_wrong(void **state)
{
	static const struct {
		const char *text;
		size_t field;
		const char *said;
	} rows[] = {
	    {"note=123456789012345678901", NOTE, "Note must be 20 characters or fewer"},
	    {"note=a%E2%80%AEb", NOTE,
		"Note holds an invisible character. Type it instead of pasting it"},
	    {"note=%FF", NOTE, "Note cannot be read as text. Type it again"},
	    {"email=ann", EMAIL, "Enter the e-mail address like name@example.org"},
	    {"email=a@b.ca%0D%0ABcc:x@y.ca", EMAIL,
		"E-mail address holds an invisible character. Type it instead of pasting it"},
	    {"seats=0", SEATS, "Seats must be a whole number from 1 to 500"},
	    {"seats=501", SEATS, "Seats must be a whole number from 1 to 500"},
	    {"seats=4.5", SEATS, "Seats must be a whole number from 1 to 500"},
	    {"seats=-", SEATS, "Seats must be a whole number from 1 to 500"},
	    {"seats=99999999999999999999", SEATS, "Seats must be a whole number from 1 to 500"},
	    {"seats=0x10", SEATS, "Seats must be a whole number from 1 to 500"},
	    {"colour=green", COLOUR, "Choose the colour from the list"},
	    {"classes=red&classes=red", CLASSES, "Choose the classes from the list"},
	    {"classes=green", CLASSES, "Choose the classes from the list"},
	    {"terms=no", TERMS, "Tick \"I agree\" or leave it"},
	    {"slug=A+B", SLUG,
		"Short address may hold small letters a to z, digits and single hyphens"},
	    {"link=abc", LINK, "This link is not complete. Open it again from the e-mail"},
	    {"starts=2026-02-29T10:00", STARTS,
		"Enter the start as a date and time, like 2026-09-12 14:05"},
	    {"starts=2026-09-12T24:00", STARTS,
		"Enter the start as a date and time, like 2026-09-12 14:05"},
	    {"starts=2026-09-12", STARTS,
		"Enter the start as a date and time, like 2026-09-12 14:05"},
	    {"starts=2026-09-12T14:05:00", STARTS,
		"Enter the start as a date and time, like 2026-09-12 14:05"},
	    {"password=1234567890123", PASSWORD, "Password must be 12 characters or fewer"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(said(rows[i].text, rows[i].field), rows[i].said);
}

static void edges_that_hold(void **state)
{
	static const struct {
		const char *text;
		size_t field;
	} rows[] = {{"seats=1", SEATS}, {"seats=500", SEATS}, {"seats=", SEATS},
	    {"colour=", COLOUR}, {"note=12345678901234567890", NOTE},
	    {"starts=2028-02-29T23:59", STARTS}, {"starts=2026-09-12+14:05", STARTS},
	    {"classes=", CLASSES}, {"terms=", TERMS}, {"&&note=a&", NOTE}, {"note", NOTE}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(said(rows[i].text, rows[i].field), "");
}

static void what_was_typed_is_shown_again(void **state)
{
	(void)state;
	(void)said("email=ann+at+home", EMAIL);
	assert_string_equal(form_text(last, EMAIL), "ann at home");
	(void)said("note=123456789012345678901", NOTE);
	assert_string_equal(form_text(last, NOTE), "123456789012345678901");
	(void)said("note=a%E2%80%AEb", NOTE);
	assert_string_equal(form_text(last, NOTE), "");
	(void)said("password=1234567890123", PASSWORD);
	assert_string_equal(form_text(last, PASSWORD), "");
}

static void a_handler_can_refuse_and_fill(void **state)
{
	struct form *f = form_new(fields, FIELDS);

	(void)state;
	assert_non_null(f);
	assert_true(form_ok(f));
	form_fill(f, NAME, "Ann");
	form_fill(f, SEATS, "40");
	assert_string_equal(form_text(f, NAME), "Ann");
	assert_int_equal(form_number(f, SEATS), 40);
	form_refuse(f, SLUG, "there is one with this address. Choose another.");
	form_refuse(f, SLUG, "second");
	assert_false(form_ok(f));
	assert_string_equal(
	    form_message(f, SLUG), "There is one with this address. Choose another.");
	form_free(f);
}

static void raw_bytes_come_as_they_are(void **state)
{
	(void)state;
	assert_string_equal(said("scan=+A%0D%09%FF+", SCAN), "");
	assert_string_equal(form_text(last, SCAN), " A\r\t\xff ");
	assert_string_equal(said("scan=123456789", SCAN), "Text must be 8 bytes or fewer");
	assert_string_equal(form_text(last, SCAN), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(raw_bytes_come_as_they_are, free_last),
	    cmocka_unit_test(every_kind_gives_its_value),
	    cmocka_unit_test(what_nobody_declared_is_refused),
	    cmocka_unit_test(a_field_twice_is_refused),
	    cmocka_unit_test(broken_escapes_are_refused),
	    cmocka_unit_test(a_missing_field_says_what_to_do),
	    cmocka_unit_test(each_kind_says_what_is_wrong),
	    cmocka_unit_test(edges_that_hold),
	    cmocka_unit_test(what_was_typed_is_shown_again),
	    cmocka_unit_test(a_handler_can_refuse_and_fill),
	};

	return cmocka_run_group_tests_name("form", tests, NULL, free_last);
}
