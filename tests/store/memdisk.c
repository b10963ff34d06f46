/* The disk in memory: names, bytes, room and fsync. */
#include "tests/store/memdisk_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct memdisk *present; /* what the VFS stands on */

enum { MOUNTS = 8 };
static struct {
	char *folder;
	struct memdisk *disk;
} mounts[MOUNTS];

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "memdisk: no memory\n");
		abort();
	}
	return memory;
}

struct memdisk *memdisk_new(void)
{
	struct memdisk *disk = must(calloc(1, sizeof(*disk)));
	pthread_mutex_init(&disk->lock, NULL);
	return disk;
}

/* The disk a file is on. */
static struct memdisk *disk_of(const char *path)
{
	for (int i = 0; path && i < MOUNTS; i++)
		if (mounts[i].folder &&
		    strncmp(path, mounts[i].folder, strlen(mounts[i].folder)) == 0)
			return mounts[i].disk;
	return present;
}

void memdisk_mount(const char *folder, struct memdisk *disk)
{
	int slot = -1;

	for (int i = 0; i < MOUNTS; i++) {
		if (mounts[i].folder ? strcmp(mounts[i].folder, folder) == 0 : slot < 0)
			slot = i;
		if (mounts[i].folder && strcmp(mounts[i].folder, folder) == 0)
			break;
	}
	if (slot < 0)
		abort();
	free(mounts[slot].folder);
	mounts[slot].folder = disk ? must(strdup(folder)) : NULL;
	mounts[slot].disk = disk;
}

/* Whether an operation takes place. */
static bool has_power(struct memdisk *disk)
{
	if (disk->fuse && --disk->fuse == 0)
		disk->off = true;
	return !disk->off;
}

void memdisk_cut_power(struct memdisk *disk, uint64_t nth)
{
	disk->fuse = nth;
}

void memdisk_power_on(struct memdisk *disk)
{
	disk->fuse = 0;
	disk->off = false;
}

bool memdisk_step(struct memdisk *disk)
{
	bool on;

	pthread_mutex_lock(&disk->lock);
	on = has_power(disk);
	pthread_mutex_unlock(&disk->lock);
	return on;
}

bool memdisk_is_off(const struct memdisk *disk)
{
	return disk->off;
}

void memdisk_each(struct memdisk *disk,
    void (*each)(void *context, const char *path, const uint8_t *bytes, size_t size), void *context)
{
	for (int i = 0; i < MEM_NAMES; i++)
		if (disk->names[i].path)
			each(context, disk->names[i].path, disk->names[i].file->bytes,
			    disk->names[i].file->size);
}

static void drop_file(struct memdisk *disk, struct mem_file *file)
{
	if (file->named || file->handles)
		return;
	for (int i = 0; i < MEM_REGIONS; i++)
		free(file->regions[i]);
	disk->used -= file->size;
	free(file->bytes);
	free(file);
}

void memdisk_free(struct memdisk *disk)
{
	if (!disk)
		return;
	for (int i = 0; i < MEM_NAMES; i++) {
		if (!disk->names[i].path)
			continue;
		disk->names[i].file->named = false;
		drop_file(disk, disk->names[i].file);
		free(disk->names[i].path);
	}
	pthread_mutex_destroy(&disk->lock);
	free(disk);
}

static void tell(struct memdisk *disk, struct memdisk_op op)
{
	if (disk->watch && op.path)
		disk->watch(disk->watch_context, &op);
}

static struct mem_name *find(struct memdisk *disk, const char *path)
{
	for (int i = 0; i < MEM_NAMES; i++)
		if (disk->names[i].path && !strcmp(disk->names[i].path, path))
			return &disk->names[i];
	return NULL;
}

static struct mem_file *new_file(struct memdisk *disk)
{
	struct mem_file *file = must(calloc(1, sizeof(*file)));
	file->number = disk->n_files++;
	return file;
}

