/*
 * tls: certificates and keys, and how a side is recognised by its public key.
 *
 * A gate and its registrar know each other by the SHA-256 of the certificate's
 * SubjectPublicKeyInfo (the pin of RFC 7469, written as curl has it: "sha256//" + base64).
 */
#ifndef WEB_TLS_H
#define WEB_TLS_H

#include <stddef.h>
#include <stdint.h>

enum tls_error {
	TLS_OK = 0,
	TLS_NOMEM = -1,
	TLS_PEM = -2,	/* not a certificate, or not a key */
	TLS_FILE = -3,	/* a file that cannot be read or written; errno tells */
	TLS_MODE = -4,	/* a key that others can read */
	TLS_MATCH = -5, /* key and certificate are not a pair */
	TLS_LIBRARY = -6
};

#define TLS_PIN_BYTES	     32
#define TLS_PIN_TEXT	     52 /* "sha256//" and 44 characters, without the NUL */
#define TLS_FINGERPRINT_TEXT 95 /* 32 pairs of hex digits with colons, without the NUL */

/* GnuTLS priorities: 1.2 and 1.3 for browsers; 1.3 only for the device port. */
#define TLS_PRIORITIES                                                                             \
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AEAD:+ECDHE-ECDSA:+ECDHE-RSA:+AES-256-GCM:"               \
	"+CHACHA20-POLY1305:+AES-128-GCM:+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:"               \
	"+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+CTYPE-X509:%SERVER_PRECEDENCE"
#define TLS_PRIORITIES_13                                                                          \
	"NONE:+VERS-TLS1.3:+AEAD:+ECDHE-ECDSA:+ECDHE-RSA:+AES-256-GCM:"                            \
	"+CHACHA20-POLY1305:+AES-128-GCM:+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:"               \
	"+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+CTYPE-X509:%SERVER_PRECEDENCE"

struct tls_pair {
	char *cert; /* PEM, NUL-terminated */
	char *key;  /* PEM, NUL-terminated; wiped when freed */
};

/* Wipes and frees what a pair holds, and leaves it empty. */
void tls_pair_free(struct tls_pair *p);

/*
 * Makes an ECDSA P-256 key and a certificate of ten years signed with itself. `common` is the
 * subject's common name; `names` is a NULL-terminated list of host names and IP addresses for the
 * subjectAltName, or NULL. Good for a server and a client.
 */
int tls_make(const char *common, const char *const *names, struct tls_pair *ret)
    __attribute__((warn_unused_result));

/*
 * Reads a pair from two files. TLS_MODE where the key's file can be read by group or others;
 * TLS_MATCH where the key is not the certificate's.
 */
int tls_load(const char *cert_path, const char *key_path, struct tls_pair *ret)
    __attribute__((warn_unused_result));

/*
 * Writes a pair: the certificate with mode 0644, the key with mode 0600. Neither file may exist.
 * Each is complete or absent; on failure neither is left.
 */
int tls_save(const struct tls_pair *p, const char *cert_path, const char *key_path)
    __attribute__((warn_unused_result));

/* SHA-256 of the SubjectPublicKeyInfo of a PEM certificate. */
int tls_pin(const char *cert_pem, uint8_t ret[TLS_PIN_BYTES]) __attribute__((warn_unused_result));

/* The same of a DER certificate. */
int tls_pin_der(const void *der, size_t len, uint8_t ret[TLS_PIN_BYTES])
    __attribute__((warn_unused_result));

/* Writes a pin as curl's CURLOPT_PINNEDPUBLICKEY takes it: sha256//BASE64. */
void tls_pin_text(const uint8_t pin[TLS_PIN_BYTES], char ret[TLS_PIN_TEXT + 1]);

/* Reads such a text; refuses anything else. */
int tls_pin_parse(const char *text, uint8_t ret[TLS_PIN_BYTES]) __attribute__((warn_unused_result));

/* SHA-256 of the whole certificate as browsers show it, AB:CD:... */
int tls_fingerprint(const char *cert_pem, char ret[TLS_FINGERPRINT_TEXT + 1])
    __attribute__((warn_unused_result));

/* A sentence for people. */
const char *tls_error_text(int error);

#endif
