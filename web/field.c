#include "web/field.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "web/say.h"
#include "web/text.h"
#include "web/token.h"

void field_free(struct field_value *v)
{
	if (v->text)
		sodium_memzero(v->text, strlen(v->text));
	if (v->bytes)
		sodium_memzero(v->bytes, v->bytes_len);
	free(v->bytes);
	free(v->text);
	free(v->message);
	memset(v, 0, sizeof(*v));
}

void field_refuse(struct field_value *v, const char *message)
{
	char first[3];
	size_t len;

	v->refused = true;
	if (v->message)
		return;
	v->message = strdup(message);
	if (!v->message)
		return;
	/* A sentence begins with a capital, labels do not; the two are of one length. */
	len = say_capital(message, first);
	memcpy(v->message, first, len);
}

/* Refuses with a sentence of the reader's language: %1 is the label, %2 and %3 are numbers. */
static int refuse(const struct form_field *f, struct field_value *v, const char *sentence,
    long long second, long long third)
{
	char message[1024], a[32], b[32];

	say_number(v->language, second, a);
	say_number(v->language, third, b);
	SAY_FORMAT(
	    message, sizeof(message), say(v->language, sentence), say(v->language, f->label), a, b);
	field_refuse(v, message);
	return v->message ? 0 : FORM_NOMEM;
}

static size_t max_of(const struct form_field *f)
{
	if (f->max)
		return f->max;
	switch (f->kind) {
	case FORM_TEXT:
		return 4000;
	case FORM_PASSWORD:
		return 1024;
	case FORM_EMAIL:
		return 254;
	default:
		return TEXT_NAME_MAX;
	}
}

static int refuse_missing(const struct form_field *f, struct field_value *v)
{
	if (f->missing)
		return refuse(f, v, f->missing, 0, 0);
	switch (f->kind) {
	case FORM_CHOICE:
	case FORM_SET:
		return refuse(f, v, SAY("Choose the %1"), 0, 0);
	case FORM_CHECKBOX:
		return refuse(f, v, SAY("Tick \"%1\" to go on"), 0, 0);
	case FORM_FILE:
		return refuse(f, v, SAY("Choose the file"), 0, 0);
	case FORM_TOKEN:
		return refuse(
		    f, v, SAY("This link is not complete. Open it again from the e-mail"), 0, 0);
	default:
		return refuse(f, v, SAY("Enter the %1"), 0, 0);
	}
}

static int refuse_text(const struct form_field *f, struct field_value *v, int error)
{
	switch (error) {
	case TEXT_LONG:
		return refuse(
		    f, v, SAY("%1 must be %2 characters or fewer"), (long long)max_of(f), 0);
	case TEXT_HIDDEN:
		return refuse(f, v,
		    SAY("%1 holds an invisible character. Type it instead of pasting it"), 0, 0);
	default:
		return refuse(f, v, SAY("%1 cannot be read as text. Type it again"), 0, 0);
	}
}

static int check_integer(const struct form_field *f, struct field_value *v)
{
	long long high = f->low == 0 && f->high == 0 ? INT_MAX : f->high;
	const char *digits = v->text + (v->text[0] == '-');
	long long value;

	errno = 0;
	value = strtoll(v->text, NULL, 10);
	if (!*digits || strlen(digits) > 18 || strspn(digits, "0123456789") != strlen(digits) ||
	    errno || value < f->low || value > high)
		return refuse(f, v, SAY("%1 must be a whole number from %2 to %3"), f->low, high);
	v->number = value;
	return 0;
}

static long long choice_index(const struct form_field *f, const char *text)
{
	for (long long i = 0; f->choices && f->choices[i].value; i++) {
		if (strcmp(f->choices[i].value, text) == 0)
			return i;
	}
	return -1;
}

static int check_choice(const struct form_field *f, struct field_value *v)
{
	v->number = choice_index(f, v->text);
	if (v->number < 0)
		return refuse(f, v, SAY("Choose the %1 from the list"), 0, 0);
	return 0;
}

/* A set comes as one value with LF between the choices; form.c joined them. */
static int check_set(const struct form_field *f, struct field_value *v)
{
	char one[TEXT_NAME_MAX];
	const char *at = v->text;

	while (*at) {
		size_t len = strcspn(at, "\n");
		long long i = -1;

		if (len < sizeof(one)) {
			memcpy(one, at, len);
			one[len] = '\0';
			i = choice_index(f, one);
		}
		if (i < 0 || i > 31 || (v->number & 1LL << i))
			return refuse(f, v, SAY("Choose the %1 from the list"), 0, 0);
		v->number |= 1LL << i;
		at += len + (at[len] == '\n');
	}
	return 0;
}

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool real_time(const struct form_time *t)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return t->year >= 2000 && t->year <= 2099 && t->month >= 1 && t->month <= 12 &&
	       t->day >= 1 && t->day <= days[t->month - 1] + (t->month == 2 && leap(t->year)) &&
	       t->hour >= 0 && t->hour <= 23 && t->minute >= 0 && t->minute <= 59;
}

