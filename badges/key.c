#include "badges/key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "badges/bytes.h"

#define KEY_FILE_PREFIX "pressgate-secret-key/v1 "
#define KEY_LINE_MAX	128 /* the longest line is 24 + 7 + 1 + 64 + LF */

static const char *const key_use_words[] = {
    [KEY_USE_ROOT] = "root",
    [KEY_USE_PASS] = "pass",
    [KEY_USE_BUNDLE] = "bundle",
    [KEY_USE_WITNESS] = "witness",
    [KEY_USE_DEVICE] = "device",
    [KEY_USE_DETAILS] = "details",
};

static const char *const key_errors[] = {
    [-KEY_E_MEMORY] = "out of memory",
    [-KEY_E_READ] = "cannot read the key file",
    [-KEY_E_MODE] = "others may use the key file, or it is no regular file: chmod 600 it",
    [-KEY_E_FORMAT] = "not a key file: one line 'pressgate-secret-key/v1 <use> <64 hex digits>'",
    [-KEY_E_USE] = "the key is for another use",
    [-KEY_E_EXISTS] = "a file is there already, and a secret is never overwritten",
    [-KEY_E_WRITE] = "cannot write the key file",
    [-KEY_E_POINT] = "not an Ed25519 public key",
    [-KEY_E_SIGN] = "the signature made did not verify",
    [-KEY_E_VERIFY] = "the signature does not hold",
};

const char *key_error_words(int code)
{
	if (code >= 0 || code < KEY_E_VERIFY)
		return "no error";
	return key_errors[-code];
}

const char *key_use_word(enum key_use use)
{
	return use >= KEY_USE_ROOT && use <= KEY_USE_DETAILS ? key_use_words[use] : NULL;
}

int key_use_find(const char *word, enum key_use *ret_use)
{
	for (enum key_use use = KEY_USE_ROOT; use <= KEY_USE_DETAILS; use++) {
		if (strcmp(word, key_use_words[use]) == 0) {
			*ret_use = use;
			return 0;
		}
	}
	return KEY_E_USE;
}

int key_from_seed(
    enum key_use use, const uint8_t seed[static KEY_SEED_SIZE], struct key_secret **ret_key)
{
	struct key_secret *key = sodium_malloc(sizeof(*key));

	if (key == NULL)
		return KEY_E_MEMORY;
	key->use = use;
	if (use == KEY_USE_DETAILS) {
		memcpy(key->secret, seed, KEY_SEED_SIZE);
		crypto_box_seed_keypair(key->public, key->secret + KEY_SEED_SIZE, seed);
	} else {
		crypto_sign_seed_keypair(key->public, key->secret, seed);
	}
	key_kid(key->public, key->kid);
	/* Sealed as read-only; should the system refuse, it is still guarded. */
	(void)sodium_mprotect_readonly(key);
	*ret_key = key;
	return 0;
}

int key_new(enum key_use use, struct key_secret **ret_key)
{
	uint8_t seed[KEY_SEED_SIZE];
	int r;

	randombytes_buf(seed, sizeof(seed));
	r = key_from_seed(use, seed, ret_key);
	sodium_memzero(seed, sizeof(seed));
	return r;
}

void key_free(struct key_secret *key)
{
	sodium_free(key);
}

int key_parse(const char *line, size_t len, struct key_secret **ret_key)
{
	const size_t prefix = sizeof(KEY_FILE_PREFIX) - 1;
	uint8_t seed[KEY_SEED_SIZE];
	char word[16] = "";
	enum key_use use;
	size_t word_len;
	int r = KEY_E_FORMAT;

	if (len > 0 && line[len - 1] == '\n')
		len--;
	if (len <= prefix + 1 + 64 || memcmp(line, KEY_FILE_PREFIX, prefix) != 0)
		return KEY_E_FORMAT;
	word_len = len - prefix - 1 - 64;
	if (word_len >= sizeof(word) || line[prefix + word_len] != ' ')
		return KEY_E_FORMAT;
	memcpy(word, line + prefix, word_len);
	if (strlen(word) != word_len || key_use_find(word, &use) != 0)
		return KEY_E_FORMAT;
	if (bytes_unhex(line + len - 64, 64, seed, sizeof(seed)) == 0)
		r = key_from_seed(use, seed, ret_key);
	sodium_memzero(seed, sizeof(seed));
	return r;
}

