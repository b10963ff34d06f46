#include "registrar/attendance/attendance_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "registrar/attendance/attendance_book.h"

struct slot {
	struct attendance_book book; /* conference 0: free */
	struct attendance *counted;  /* of the book as it is, or NULL */
	uint64_t used;		     /* when, by looks */
};

struct attendance_cache {
	pthread_mutex_t lock;
	struct slot slots[ATTENDANCE_CACHE_BOOKS];
	uint64_t looks;
};

struct attendance_cache *attendance_cache_new(void)
{
	struct attendance_cache *cache = calloc(1, sizeof(*cache));

	if (cache == NULL || pthread_mutex_init(&cache->lock, NULL) != 0) {
		free(cache);
		return NULL;
	}
	return cache;
}

static void slot_clear(struct slot *slot)
{
	attendance_free(slot->counted);
	attendance_book_clear(&slot->book);
	*slot = (struct slot){0};
}

void attendance_cache_free(struct attendance_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < ATTENDANCE_CACHE_BOOKS; i++)
		slot_clear(&cache->slots[i]);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

void attendance_cache_forget(struct attendance_cache *cache)
{
	if (cache == NULL)
		return;
	pthread_mutex_lock(&cache->lock);
	for (size_t i = 0; i < ATTENDANCE_CACHE_BOOKS; i++)
		slot_clear(&cache->slots[i]);
	pthread_mutex_unlock(&cache->lock);
}

size_t attendance_cache_kept(struct attendance_cache *cache)
{
	size_t n = 0;

	if (cache == NULL)
		return 0;
	pthread_mutex_lock(&cache->lock);
	for (size_t i = 0; i < ATTENDANCE_CACHE_BOOKS; i++)
		n += cache->slots[i].book.conference != 0;
	pthread_mutex_unlock(&cache->lock);
	return n;
}

/* The conference's, or the one that was not looked at longest. */
static struct slot *slot_of(struct attendance_cache *cache, int64_t conference)
{
	struct slot *oldest = &cache->slots[0];

	for (size_t i = 0; i < ATTENDANCE_CACHE_BOOKS; i++) {
		if (cache->slots[i].book.conference == conference)
			return &cache->slots[i];
		if (cache->slots[i].used < oldest->used)
			oldest = &cache->slots[i];
	}
	slot_clear(oldest);
	attendance_book_init(&oldest->book, conference);
	return oldest;
}

static size_t rows_of(const struct attendance_book *book)
{
	return book->n_lines + book->n_registrations + book->n_passes;
}

/* Within bounds: what was not looked at longest goes first. */
static void trim(struct attendance_cache *cache)
{
	for (;;) {
		struct slot *oldest = NULL;
		size_t rows = 0;

		for (size_t i = 0; i < ATTENDANCE_CACHE_BOOKS; i++) {
			struct slot *slot = &cache->slots[i];

			rows += rows_of(&slot->book);
			if (slot->book.conference != 0 &&
			    (oldest == NULL || slot->used < oldest->used))
				oldest = slot;
		}
		if (rows <= ATTENDANCE_CACHE_ROWS || oldest == NULL)
			return;
		slot_clear(oldest);
	}
}

static int look(struct slot *slot, struct store_tx *tx)
{
	int r = attendance_book_read(tx, &slot->book);

	if (r != 0 || (slot->counted != NULL && !slot->book.changed))
		return r;
	attendance_free(slot->counted);
	slot->counted = NULL;
	slot->book.changed = false;
	return attendance_count(&slot->book, &slot->counted);
}

int attendance_cache_get(struct attendance_cache *cache, struct store_tx *tx, int64_t conference,
    const struct attendance **ret_attendance)
{
	struct attendance *fresh = NULL;
	struct slot *slot;
	int r;

	if (cache == NULL) {
		r = attendance_load(tx, conference, &fresh);
		if (r == 0)
			*ret_attendance = fresh;
		return r;
	}
	pthread_mutex_lock(&cache->lock);
	slot = slot_of(cache, conference);
	slot->used = ++cache->looks;
	r = look(slot, tx);
	if (r == 0) {
		atomic_fetch_add(&slot->counted->held, 1);
		*ret_attendance = slot->counted;
		trim(cache);
	} else {
		slot_clear(slot);
	}
	pthread_mutex_unlock(&cache->lock);
	return r;
}