static int two_digits(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

static int check_datetime(const struct form_field *f, struct field_value *v)
{
	const bool date = f->kind == FORM_DATE;
	const char *shape = date ? "dddd-dd-dd" : "dddd-dd-ddTdd:dd";
	const char *p = v->text;
	size_t i = 0;

	for (; shape[i] && p[i]; i++) {
		if (shape[i] == 'd' ? !isdigit((unsigned char)p[i])
				    : p[i] != shape[i] && !(shape[i] == 'T' && p[i] == ' '))
			break;
	}
	if (!shape[i] && !p[i]) {
		v->when.year = two_digits(p) * 100 + two_digits(p + 2);
		v->when.month = two_digits(p + 5);
		v->when.day = two_digits(p + 8);
		v->when.hour = date ? 0 : two_digits(p + 11);
		v->when.minute = date ? 0 : two_digits(p + 14);
		if (real_time(&v->when))
			return 0;
	}
	memset(&v->when, 0, sizeof(v->when));
	if (date)
		return refuse(f, v, SAY("Enter the %1 as a date, like 2026-09-12"), 0, 0);
	return refuse(f, v, SAY("Enter the %1 as a date and time, like 2026-09-12 14:05"), 0, 0);
}

static int check_token(const struct form_field *f, struct field_value *v)
{
	uint8_t hash[TOKEN_BYTES];

	if (token_hash(v->text, hash))
		return refuse(
		    f, v, SAY("This link is not complete. Open it again from the e-mail"), 0, 0);
	return 0;
}

static int check_kind(const struct form_field *f, struct field_value *v)
{
	switch (f->kind) {
	case FORM_EMAIL:
		return text_email(v->text)
			   ? refuse(f, v, SAY("Enter the %1 like name@example.org"), 0, 0)
			   : 0;
	case FORM_INTEGER:
		return check_integer(f, v);
	case FORM_CHOICE:
		return check_choice(f, v);
	case FORM_SET:
		return check_set(f, v);
	case FORM_CHECKBOX:
		v->number = strcmp(v->text, "yes") == 0;
		return v->number ? 0 : refuse(f, v, SAY("Tick \"%1\" or leave it"), 0, 0);
	case FORM_SLUG:
		return text_slug(v->text)
			   ? refuse(f, v,
				 SAY("%1 may hold small letters a to z, digits and single hyphens"),
				 0, 0)
			   : 0;
	case FORM_TOKEN:
		return check_token(f, v);
	case FORM_DATE:
	case FORM_DATETIME:
		return check_datetime(f, v);
	case FORM_LINE:
	case FORM_TEXT:
	case FORM_PASSWORD:
	case FORM_RAW:
	case FORM_FILE:
		return 0;
	}
	return 0;
}

static enum text_lines lines_of(enum form_kind kind)
{
	if (kind == FORM_TEXT || kind == FORM_SET)
		return TEXT_MANY_LINES;
	return kind == FORM_PASSWORD ? TEXT_AS_TYPED : TEXT_ONE_LINE;
}

/* Keeps what was typed for showing again, if it can be shown at all. */
static void keep_typed(
    const struct form_field *f, const char *raw, size_t len, struct field_value *v)
{
	enum { SHOWN_MOST = 20000 };
	char *shown = NULL;

	if (f->kind != FORM_PASSWORD && len <= SHOWN_MOST &&
	    text_clean(raw, len, lines_of(f->kind), SHOWN_MOST, &shown) == 0)
		v->text = shown;
}

/* For the handler to judge. */
static int check_raw(const struct form_field *f, const char *raw, size_t len, struct field_value *v)
{
	if (len > max_of(f))
		return refuse(f, v, SAY("%1 must be %2 bytes or fewer"), (long long)max_of(f), 0);
	if (len == 0)
		return f->required ? refuse_missing(f, v) : 0;
	v->text = strndup(raw, len);
	return v->text ? 0 : FORM_NOMEM;
}

int field_check(const struct form_field *f, const char *raw, size_t len, struct field_value *v)
{
	size_t max = f->kind == FORM_SET ? (size_t)32 * (TEXT_NAME_MAX + 1) : max_of(f);
	int error;

	v->came = raw != NULL;
	if (!raw)
		return f->required ? refuse_missing(f, v) : 0;
	if (f->kind == FORM_RAW)
		return check_raw(f, raw, len, v);
	error = text_clean(raw, len, lines_of(f->kind), max, &v->text);
	if (error == TEXT_NOMEM)
		return FORM_NOMEM;
	if (error) {
		keep_typed(f, raw, len, v);
		return refuse_text(f, v, error);
	}
	if (!v->text[0])
		return f->required ? refuse_missing(f, v) : 0;
	error = check_kind(f, v);
	if (v->refused && f->kind == FORM_PASSWORD)
		sodium_memzero(v->text, strlen(v->text));
	return error;
}

/* The name of the file alone: some browsers send the folders it lay in. */
static const char *base_name(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			base = path + 1;
	return base;
}

int field_check_file(
    const struct form_field *f, const struct form_pair *pair, struct field_value *v)
{
	const char *name = pair && pair->filename ? base_name(pair->filename) : "";

	v->came = pair != NULL;
	if (!pair || pair->len == 0)
		return f->required ? refuse_missing(f, v) : 0;
	if (pair->len > max_of(f))
		return refuse(f, v,
		    SAY("This file is larger than %2 MB. Save it smaller, or send another"),
		    (long long)(max_of(f) >> 20), 0);
	if (text_clean(name, strlen(name), TEXT_ONE_LINE, TEXT_NAME_MAX, &v->text) == TEXT_NOMEM)
		return FORM_NOMEM;
	v->bytes = malloc(pair->len);
	if (!v->bytes)
		return FORM_NOMEM;
	memcpy(v->bytes, pair->value, pair->len);
	v->bytes_len = pair->len;
	return 0;
}
