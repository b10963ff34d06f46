#ifndef TESTS_SIM_WRAP_H
#define TESTS_SIM_WRAP_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "schema/store.h"
#include "tests/sim/side.h"

extern const struct sim_hooks *wrap_hooks;

int __wrap_clock_gettime(clockid_t id, struct timespec *ret_time);
time_t __wrap_time(time_t *ret_time);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t len, int64_t offset);
ssize_t __real_pwrite64(int fd, const void *bytes, size_t len, int64_t offset);
int __wrap_rename(const char *from, const char *to);
int __real_rename(const char *from, const char *to);
int __wrap_fsync(int fd);
int __wrap_store_open(const char *path, const struct store_spec *spec,
    const struct store_options *options, struct store **ret_store, char *why, size_t why_size);
int __real_store_open(const char *path, const struct store_spec *spec,
    const struct store_options *options, struct store **ret_store, char *why, size_t why_size);

int __wrap_crypto_sign_detached(unsigned char *signature, unsigned long long *ret_len,
    const unsigned char *message, unsigned long long len, const unsigned char *secret);
int __real_crypto_sign_detached(unsigned char *signature, unsigned long long *ret_len,
    const unsigned char *message, unsigned long long len, const unsigned char *secret);
int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
    unsigned long long len, const unsigned char *key);
int __real_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
    unsigned long long len, const unsigned char *key);
int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *point);
int __real_crypto_core_ed25519_is_valid_point(const unsigned char *point);

#endif