/* Reads up to cap bytes; returns how many, or -1. */
static ssize_t key_read_all(int fd, char *ret_text, size_t cap)
{
	size_t len = 0;

	while (len < cap) {
		ssize_t n = read(fd, ret_text + len, cap - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

int key_load_any(const char *path, struct key_secret **ret_key)
{
	char line[KEY_LINE_MAX];
	struct stat st;
	ssize_t len;
	int fd, r;

	/* O_NONBLOCK: a pipe in the file's place must not hold the program up. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0) {
		r = KEY_E_READ;
		goto done;
	}
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
		r = KEY_E_MODE;
		goto done;
	}
	len = key_read_all(fd, line, sizeof(line));
	if (len < 0)
		r = KEY_E_READ;
	else
		r = key_parse(line, (size_t)len, ret_key);
done:
	sodium_memzero(line, sizeof(line));
	if (fd >= 0)
		(void)close(fd);
	return r;
}

int key_load(const char *path, enum key_use use, struct key_secret **ret_key)
{
	struct key_secret *key = NULL;
	int r = key_load_any(path, &key);

	if (r != 0)
		return r;
	if (key->use != use) {
		key_free(key);
		return KEY_E_USE;
	}
	*ret_key = key;
	return 0;
}

static bool key_write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0;
}

/* A new file is only there after a power cut once its folder is on disk too. */
static bool key_sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	bool good;
	int fd;

	if (folder == NULL)
		return false;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return false;
	/* EINVAL: a file system without such a thing. */
	good = fsync(fd) == 0 || errno == EINVAL;
	(void)close(fd);
	return good;
}

int key_save(const struct key_secret *key, const char *path)
{
	char line[KEY_LINE_MAX], seed[2 * KEY_SEED_SIZE + 1];
	int len, saved, fd, r = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return errno == EEXIST ? KEY_E_EXISTS : KEY_E_WRITE;
	bytes_hex(key->secret, KEY_SEED_SIZE, seed);
	len = snprintf(line, sizeof(line), KEY_FILE_PREFIX "%s %s\n", key_use_word(key->use), seed);
	/* The mode given to open is cut by the umask, and may be too small to read back. */
	if (fchmod(fd, 0600) != 0 || !key_write_all(fd, line, (size_t)len))
		r = KEY_E_WRITE;
	if (r == 0 && !key_sync_folder(path))
		r = KEY_E_WRITE;
	saved = errno;
	if (close(fd) != 0 && r == 0) {
		saved = errno;
		r = KEY_E_WRITE;
	}
	if (r != 0)
		(void)unlink(path);
	sodium_memzero(line, sizeof(line));
	sodium_memzero(seed, sizeof(seed));
	errno = saved;
	return r;
}

void key_kid(const uint8_t public[static KEY_PUBLIC_SIZE], uint8_t ret_kid[static KEY_KID_SIZE])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, public, KEY_PUBLIC_SIZE);
	memcpy(ret_kid, hash, KEY_KID_SIZE);
}

bool key_is_point(const uint8_t public[static KEY_PUBLIC_SIZE])
{
	return crypto_core_ed25519_is_valid_point(public) == 1;
}

int key_sign(const struct key_secret *key, const uint8_t *message, size_t len,
    uint8_t ret_signature[static KEY_SIGNATURE_SIZE])
{
	uint8_t signature[KEY_SIGNATURE_SIZE];

	if (key->use == KEY_USE_DETAILS ||
	    crypto_sign_detached(signature, NULL, message, len, key->secret) != 0 ||
	    key_verify(key->public, message, len, signature) != 0)
		return KEY_E_SIGN;
	memcpy(ret_signature, signature, sizeof(signature));
	return 0;
}

int key_verify(const uint8_t public[static KEY_PUBLIC_SIZE], const uint8_t *message, size_t len,
    const uint8_t signature[static KEY_SIGNATURE_SIZE])
{
	return crypto_sign_verify_detached(signature, message, len, public) == 0 ? 0 : KEY_E_VERIFY;
}
