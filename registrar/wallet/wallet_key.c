#include "registrar/wallet/wallet_key.h"

#include <stdio.h>

#include "registrar/refusal.h"
#include "web/http.h"

static int complain(const char *path, int error)
{
	char line[600];

	snprintf(line, sizeof(line), "wallet: %.255s: %s", path, gnutls_strerror(error));
	http_log_print(HTTP_LOG_OURS, line);
	return MODEL_SYSTEM;
}

int wallet_key_read(const char *path, gnutls_privkey_t *ret)
{
	gnutls_privkey_t key = NULL;
	gnutls_datum_t pem = {0};
	int error = gnutls_load_file(path, &pem);

	if (error == 0)
		error = gnutls_privkey_init(&key);
	if (error == 0)
		error = gnutls_privkey_import_x509_raw(key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (pem.data) {
		gnutls_memset(pem.data, 0, pem.size);
		gnutls_free(pem.data);
	}
	if (error < 0) {
		if (key)
			gnutls_privkey_deinit(key);
		return complain(path, error);
	}
	*ret = key;
	return 0;
}

int wallet_certificate_read(const char *path, gnutls_x509_crt_t *ret)
{
	gnutls_x509_crt_t certificate = NULL;
	gnutls_datum_t pem = {0};
	int error = gnutls_load_file(path, &pem);

	if (error == 0)
		error = gnutls_x509_crt_init(&certificate);
	if (error == 0)
		error = gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM);
	gnutls_free(pem.data);
	if (error < 0) {
		if (certificate)
			gnutls_x509_crt_deinit(certificate);
		return complain(path, error);
	}
	*ret = certificate;
	return 0;
}
