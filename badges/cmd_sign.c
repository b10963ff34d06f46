#include "badges/cmd.h"

#include <argp.h>
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "badges/pass.h"

#define SIGN_LINE_MAX 4096 /* names are at most 200 characters; the rest is short */

static error_t sign_option(int key, char *arg, struct argp_state *state)
{
	const char **secret = state->input;

	switch (key) {
	case 's':
		*secret = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': claims are read from standard input", arg);
		return 0;
	case ARGP_KEY_END:
		if (*secret == NULL)
			argp_error(state, "--secret FILE is missing: the conference's pass key");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option sign_options[] = {
    {.name = "secret", .key = 's', .arg = "FILE", .doc = "a pass key made by 'badges keygen'"},
    {0},
};

static const struct argp sign_argp = {
    .options = sign_options,
    .parser = sign_option,
    .doc =
	"Reads claims, one JSON object a line, and prints the QR text of each pass.\vKeys: "
	"conference, nbf and exp (Unix seconds) are needed; class (0..23), name, outlet, flags and "
	"pass (32 hex digits, else drawn at random) are not. Names are normalised, and cut where a "
	"pass has no room for them. At the first line refused it stops, with exit status 1.",
};

/* The claims' keys. */
enum {
	SIGN_CONFERENCE,
	SIGN_NBF,
	SIGN_EXP,
	SIGN_CLASS,
	SIGN_FLAGS,
	SIGN_NUMBERS,
	SIGN_NAME = SIGN_NUMBERS,
	SIGN_OUTLET,
	SIGN_PASS,
	SIGN_KEYS
};

static const struct {
	const char *key, *remedy;
	json_int_t least, most;
	bool is_needed;
} sign_keys[SIGN_KEYS] = {
    [SIGN_CONFERENCE] = {"conference", "a number of 0..4294967295", 0, UINT32_MAX, true},
    [SIGN_NBF] = {"nbf", "Unix seconds, 2020 to 2106", PASS_TIME_MIN, PASS_TIME_MAX, true},
    [SIGN_EXP] = {"exp", "Unix seconds after nbf", PASS_TIME_MIN, PASS_TIME_MAX, true},
    [SIGN_CLASS] = {"class", "a number of 0..23", 0, CLASS_COUNT - 1, false},
    [SIGN_FLAGS] = {"flags", "a number of 0..65535", 0, UINT16_MAX, false},
    [SIGN_NAME] = {"name", "text without control or format characters", 0, 0, false},
    [SIGN_OUTLET] = {"outlet", "text without control or format characters", 0, 0, false},
    [SIGN_PASS] = {"pass", "32 hex digits", 0, 0, false},
};

/* The index of a key that no claim has, or SIGN_KEYS; ret_key is its name. */
static bool sign_has_stranger(json_t *object, const char **ret_key)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		size_t i = 0;

		while (i < SIGN_KEYS && strcmp(key, sign_keys[i].key) != 0)
			i++;
		if (i == SIGN_KEYS) {
			*ret_key = key;
			return true;
		}
	}
	return false;
}

/* The number under a key; an absent one is 0 where it is not needed. */
static bool sign_number(const json_t *object, size_t i, json_int_t *ret_number)
{
	const json_t *value = json_object_get(object, sign_keys[i].key);

	*ret_number = json_integer_value(value);
	if (value == NULL)
		return !sign_keys[i].is_needed;
	return json_is_integer(value) && *ret_number >= sign_keys[i].least &&
	       *ret_number <= sign_keys[i].most;
}

/* The text under a key in NFC, cut to the claim. */
static bool sign_text(const json_t *object, size_t i, struct pass_claims *claims)
{
	const json_t *value = json_object_get(object, sign_keys[i].key);
	uint8_t *normal;
	size_t len = 0;

	if (value == NULL)
		return true;
	if (!json_is_string(value))
		return false;
	normal = u8_normalize(UNINORM_NFC, (const uint8_t *)json_string_value(value),
	    json_string_length(value), NULL, &len);
	if (normal == NULL)
		return json_string_length(value) == 0;
	if (i == SIGN_NAME)
		pass_cut_name(claims, (char *)normal, len);
	else
		pass_cut_outlet(claims, (char *)normal, len);
	free(normal);
	return true;
}

