#include "web/multipart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the reader holds of a part's head. */
#define READER_BYTES ((size_t)8 << 10)

struct part {
	char *name;
	char *filename; /* NULL: not a file */
	struct buf value;
};

struct parts {
	struct part items[FORM_PAIRS_MAX];
	size_t n;
	size_t limit;
	int error; /* FORM_MALFORMED, FORM_NOMEM */
};

static bool same_text(const char *one, const char *two)
{
	return one == NULL || two == NULL ? one == two : strcmp(one, two) == 0;
}

/*
 * The reader tells of a part in pieces, each with its offset; a first piece may be empty and come
 * once more.
 */
static struct part *part_of(
    struct parts *parts, const char *name, const char *filename, uint64_t at)
{
	struct part *last = parts->n ? &parts->items[parts->n - 1] : NULL;

	if (last && same_text(last->name, name) && same_text(last->filename, filename) &&
	    (at > 0 || last->value.len == 0))
		return last;
	if (at > 0 || parts->n == FORM_PAIRS_MAX) {
		parts->error = FORM_MALFORMED;
		return NULL;
	}
	last = &parts->items[parts->n++];
	*last = (struct part){.name = strdup(name), .filename = filename ? strdup(filename) : NULL};
	buf_init(&last->value, parts->limit);
	if (!last->name || (filename && !last->filename))
		parts->error = FORM_NOMEM;
	return parts->error ? NULL : last;
}

static enum MHD_Result take(void *context, enum MHD_ValueKind kind, const char *name,
    const char *filename, const char *type, const char *encoding, const char *data, uint64_t at,
    size_t len)
{
	struct parts *parts = context;
	struct part *part;

	(void)kind;
	(void)type;
	/* No browser encodes a part once more. */
	if (!name || (encoding && strcasecmp(encoding, "binary") != 0 &&
			 strcasecmp(encoding, "8bit") != 0 && strcasecmp(encoding, "7bit") != 0)) {
		parts->error = FORM_MALFORMED;
		return MHD_NO;
	}
	part = part_of(parts, name, filename, at);
	if (!part)
		return MHD_NO;
	buf_add(&part->value, data, len);
	if (buf_error(&part->value))
		parts->error = FORM_NOMEM;
	return parts->error ? MHD_NO : MHD_YES;
}

static void free_parts(struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		free(parts->items[i].name);
		free(parts->items[i].filename);
		buf_free(&parts->items[i].value);
	}
	free(parts);
}

/* The body through the reader, whole. */
static int read_parts(struct request *req, struct parts *parts)
{
	static const char type[] = "multipart/form-data";
	const char *given = request_header(req, "Content-Type");
	struct MHD_PostProcessor *reader;
	enum MHD_Result read, ended;

	if (!given || strncasecmp(given, type, sizeof(type) - 1) != 0)
		return MULTIPART_TYPE;
	reader = MHD_create_post_processor(req->mhd, READER_BYTES, take, parts);
	if (!reader)
		return MULTIPART_TYPE;
	read = MHD_post_process(reader, buf_text(&req->body), req->body.len);
	ended = MHD_destroy_post_processor(reader);
	if (parts->error)
		return parts->error;
	return read == MHD_YES && ended == MHD_YES ? 0 : FORM_MALFORMED;
}

int multipart_form(struct request *req, const char *extra)
{
	const struct route *r = req->match.route;
	struct form_pair pairs[FORM_PAIRS_MAX];
	struct parts *parts = calloc(1, sizeof(*parts));
	int result;

	if (!parts)
		return FORM_NOMEM;
	parts->limit = req->body.len + 1;
	result = read_parts(req, parts);
	for (size_t i = 0; result == 0 && i < parts->n; i++) {
		const struct part *part = &parts->items[i];

		pairs[i] = (struct form_pair){
		    part->name, buf_text(&part->value), part->value.len, part->filename};
	}
	if (result == 0)
		result = form_parse_pairs(
		    req->language, r->fields, r->fields_n, pairs, parts->n, extra, &req->form);
	free_parts(parts);
	return result;
}
