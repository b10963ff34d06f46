#include "web/route.h"

#include <stdio.h>
#include <string.h>
#include <unistr.h>

#include "web/urlencoded.h"

/* A path or pattern cut at its slashes; the pieces point into the text. */
struct pieces {
	size_t n;
	struct {
		const char *text;
		size_t len;
	} piece[ROUTE_SEGMENTS_MAX];
};

/* "/" has no piece. -1 without a leading slash, with an empty piece or with too many. */
static int cut(const char *path, struct pieces *ret)
{
	ret->n = 0;
	if (path[0] != '/')
		return -1;
	if (!path[1])
		return 0;
	while (*path == '/') {
		size_t len = strcspn(path + 1, "/");

		if (len == 0 || ret->n == ROUTE_SEGMENTS_MAX)
			return -1;
		ret->piece[ret->n].text = path + 1;
		ret->piece[ret->n].len = len;
		ret->n++;
		path += 1 + len;
	}
	return 0;
}

int route_decode(const char *text, size_t len, char *ret, size_t size)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)text[i];

		if (c == '%') {
			int high = i + 2 < len ? urlencoded_hex(text[i + 1]) : -1;
			int low = high < 0 ? -1 : urlencoded_hex(text[i + 2]);

			if (low < 0)
				return -1;
			c = high << 4 | low;
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || out + 1 >= size)
			return -1;
		ret[out++] = (char)c;
	}
	ret[out] = '\0';
	return u8_check((const uint8_t *)ret, out) ? -1 : 0;
}

static bool is_named(const struct pieces *p, size_t i)
{
	return p->piece[i].text[0] == ':';
}

/* True if the path has the pattern's shape. *ret_literals counts the pieces that are equal. */
static bool fits(const struct pieces *pattern, const struct pieces *path, size_t *ret_literals)
{
	size_t literals = 0;

	if (pattern->n != path->n)
		return false;
	for (size_t i = 0; i < path->n; i++) {
		if (is_named(pattern, i))
			continue;
		if (pattern->piece[i].len != path->piece[i].len ||
		    memcmp(pattern->piece[i].text, path->piece[i].text, path->piece[i].len) != 0)
			return false;
		literals++;
	}
	*ret_literals = literals;
	return true;
}

static int fill_match(
    const struct pieces *pattern, const struct pieces *path, struct route_match *m)
{
	m->n = 0;
	for (size_t i = 0; i < pattern->n; i++) {
		if (!is_named(pattern, i))
			continue;
		snprintf(m->segment[m->n].name, sizeof(m->segment[m->n].name), "%.*s",
		    (int)pattern->piece[i].len - 1, pattern->piece[i].text + 1);
		if (route_decode(path->piece[i].text, path->piece[i].len, m->segment[m->n].value,
			sizeof(m->segment[m->n].value)) ||
		    strchr(m->segment[m->n].value, '/'))
			return ROUTE_SEGMENT;
		m->n++;
	}
	return 0;
}

static void allow_method(char allow[64], const char *method)
{
	size_t len = strlen(allow);

	if (strstr(allow, method))
		return;
	snprintf(allow + len, 64 - len, "%s%s%s", len ? ", " : "", method,
	    strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

/* The best fit so far of a walk over the tables. */
struct finding {
	const struct pieces *path;
	const char *method;
	char *allow;
	const struct route *best;
	struct pieces pattern;
	size_t literals;
};

static void look_at(struct finding *f, const struct route *r)
{
	struct pieces pattern;
	size_t literals = 0;

	if (cut(r->pattern, &pattern) || !fits(&pattern, f->path, &literals))
		return;
	allow_method(f->allow, r->method);
	if (strcmp(r->method, f->method) != 0 || (f->best && literals <= f->literals))
		return;
	f->best = r;
	f->pattern = pattern;
	f->literals = literals;
}

int route_find(const struct route_table *table, const char *method, const char *raw_path,
    struct route_match *ret, char allow[64])
{
	struct pieces path;
	struct finding f = {.path = &path, .method = method, .allow = allow};

	allow[0] = '\0';
	if (strcmp(method, "HEAD") == 0)
		f.method = "GET";
	if (cut(raw_path, &path))
		return ROUTE_NOT_FOUND;
	for (; table; table = table->more)
		for (size_t i = 0; i < table->n; i++)
			look_at(&f, &table->routes[i]);
	if (!f.best)
		return allow[0] ? ROUTE_METHOD : ROUTE_NOT_FOUND;
	ret->route = f.best;
	return fill_match(&f.pattern, &path, ret);
}

static bool pattern_holds(const char *pattern)
{
	struct pieces p;
	size_t named = 0;

	if (cut(pattern, &p))
		return false;
	for (size_t i = 0; i < p.n; i++) {
		if (!is_named(&p, i))
			continue;
		named++;
		if (p.piece[i].len < 2 || p.piece[i].len > 24)
			return false;
	}
	return named <= ROUTE_NAMED_MAX;
}

/* Two patterns that no path can tell apart. */
static bool same_shape(const char *a, const char *b)
{
	struct pieces pa, pb;

	if (cut(a, &pa) || cut(b, &pb) || pa.n != pb.n)
		return false;
	for (size_t i = 0; i < pa.n; i++) {
		if (is_named(&pa, i) != is_named(&pb, i))
			return false;
		if (!is_named(&pa, i) &&
		    (pa.piece[i].len != pb.piece[i].len ||
			memcmp(pa.piece[i].text, pb.piece[i].text, pa.piece[i].len) != 0))
			return false;
	}
	return true;
}

static bool route_holds(const struct route *r)
{
	bool get = strcmp(r->method, "GET") == 0;

	if ((!get && strcmp(r->method, "POST") != 0) || !r->handler || !pattern_holds(r->pattern))
		return false;
	if (get && (r->fields_n || r->body_max || (r->flags & ROUTE_RAW)))
		return false;
	if ((r->flags & ROUTE_FILES) && (get || (r->flags & ROUTE_RAW)))
		return false;
	if ((r->flags & ROUTE_API) && !get && !(r->flags & ROUTE_RAW))
		return false;
	return !((r->flags & ROUTE_RAW) && r->fields_n);
}

/* The nth route of a table and those after it; NULL: there are not so many. */
static const struct route *route_nth(const struct route_table *table, size_t n)
{
	for (; table; n -= table->n, table = table->more)
		if (n < table->n)
			return &table->routes[n];
	return NULL;
}

int route_check(const struct route_table *table, size_t *ret_at)
{
	const struct route *r, *other;

	for (size_t i = 0; (r = route_nth(table, i)) != NULL; i++) {
		bool holds = route_holds(r);

		for (size_t k = 0; holds && k < i; k++) {
			other = route_nth(table, k);
			holds = !other || strcmp(r->method, other->method) != 0 ||
				!same_shape(r->pattern, other->pattern);
		}
		if (!holds) {
			*ret_at = i;
			return -1;
		}
	}
	return 0;
}
