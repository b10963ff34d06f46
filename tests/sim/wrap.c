/* What a module calls of the system, as the machine it is simulated on has it (linked with
 * --wrap). */
#include "tests/sim/wrap.h"

#include <errno.h>
#include <stdio.h>

const struct sim_hooks *wrap_hooks;

int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time)
{
	struct sim_time now;
	int64_t ms;

	wrap_hooks->now(&now);
	ms = id == CLOCK_REALTIME ? now.wall_ms : now.boot_ms;
	ret_time->tv_sec = ms / 1000;
	ret_time->tv_nsec = ms % 1000 * 1000000;
	return 0;
}

time_t __wrap_time(time_t *ret_time)
{
	struct sim_time now;

	wrap_hooks->now(&now);
	if (ret_time != NULL)
		*ret_time = now.wall_ms / 1000;
	return now.wall_ms / 1000;
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t len, int64_t offset)
{
	if (!wrap_hooks->step(fd)) {
		errno = EIO;
		return -1;
	}
	return __real_pwrite64(fd, bytes, len, offset);
}

int __wrap_rename(const char *from, const char *to)
{
	if (!wrap_hooks->step(-1)) {
		errno = EIO;
		return -1;
	}
	return __real_rename(from, to);
}

int __wrap_fsync(int fd)
{
	(void)fd;
	if (!wrap_hooks->step(-1)) {
		errno = EIO;
		return -1;
	}
	return 0;
}

/* A registrar's writer thread would make the order of things its own: every store writes on the
 * thread that asks. */
int __wrap_store_open(const char *path, const struct store_spec *spec,
    const struct store_options *options, struct store **ret_store, char *why, size_t why_size)
{
	struct store_options quiet = *options;

	quiet.group_commit = false;
	if (wrap_hooks->synchronous != NULL)
		quiet.synchronous = wrap_hooks->synchronous;
	return __real_store_open(path, spec, &quiet, ret_store, why, why_size);
}
