#include "badges/pass.h"

#include <sodium.h>
#include <string.h>

#include "badges/base45.h"
#include "badges/bytes.h"
#include "badges/keyset.h"
#include "badges/text.h"

#define PASS_PREFIX	 "ACR1:"
#define PASS_PREFIX_LEN	 5
#define PASS_PAYLOAD_MIN 41
#define PASS_PAYLOAD_MAX 119
#define PASS_SIGNED_MAX	 160

/* Where the token's parts lie. */
enum {
	PASS_AT_PROTECTED = 2, /* with its head */
	PASS_AT_KID = 8,
	PASS_AT_UNPROTECTED = 16,
	PASS_AT_PAYLOAD = 17, /* with its head of two bytes */
	PASS_AT_CLAIMS = 19,
};

/* The CWT claim key -65537, and the rest of the fixed bytes. */
static const uint8_t pass_private_key[] = {0x3a, 0x00, 0x01, 0x00, 0x00};
static const uint8_t pass_shape[] = {0xd2, 0x84, 0x4d, 0xa2, 0x01, 0x27, 0x04, 0x48};
static const uint8_t pass_signed_head[] = "\x84\x6aSignature1";
static const uint8_t pass_signed_aad[] = "\x4b" PASS_AAD;

const char *pass_fault(const struct pass_claims *claims)
{
	if (claims->nbf < PASS_TIME_MIN || claims->nbf > PASS_TIME_MAX)
		return "nbf";
	if (claims->exp < PASS_TIME_MIN || claims->exp > PASS_TIME_MAX ||
	    claims->exp <= claims->nbf)
		return "exp";
	if (claims->pass_class > 23)
		return "class";
	if (claims->name_len > PASS_NAME_MAX || !text_is_plain(claims->name, claims->name_len))
		return "name";
	if (claims->outlet_len > PASS_OUTLET_MAX ||
	    !text_is_plain(claims->outlet, claims->outlet_len))
		return "outlet";
	return NULL;
}

/* Writes the shortest head and returns what follows it. */
static uint8_t *pass_put_head(uint8_t *at, unsigned major, uint32_t value)
{
	uint8_t kind = (uint8_t)(major << 5);

	if (value < 24) {
		*at++ = (uint8_t)(kind | value);
	} else if (value < 0x100) {
		*at++ = kind | 24;
		*at++ = (uint8_t)value;
	} else if (value < 0x10000) {
		*at++ = kind | 25;
		bytes_put_u16(at, (uint16_t)value);
		at += 2;
	} else {
		*at++ = kind | 26;
		bytes_put_u32(at, value);
		at += 4;
	}
	return at;
}

static uint8_t *pass_put_text(uint8_t *at, uint8_t key, const char *text, size_t len)
{
	if (len == 0)
		return at;
	*at++ = key;
	at = pass_put_head(at, 3, (uint32_t)len);
	memcpy(at, text, len);
	return at + len;
}

/* Writes the claims (PASS_PAYLOAD_MAX bytes at most) and returns their size. */
static size_t pass_put_claims(uint8_t *claims_at, const struct pass_claims *claims)
{
	uint32_t pairs =
	    2u + (claims->name_len > 0) + (claims->outlet_len > 0) + (claims->flags != 0);
	uint8_t *at = claims_at;

	*at++ = 0xa4;
	*at++ = 4;
	at = pass_put_head(at, 0, (uint32_t)claims->exp);
	*at++ = 5;
	at = pass_put_head(at, 0, (uint32_t)claims->nbf);
	*at++ = 7;
	at = pass_put_head(at, 2, sizeof(claims->id));
	memcpy(at, claims->id, sizeof(claims->id));
	at += sizeof(claims->id);
	memcpy(at, pass_private_key, sizeof(pass_private_key));
	at += sizeof(pass_private_key);
	at = pass_put_head(at, 5, pairs);
	*at++ = 1;
	at = pass_put_head(at, 0, claims->conference);
	*at++ = 2;
	*at++ = claims->pass_class;
	at = pass_put_text(at, 3, claims->name, claims->name_len);
	at = pass_put_text(at, 4, claims->outlet, claims->outlet_len);
	if (claims->flags != 0) {
		*at++ = 5;
		at = pass_put_head(at, 0, claims->flags);
	}
	return (size_t)(at - claims_at);
}