static bool sign_id(const json_t *object, struct pass_claims *claims)
{
	const json_t *value = json_object_get(object, sign_keys[SIGN_PASS].key);
	const char *hex = json_string_value(value);

	if (value == NULL) {
		randombytes_buf(claims->id, sizeof(claims->id));
		return true;
	}
	return hex != NULL && bytes_unhex(hex, strlen(hex), claims->id, sizeof(claims->id)) == 0;
}

/* Reads claims; returns NULL, or the key that is wrong. */
static const char *sign_claims(const json_t *object, struct pass_claims *ret_claims, size_t *ret_at)
{
	struct pass_claims claims = {0};
	json_int_t numbers[SIGN_NUMBERS] = {0};
	const char *fault;
	size_t i;

	for (i = 0; i < SIGN_NUMBERS; i++) {
		if (!sign_number(object, i, &numbers[i]))
			goto wrong;
	}
	claims.conference = (uint32_t)numbers[SIGN_CONFERENCE];
	claims.nbf = numbers[SIGN_NBF];
	claims.exp = numbers[SIGN_EXP];
	claims.pass_class = (uint8_t)numbers[SIGN_CLASS];
	claims.flags = (uint16_t)numbers[SIGN_FLAGS];
	for (i = SIGN_NAME; i <= SIGN_OUTLET; i++) {
		if (!sign_text(object, i, &claims))
			goto wrong;
	}
	i = SIGN_PASS;
	if (!sign_id(object, &claims))
		goto wrong;
	fault = pass_fault(&claims);
	for (i = 0; fault != NULL && i < SIGN_KEYS; i++) {
		if (strcmp(fault, sign_keys[i].key) == 0)
			goto wrong;
	}
	*ret_claims = claims;
	return NULL;
wrong:
	*ret_at = i;
	return sign_keys[i].key;
}

/* Signs one line's claims; says what is wrong with the line. */
static int sign_line(const char *text, size_t len, const struct key_secret *key, size_t number)
{
	char qr_text[PASS_TEXT_MAX + 1];
	struct pass_claims claims;
	const char *wrong = NULL;
	int status = CMD_REFUSE;
	json_error_t error;
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	size_t at = 0;

	if (!json_is_object(object))
		cmd_say("sign: line %zu: not a JSON object%s%s", number, object == NULL ? ": " : "",
		    object == NULL ? error.text : "");
	else if (sign_has_stranger(object, &wrong))
		cmd_say("sign: line %zu: no claim has the key '%s'", number, wrong);
	else if (sign_claims(object, &claims, &at) != NULL)
		cmd_say("sign: line %zu: %s: must be %s", number, sign_keys[at].key,
		    sign_keys[at].remedy);
	else if (pass_sign(&claims, key, qr_text) != 0)
		cmd_say("sign: line %zu: the pass did not read back; nothing was printed", number);
	else
		status = puts(qr_text) == EOF ? CMD_REFUSE : CMD_OK;
	json_decref(object);
	return status;
}

int cmd_sign(int argc, char **argv)
{
	char text[SIGN_LINE_MAX];
	const char *secret = NULL;
	struct key_secret *key = NULL;
	enum cmd_line kind;
	int r, status = CMD_OK;
	size_t len = 0;

	if (argp_parse(&sign_argp, argc, argv, 0, NULL, &secret) != 0)
		return CMD_MISUSE;
	r = key_load(secret, KEY_USE_PASS, &key);
	if (r != 0) {
		cmd_say("sign: %s: %s%s%s", secret, key_error_words(r), r == KEY_E_READ ? ": " : "",
		    r == KEY_E_READ ? strerror(errno) : "");
		return CMD_MISUSE;
	}
	for (size_t number = 1; status == CMD_OK; number++) {
		kind = cmd_line_read(stdin, text, sizeof(text), &len);
		if (kind == CMD_LINE_END)
			break;
		if (kind == CMD_LINE_LONG) {
			cmd_say("sign: line %zu: longer than %d bytes", number, SIGN_LINE_MAX);
			status = CMD_REFUSE;
		} else {
			status = sign_line(text, len, key, number);
		}
	}
	key_free(key);
	if (ferror(stdin)) {
		cmd_say("sign: cannot read standard input");
		status = CMD_REFUSE;
	}
	r = cmd_flush();
	return status == CMD_OK ? r : status;
}
