#include "registrar/staff/totp.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <liboath/oath.h>
#include <sodium.h>

#include "registrar/refusal.h"

static pthread_once_t oath_once = PTHREAD_ONCE_INIT;
static int oath_ready;

static void start_oath(void)
{
	oath_ready = oath_init() == OATH_OK;
}

int totp_code(const uint8_t *secret, size_t len, int64_t step, unsigned digits, char ret_code[9])
{
	char code[9] = "";

	pthread_once(&oath_once, start_oath);
	if (!oath_ready || digits < 6 || digits > 8 || step < 0 ||
	    oath_hotp_generate((const char *)secret, len, (uint64_t)step, digits, false,
		OATH_HOTP_DYNAMIC_TRUNCATION, code) != OATH_OK)
		return MODEL_SYSTEM;
	memcpy(ret_code, code, sizeof code);
	sodium_memzero(code, sizeof code);
	return 0;
}

int totp_check(const uint8_t secret[TOTP_SECRET], const char *code, int64_t now, int64_t used,
    int64_t *ret_step)
{
	int64_t found = 0;
	char right[9];

	if (strlen(code) != TOTP_DIGITS)
		return MODEL_NOT_FOUND;
	for (int64_t step = now / TOTP_STEP - TOTP_SKEW; step <= now / TOTP_STEP + TOTP_SKEW;
	     step++) {
		if (totp_code(secret, TOTP_SECRET, step, TOTP_DIGITS, right))
			return MODEL_SYSTEM;
		if (sodium_memcmp(right, code, TOTP_DIGITS) == 0 && step > used)
			found = step;
	}
	sodium_memzero(right, sizeof right);
	if (!found)
		return MODEL_NOT_FOUND;
	*ret_step = found;
	return 0;
}

void totp_secret_text(const uint8_t secret[TOTP_SECRET], char ret_text[TOTP_BASE32])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned held = 0, bits = 0;
	size_t n = 0;

	/* 160 bits are 32 letters of RFC 4648 section 6, without padding. */
	for (size_t i = 0; i < TOTP_SECRET; i++) {
		held = held << 8 | secret[i];
		for (bits += 8; bits >= 5; bits -= 5)
			ret_text[n++] = alphabet[held >> (bits - 5) & 31];
		held &= (1U << bits) - 1;
	}
	ret_text[n] = '\0';
}

void totp_secret_shown(const uint8_t secret[TOTP_SECRET], char ret_shown[TOTP_SHOWN])
{
	char text[TOTP_BASE32];
	size_t n = 0;

	totp_secret_text(secret, text);
	for (size_t i = 0; text[i]; i++) {
		if (i && i % 4 == 0)
			ret_shown[n++] = ' ';
		ret_shown[n++] = text[i];
	}
	ret_shown[n] = '\0';
	sodium_memzero(text, sizeof text);
}

/* RFC 3986 section 2.3: all but the unreserved. */
static void encode(const char *text, char *ret, size_t size)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	size_t n = 0;

	for (; *text && n + 4 <= size; text++)
		if (strchr(plain, *text))
			ret[n++] = *text;
		else
			n += (size_t)snprintf(ret + n, size - n, "%%%02X", (unsigned char)*text);
	ret[n] = '\0';
}

void totp_uri(const uint8_t secret[TOTP_SECRET], const char *issuer, const char *account,
    char ret_uri[TOTP_URI])
{
	char text[TOTP_BASE32], who[360], whose[120];

	totp_secret_text(secret, text);
	encode(issuer, who, sizeof who);
	encode(account, whose, sizeof whose);
	snprintf(ret_uri, TOTP_URI,
	    "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d", who,
	    whose, text, who, TOTP_DIGITS, TOTP_STEP);
	sodium_memzero(text, sizeof text);
}
