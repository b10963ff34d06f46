#include "web/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Ten years: a gate is pinned to this very key, so the certificate's end means little. */
#define LIFE_SECONDS ((time_t)3652 * 24 * 3600)
/* A gate whose clock is a day behind must still accept it. */
#define EARLY_SECONDS ((time_t)24 * 3600)

enum { PEM_MOST = 256 << 10 };

void tls_pair_free(struct tls_pair *p)
{
	if (p->key)
		sodium_memzero(p->key, strlen(p->key));
	free(p->key);
	free(p->cert);
	p->key = NULL;
	p->cert = NULL;
}

/* ---- making ---- */

static int add_name(gnutls_x509_crt_t crt, const char *name)
{
	unsigned char bytes[16];

	if (inet_pton(AF_INET, name, bytes) == 1)
		return gnutls_x509_crt_set_subject_alt_name(
		    crt, GNUTLS_SAN_IPADDRESS, bytes, 4, GNUTLS_FSAN_APPEND);
	if (inet_pton(AF_INET6, name, bytes) == 1)
		return gnutls_x509_crt_set_subject_alt_name(
		    crt, GNUTLS_SAN_IPADDRESS, bytes, 16, GNUTLS_FSAN_APPEND);
	return gnutls_x509_crt_set_subject_alt_name(
	    crt, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
}

static int fill_certificate(
    gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *common, const char *const *names)
{
	unsigned char serial[16];
	time_t now = time(NULL);

	if (gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial)))
		return TLS_LIBRARY;
	/* RFC 5280: a positive number. */
	serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40);
	for (; names && *names; names++) {
		if (add_name(crt, *names) < 0)
			return TLS_LIBRARY;
	}
	if (gnutls_x509_crt_set_version(crt, 3) < 0 ||
	    gnutls_x509_crt_set_serial(crt, serial, sizeof(serial)) < 0 ||
	    gnutls_x509_crt_set_activation_time(crt, now - EARLY_SECONDS) < 0 ||
	    gnutls_x509_crt_set_expiration_time(crt, now + LIFE_SECONDS) < 0 ||
	    gnutls_x509_crt_set_key(crt, key) < 0 ||
	    gnutls_x509_crt_set_dn_by_oid(
		crt, GNUTLS_OID_X520_COMMON_NAME, 0, common, (unsigned)strlen(common)) < 0 ||
	    gnutls_x509_crt_set_basic_constraints(crt, 0, -1) < 0 ||
	    gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE) < 0 ||
	    gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0) < 0 ||
	    gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_CLIENT, 0) < 0 ||
	    gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0) < 0)
		return TLS_LIBRARY;
	return 0;
}

/* GnuTLS allocates; a pair is freed with free(). */
static char *take_pem(gnutls_datum_t *pem)
{
	char *text = malloc((size_t)pem->size + 1);

	if (text) {
		memcpy(text, pem->data, pem->size);
		text[pem->size] = '\0';
	}
	if (pem->data)
		sodium_memzero(pem->data, pem->size);
	gnutls_free(pem->data);
	pem->data = NULL;
	return text;
}

static int export_pair(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, struct tls_pair *ret)
{
	gnutls_datum_t pem = {0};
	struct tls_pair p = {0};

	if (gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem) < 0)
		return TLS_LIBRARY;
	p.cert = take_pem(&pem);
	if (gnutls_x509_privkey_export2_pkcs8(
		key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem) < 0) {
		tls_pair_free(&p);
		return TLS_LIBRARY;
	}
	p.key = take_pem(&pem);
	if (!p.cert || !p.key) {
		tls_pair_free(&p);
		return TLS_NOMEM;
	}
	*ret = p;
	return 0;
}

int tls_make(const char *common, const char *const *names, struct tls_pair *ret)
{
	gnutls_x509_crt_t crt = NULL;
	gnutls_x509_privkey_t key = NULL;
	int result = TLS_LIBRARY;

	if (gnutls_x509_crt_init(&crt) < 0 || gnutls_x509_privkey_init(&key) < 0)
		goto done;
	if (gnutls_x509_privkey_generate(
		key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) < 0)
		goto done;
	result = fill_certificate(crt, key, common, names);
	if (!result)
		result = export_pair(crt, key, ret);
done:
	if (crt)
		gnutls_x509_crt_deinit(crt);
	if (key)
		gnutls_x509_privkey_deinit(key);
	return result;
}

/* ---- files ---- */

static int read_file(const char *path, bool secret, char **ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *text = NULL;
	ssize_t n;
	int result = TLS_FILE;

	if (fd < 0)
		return TLS_FILE;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > PEM_MOST)
		goto done;
	if (secret && (st.st_mode & (S_IRWXG | S_IRWXO))) {
		result = TLS_MODE;
		goto done;
	}
	text = calloc(1, (size_t)st.st_size + 1);
	result = text ? TLS_FILE : TLS_NOMEM;
	if (!text)
		goto done;
	n = read(fd, text, (size_t)st.st_size);
	if (n == st.st_size) {
		*ret = text;
		text = NULL;
		result = 0;
	}
done:
	close(fd);
	free(text);
	return result;
}

