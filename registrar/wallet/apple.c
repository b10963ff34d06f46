/* A pass for Apple Wallet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/crypto.h>
#include <gnutls/pkcs7.h>
#include <jansson.h>
#include <sodium.h>
#include <time.h>
#include <zip.h>

#include "registrar/press/class_say.h"
#include "registrar/wallet/wallet.h"
#include "registrar/wallet/wallet_icon.h"
#include "registrar/wallet/wallet_key.h"
#include "registrar/zone.h"

enum { PASS, ICON, ICON_2, ICON_3, MANIFEST, SIGNATURE, PARTS };

static const char *const names[PARTS] = {[PASS] = "pass.json",
    [ICON] = "icon.png",
    [ICON_2] = "icon@2x.png",
    [ICON_3] = "icon@3x.png",
    [MANIFEST] = "manifest.json",
    [SIGNATURE] = "signature"};

struct part {
	uint8_t *data; /* malloc'd */
	size_t len;
};

/* ---- pass.json ---- */

static json_t *field(
    const struct pass_file *file, const char *key, const char *name, const char *text)
{
	return json_pack(
	    "{s:s, s:s, s:s}", "key", key, "label", say(file->language, name), "value", text);
}

static json_t *fields_of(const struct pass_file *file)
{
	char doors[128], starts[128], code[10];

	pass_file_code(file->registration, code);
	zone_say(file->language, file->conference->doors, doors, sizeof(doors));
	zone_say(file->language, file->conference->starts, starts, sizeof(starts));
	return json_pack("{s:[o], s:[o, o], s:[o, o], s:[o, o, o]}", "primaryFields",
	    field(file, "conference", SAY("Press pass"), file->conference->title),
	    "secondaryFields", field(file, "doors", SAY("Doors open"), doors),
	    field(file, "place", SAY("Place"), file->conference->place), "auxiliaryFields",
	    field(file, "role", SAY("Role"),
		class_say(file->language, file->registration->pass_class)),
	    field(file, "code", SAY("Typed code"), code), "backFields",
	    field(file, "starts", SAY("Starts"), starts),
	    field(file, "reference", SAY("Reference"), file->registration->reference),
	    field(file, "bring", SAY("What to bring"),
		say(file->language, conference_id_words(file->conference))));
}

static int make_pass(const struct pass_file *file, struct part *ret)
{
	const struct settings *settings = file->settings;
	char serial[60], code[10], doors[32], ends[32];
	json_t *pass;

	pass_file_code(file->registration, code);
	snprintf(serial, sizeof(serial), "%s-%s", file->registration->reference, code);
	zone_rfc3339(file->conference->doors, doors, sizeof(doors));
	zone_rfc3339(file->conference->ends, ends, sizeof(ends));
	pass = json_pack(
	    "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:s, s:s}],"
	    " s:o}",
	    "formatVersion", 1, "passTypeIdentifier", settings->apple_pass_type, "teamIdentifier",
	    settings->apple_team, "serialNumber", serial, "organizationName", settings->name,
	    "description", say(file->language, "Press pass"), "foregroundColor",
	    "rgb(255, 255, 255)", "labelColor", "rgb(255, 255, 255)", "backgroundColor",
	    "rgb(29, 43, 83)", "relevantDate", doors, "expirationDate", ends, "sharingProhibited",
	    1, "barcodes", "format", "PKBarcodeFormatQR", "message", file->registration->pass_qr,
	    "messageEncoding", "iso-8859-1", "altText", code, "eventTicket", fields_of(file));
	ret->data = pass ? (uint8_t *)json_dumps(pass, JSON_COMPACT) : NULL;
	json_decref(pass);
	if (!ret->data)
		return MODEL_SYSTEM;
	ret->len = strlen((const char *)ret->data);
	return 0;
}

/* ---- manifest.json and signature ---- */

/* SHA-1 is what the format says; what it is worth comes from the signature's SHA-256 on top. */
static int make_manifest(const struct part *parts, struct part *ret)
{
	json_t *manifest = json_object();
	uint8_t hash[20];
	char hex[41];
	int bad = manifest ? 0 : -1;

	for (int i = 0; i < MANIFEST && bad == 0; i++) {
		bad = gnutls_hash_fast(GNUTLS_DIG_SHA1, parts[i].data, parts[i].len, hash);
		sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
		if (bad == 0)
			bad = json_object_set_new(manifest, names[i], json_string(hex));
	}
	if (bad == 0)
		ret->data = (uint8_t *)json_dumps(manifest, JSON_COMPACT);
	json_decref(manifest);
	if (!ret->data)
		return MODEL_SYSTEM;
	ret->len = strlen((const char *)ret->data);
	return 0;
}

