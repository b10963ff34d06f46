/* A pass for Google Wallet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "registrar/press/class_say.h"
#include "registrar/wallet/wallet.h"
#include "registrar/wallet/wallet_key.h"
#include "registrar/zone.h"
#include "web/buf.h"

#define SAVE_URL "https://pay.google.com/gp/v/save/"

enum { URL_MAX = 16384 };

/* A text of an object, in the language of the pass. */
static json_t *words(const struct pass_file *file, const char *text)
{
	return json_pack(
	    "{s:{s:s, s:s}}", "defaultValue", "language", say_code(file->language), "value", text);
}

static json_t *row(const struct pass_file *file, const char *id, const char *name, const char *text)
{
	return json_pack(
	    "{s:s, s:s, s:s}", "id", id, "header", say(file->language, name), "body", text);
}

/* An object's id may hold letters, digits, '.', '_' and '-': our references do. The pass's code
 * makes a pass issued anew another object. */
static json_t *object_of(const struct pass_file *file)
{
	const struct registration *registration = file->registration;
	const struct conference *conference = file->conference;
	char id[200], class[200], code[10], doors[128], from[32], until[32];

	pass_file_code(registration, code);
	snprintf(id, sizeof(id), "%s.%s-%s", file->settings->google_issuer, registration->reference,
	    code);
	snprintf(class, sizeof(class), "%s.%s", file->settings->google_issuer,
	    file->settings->google_class);
	zone_say(file->language, conference->doors, doors, sizeof(doors));
	zone_rfc3339(conference->doors, from, sizeof(from));
	zone_rfc3339(conference->ends, until, sizeof(until));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:{s:s, s:s, s:s},"
			 " s:{s:{s:s}, s:{s:s}}, s:[o, o, o]}",
	    "id", id, "classId", class, "state", "ACTIVE", "cardTitle",
	    words(file, file->settings->name), "header", words(file, conference->title),
	    "subheader", words(file, say(file->language, "Press pass")), "hexBackgroundColor",
	    "#1d2b53", "barcode", "type", "QR_CODE", "value", registration->pass_qr,
	    "alternateText", code, "validTimeInterval", "start", "date", from, "end", "date", until,
	    "textModulesData", row(file, "doors", SAY("Doors open"), doors),
	    row(file, "place", SAY("Place"), conference->place),
	    row(file, "role", SAY("Role"), class_say(file->language, registration->pass_class)));
}

static char *claims_of(const struct pass_file *file, const char *origin, int64_t now)
{
	json_t *claims = json_pack("{s:s, s:s, s:s, s:I, s:[s], s:{s:[o]}}", "iss",
	    file->settings->google_account, "aud", "google", "typ", "savetowallet", "iat",
	    (json_int_t)now, "origins", origin, "payload", "genericObjects", object_of(file));
	char *text = claims ? json_dumps(claims, JSON_COMPACT) : NULL;

	json_decref(claims);
	return text;
}

/* Base64url without padding (RFC 7515). */
static void add_base64(struct buf *b, const void *data, size_t len)
{
	size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = malloc(size);

	if (!text) {
		buf_fail(b, BUF_NOMEM);
		return;
	}
	buf_puts(
	    b, sodium_bin2base64(text, size, data, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
	free(text);
}

static int sign(const char *path, const char *text, gnutls_datum_t *ret_signature)
{
	const gnutls_datum_t data = {(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
	gnutls_privkey_t key = NULL;
	int result = wallet_key_read(path, &key);

	if (result == 0 && gnutls_privkey_get_pk_algorithm(key, NULL) != GNUTLS_PK_RSA)
		result = MODEL_SYSTEM;
	if (result == 0 &&
	    gnutls_privkey_sign_data(key, GNUTLS_DIG_SHA256, 0, &data, ret_signature) < 0)
		result = MODEL_SYSTEM;
	if (key)
		gnutls_privkey_deinit(key);
	return result;
}

int wallet_google(const struct pass_file *file, const char *origin, int64_t now, char **ret_url)
{
	static const char header[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
	char *claims = claims_of(file, origin, now);
	gnutls_datum_t signature = {0};
	struct buf url;
	char *made = NULL;
	int result = claims ? 0 : MODEL_SYSTEM;

	buf_init(&url, URL_MAX);
	if (result < 0)
		goto done;
	buf_puts(&url, SAVE_URL);
	add_base64(&url, header, strlen(header));
	buf_putc(&url, '.');
	add_base64(&url, claims, strlen(claims));
	if (buf_error(&url))
		result = MODEL_SYSTEM;
	else
		result =
		    sign(file->settings->google_key, buf_text(&url) + strlen(SAVE_URL), &signature);
	if (result < 0)
		goto done;
	buf_putc(&url, '.');
	add_base64(&url, signature.data, signature.size);
	made = buf_steal(&url, NULL);
	if (made)
		*ret_url = made;
	else
		result = MODEL_SYSTEM;
done:
	gnutls_free(signature.data);
	buf_free(&url);
	free(claims);
	return result;
}