static int check_pair(const struct tls_pair *p)
{
	gnutls_datum_t cert = {(unsigned char *)p->cert, (unsigned)strlen(p->cert)};
	gnutls_datum_t key = {(unsigned char *)p->key, (unsigned)strlen(p->key)};
	gnutls_certificate_credentials_t credentials = NULL;
	int error;

	if (gnutls_certificate_allocate_credentials(&credentials) < 0)
		return TLS_NOMEM;
	error = gnutls_certificate_set_x509_key_mem2(
	    credentials, &cert, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
	gnutls_certificate_free_credentials(credentials);
	if (error == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
		return TLS_MATCH;
	return error < 0 ? TLS_PEM : 0;
}

int tls_load(const char *cert_path, const char *key_path, struct tls_pair *ret)
{
	struct tls_pair p = {0};
	int result = read_file(cert_path, false, &p.cert);

	if (!result)
		result = read_file(key_path, true, &p.key);
	if (!result)
		result = check_pair(&p);
	if (result) {
		int kept = errno;

		tls_pair_free(&p);
		errno = kept;
		return result;
	}
	*ret = p;
	return 0;
}

static int write_file(const char *path, const char *text, mode_t mode)
{
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int kept;

	if (fd < 0)
		return TLS_FILE;
	if (write(fd, text, len) == (ssize_t)len && fsync(fd) == 0 && close(fd) == 0)
		return 0;
	kept = errno;
	close(fd);
	unlink(path);
	errno = kept;
	return TLS_FILE;
}

int tls_save(const struct tls_pair *p, const char *cert_path, const char *key_path)
{
	int result = write_file(key_path, p->key, 0600);

	if (result)
		return result;
	result = write_file(cert_path, p->cert, 0644);
	if (result) {
		int kept = errno;

		unlink(key_path);
		errno = kept;
	}
	return result;
}

/* ---- pins ---- */

static int pin_of(gnutls_x509_crt_t crt, uint8_t ret[TLS_PIN_BYTES])
{
	size_t size = TLS_PIN_BYTES;

	if (gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, ret, &size) < 0 ||
	    size != TLS_PIN_BYTES)
		return TLS_PEM;
	return 0;
}

static int with_certificate(const void *data, size_t len, gnutls_x509_crt_fmt_t format,
    int (*fn)(gnutls_x509_crt_t crt, uint8_t *ret), uint8_t *ret)
{
	gnutls_datum_t datum = {(unsigned char *)(uintptr_t)data, (unsigned)len};
	gnutls_x509_crt_t crt = NULL;
	int result = TLS_PEM;

	if (len > PEM_MOST || gnutls_x509_crt_init(&crt) < 0)
		return TLS_NOMEM;
	if (gnutls_x509_crt_import(crt, &datum, format) >= 0)
		result = fn(crt, ret);
	gnutls_x509_crt_deinit(crt);
	return result;
}

int tls_pin(const char *cert_pem, uint8_t ret[TLS_PIN_BYTES])
{
	return with_certificate(cert_pem, strlen(cert_pem), GNUTLS_X509_FMT_PEM, pin_of, ret);
}

int tls_pin_der(const void *der, size_t len, uint8_t ret[TLS_PIN_BYTES])
{
	return with_certificate(der, len, GNUTLS_X509_FMT_DER, pin_of, ret);
}

void tls_pin_text(const uint8_t pin[TLS_PIN_BYTES], char ret[TLS_PIN_TEXT + 1])
{
	snprintf(ret, TLS_PIN_TEXT + 1, "sha256//");
	sodium_bin2base64(
	    ret + 8, TLS_PIN_TEXT + 1 - 8, pin, TLS_PIN_BYTES, sodium_base64_VARIANT_ORIGINAL);
}

int tls_pin_parse(const char *text, uint8_t ret[TLS_PIN_BYTES])
{
	uint8_t bytes[TLS_PIN_BYTES];
	const char *end = NULL;
	size_t len = 0;

	if (strlen(text) != TLS_PIN_TEXT || strncmp(text, "sha256//", 8) != 0 ||
	    sodium_base642bin(bytes, sizeof(bytes), text + 8, TLS_PIN_TEXT - 8, NULL, &len, &end,
		sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    len != sizeof(bytes) || *end)
		return TLS_PEM;
	memcpy(ret, bytes, sizeof(bytes));
	return 0;
}

static int fingerprint_of(gnutls_x509_crt_t crt, uint8_t *ret)
{
	size_t size = TLS_PIN_BYTES;

	return gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, ret, &size) < 0 ? TLS_PEM
										       : 0;
}

int tls_fingerprint(const char *cert_pem, char ret[TLS_FINGERPRINT_TEXT + 1])
{
	uint8_t hash[TLS_PIN_BYTES];
	int result =
	    with_certificate(cert_pem, strlen(cert_pem), GNUTLS_X509_FMT_PEM, fingerprint_of, hash);

	if (result)
		return result;
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(ret + 3 * i, 4, i + 1 < sizeof(hash) ? "%02X:" : "%02X", hash[i]);
	return 0;
}

const char *tls_error_text(int error)
{
	switch (error) {
	case TLS_NOMEM:
		return "out of memory";
	case TLS_PEM:
		return "this is not a PEM certificate, key or pin";
	case TLS_FILE:
		return "the certificate or key file cannot be read or written";
	case TLS_MODE:
		return "the key file can be read by others: chmod 600 it";
	case TLS_MATCH:
		return "the key does not belong to the certificate";
	default:
		return "the TLS library failed";
	}
}