static int sign_with(gnutls_x509_crt_t signer, gnutls_x509_crt_t above, gnutls_privkey_t key,
    const struct part *manifest, struct part *ret)
{
	const gnutls_datum_t data = {manifest->data, (unsigned)manifest->len};
	gnutls_pkcs7_t pkcs7 = NULL;
	gnutls_datum_t der = {0};
	int error = gnutls_pkcs7_init(&pkcs7);

	if (error == 0)
		error = gnutls_pkcs7_set_crt(pkcs7, above);
	if (error == 0)
		error = gnutls_pkcs7_sign(pkcs7, signer, key, &data, NULL, NULL, GNUTLS_DIG_SHA256,
		    GNUTLS_PKCS7_INCLUDE_TIME | GNUTLS_PKCS7_INCLUDE_CERT);
	if (error == 0)
		error = gnutls_pkcs7_export2(pkcs7, GNUTLS_X509_FMT_DER, &der);
	if (error == 0 && (ret->data = malloc(der.size))) {
		memcpy(ret->data, der.data, der.size);
		ret->len = der.size;
	}
	gnutls_free(der.data);
	if (pkcs7)
		gnutls_pkcs7_deinit(pkcs7);
	return ret->data ? 0 : MODEL_SYSTEM;
}

static int make_signature(
    const struct settings *settings, const struct part *manifest, struct part *ret)
{
	gnutls_x509_crt_t signer = NULL, above = NULL;
	gnutls_privkey_t key = NULL;
	int result = wallet_certificate_read(settings->apple_certificate, &signer);

	if (result == 0)
		result = wallet_certificate_read(settings->apple_intermediate, &above);
	if (result == 0)
		result = wallet_key_read(settings->apple_key, &key);
	if (result == 0)
		result = sign_with(signer, above, key, manifest, ret);
	if (key)
		gnutls_privkey_deinit(key);
	if (above)
		gnutls_x509_crt_deinit(above);
	if (signer)
		gnutls_x509_crt_deinit(signer);
	return result;
}

/* ---- the ZIP ---- */

static int add_part(zip_t *zip, const char *name, const struct part *part)
{
	zip_source_t *source = zip_source_buffer(zip, part->data, part->len, 0);

	if (!source)
		return -1;
	if (zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) < 0) {
		zip_source_free(source);
		return -1;
	}
	return 0;
}

/* What was written into a source, once its ZIP is closed. */
static int take(zip_source_t *source, uint8_t **ret_bytes, size_t *ret_len)
{
	zip_stat_t stat;
	uint8_t *bytes = NULL;

	if (zip_source_stat(source, &stat) < 0 || !(stat.valid & ZIP_STAT_SIZE) ||
	    zip_source_open(source) < 0)
		return MODEL_SYSTEM;
	bytes = malloc(stat.size);
	if (bytes && zip_source_read(source, bytes, stat.size) == (zip_int64_t)stat.size) {
		*ret_bytes = bytes;
		*ret_len = stat.size;
		bytes = NULL;
		zip_source_close(source);
		return 0;
	}
	free(bytes);
	zip_source_close(source);
	return MODEL_SYSTEM;
}

static int pack(const struct part *parts, uint8_t **ret_bytes, size_t *ret_len)
{
	zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = whole ? zip_open_from_source(whole, ZIP_TRUNCATE, NULL) : NULL;
	int result = MODEL_SYSTEM;
	int bad = 0;

	if (!zip) {
		zip_source_free(whole);
		return MODEL_SYSTEM;
	}
	zip_source_keep(whole);
	for (int i = 0; i < PARTS && bad == 0; i++)
		bad = add_part(zip, names[i], &parts[i]);
	if (bad == 0 && zip_close(zip) == 0)
		result = take(whole, ret_bytes, ret_len);
	else
		zip_discard(zip);
	zip_source_free(whole);
	return result;
}

int wallet_apple(const struct pass_file *file, uint8_t **ret_bytes, size_t *ret_len)
{
	struct part parts[PARTS] = {{NULL, 0}};
	int result = make_pass(file, &parts[PASS]);

	for (int i = ICON; i <= ICON_3 && result == 0; i++)
		result = wallet_icon(29 * (unsigned)i, &parts[i].data, &parts[i].len);
	if (result == 0)
		result = make_manifest(parts, &parts[MANIFEST]);
	if (result == 0)
		result = make_signature(file->settings, &parts[MANIFEST], &parts[SIGNATURE]);
	if (result == 0)
		result = pack(parts, ret_bytes, ret_len);
	for (int i = 0; i < PARTS; i++)
		free(parts[i].data);
	return result;
}
