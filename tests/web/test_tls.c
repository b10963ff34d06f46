#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/http.h"
#include "web/tls.h"

static char folder[] = "/tmp/web_tls_XXXXXX";
static char cert[64], key[64], other[64];
static const char *const names[] = {"gate-1.example", "192.0.2.7", "2001:db8::7", NULL};

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
	snprintf(key, sizeof(key), "%s/key.pem", folder);
	snprintf(other, sizeof(other), "%s/other.pem", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(cert);
	unlink(key);
	unlink(other);
	return rmdir(folder);
}

static void a_pair_is_saved_for_its_owner_and_read_back(void **state)
{
	struct tls_pair p = {0}, back = {0};
	struct stat st;

	(void)state;
	assert_int_equal(tls_make("gate-1", names, &p), 0);
	assert_int_equal(tls_save(&p, cert, key), 0);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(tls_load(cert, key, &back), 0);
	assert_string_equal(p.cert, back.cert);
	assert_string_equal(p.key, back.key);
	assert_int_equal(tls_save(&p, cert, key), TLS_FILE);
	assert_int_equal(errno, EEXIST);
	tls_pair_free(&p);
	tls_pair_free(&back);
	assert_null(p.key);
}

static void a_key_others_can_read_is_refused(void **state)
{
	struct tls_pair p = {0};

	(void)state;
	assert_int_equal(chmod(key, 0640), 0);
	assert_int_equal(tls_load(cert, key, &p), TLS_MODE);
	assert_null(p.cert);
	assert_int_equal(chmod(key, 0600), 0);
	assert_int_equal(tls_load(cert, key, &p), 0);
	tls_pair_free(&p);
	assert_int_equal(tls_load("/nowhere/cert.pem", key, &p), TLS_FILE);
}

static void a_key_of_another_certificate_is_refused(void **state)
{
	struct tls_pair p = {0}, loaded = {0};
	struct http_server *s = NULL;
	struct http_options o = {.listen = "127.0.0.1:0"};

	(void)state;
	assert_int_equal(tls_make("gate-2", NULL, &p), 0);
	assert_int_equal(unlink(key), 0);
	assert_int_equal(tls_save(&p, other, key), 0);
	assert_int_equal(tls_load(cert, key, &loaded), TLS_MATCH);
	assert_int_equal(tls_load(key, key, &loaded), TLS_PEM);
	o.cert = "not PEM";
	o.key = p.key;
	assert_int_equal(http_start(&o, &s), HTTP_CERTIFICATE);
	o.cert = p.cert;
	o.key = NULL;
	assert_int_equal(http_start(&o, &s), HTTP_CERTIFICATE);
	assert_null(s);
	tls_pair_free(&p);
}

static void pins_have_one_text(void **state)
{
	struct tls_pair p = {0}, q = {0};
	uint8_t a[TLS_PIN_BYTES], b[TLS_PIN_BYTES];
	char text[TLS_PIN_TEXT + 1], wrong[TLS_PIN_TEXT + 2];
	char print[TLS_FINGERPRINT_TEXT + 1];

	(void)state;
	assert_int_equal(tls_make("one", NULL, &p), 0);
	assert_int_equal(tls_make("one", NULL, &q), 0);
	assert_int_equal(tls_pin(p.cert, a), 0);
	assert_int_equal(tls_pin(q.cert, b), 0);
	assert_memory_not_equal(a, b, sizeof(a));
	tls_pin_text(a, text);
	assert_int_equal(strlen(text), TLS_PIN_TEXT);
	assert_int_equal(tls_pin_parse(text, b), 0);
	assert_memory_equal(a, b, sizeof(a));
	strcpy(wrong, text);
	wrong[6] = '-';
	assert_int_equal(tls_pin_parse(wrong, b), TLS_PEM);
	strcpy(wrong, text);
	wrong[TLS_PIN_TEXT - 1] = 'A';
	assert_int_equal(tls_pin_parse(wrong, b), TLS_PEM);
	assert_int_equal(tls_pin_parse("", b), TLS_PEM);
	assert_int_equal(tls_pin("no certificate", b), TLS_PEM);
	assert_int_equal(tls_fingerprint(p.cert, print), 0);
	assert_int_equal(strlen(print), TLS_FINGERPRINT_TEXT);
	assert_int_equal(print[2], ':');
	tls_pair_free(&p);
	tls_pair_free(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pair_is_saved_for_its_owner_and_read_back),
	    cmocka_unit_test(a_key_others_can_read_is_refused),
	    cmocka_unit_test(a_key_of_another_certificate_is_refused),
	    cmocka_unit_test(pins_have_one_text),
	};

	return cmocka_run_group_tests_name("tls", tests, make_folder, remove_folder);
}
