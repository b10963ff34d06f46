#include "web/say.h"

#include <stdio.h>
#include <string.h>

#include "web/say_plural.h"

enum {
	MAGIC = 0x950412de,
	HEAD = 28,	/* bytes of the file's head */
	CONTEXT = 4,	/* EOT stands between a context and its text */
	KEPT = 0x1f,	/* US stands between a kept sentence and its values */
	NUMBERS = 1000, /* numbers the plural rule is tried on when it is read */
	VALUES = 9
};

static struct say languages[SAY_MOST];
static const struct say_set *sets[SAY_MOST];
static size_t languages_n, sets_n;

/* ---- the file ---- */

static uint32_t word(const struct say *s, size_t at)
{
	const unsigned char *p = s->data + at;

	if (s->big_endian)
		return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* The i-th text of a table; its length without the NUL. */
static const char *text_at(const struct say *s, uint32_t table, uint32_t i, uint32_t *ret_len)
{
	*ret_len = word(s, table + (size_t)8 * i);
	return (const char *)s->data + word(s, table + (size_t)8 * i + 4);
}

static bool table_holds(const struct say *s, uint32_t table)
{
	uint64_t len;

	if (table % 4 != 0 || (uint64_t)table + (uint64_t)8 * s->n > s->len)
		return false;
	for (uint32_t i = 0; i < s->n; i++) {
		size_t at = table + (size_t)8 * i;

		len = (uint64_t)word(s, at) + word(s, at + 4);
		if (len >= s->len || s->data[len] != '\0')
			return false;
	}
	return true;
}

static bool is_sorted(const struct say *s)
{
	uint32_t len;

	for (uint32_t i = 1; i < s->n; i++)
		if (strcmp(text_at(s, s->originals, i - 1, &len),
			text_at(s, s->originals, i, &len)) >= 0)
			return false;
	return true;
}

/* Where NAME's value begins in the header, and its length; NULL where it is missing. */
static const char *header_value(const char *header, const char *name, size_t *ret_len)
{
	size_t len = strlen(name);

	while (*header) {
		if (strncmp(header, name, len) == 0 && header[len] == ':') {
			header += len + 1;
			header += strspn(header, " ");
			*ret_len = strcspn(header, "\n");
			return header;
		}
		header += strcspn(header, "\n");
		header += *header == '\n';
	}
	return NULL;
}

static bool copy_value(const char *header, const char *name, char *ret, size_t size)
{
	size_t len = 0;
	const char *value = header_value(header, name, &len);

	if (!value || len == 0 || len >= size)
		return false;
	memcpy(ret, value, len);
	ret[len] = '\0';
	return true;
}

/* A code stands in headers, cookies and attributes. */
static bool code_holds(const char *code)
{
	return strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") ==
	       strlen(code);
}

/* "nplurals=2; plural=(n > 1);" */
static bool read_plural(const char *header, struct say *s)
{
	char forms[SAY_RULE];
	char *rule, *end;
	unsigned long which = 0;

	if (!copy_value(header, "Plural-Forms", forms, sizeof(forms)) ||
	    sscanf(forms, "nplurals=%1u", &s->forms) != 1 || s->forms == 0)
		return false;
	rule = strstr(forms, "plural=");
	if (!rule)
		return false;
	rule += strlen("plural=");
	end = strchr(rule, ';');
	if (end)
		*end = '\0';
	for (unsigned long n = 0; n < NUMBERS; n++)
		if (say_plural_rule(rule, n, &which) || which >= s->forms)
			return false;
	snprintf(s->rule, sizeof(s->rule), "%s", rule);
	return true;
}

static bool read_header(struct say *s)
{
	uint32_t len;
	const char *header;

	if (s->n == 0 || *text_at(s, s->originals, 0, &len))
		return false;
	header = text_at(s, s->translations, 0, &len);
	return copy_value(header, "Language", s->code, sizeof(s->code)) && code_holds(s->code) &&
	       copy_value(header, "X-Language-Name", s->name, sizeof(s->name)) &&
	       read_plural(header, s);
}

int say_read(const unsigned char *data, size_t len, struct say *ret)
{
	struct say s = {.data = data, .len = len};

	if (len < HEAD)
		return SAY_BAD;
	s.big_endian = data[0] == 0x95;
	/* The upper half of the revision is the major one. */
	if (word(&s, 0) != MAGIC || word(&s, 4) >> 16 != 0)
		return SAY_BAD;
	s.n = word(&s, 8);
	s.originals = word(&s, 12);
	s.translations = word(&s, 16);
	if (!table_holds(&s, s.originals) || !table_holds(&s, s.translations) || !is_sorted(&s) ||
	    !read_header(&s))
		return SAY_BAD;
	*ret = s;
	return 0;
}

/* ---- which language ---- */

int say_add(const struct say_set *set)
{
	const struct say *same;
	size_t n = languages_n;
	int result;

	for (size_t i = 0; i < sets_n; i++)
		if (sets[i] == set)
			return 0;
	if (sets_n == SAY_MOST)
		return SAY_ROOM;
	for (size_t i = 0; i < set->n; i++, n++) {
		if (n == SAY_MOST)
			return SAY_ROOM;
		result = say_read(set->files[i].data, set->files[i].len, &languages[n]);
		if (result)
			return result;
		if (say_find(languages[n].code, &same))
			return SAY_ROOM;
	}
	sets[sets_n++] = set;
	languages_n = n;
	return 0;
}

size_t say_count(void)
{
	return languages_n + 1;
}

const struct say *say_nth(size_t i)
{
	return i == 0 || i > languages_n ? NULL : &languages[i - 1];
}

bool say_find(const char *code, const struct say **ret)
{
	for (size_t i = 0; i < say_count(); i++) {
		if (strcmp(say_code(say_nth(i)), code) == 0) {
			*ret = say_nth(i);
			return true;
		}
	}
	return false;
}

const char *say_code(const struct say *language)
{
	return language ? language->code : "en";
}

const char *say_name(const struct say *language)
{
	return language ? language->name : "English";
}

/* ---- texts ---- */

/* As strcmp(context EOT text, original); context may be NULL. */
static int compare(const char *context, const char *text, const char *original)
{
	const unsigned char *o = (const unsigned char *)original;

	for (const char *c = context; c && *c; c++, o++)
		if ((unsigned char)*c != *o)
			return (unsigned char)*c - *o;
	if (context && *o != CONTEXT)
		return CONTEXT - *o;
	return strcmp(text, (const char *)o + (context != NULL));
}

/* The translation of a text, its forms with a NUL between; NULL where there is none. */
static const char *find(
    const struct say *s, const char *context, const char *text, uint32_t *ret_len)
{
	uint32_t low = 0, high = s ? s->n : 0;
	const char *found;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = compare(context, text, text_at(s, s->originals, middle, ret_len));

		if (order == 0) {
			found = text_at(s, s->translations, middle, ret_len);
			return *found ? found : NULL;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *say(const struct say *language, const char *text)
{
	uint32_t len;
	/* The header stands under the empty text. */
	const char *found = text && *text ? find(language, NULL, text, &len) : NULL;

	return found ? found : text;
}

const char *say_in(const struct say *language, const char *context, const char *text)
{
	uint32_t len;
	const char *found = find(language, context, text, &len);

	return found ? found : text;
}

const char *say_plural(const struct say *language, const char *one, const char *many, long long n)
{
	uint32_t len = 0;
	const char *form = find(language, NULL, one, &len);
	const char *end = form ? form + len : NULL;
	unsigned long which = 0;

	if (!form || say_plural_rule(language->rule, (unsigned long)(n < 0 ? -n : n), &which))
		return n == 1 ? one : many;
	for (; which > 0 && form + strlen(form) < end; which--)
		form += strlen(form) + 1;
	return form;
}

void say_number(const struct say *language, long long n, char ret[32])
{
	/* What stands between thousands; a language may say nothing at all with "". */
	const char *between = say_in(language, "between thousands", ",");
	size_t between_len = strlen(between), len = 0, digits;
	char plain[24];

	snprintf(plain, sizeof(plain), "%lld", n);
	digits = strlen(plain) - (n < 0);
	if (between_len > 3)
		between_len = 0;
	for (const char *p = plain; *p; p++) {
		ret[len++] = *p;
		if (*p == '-')
			continue;
		/* Four figures stand together. */
		if (--digits > 0 && digits % 3 == 0 && strlen(plain) - (n < 0) > 4 &&
		    len + between_len + digits + digits / 3 * between_len < 31) {
			memcpy(ret + len, between, between_len);
			len += between_len;
		}
	}
	ret[len] = '\0';
}

size_t say_capital(const char *text, char ret[3])
{
	unsigned char a = (unsigned char)text[0], b = a ? (unsigned char)text[1] : 0;

	ret[0] = (char)(a >= 'a' && a <= 'z' ? a - 32 : a);
	ret[1] = ret[2] = '\0';
	/* U+00E0 to U+00FE, without the sign of division */
	if (a != 0xc3 || b < 0xa0 || b > 0xbe || b == 0xb7)
		return a != 0;
	ret[1] = (char)(b - 32);
	return 2;
}

/* ---- sentences with values ---- */

/* Appends what fits, whole characters only. */
static void append(char *ret, size_t size, size_t *len, const char *text, size_t n)
{
	if (n > size - 1 - *len) {
		n = size - 1 - *len;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		memcpy(ret + *len, text, n);
		ret[*len + n] = '\0';
		*len = size - 1;
		return;
	}
	memcpy(ret + *len, text, n);
	*len += n;
	ret[*len] = '\0';
}

void say_format(char *ret, size_t size, const char *text, const char *const *values, size_t n)
{
	size_t len = 0;

	if (size == 0)
		return;
	ret[0] = '\0';
	while (*text) {
		size_t plain = strcspn(text, "%");

		append(ret, size, &len, text, plain);
		text += plain;
		if (!*text)
			break;
		if (text[1] >= '1' && text[1] <= '9') {
			size_t which = (size_t)(text[1] - '1');
			const char *value = which < n && values[which] ? values[which] : "";

			append(ret, size, &len, value, strlen(value));
			text += 2;
		} else {
			append(ret, size, &len, "%", 1);
			text += text[1] == '%' ? 2 : 1;
		}
	}
}

void say_counted(const struct say *language, char *ret, size_t size, const char *one,
    const char *many, long long n)
{
	const char *form = say_plural(language, one, many, n);
	const char *sign = strstr(form, "%n");
	char number[32];
	size_t len = 0;

	if (size == 0)
		return;
	say_number(language, n, number);
	ret[0] = '\0';
	append(ret, size, &len, form, sign ? (size_t)(sign - form) : strlen(form));
	if (!sign)
		return;
	append(ret, size, &len, number, strlen(number));
	append(ret, size, &len, sign + 2, strlen(sign + 2));
}

void say_keep(char *ret, size_t size, const char *text, const char *const *values, size_t n)
{
	static const char between[] = {KEPT, '\0'};
	size_t len = 0;

	if (size == 0)
		return;
	ret[0] = '\0';
	append(ret, size, &len, text, strlen(text));
	for (size_t i = 0; i < n; i++) {
		append(ret, size, &len, between, 1);
		append(ret, size, &len, values[i], strcspn(values[i], between));
	}
}

void say_kept(const struct say *language, char *ret, size_t size, const char *kept)
{
	char copy[2048];
	const char *values[VALUES] = {NULL};
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", kept);
	for (char *at = strchr(copy, KEPT); at && n < VALUES; at = strchr(at, KEPT)) {
		*at++ = '\0';
		values[n++] = at;
	}
	if (n == 0)
		snprintf(ret, size, "%s", say(language, copy));
	else
		say_format(ret, size, say(language, copy), values, n);
}
