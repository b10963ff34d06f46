#include "badges/checkpoint.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "badges/decimal.h"
#include "badges/tree.h"

static const char cosignature_head[] = "cosignature/v1\ntime ";

enum {
	SIGNATURE = crypto_sign_BYTES,
	STAMPED = 8 + SIGNATURE, /* a cosignature's time, then the signature */
	ROOT_BASE64 = 44,
	COSIGNED_MAX = sizeof(cosignature_head) + 20 + CHECKPOINT_BODY_MAX,
};

static bool is_origin(const char *origin)
{
	size_t len = strnlen(origin, CHECKPOINT_ORIGIN_MAX + 1);

	if (len == 0 || len > CHECKPOINT_ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (origin[i] <= ' ' || origin[i] > '~' || origin[i] == '+')
			return false;
	}
	return true;
}

int checkpoint_format(const struct checkpoint *checkpoint,
    char ret_text[static CHECKPOINT_BODY_MAX + 1], size_t *ret_len)
{
	char root[ROOT_BASE64 + 1];

	if (!is_origin(checkpoint->origin))
		return CHECKPOINT_BAD_ORIGIN;
	if (checkpoint->size > TREE_SIZE_MAX)
		return CHECKPOINT_BAD_SIZE;
	sodium_bin2base64(root, sizeof(root), checkpoint->root, sizeof(checkpoint->root),
	    sodium_base64_VARIANT_ORIGINAL);
	*ret_len = (size_t)snprintf(ret_text, CHECKPOINT_BODY_MAX + 1, "%s\n%" PRIu64 "\n%s\n",
	    checkpoint->origin, checkpoint->size, root);
	return 0;
}

/* Splits text of len bytes into exactly three lines, without their LF. */
static bool three_lines(const char *text, size_t len, const char *lines[3], size_t lens[3])
{
	const char *end = text + len;

	for (int i = 0; i < 3; i++) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));

		if (lf == NULL)
			return false;
		lines[i] = text;
		lens[i] = (size_t)(lf - text);
		text = lf + 1;
	}
	return text == end;
}

