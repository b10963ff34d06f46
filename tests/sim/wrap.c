/* What a module calls of the system, as the machine it is simulated on has it (linked with
 * --wrap). */
#include "tests/sim/wrap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

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

/* ---- signatures: what was made here, or verified once, is not computed again ---- */

static void digest(uint8_t ret_digest[16], const uint8_t key[32], const uint8_t *message,
    unsigned long long len, const uint8_t *signature)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, 16);
	crypto_generichash_update(&state, key, 32);
	crypto_generichash_update(&state, signature, crypto_sign_BYTES);
	crypto_generichash_update(&state, message, len);
	crypto_generichash_final(&state, ret_digest, 16);
}

int __wrap_crypto_sign_detached(unsigned char *signature, unsigned long long *ret_len,
    const unsigned char *message, unsigned long long len, const unsigned char *secret)
{
	uint8_t known[16];
	int r = __real_crypto_sign_detached(signature, ret_len, message, len, secret);

	if (r == 0) {
		digest(known, secret + 32, message, len, signature);
		wrap_hooks->know(known);
	}
	return r;
}

int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
    unsigned long long len, const unsigned char *key)
{
	uint8_t known[16];
	int r;

	digest(known, key, message, len, signature);
	if (wrap_hooks->knows(known))
		return 0;
	r = __real_crypto_sign_verify_detached(signature, message, len, key);
	if (r == 0)
		wrap_hooks->know(known);
	return r;
}

int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *point)
{
	uint8_t known[16];
	int r;

	crypto_generichash(known, sizeof(known), point, 32, NULL, 0);
	if (wrap_hooks->knows(known))
		return 1;
	r = __real_crypto_core_ed25519_is_valid_point(point);
	if (r == 1)
		wrap_hooks->know(known);
	return r;
}
