/* A public text with what the check found marked in it. */
#include <stdlib.h>
#include <string.h>

#include "registrar/web/publication_page.h"

/* Takes the next len bytes of a text as a piece; copied is where it may stand. */
static char *add_piece(
    struct view_public_text *to, char *copied, const char *from, size_t len, bool marked)
{
	if (len == 0)
		return copied;
	memcpy(copied, from, len);
	copied[len] = '\0';
	to->pieces[to->n++] = (struct view_piece){copied, marked};
	return copied + len + 1;
}

/* What is found may overlap: it is one mark then. */
static void cut(const char *text, const struct disclosure_list *found, struct view_public_text *to)
{
	size_t at = 0;
	char *copied = to->copy;

	for (size_t i = 0; i < found->n;) {
		size_t from = found->items[i].at, end = from;
		for (; i < found->n && found->items[i].at <= end; i++)
			if (found->items[i].at + found->items[i].len > end)
				end = found->items[i].at + found->items[i].len;
		copied = add_piece(to, copied, text + at, from - at, false);
		copied = add_piece(to, copied, text + from, end - from, true);
		at = end;
	}
	add_piece(to, copied, text + at, strlen(text + at), false);
}

int publication_mark(const struct publication_text *text, struct view_public_text *to)
{
	struct disclosure_list found = {NULL, 0, false};
	int result = 0;

	to->part = text->part;
	if (!text->text)
		return 0;
	result = disclosure_check(text->text, &found);
	if (result == 0) {
		/* Each piece has a NUL of its own. */
		to->copy = malloc(strlen(text->text) + 2 * found.n + 1);
		to->pieces = calloc(2 * found.n + 1, sizeof(*to->pieces));
		result = to->copy && to->pieces ? 0 : STORE_NO_MEMORY;
	}
	if (result == 0)
		cut(text->text, &found, to);
	free(found.items);
	return result;
}

void publication_marks_free(struct view_public_text *texts, size_t n)
{
	for (size_t i = 0; texts && i < n; i++) {
		free(texts[i].copy);
		free(texts[i].pieces);
	}
	free(texts);
}