static int parse_body(const char *text, size_t len, struct checkpoint *ret_checkpoint)
{
	struct checkpoint checkpoint = {0};
	const char *line[3];
	size_t lens[3], root_len;

	if (!three_lines(text, len, line, lens))
		return CHECKPOINT_BAD_LINES;
	if (lens[0] > CHECKPOINT_ORIGIN_MAX)
		return CHECKPOINT_BAD_ORIGIN;
	memcpy(checkpoint.origin, line[0], lens[0]);
	if (!is_origin(checkpoint.origin))
		return CHECKPOINT_BAD_ORIGIN;
	if (!decimal_read(line[1], lens[1], &checkpoint.size) || checkpoint.size > TREE_SIZE_MAX)
		return CHECKPOINT_BAD_SIZE;
	if (sodium_base642bin(checkpoint.root, sizeof(checkpoint.root), line[2], lens[2], NULL,
		&root_len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    root_len != sizeof(checkpoint.root))
		return CHECKPOINT_BAD_ROOT;
	*ret_checkpoint = checkpoint;
	return 0;
}

/* The note of a checkpoint and its body, both checked for form. */
static int parse(
    const char *text, size_t len, struct note *ret_note, struct checkpoint *ret_checkpoint)
{
	int error = note_parse(text, len, ret_note);

	if (error < 0)
		return error;
	return parse_body(ret_note->text, ret_note->text_len, ret_checkpoint);
}

int checkpoint_parse(const char *text, size_t len, struct checkpoint *ret_checkpoint)
{
	struct note note;

	return parse(text, len, &note, ret_checkpoint);
}

/* Signs and verifies. The public half within secret_key goes into the signature's hash: signing
 * with another key's half would give the secret away. */
static int sign(const struct note_key *key, const uint8_t secret_key[static 64], const char *text,
    size_t len, uint8_t ret_signature[static SIGNATURE])
{
	const uint8_t *bytes = (const uint8_t *)text;

	if (sodium_memcmp(secret_key + 32, key->public_key, 32) != 0 ||
	    crypto_sign_detached(ret_signature, NULL, bytes, len, secret_key) != 0 ||
	    crypto_sign_verify_detached(ret_signature, bytes, len, key->public_key) != 0)
		return NOTE_SIGN_FAILED;
	return 0;
}

int checkpoint_sign(const struct checkpoint *checkpoint, const struct note_key *key,
    const uint8_t secret_key[static 64], char ret_text[static CHECKPOINT_SIGNED_MAX + 1],
    size_t *ret_len)
{
	char body[CHECKPOINT_BODY_MAX + 1], line[NOTE_LINE_MAX + 1];
	uint8_t signature[SIGNATURE];
	size_t len, line_len;
	int error;

	error = checkpoint_format(checkpoint, body, &len);
	if (error < 0)
		return error;
	if (key->type != NOTE_ED25519 || strcmp(checkpoint->origin, key->name) != 0)
		return CHECKPOINT_WRONG_ORIGIN;
	error = sign(key, secret_key, body, len, signature);
	if (error < 0)
		return error;
	line_len = note_line(key, signature, sizeof(signature), line);
	memcpy(ret_text, body, len);
	ret_text[len] = '\n';
	memcpy(ret_text + len + 1, line, line_len + 1);
	*ret_len = len + 1 + line_len;
	return 0;
}

int checkpoint_verify(
    const char *text, size_t len, const struct note_key *key, struct checkpoint *ret_checkpoint)
{
	uint8_t signature[SIGNATURE];
	struct checkpoint checkpoint;
	struct note note;
	int error;

	error = parse(text, len, &note, &checkpoint);
	if (error < 0)
		return error;
	if (key->type != NOTE_ED25519 || strcmp(checkpoint.origin, key->name) != 0)
		return CHECKPOINT_WRONG_ORIGIN;
	error = note_find(&note, key, sizeof(signature), signature);
	if (error < 0)
		return error;
	if (crypto_sign_verify_detached(
		signature, (const uint8_t *)note.text, note.text_len, key->public_key) != 0)
		return NOTE_BAD_SIGNATURE;
	*ret_checkpoint = checkpoint;
	return 0;
}

/* What a witness signs. Returns its length. */
static size_t cosigned(int64_t time, const struct note *note, char ret_text[static COSIGNED_MAX])
{
	size_t len =
	    (size_t)snprintf(ret_text, COSIGNED_MAX, "%s%" PRId64 "\n", cosignature_head, time);

	memcpy(ret_text + len, note->text, note->text_len);
	return len + note->text_len;
}

int checkpoint_witness_key(
    const char *site, const uint8_t public_key[static 32], struct note_key *ret_key)
{
	char name[NOTE_NAME_MAX + 1];
	int len = snprintf(name, sizeof(name), "%s/witness", site);

	if (len < 0 || (size_t)len >= sizeof(name))
		return NOTE_BAD_NAME;
	return note_key_make(name, NOTE_COSIGNATURE, public_key, ret_key);
}

int checkpoint_cosign(const char *text, size_t len, const struct note_key *witness,
    const uint8_t secret_key[static 64], int64_t time, char ret_line[static NOTE_LINE_MAX + 1],
    size_t *ret_len)
{
	char message[COSIGNED_MAX];
	struct checkpoint checkpoint;
	uint8_t stamped[STAMPED];
	struct note note;
	int error;

	if (time < 0)
		return CHECKPOINT_BAD_TIME;
	error = parse(text, len, &note, &checkpoint);
	if (error < 0)
		return error;
	if (witness->type != NOTE_COSIGNATURE)
		return NOTE_SIGN_FAILED;
	bytes_put_u64(stamped, (uint64_t)time);
	error = sign(witness, secret_key, message, cosigned(time, &note, message), stamped + 8);
	if (error < 0)
		return error;
	*ret_len = note_line(witness, stamped, sizeof(stamped), ret_line);
	return 0;
}

int checkpoint_check_cosignature(
    const char *text, size_t len, const struct note_key *key, int64_t *ret_time)
{
	char message[COSIGNED_MAX];
	struct checkpoint checkpoint;
	uint8_t stamped[STAMPED];
	struct note note;
	uint64_t time;
	int error;

	error = parse(text, len, &note, &checkpoint);
	if (error < 0)
		return error;
	if (key->type != NOTE_COSIGNATURE)
		return NOTE_NOT_SIGNED;
	error = note_find(&note, key, sizeof(stamped), stamped);
	if (error < 0)
		return error;
	time = bytes_get_u64(stamped);
	if (time > INT64_MAX)
		return CHECKPOINT_BAD_TIME;
	len = cosigned((int64_t)time, &note, message);
	if (crypto_sign_verify_detached(
		stamped + 8, (const uint8_t *)message, len, key->public_key) != 0)
		return NOTE_BAD_SIGNATURE;
	*ret_time = (int64_t)time;
	return 0;
}

int checkpoint_join(const char *text, size_t len, const char *lines, size_t lines_len,
    char *ret_text, size_t size, size_t *ret_len)
{
	char joined[CHECKPOINT_TEXT_MAX + 1];
	struct note note, before;
	int error;

	if (len > CHECKPOINT_TEXT_MAX || lines_len > CHECKPOINT_TEXT_MAX - len ||
	    len + lines_len >= size)
		return NOTE_TOO_LONG;
	error = note_parse(text, len, &before);
	if (error < 0)
		return error;
	memcpy(joined, text, len);
	memcpy(joined + len, lines, lines_len);
	joined[len + lines_len] = '\0';
	error = note_parse(joined, len + lines_len, &note);
	if (error < 0)
		return error;
	/* An empty line among the lines would turn the old signatures into text. */
	if (note.text_len != before.text_len)
		return NOTE_BAD_FORMAT;
	memcpy(ret_text, joined, len + lines_len + 1);
	*ret_len = len + lines_len;
	return 0;
}