/* Writes the signed bytes of a token whose payload is payload_len long; returns their number. */
static size_t pass_put_signed(
    const uint8_t *token, size_t payload_len, uint8_t ret_signed[static PASS_SIGNED_MAX])
{
	uint8_t *at = ret_signed;

	memcpy(at, pass_signed_head, sizeof(pass_signed_head) - 1);
	at += sizeof(pass_signed_head) - 1;
	memcpy(at, token + PASS_AT_PROTECTED, PASS_AT_UNPROTECTED - PASS_AT_PROTECTED);
	at += PASS_AT_UNPROTECTED - PASS_AT_PROTECTED;
	memcpy(at, pass_signed_aad, sizeof(pass_signed_aad) - 1);
	at += sizeof(pass_signed_aad) - 1;
	memcpy(at, token + PASS_AT_PAYLOAD, 2 + payload_len);
	at += 2 + payload_len;
	return (size_t)(at - ret_signed);
}

static bool pass_same(const struct pass_claims *a, const struct pass_claims *b)
{
	return a->exp == b->exp && a->nbf == b->nbf && memcmp(a->id, b->id, sizeof(a->id)) == 0 &&
	       a->conference == b->conference && a->pass_class == b->pass_class &&
	       a->flags == b->flags && a->name_len == b->name_len &&
	       a->outlet_len == b->outlet_len && memcmp(a->name, b->name, a->name_len) == 0 &&
	       memcmp(a->outlet, b->outlet, a->outlet_len) == 0;
}

int pass_sign(const struct pass_claims *claims, const struct key_secret *key,
    char ret_text[static PASS_TEXT_MAX + 1])
{
	uint8_t token[PASS_TOKEN_MAX], message[PASS_SIGNED_MAX];
	char text[PASS_TEXT_MAX + 1] = PASS_PREFIX;
	struct pass_view view;
	size_t payload_len, len;

	if (key->use != KEY_USE_PASS)
		return PASS_E_KEY;
	if (pass_fault(claims) != NULL)
		return PASS_E_CLAIMS;
	memcpy(token, pass_shape, sizeof(pass_shape));
	memcpy(token + PASS_AT_KID, key->kid, KEY_KID_SIZE);
	token[PASS_AT_UNPROTECTED] = 0xa0;
	payload_len = pass_put_claims(token + PASS_AT_CLAIMS, claims);
	token[PASS_AT_PAYLOAD] = 0x58;
	token[PASS_AT_PAYLOAD + 1] = (uint8_t)payload_len;
	len = PASS_AT_CLAIMS + payload_len;
	token[len++] = 0x58;
	token[len++] = KEY_SIGNATURE_SIZE;
	if (crypto_sign_detached(token + len, NULL, message,
		pass_put_signed(token, payload_len, message), key->secret) != 0)
		return PASS_E_SIGN;
	len += KEY_SIGNATURE_SIZE;
	base45_encode(token, len, text + PASS_PREFIX_LEN);
	if (pass_parse(text, PASS_PREFIX_LEN + base45_text_len(len), &view) != 0 ||
	    pass_verify(&view, key->public) != 0 || !pass_same(&view.claims, claims))
		return PASS_E_SIGN;
	memcpy(ret_text, text, sizeof(text));
	return 0;
}

/* A head of this kind in its shortest form, and its number. */
static bool pass_get_head(struct bytes_cursor *in, unsigned major, uint32_t *ret_value)
{
	const uint8_t *head = bytes_take(in, 1), *rest;
	unsigned info;

	if (head == NULL || *head >> 5 != major)
		return false;
	info = *head & 31;
	if (info < 24) {
		*ret_value = info;
		return true;
	}
	if (info > 26 || (rest = bytes_take(in, (size_t)1 << (info - 24))) == NULL)
		return false;
	if (info == 24)
		*ret_value = rest[0];
	else
		*ret_value = info == 25 ? bytes_get_u16(rest) : bytes_get_u32(rest);
	return *ret_value >= (info == 24 ? 24u : info == 25 ? 0x100u : 0x10000u);
}

