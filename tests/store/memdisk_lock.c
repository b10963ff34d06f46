/* The locks and the shared memory of a file in memory, by the rules of sqlite3_io_methods. */
#include "tests/store/memdisk_private.h"

#include <stdlib.h>

static int lock_shared(struct mem_handle *handle)
{
	struct mem_file *file = handle->file;
	if (file->exclusive || file->pending)
		return SQLITE_BUSY;
	file->n_shared++;
	handle->level = SQLITE_LOCK_SHARED;
	return SQLITE_OK;
}

static int lock_reserved(struct mem_handle *handle)
{
	struct mem_file *file = handle->file;
	if (file->reserved && file->reserved != handle)
		return SQLITE_BUSY;
	file->reserved = handle;
	handle->level = SQLITE_LOCK_RESERVED;
	return SQLITE_OK;
}

static int lock_exclusive(struct mem_handle *handle)
{
	struct mem_file *file = handle->file;
	if ((file->pending && file->pending != handle) ||
	    (file->reserved && file->reserved != handle))
		return SQLITE_BUSY;
	file->pending = handle;
	handle->level = SQLITE_LOCK_PENDING;
	if (file->n_shared > 1)
		return SQLITE_BUSY;
	file->exclusive = handle;
	handle->level = SQLITE_LOCK_EXCLUSIVE;
	return SQLITE_OK;
}

int memdisk_lock(sqlite3_file *base, int level)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	int code = SQLITE_OK;
	pthread_mutex_lock(&handle->disk->lock);
	if (handle->level < level) {
		if (level == SQLITE_LOCK_SHARED)
			code = lock_shared(handle);
		else if (level == SQLITE_LOCK_RESERVED)
			code = lock_reserved(handle);
		else
			code = lock_exclusive(handle);
	}
	pthread_mutex_unlock(&handle->disk->lock);
	return code;
}

int memdisk_unlock(sqlite3_file *base, int level)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	struct mem_file *file = handle->file;
	pthread_mutex_lock(&handle->disk->lock);
	if (handle->level > level) {
		if (file->reserved == handle)
			file->reserved = NULL;
		if (file->pending == handle)
			file->pending = NULL;
		if (file->exclusive == handle)
			file->exclusive = NULL;
		if (level == SQLITE_LOCK_NONE)
			file->n_shared--;
		handle->level = level;
	}
	pthread_mutex_unlock(&handle->disk->lock);
	return SQLITE_OK;
}

int memdisk_check_reserved(sqlite3_file *base, int *ret_reserved)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	pthread_mutex_lock(&handle->disk->lock);
	*ret_reserved = handle->file->reserved || handle->file->exclusive;
	pthread_mutex_unlock(&handle->disk->lock);
	return SQLITE_OK;
}

int memdisk_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret_map)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	struct mem_file *file = handle->file;
	int code = SQLITE_OK;
	if (region < 0 || region >= MEM_REGIONS)
		return SQLITE_IOERR_SHMMAP;
	pthread_mutex_lock(&handle->disk->lock);
	if (!file->regions[region] && extend) {
		file->regions[region] = calloc(1, (size_t)size);
		if (!file->regions[region])
			code = SQLITE_NOMEM;
	}
	*ret_map = file->regions[region];
	pthread_mutex_unlock(&handle->disk->lock);
	return code;
}

static int shm_unlock(struct mem_handle *handle, int slot)
{
	struct mem_file *file = handle->file;
	unsigned bit = 1u << slot;
	if (handle->shm_exclusive & bit)
		file->shm_exclusive[slot] = NULL;
	if (handle->shm_shared & bit)
		file->shm_shared[slot]--;
	handle->shm_exclusive &= ~bit;
	handle->shm_shared &= ~bit;
	return SQLITE_OK;
}

static bool shm_free(struct mem_handle *handle, int slot, bool exclusive)
{
	struct mem_file *file = handle->file;
	unsigned mine = (handle->shm_shared >> slot) & 1u;
	if (file->shm_exclusive[slot] && file->shm_exclusive[slot] != handle)
		return false;
	return !exclusive || file->shm_shared[slot] == mine;
}

static void shm_take(struct mem_handle *handle, int slot, bool exclusive)
{
	unsigned bit = 1u << slot;
	if (exclusive) {
		handle->file->shm_exclusive[slot] = handle;
		handle->shm_exclusive |= bit;
	} else if (!(handle->shm_shared & bit)) {
		handle->file->shm_shared[slot]++;
		handle->shm_shared |= bit;
	}
}

int memdisk_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
	int code = SQLITE_OK;
	pthread_mutex_lock(&handle->disk->lock);
	for (int slot = offset; slot < offset + n; slot++)
		if (flags & SQLITE_SHM_UNLOCK)
			shm_unlock(handle, slot);
		else if (!shm_free(handle, slot, exclusive))
			code = SQLITE_BUSY;
	for (int slot = offset; !code && slot < offset + n; slot++)
		if (flags & SQLITE_SHM_LOCK)
			shm_take(handle, slot, exclusive);
	pthread_mutex_unlock(&handle->disk->lock);
	return code;
}

void memdisk_shm_barrier(sqlite3_file *base)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	pthread_mutex_lock(&handle->disk->lock);
	pthread_mutex_unlock(&handle->disk->lock);
}

int memdisk_shm_unmap(sqlite3_file *base, int delete_too)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	struct mem_file *file = handle->file;
	pthread_mutex_lock(&handle->disk->lock);
	for (int slot = 0; slot < SQLITE_SHM_NLOCK; slot++)
		shm_unlock(handle, slot);
	/* Regions stay for those who have them mapped; asked to delete, nobody else does. */
	for (int i = 0; delete_too && file->handles <= 1 && i < MEM_REGIONS; i++) {
		free(file->regions[i]);
		file->regions[i] = NULL;
	}
	pthread_mutex_unlock(&handle->disk->lock);
	return SQLITE_OK;
}
