#include "registrar/attendance/attendance_texts.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance.h"

struct block {
	struct block *next;
	size_t used;
	char bytes[16384];
};

struct attendance_texts {
	atomic_uint held;
	struct block *blocks;
	size_t size;
};

struct attendance_texts *attendance_texts_new(void)
{
	struct attendance_texts *texts = calloc(1, sizeof(*texts));

	if (texts != NULL)
		atomic_init(&texts->held, 1);
	return texts;
}

struct attendance_texts *attendance_texts_hold(struct attendance_texts *texts)
{
	atomic_fetch_add(&texts->held, 1);
	return texts;
}

void attendance_texts_drop(struct attendance_texts *texts)
{
	struct block *block, *next;

	if (texts == NULL || atomic_fetch_sub(&texts->held, 1) != 1)
		return;
	for (block = texts->blocks; block != NULL; block = next) {
		next = block->next;
		explicit_bzero(block->bytes, block->used);
		free(block);
	}
	free(texts);
}

const char *attendance_texts_keep(struct attendance_texts *texts, const char *text)
{
	struct block *block = texts->blocks;
	size_t size = strlen(text) + 1;
	char *at;

	if (size == 1 || size > sizeof(block->bytes))
		return "";
	if (block == NULL || sizeof(block->bytes) - block->used < size) {
		block = malloc(sizeof(*block));
		if (block == NULL)
			return NULL;
		block->next = texts->blocks;
		block->used = 0;
		texts->blocks = block;
	}
	at = block->bytes + block->used;
	memcpy(at, text, size);
	block->used += size;
	texts->size += size;
	return at;
}

size_t attendance_texts_size(const struct attendance_texts *texts)
{
	return texts->size;
}

void attendance_free(const struct attendance *attendance)
{
	struct attendance *mine = (struct attendance *)(uintptr_t)attendance;

	if (mine == NULL || atomic_fetch_sub(&mine->held, 1) != 1)
		return;
	attendance_texts_drop(mine->texts);
	free(mine->people);
	free(mine->gates);
	free(mine->outlets);
	free(mine->reasons);
	free(mine->conflicts);
	free(mine->lines);
	free(mine->logs);
	free(mine->words);
	free(mine);
}
