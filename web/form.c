#include "web/form.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "web/buf.h"
#include "web/field.h"
#include "web/say.h"
#include "web/urlencoded.h"

struct form {
	const struct form_field *fields;
	size_t n;
	struct field_value *values;
	char *extra;
	const struct say *language; /* of the messages */
};

struct form *form_new(const struct form_field *fields, size_t n)
{
	struct form *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->fields = fields;
	f->n = n;
	f->values = calloc(n ? n : 1, sizeof(*f->values));
	if (!f->values) {
		free(f);
		return NULL;
	}
	return f;
}

void form_free(struct form *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		field_free(&f->values[i]);
	free(f->values);
	free(f->extra);
	free(f);
}

/* What came for each field while the pairs are read; the bytes are the caller's copy. */
struct raw {
	const char *value;
	size_t len;
	struct buf joined; /* of a set */
	const struct form_pair *file;
};

static int find_field(const struct form *f, const char *name, size_t *ret)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->fields[i].name, name) == 0) {
			*ret = i;
			return 0;
		}
	}
	return FORM_UNKNOWN;
}

static int join(struct raw *r, const struct form_pair *pair)
{
	if (r->joined.len == 0)
		buf_add(&r->joined, r->value, r->len);
	buf_putc(&r->joined, '\n');
	buf_add(&r->joined, pair->value, pair->len);
	if (buf_error(&r->joined))
		return FORM_NOMEM;
	r->value = buf_text(&r->joined);
	r->len = r->joined.len;
	return 0;
}

static int take_extra(struct form *f, const char *value)
{
	if (f->extra)
		return FORM_DUPLICATE;
	f->extra = strdup(value);
	return f->extra ? 0 : FORM_NOMEM;
}

static int take_pair(
    struct form *f, struct raw *raws, const char *extra, const struct form_pair *pair)
{
	size_t i = 0;

	if (extra && strcmp(pair->name, extra) == 0)
		return take_extra(f, pair->value);
	if (find_field(f, pair->name, &i))
		return FORM_UNKNOWN;
	if (raws[i].value)
		return f->fields[i].kind == FORM_SET ? join(&raws[i], pair) : FORM_DUPLICATE;
	if ((f->fields[i].kind == FORM_FILE) != (pair->filename != NULL))
		return FORM_MALFORMED;
	raws[i].value = pair->value;
	raws[i].len = pair->len;
	raws[i].file = pair->filename ? pair : NULL;
	return 0;
}

static int read_pairs(struct form *f, struct raw *raws, const char *extra, char *text)
{
	struct urlencoded u;
	struct urlencoded_pair pair;
	int more, error;

	urlencoded_begin(&u, text);
	for (size_t pairs = 0; (more = urlencoded_next(&u, &pair)) == 1; pairs++) {
		if (pairs == FORM_PAIRS_MAX)
			return FORM_MALFORMED;
		error = take_pair(f, raws, extra,
		    &(struct form_pair){pair.name, pair.value, pair.value_len, NULL});
		if (error)
			return error;
	}
	return more < 0 ? FORM_MALFORMED : 0;
}

static int check_all(struct form *f, const struct raw *raws)
{
	for (size_t i = 0; i < f->n; i++) {
		int error;

		f->values[i].language = f->language;
		error = f->fields[i].kind == FORM_FILE
			    ? field_check_file(&f->fields[i], raws[i].file, &f->values[i])
			    : field_check(&f->fields[i], raws[i].value, raws[i].len, &f->values[i]);

		if (error)
			return error;
	}
	return 0;
}

