/*
 * wallet_key: an issuer's private key or certificate, read from the file the settings name.
 */
#ifndef REGISTRAR_WALLET_KEY_H
#define REGISTRAR_WALLET_KEY_H

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

/* Reads a private key (PEM, no password). Returns 0, or MODEL_SYSTEM with a line of the log that
 * names the file, never what it holds. End with gnutls_privkey_deinit. */
int wallet_key_read(const char *path, gnutls_privkey_t *ret) __attribute__((warn_unused_result));

/* The same for a certificate; end with gnutls_x509_crt_deinit. */
int wallet_certificate_read(const char *path, gnutls_x509_crt_t *ret)
    __attribute__((warn_unused_result));

#endif
