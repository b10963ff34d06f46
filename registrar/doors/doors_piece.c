#include "registrar/doors/doors_private.h"

#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "schema/registrar_db.h"

/* The start of a log is looked for again after so long: it moves by the hour. */
#define START_STANDS_S 3600

/* The tree over the entries before the start. */
static int read_tree(struct store_tx *tx, struct doors_head *head, uint64_t start)
{
	uint8_t leaf[TREE_HASH], stored[TREE_STORED_MAX];
	struct store_rows *rows = NULL;
	struct tree tree;
	size_t len;
	int r = store_query(tx, REGISTRAR_Q_LOG_TEXTS,
	    STORE_ARGS(store_i64(head->log), store_i64((int64_t)start)), &rows);

	tree_init(&tree);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		const void *text = store_get_blob(rows, 0, &len);

		tree_leaf(text, len, leaf);
		r = tree_append(&tree, leaf) == 0 ? 0 : STORE_CORRUPT;
	}
	store_done(rows);
	if (r == 0 && tree.size != start)
		r = STORE_CORRUPT;
	if (r == 0)
		bytes_hex(stored, tree_store(&tree, stored), head->tree);
	return r;
}

int doors_piece_start(struct store_tx *tx, struct doors_head *head, int64_t now)
{
	struct store_rows *rows = NULL;
	uint64_t start = 0;
	int r;

	if (head->start_at != 0 && now >= head->start_at && now - head->start_at < START_STANDS_S)
		return 0;
	r = store_one(tx, REGISTRAR_Q_DOORS_FIRST_SINCE,
	    STORE_ARGS(store_i64(head->log), store_i64((now - DOORS_SINCE_S) * 1000)), &rows);
	if (r != STORE_ROW)
		return r;
	start = store_is_null(rows, 0) ? head->size : (uint64_t)store_get_i64(rows, 0);
	store_done(rows);
	r = read_tree(tx, head, start);
	if (r != 0)
		return r;
	head->start = start;
	head->start_at = now;
	return 0;
}

/* Texts of entries and notes hold nothing that JSON would escape but LF. */
static void put_text(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len;

	buf_putc(out, '"');
	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text));

		if (line == NULL)
			line = end;
		buf_add(out, text, (size_t)(line - text));
		if (line < end)
			buf_puts(out, "\\n");
		text = line < end ? line + 1 : end;
	}
	buf_putc(out, '"');
}

static int put_entries(
    struct store_tx *tx, const struct doors_head *head, uint64_t from, uint64_t to, struct buf *out)
{
	struct store_rows *rows = NULL;
	uint64_t at = from;
	size_t len;
	int r = store_query(tx, REGISTRAR_Q_UPLOAD_ENTRIES,
	    STORE_ARGS(
		store_i64(head->log), store_i64((int64_t)from), store_i64((int64_t)(to - from))),
	    &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		const char *text = store_get_blob(rows, 1, &len);

		r = (uint64_t)store_get_i64(rows, 0) == at ? 0 : STORE_CORRUPT;
		if (at++ > from)
			buf_putc(out, ',');
		put_text(out, text, len);
	}
	store_done(rows);
	return r == 0 && at != to ? STORE_CORRUPT : r;
}

int doors_piece_make(struct store_tx *tx, struct doors_head *head, uint64_t from)
{
	struct store_rows *rows = NULL;
	struct buf out;
	uint64_t to;
	int r = store_one(tx, REGISTRAR_Q_DOORS_END,
	    STORE_ARGS(store_i64(head->log), store_i64((int64_t)from),
		store_i64((int64_t)(from + DOORS_ENTRIES))),
	    &rows);

	if (r != STORE_ROW)
		return r;
	buf_init(&out, BUF_LIMIT_PAGE);
	to = (uint64_t)store_get_i64(rows, 0);
	buf_puts(&out, "\"checkpoint\":");
	put_text(&out, store_get_text(rows, 1), strlen(store_get_text(rows, 1)));
	buf_puts(&out, ",\"entries\":[");
	store_done(rows);
	r = put_entries(tx, head, from, to, &out);
	buf_puts(&out, "]}");
	if (r == 0 && buf_error(&out) != 0)
		r = STORE_NO_MEMORY;
	if (r == 0) {
		free(head->piece);
		head->piece = buf_steal(&out, &head->piece_len);
		head->from = from;
		head->to = to;
	}
	buf_free(&out);
	return r;
}