int form_parse(const struct say *language, const struct form_field *fields, size_t n,
    const char *data, size_t len, const char *extra, struct form **ret)
{
	struct form *f = form_new(fields, n);
	struct raw *raws = calloc(n ? n : 1, sizeof(*raws));
	char *text = malloc(len + 1);
	int result = FORM_NOMEM;

	if (!f || !raws || !text)
		goto done;
	f->language = language;
	for (size_t i = 0; i < n; i++)
		buf_init(&raws[i].joined, len + 1);
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	result = FORM_MALFORMED;
	if (strlen(text) != len)
		goto done;
	result = read_pairs(f, raws, extra, text);
	if (result == 0)
		result = check_all(f, raws);
	if (result == 0) {
		*ret = f;
		f = NULL;
	}
done:
	for (size_t i = 0; raws && i < n; i++)
		buf_free(&raws[i].joined);
	free(raws);
	if (text)
		sodium_memzero(text, len);
	free(text);
	form_free(f);
	return result;
}

static int take_pairs(struct form *f, struct raw *raws, const char *extra,
    const struct form_pair *pairs, size_t n_pairs)
{
	for (size_t i = 0; i < n_pairs; i++) {
		int error;

		/* Text with a NUL is text cut short. */
		if (!pairs[i].filename && strlen(pairs[i].value) != pairs[i].len)
			return FORM_MALFORMED;
		error = take_pair(f, raws, extra, &pairs[i]);
		if (error)
			return error;
	}
	return 0;
}

int form_parse_pairs(const struct say *language, const struct form_field *fields, size_t n,
    const struct form_pair *pairs, size_t n_pairs, const char *extra, struct form **ret)
{
	struct form *f = form_new(fields, n);
	struct raw *raws = calloc(n ? n : 1, sizeof(*raws));
	int result = FORM_NOMEM;

	if (!f || !raws)
		goto done;
	f->language = language;
	for (size_t i = 0; i < n; i++)
		buf_init(&raws[i].joined, BUF_LIMIT_PAGE);
	result = n_pairs > FORM_PAIRS_MAX ? FORM_MALFORMED
					  : take_pairs(f, raws, extra, pairs, n_pairs);
	if (result == 0)
		result = check_all(f, raws);
	if (result == 0) {
		*ret = f;
		f = NULL;
	}
done:
	for (size_t i = 0; raws && i < n; i++)
		buf_free(&raws[i].joined);
	free(raws);
	form_free(f);
	return result;
}

struct form_upload form_file(const struct form *f, size_t field)
{
	const struct field_value *v = &f->values[field];

	return (struct form_upload){v->text ? v->text : "", v->bytes, v->bytes_len};
}

bool form_ok(const struct form *f)
{
	return form_messages(f) == 0;
}

size_t form_size(const struct form *f)
{
	return f->n;
}

const struct form_field *form_field(const struct form *f, size_t field)
{
	return &f->fields[field];
}

const char *form_text(const struct form *f, size_t field)
{
	const char *text = f->values[field].text;

	return text ? text : "";
}

bool form_given(const struct form *f, size_t field)
{
	return form_text(f, field)[0] != '\0';
}

long long form_number(const struct form *f, size_t field)
{
	return f->values[field].number;
}

bool form_checked(const struct form *f, size_t field)
{
	return f->values[field].number == 1;
}

struct form_time form_when(const struct form *f, size_t field)
{
	return f->values[field].when;
}

const char *form_extra(const struct form *f)
{
	return f->extra;
}

const char *form_message(const struct form *f, size_t field)
{
	const struct field_value *v = &f->values[field];

	if (v->message || !v->refused)
		return v->message;
	return say(f->language, "Check this");
}

size_t form_messages(const struct form *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->values[i].refused;
	return n;
}

void form_refuse(struct form *f, size_t field, const char *message)
{
	field_refuse(&f->values[field], message);
}

void form_fill(struct form *f, size_t field, const char *text)
{
	struct field_value v = {0};
	struct form_field lax = f->fields[field];

	lax.required = false;
	if (field_check(&lax, text, strlen(text), &v)) {
		field_free(&v);
		return;
	}
	free(v.message);
	v.message = NULL;
	v.refused = false;
	field_free(&f->values[field]);
	f->values[field] = v;
}