static struct mem_file *create(struct memdisk *disk, const char *path)
{
	struct mem_name *name = NULL;
	for (int i = 0; !name && i < MEM_NAMES; i++)
		if (!disk->names[i].path)
			name = &disk->names[i];
	must(name);
	name->path = must(strdup(path));
	name->file = new_file(disk);
	name->file->named = true;
	tell(disk,
	    (struct memdisk_op){.what = MEMDISK_CREATE, .file = name->file->number, .path = path});
	return name->file;
}

static bool remove_name(struct memdisk *disk, const char *path)
{
	struct mem_name *name = find(disk, path);
	if (!name)
		return false;
	tell(disk,
	    (struct memdisk_op){.what = MEMDISK_DELETE, .file = name->file->number, .path = path});
	name->file->named = false;
	drop_file(disk, name->file);
	free(name->path);
	*name = (struct mem_name){0};
	return true;
}

static int mem_close(sqlite3_file *base)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	struct memdisk *disk = handle->disk;
	memdisk_unlock(base, SQLITE_LOCK_NONE);
	pthread_mutex_lock(&disk->lock);
	handle->file->handles--;
	drop_file(disk, handle->file);
	pthread_mutex_unlock(&disk->lock);
	free(handle->path);
	return SQLITE_OK;
}

static int mem_read(sqlite3_file *base, void *out, int len, sqlite3_int64 offset)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	struct mem_file *file = handle->file;
	size_t want = (size_t)len, from = (size_t)offset, got = 0;
	pthread_mutex_lock(&handle->disk->lock);
	if (handle->disk->off) {
		pthread_mutex_unlock(&handle->disk->lock);
		return SQLITE_IOERR_READ;
	}
	if (from < file->size)
		got = file->size - from < want ? file->size - from : want;
	if (got)
		memcpy(out, file->bytes + from, got);
	pthread_mutex_unlock(&handle->disk->lock);
	memset((uint8_t *)out + got, 0, want - got);
	return got == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

/* New bytes are zero. The disk's lock is held. */
static void set_size(struct memdisk *disk, struct mem_file *file, size_t size)
{
	if (size > file->room) {
		file->room = size + size / 2 + 4096;
		file->bytes = must(realloc(file->bytes, file->room));
	}
	if (size > file->size)
		memset(file->bytes + file->size, 0, size - file->size);
	disk->used = disk->used - file->size + size;
	file->size = size;
}

static int mem_write(sqlite3_file *base, const void *bytes, int len, sqlite3_int64 offset)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	struct memdisk *disk = handle->disk;
	struct mem_file *file = handle->file;
	size_t end = (size_t)offset + (size_t)len;
	int code = SQLITE_OK;

	pthread_mutex_lock(&disk->lock);
	if (handle->path ? !has_power(disk) : disk->off) {
		code = SQLITE_IOERR_WRITE;
		goto done;
	}
	if (end > file->size && disk->quota && disk->used + (end - file->size) > disk->quota) {
		code = SQLITE_FULL;
		goto done;
	}
	if (end > file->size)
		set_size(disk, file, end);
	memcpy(file->bytes + offset, bytes, (size_t)len);
	tell(disk, (struct memdisk_op){MEMDISK_WRITE, file->number, handle->path, (uint64_t)offset,
		       bytes, (size_t)len});
done:
	pthread_mutex_unlock(&disk->lock);
	return code;
}

static int mem_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	pthread_mutex_lock(&handle->disk->lock);
	if (handle->path ? !has_power(handle->disk) : handle->disk->off) {
		pthread_mutex_unlock(&handle->disk->lock);
		return SQLITE_IOERR_TRUNCATE;
	}
	set_size(handle->disk, handle->file, (size_t)size);
	tell(handle->disk, (struct memdisk_op){.what = MEMDISK_TRUNCATE,
			       .file = handle->file->number,
			       .path = handle->path,
			       .offset = (uint64_t)size});
	pthread_mutex_unlock(&handle->disk->lock);
	return SQLITE_OK;
}