static bool pass_get_fixed(struct bytes_cursor *in, const uint8_t *expected, size_t len)
{
	const uint8_t *at = bytes_take(in, len);

	return at != NULL && memcmp(at, expected, len) == 0;
}

static bool pass_get_byte(struct bytes_cursor *in, uint8_t expected)
{
	return pass_get_fixed(in, &expected, 1);
}

static bool pass_get_time(struct bytes_cursor *in, uint8_t key, int64_t *ret_time)
{
	uint32_t value;

	if (!pass_get_byte(in, key) || !pass_get_head(in, 0, &value) || value < PASS_TIME_MIN)
		return false;
	*ret_time = value;
	return true;
}

/* An optional text: absent unless its key comes next. */
static bool pass_get_text(
    struct bytes_cursor *in, uint8_t key, size_t max, char *ret_text, size_t *ret_len)
{
	const uint8_t *at;
	uint32_t len;

	if (bytes_left(in) == 0 || *in->at != key)
		return true;
	in->at++;
	if (!pass_get_head(in, 3, &len) || len < 1 || len > max ||
	    (at = bytes_take(in, len)) == NULL || !text_is_plain((const char *)at, len))
		return false;
	memcpy(ret_text, at, len);
	*ret_len = len;
	return true;
}

/* The private claim's map, to the end of the payload. */
static bool pass_get_private(struct bytes_cursor *in, struct pass_claims *claims)
{
	uint32_t pairs, pass_class, flags = 0;

	if (!pass_get_head(in, 5, &pairs) || !pass_get_byte(in, 1) ||
	    !pass_get_head(in, 0, &claims->conference) || !pass_get_byte(in, 2) ||
	    !pass_get_head(in, 0, &pass_class) || pass_class > 23 ||
	    !pass_get_text(in, 3, PASS_NAME_MAX, claims->name, &claims->name_len) ||
	    !pass_get_text(in, 4, PASS_OUTLET_MAX, claims->outlet, &claims->outlet_len))
		return false;
	if (bytes_left(in) > 0 &&
	    (!pass_get_byte(in, 5) || !pass_get_head(in, 0, &flags) || flags < 1 || flags > 65535))
		return false;
	claims->pass_class = (uint8_t)pass_class;
	claims->flags = (uint16_t)flags;
	return bytes_left(in) == 0 &&
	       pairs == 2u + (claims->name_len > 0) + (claims->outlet_len > 0) + (flags != 0);
}

static bool pass_get_claims(struct bytes_cursor in, struct pass_claims *claims)
{
	const uint8_t *id;

	memset(claims, 0, sizeof(*claims));
	if (!pass_get_byte(&in, 0xa4) || !pass_get_time(&in, 4, &claims->exp) ||
	    !pass_get_time(&in, 5, &claims->nbf) || claims->nbf >= claims->exp ||
	    !pass_get_byte(&in, 7) || !pass_get_byte(&in, 0x50) ||
	    (id = bytes_take(&in, sizeof(claims->id))) == NULL)
		return false;
	memcpy(claims->id, id, sizeof(claims->id));
	return pass_get_fixed(&in, pass_private_key, sizeof(pass_private_key)) &&
	       pass_get_private(&in, claims);
}

