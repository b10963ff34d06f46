#define _GNU_SOURCE /* close_range, __rlimit_resource_t */
#include "registrar/photo/photo_child.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

bool photo_child_is(int argc, char **argv)
{
	return argc == 2 && (strcmp(argv[1], PHOTO_CHILD_WHOLE) == 0 ||
				strcmp(argv[1], PHOTO_CHILD_PORTRAIT) == 0);
}

static bool limit(__rlimit_resource_t resource, rlim_t value)
{
	return setrlimit(resource, &(struct rlimit){value, value}) == 0;
}

static bool bound_resources(void)
{
	/* The address sanitizer takes terabytes of address space for its shadow. */
	return (SANITIZED || limit(RLIMIT_AS, PHOTO_CHILD_MEMORY)) &&
	       limit(RLIMIT_CPU, PHOTO_CHILD_CPU_SECONDS) && limit(RLIMIT_FSIZE, 0) &&
	       limit(RLIMIT_NOFILE, 2) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_CORE, 0);
}

/* Memory that is not executable, two descriptors, the end. */
static bool bound_calls(void)
{
	static const int calls[] = {SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(brk),
	    SCMP_SYS(munmap), SCMP_SYS(mremap)};
	/* What the sanitizer's own allocator asks for, and it itself before a call that ends all.
	 */
	static const int checker[] = {
	    SCMP_SYS(madvise), SCMP_SYS(getpid), SCMP_SYS(sched_yield), SCMP_SYS(sigaltstack)};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool set = filter != NULL;

	for (size_t i = 0; set && i < sizeof(calls) / sizeof(*calls); i++)
		set = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	for (size_t i = 0; set && SANITIZED && i < sizeof(checker) / sizeof(*checker); i++)
		set = seccomp_rule_add(filter, SCMP_ACT_ALLOW, checker[i], 0) == 0;
	set = set &&
	      seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
		  SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO, 0)) == 0 &&
	      seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
		  SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO, 0)) == 0 &&
	      seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
		  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
		  SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0 &&
	      seccomp_load(filter) == 0;
	if (filter != NULL)
		seccomp_release(filter);
	return set;
}

int photo_child_shut(void)
{
	if (close_range(STDERR_FILENO, ~0U, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return bound_resources() && bound_calls() ? 0 : -1;
}

/* The file until its end: one byte more than is allowed is too much. */
static int take(uint8_t **ret_file, size_t *ret_len)
{
	uint8_t *file = malloc(PHOTO_FILE_MAX + 1);
	size_t len = 0;

	if (file == NULL)
		return PHOTO_BOUNDS;
	for (;;) {
		ssize_t n = read(STDIN_FILENO, file + len, PHOTO_FILE_MAX + 1 - len);

		if (n <= 0 || (len += (size_t)n) > PHOTO_FILE_MAX)
			break;
	}
	*ret_file = file;
	*ret_len = len;
	return len > PHOTO_FILE_MAX ? PHOTO_TOO_LONG : 0;
}

static bool give_bytes(const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool give(const struct photo_pixels *pixels)
{
	const uint8_t head[PHOTO_CHILD_HEAD] = {'P', 'G', 'P', 'X', (uint8_t)(pixels->width >> 8),
	    (uint8_t)pixels->width, (uint8_t)(pixels->height >> 8), (uint8_t)pixels->height};

	return give_bytes(head, sizeof(head)) &&
	       give_bytes(pixels->rgb, (size_t)pixels->width * pixels->height * 3);
}

int photo_child(char **argv)
{
	enum photo_frame frame =
	    strcmp(argv[1], PHOTO_CHILD_PORTRAIT) == 0 ? PHOTO_PORTRAIT : PHOTO_WHOLE;
	struct photo_pixels pixels = {0};
	uint8_t *file = NULL;
	size_t len = 0;
	int r = photo_child_shut() == 0 ? take(&file, &len) : PHOTO_SYSTEM;

	if (r == 0)
		r = photo_read(file, len, true, frame, &pixels);
	if (r == 0)
		r = give(&pixels) ? 0 : PHOTO_SYSTEM;
	/* What libraries do at the end of a process is none of the calls that are left. */
	_exit(r == 0 ? 0 : PHOTO_CHILD_REFUSED + r - PHOTO_TOO_LONG);
}