static int mem_sync(sqlite3_file *base, int flags)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	struct memdisk *disk = handle->disk;
	struct memdisk_op op = {
	    .what = MEMDISK_SYNC, .file = handle->file->number, .path = handle->path};
	int code = SQLITE_OK;

	(void)flags;
	pthread_mutex_lock(&disk->lock);
	if (handle->path ? !has_power(disk) : disk->off) {
		code = SQLITE_IOERR_FSYNC;
		goto done;
	}
	disk->syncs++;
	if (disk->fail_sync && --disk->fail_sync == 0) {
		disk->fail_sync = disk->fail_forever;
		code = SQLITE_IOERR_FSYNC;
		goto done;
	}
	tell(disk, op);
	if (handle->sync_folder) {
		op.what = MEMDISK_SYNC_FOLDER;
		tell(disk, op);
		handle->sync_folder = false;
	}
done:
	pthread_mutex_unlock(&disk->lock);
	return code;
}

static int mem_size(sqlite3_file *base, sqlite3_int64 *ret_size)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	pthread_mutex_lock(&handle->disk->lock);
	*ret_size = (sqlite3_int64)handle->file->size;
	pthread_mutex_unlock(&handle->disk->lock);
	return SQLITE_OK;
}

static int mem_control(sqlite3_file *base, int op, void *arg)
{
	(void)base, (void)op, (void)arg;
	return SQLITE_NOTFOUND;
}

static int mem_sector(sqlite3_file *base)
{
	(void)base;
	return 4096;
}

/* As the system's VFS says of Linux: bytes beside those written stay whole. */
static int mem_traits(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = mem_close,
    .xRead = mem_read,
    .xWrite = mem_write,
    .xTruncate = mem_truncate,
    .xSync = mem_sync,
    .xFileSize = mem_size,
    .xLock = memdisk_lock,
    .xUnlock = memdisk_unlock,
    .xCheckReservedLock = memdisk_check_reserved,
    .xFileControl = mem_control,
    .xSectorSize = mem_sector,
    .xDeviceCharacteristics = mem_traits,
    .xShmMap = memdisk_shm_map,
    .xShmLock = memdisk_shm_lock,
    .xShmBarrier = memdisk_shm_barrier,
    .xShmUnmap = memdisk_shm_unmap,
};