int pass_parse(const char *text, size_t len, struct pass_view *ret_view)
{
	struct pass_token *token = &ret_view->token;
	const uint8_t *bytes = token->bytes;
	size_t end;

	if (len < PASS_PREFIX_LEN || len > PASS_TEXT_MAX ||
	    memcmp(text, PASS_PREFIX, PASS_PREFIX_LEN) != 0 ||
	    base45_decode(text + PASS_PREFIX_LEN, len - PASS_PREFIX_LEN, token->bytes,
		sizeof(token->bytes), &token->len) != 0 ||
	    token->len < PASS_TOKEN_MIN)
		return PASS_E_MALFORMED;
	if (memcmp(bytes, pass_shape, sizeof(pass_shape)) != 0 ||
	    bytes[PASS_AT_UNPROTECTED] != 0xa0 || bytes[PASS_AT_PAYLOAD] != 0x58)
		return PASS_E_MALFORMED;
	ret_view->payload = PASS_AT_CLAIMS;
	ret_view->payload_len = bytes[PASS_AT_PAYLOAD + 1];
	end = PASS_AT_CLAIMS + ret_view->payload_len;
	if (ret_view->payload_len < PASS_PAYLOAD_MIN || ret_view->payload_len > PASS_PAYLOAD_MAX ||
	    token->len != end + 2 + KEY_SIGNATURE_SIZE || bytes[end] != 0x58 ||
	    bytes[end + 1] != KEY_SIGNATURE_SIZE)
		return PASS_E_MALFORMED;
	if (!pass_get_claims(
		bytes_cursor(bytes + PASS_AT_CLAIMS, ret_view->payload_len), &ret_view->claims))
		return PASS_E_MALFORMED;
	memcpy(ret_view->kid, bytes + PASS_AT_KID, KEY_KID_SIZE);
	return 0;
}

int pass_verify(const struct pass_view *view, const uint8_t public[static KEY_PUBLIC_SIZE])
{
	const uint8_t *bytes = view->token.bytes;
	uint8_t message[PASS_SIGNED_MAX];
	size_t len = pass_put_signed(bytes, view->payload_len, message);

	return crypto_sign_verify_detached(
		   bytes + view->token.len - KEY_SIGNATURE_SIZE, message, len, public) == 0
		   ? 0
		   : PASS_E_SIGNATURE;
}

enum reason pass_judge(const struct pass_claims *claims, const struct pass_want *want)
{
	if (want->has_conference && want->conference != claims->conference)
		return REASON_WRONG_CONFERENCE;
	if (want->classes != 0 && (want->classes >> claims->pass_class & 1) == 0)
		return REASON_WRONG_CLASS;
	if (want->has_now && want->now < claims->nbf - PASS_SKEW)
		return REASON_NOT_YET_VALID;
	if (want->has_now && want->now >= claims->exp + PASS_SKEW)
		return REASON_EXPIRED;
	return REASON_OK;
}

/* Rule 10's second half. */
static enum reason pass_judge_key(const struct keyset_key *key, const struct pass_want *want)
{
	if (want->has_now && want->now < key->from - PASS_SKEW)
		return REASON_NOT_YET_VALID;
	if (want->has_now && want->now >= key->until + PASS_SKEW)
		return REASON_EXPIRED;
	return REASON_OK;
}

int pass_open(const char *text, size_t len, const struct keyset *keys, const struct pass_want *want,
    struct pass_claims *ret_claims, enum reason *ret_reason)
{
	const struct keyset_key *key;
	struct pass_view view;
	enum reason reason;

	if (pass_parse(text, len, &view) != 0) {
		reason = REASON_MALFORMED;
		goto done;
	}
	key = keyset_find(keys, view.kid, KEY_USE_PASS);
	if (key == NULL || key->state != KEYSET_ACTIVE) {
		reason = REASON_UNKNOWN_KEY;
		goto done;
	}
	if (pass_verify(&view, key->public) != 0) {
		reason = REASON_BAD_SIGNATURE;
		goto done;
	}
	if (!keyset_lists(key, view.claims.conference)) {
		reason = REASON_UNKNOWN_KEY;
		goto done;
	}
	*ret_claims = view.claims;
	reason = pass_judge(&view.claims, want);
	if (reason == REASON_OK)
		reason = pass_judge_key(key, want);
done:
	*ret_reason = reason;
	return reason == REASON_OK ? 0 : PASS_E_REFUSED;
}

void pass_cut_name(struct pass_claims *claims, const char *text, size_t len)
{
	claims->name_len = text_cut(text, len, PASS_NAME_MAX);
	memcpy(claims->name, text, claims->name_len);
	claims->name[claims->name_len] = '\0';
}

void pass_cut_outlet(struct pass_claims *claims, const char *text, size_t len)
{
	claims->outlet_len = text_cut(text, len, PASS_OUTLET_MAX);
	memcpy(claims->outlet, text, claims->outlet_len);
	claims->outlet[claims->outlet_len] = '\0';
}
