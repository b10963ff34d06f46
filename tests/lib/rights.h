/*
 * rights.h: a test process that gives up some of root's rights. What stands above the test's own
 * folder may be closed to other users (a root folder of mode 0700), so a plain setuid() would be
 * refused there already, and prove nothing.
 */
#ifndef TESTS_LIB_RIGHTS_H
#define TESTS_LIB_RIGHTS_H

#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RIGHTS_FILES (1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER)

/* Sets the effective and permitted rights to those of the present ones that are in mask. */
static inline int rights_keep(uint32_t mask)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -1;
	data[0].effective = data[0].permitted & mask;
	data[0].permitted &= mask;
	data[1].effective = data[1].permitted = 0;
	return (int)syscall(SYS_capset, &head, data);
}

/* Root no longer passes over the modes of files; another user never did. */
static inline int rights_obey_modes(void)
{
	return geteuid() == 0 ? rights_keep(~RIGHTS_FILES) : 0;
}

/* Becomes the user 65534, who may reach every file: only a check of the user can refuse. */
static inline int rights_another_user(void)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setgid(65534) || setuid(65534))
		return -1;
	return rights_keep(RIGHTS_FILES);
}

#endif
