#include "registrar/staff/factor_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "registrar/registrar.h"

#define KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define KEY_HEAD  "pressgate-factor-key/v1 "
#define KEY_LINE  (sizeof KEY_HEAD - 1 + 2 * KEY_BYTES + 1)
#define NONCE	  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

static int parse(const char *line, size_t len, uint8_t ret_key[KEY_BYTES])
{
	const size_t head = sizeof KEY_HEAD - 1;
	size_t got = 0;

	if (len != KEY_LINE || memcmp(line, KEY_HEAD, head) != 0 || line[len - 1] != '\n' ||
	    sodium_hex2bin(ret_key, KEY_BYTES, line + head, 2 * KEY_BYTES, NULL, &got, NULL) ||
	    got != KEY_BYTES)
		return MODEL_KEY;
	return 0;
}

/* A file that group or others can read is no secret. */
static int load(const char *path, uint8_t ret_key[KEY_BYTES])
{
	char line[KEY_LINE + 1];
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), result = MODEL_KEY;
	ssize_t got = -1;

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    (status.st_mode & 077) == 0)
		got = read(fd, line, sizeof line);
	if (got > 0)
		result = parse(line, (size_t)got, ret_key);
	if (fd >= 0)
		close(fd);
	sodium_memzero(line, sizeof line);
	return result;
}

static int write_line(int fd, const char *line)
{
	return write(fd, line, KEY_LINE) == (ssize_t)KEY_LINE && fsync(fd) == 0 ? 0 : -1;
}

static int sync_folder(struct registrar *registrar)
{
	char *path = registrar_path(registrar, "keys");
	int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int bad = fd < 0 || fsync(fd);

	if (fd >= 0)
		close(fd);
	free(path);
	return bad ? -1 : 0;
}

/* Never over a file that is there. */
static int make(struct registrar *registrar, const char *path, uint8_t ret_key[KEY_BYTES])
{
	char line[KEY_LINE + 1];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), result = MODEL_SYSTEM;

	if (fd < 0)
		return errno == EEXIST ? MODEL_KEY : MODEL_SYSTEM;
	randombytes_buf(ret_key, KEY_BYTES);
	memcpy(line, KEY_HEAD, sizeof KEY_HEAD);
	sodium_bin2hex(line + sizeof KEY_HEAD - 1, 2 * KEY_BYTES + 1, ret_key, KEY_BYTES);
	line[KEY_LINE - 1] = '\n';
	if (write_line(fd, line) == 0 && sync_folder(registrar) == 0)
		result = 0;
	close(fd);
	if (result)
		unlink(path);
	sodium_memzero(line, sizeof line);
	return result;
}

static int seal(const char *staff, const uint8_t key[KEY_BYTES], const uint8_t *secret,
    uint8_t ret_sealed[FACTOR_SEALED])
{
	randombytes_buf(ret_sealed, NONCE);
	return crypto_aead_xchacha20poly1305_ietf_encrypt(ret_sealed + NONCE, NULL, secret,
		   TOTP_SECRET, (const unsigned char *)staff, strlen(staff), NULL, ret_sealed, key)
		   ? MODEL_SYSTEM
		   : 0;
}

int factor_key_seal(struct registrar *registrar, const char *staff, bool fresh,
    const uint8_t secret[TOTP_SECRET], uint8_t ret_sealed[FACTOR_SEALED], struct refusal *why)
{
	char *path = registrar_path(registrar, "keys/factor.key");
	uint8_t key[KEY_BYTES];
	int result = path ? load(path, key) : MODEL_SYSTEM;

	if (path && result == MODEL_KEY && fresh)
		result = make(registrar, path, key);
	if (!result)
		result = seal(staff, key, secret, ret_sealed);
	else if (result == MODEL_KEY)
		result = refuse(why, "",
		    "The key file keys/factor.key is missing or not as it was written. An "
		    "administrator puts it back from the backup, with mode 0600.");
	sodium_memzero(key, sizeof key);
	free(path);
	return result;
}

int factor_key_open(struct registrar *registrar, const char *staff,
    const uint8_t sealed[FACTOR_SEALED], uint8_t ret_secret[TOTP_SECRET])
{
	char *path = registrar_path(registrar, "keys/factor.key");
	uint8_t key[KEY_BYTES], secret[TOTP_SECRET];
	int result = path ? load(path, key) : MODEL_SYSTEM;

	if (!result &&
	    crypto_aead_xchacha20poly1305_ietf_decrypt(secret, NULL, NULL, sealed + NONCE,
		FACTOR_SEALED - NONCE, (const unsigned char *)staff, strlen(staff), sealed, key))
		result = MODEL_KEY;
	if (!result)
		memcpy(ret_secret, secret, sizeof secret);
	sodium_memzero(key, sizeof key);
	sodium_memzero(secret, sizeof secret);
	free(path);
	return result;
}