/* Version 1 knows no shared memory: the same, as memdisk_use() fills it. */
static sqlite3_io_methods methods_alone;

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *ret)
{
	struct mem_handle *handle = (struct mem_handle *)base;
	struct memdisk *disk = disk_of(path);
	struct mem_name *name = NULL;

	(void)vfs;
	memset(handle, 0, sizeof(*handle));
	if (!disk)
		return SQLITE_CANTOPEN;
	pthread_mutex_lock(&disk->lock);
	if (path)
		name = find(disk, path);
	if (disk->off || (path && !name && !(flags & SQLITE_OPEN_CREATE)) ||
	    (path && !name && !has_power(disk))) {
		pthread_mutex_unlock(&disk->lock);
		return SQLITE_CANTOPEN;
	}
	handle->file = name ? name->file : path ? create(disk, path) : new_file(disk);
	handle->file->handles++;
	handle->disk = disk;
	handle->path = path ? must(strdup(path)) : NULL;
	/* As os_unix.c has it: also where the file is there already, whose folder nobody may have
	 * synced before its maker was killed. */
	handle->sync_folder = path && (flags & SQLITE_OPEN_CREATE) != 0 &&
			      (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
	handle->base.pMethods = disk->no_sharing ? &methods_alone : &methods;
	pthread_mutex_unlock(&disk->lock);
	if (ret)
		*ret = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	struct memdisk *disk = disk_of(path);
	bool found, on;
	(void)vfs;
	pthread_mutex_lock(&disk->lock);
	on = has_power(disk);
	found = on && remove_name(disk, path);
	if (found && sync_folder)
		tell(disk, (struct memdisk_op){.what = MEMDISK_SYNC_FOLDER, .path = path});
	pthread_mutex_unlock(&disk->lock);
	if (!on)
		return SQLITE_IOERR_DELETE;
	return found ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
	struct memdisk *disk = disk_of(path);
	(void)vfs, (void)flags;
	if (!disk || disk->off)
		return SQLITE_IOERR_ACCESS;
	pthread_mutex_lock(&disk->lock);
	struct mem_name *name = find(disk, path);
	/* As the system's VFS: an empty file counts as none. */
	*ret = name && name->file->size;
	pthread_mutex_unlock(&disk->lock);
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
	(void)vfs;
	sqlite3_snprintf(size, out, "%s", path);
	return SQLITE_OK;
}

static int64_t (*world_now_ms)(void);
static uint8_t (*world_chance)(void);

void memdisk_set_world(int64_t (*now_ms)(void), uint8_t (*chance)(void))
{
	world_now_ms = now_ms;
	world_chance = chance;
}

/* Milliseconds of the Julian day. */
static int vfs_time_i64(sqlite3_vfs *vfs, sqlite3_int64 *ret_time)
{
	(void)vfs;
	*ret_time = INT64_C(210866760000000) + world_now_ms();
	return SQLITE_OK;
}

static int vfs_time(sqlite3_vfs *vfs, double *ret_time)
{
	sqlite3_int64 time;
	int code = vfs_time_i64(vfs, &time);

	*ret_time = (double)time / 86400000.0;
	return code;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	for (int i = 0; i < size; i++)
		out[i] = (char)world_chance();
	return size;
}

void memdisk_use(struct memdisk *disk, bool make_default)
{
	static sqlite3_vfs vfs;
	sqlite3_vfs *system = sqlite3_vfs_find("unix");
	present = disk;
	if (vfs.pNext || sqlite3_vfs_find(MEMDISK_VFS) == &vfs)
		sqlite3_vfs_unregister(&vfs);
	if (!disk)
		return;
	methods_alone = methods;
	methods_alone.iVersion = 1;
	vfs = *system; /* time, sleep and chance are the system's */
	vfs.pNext = NULL;
	if (world_now_ms) {
		vfs.xCurrentTime = vfs_time;
		vfs.xCurrentTimeInt64 = vfs_time_i64;
	}
	if (world_chance)
		vfs.xRandomness = vfs_randomness;
	vfs.zName = MEMDISK_VFS;
	vfs.szOsFile = sizeof(struct mem_handle);
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	vfs.xAccess = vfs_access;
	vfs.xFullPathname = vfs_full_path;
	vfs.xGetLastError = NULL;
	sqlite3_vfs_register(&vfs, make_default);
}

void memdisk_set_watch(struct memdisk *disk, memdisk_watch *watch, void *context)
{
	disk->watch = watch;
	disk->watch_context = context;
}

void memdisk_set_quota(struct memdisk *disk, uint64_t bytes)
{
	disk->quota = bytes;
}

void memdisk_fail_sync(struct memdisk *disk, unsigned nth, bool forever)
{
	disk->fail_sync = nth;
	disk->fail_forever = forever;
}

void memdisk_forbid_sharing(struct memdisk *disk)
{
	disk->no_sharing = true;
}

uint64_t memdisk_syncs(const struct memdisk *disk)
{
	return disk->syncs;
}

uint64_t memdisk_used(struct memdisk *disk)
{
	return disk->used;
}

const uint8_t *memdisk_bytes(struct memdisk *disk, const char *path, size_t *ret_size)
{
	pthread_mutex_lock(&disk->lock);
	struct mem_name *name = find(disk, path);
	const uint8_t *bytes = name ? name->file->bytes : NULL;
	*ret_size = name ? name->file->size : 0;
	pthread_mutex_unlock(&disk->lock);
	return bytes;
}

void memdisk_put(struct memdisk *disk, const char *path, uint8_t *bytes, size_t size)
{
	remove_name(disk, path);
	struct mem_file *file = create(disk, path);
	file->bytes = bytes;
	file->size = file->room = size;
	disk->used += size;
}
