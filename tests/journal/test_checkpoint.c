/* Signed notes, checkpoints and cosignatures: other programs' vectors, and every refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "badges/checkpoint.h"
#include "badges/tree.h"
#include "tests/journal/sample.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define DASH	      "\xe2\x80\x94 "

/* The example of Go's sumdb/note package. */
static const char go_vkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char go_seed[] = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";
static const char go_text[] = "If you think cryptography is the answer to your problem,\n"
			      "then you don't know what your problem is.\n";
static const char go_line[] =
    DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FF"
	 "YC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/* The example of c2sp.org/tlog-cosignature. */
static const char spec_note[] =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n" DASH
    "example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" DASH "witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nP"
    "Zqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

/* A public log's checkpoint, signed with an unknown algorithm and cosigned by public witnesses. */
static const char public_note[] =
    "arche2025h1.staging.ct.transparency.dev\n"
    "1432088532\n"
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
    "\n" DASH
    "arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoG"
    "REPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n" DASH
    "arche2025h1.staging.ct.transparency.dev "
    "ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75Md"
    "hL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n" DASH "transparency.dev/DEV:witness-little-garden "
    "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXH"
    "AwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n" DASH "witness1.smartit.nu/witness1 "
    "pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hN"
    "I7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n" DASH "remora.n621.de "
    "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU"
    "/zZ0WBxtqB0DrAWfBw==\n" DASH "witness.stagemole.eu "
    "Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFuc"
    "gKi7lI7cUiOvKFYe/TmN9DAg==\n";
static const char public_witness[] =
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";

static struct sample_key log_pair, witness_pair, other_pair;
static struct note_key log_key, witness_key;
static char signed_text[CHECKPOINT_SIGNED_MAX + 1];
static size_t signed_len;
static struct checkpoint head = {.origin = SAMPLE_ORIGIN, .size = 41};

static int set_up(void **state)
{
	(void)state;
	log_pair = sample_key(1);
	witness_pair = sample_key(2);
	other_pair = sample_key(3);
	memset(head.root, 0x77, sizeof(head.root));
	if (note_key_make(SAMPLE_ORIGIN, NOTE_ED25519, log_pair.public_key, &log_key) < 0 ||
	    note_key_make(SAMPLE_WITNESS, NOTE_COSIGNATURE, witness_pair.public_key, &witness_key) <
		0)
		return -1;
	return checkpoint_sign(&head, &log_key, log_pair.secret_key, signed_text, &signed_len);
}

static void signs_gos_example_to_the_byte(void **state)
{
	uint8_t seed[32], public_key[32], secret_key[64], signature[64], found[64];
	char vkey[NOTE_VKEY_MAX + 1], line[NOTE_LINE_MAX + 1], text[512];
	struct note_key key;
	struct note note;
	size_t len;

	(void)state;
	assert_int_equal(sodium_base642bin(seed, 32, go_seed, strlen(go_seed), NULL, &len, NULL,
			     sodium_base64_VARIANT_ORIGINAL),
	    0);
	crypto_sign_seed_keypair(public_key, secret_key, seed);
	assert_int_equal(note_key_make("PeterNeumann", NOTE_ED25519, public_key, &key), 0);
	note_vkey_format(&key, vkey);
	assert_string_equal(vkey, go_vkey);
	crypto_sign_detached(
	    signature, NULL, (const uint8_t *)go_text, strlen(go_text), secret_key);
	assert_int_equal(note_line(&key, signature, 64, line), strlen(go_line));
	assert_string_equal(line, go_line);

	snprintf(text, sizeof(text), "%s\n%s", go_text, go_line);
	assert_int_equal(note_parse(text, strlen(text), &note), 0);
	assert_int_equal(note.text_len, strlen(go_text));
	assert_int_equal(note.count, 1);
	assert_int_equal(note_find(&note, &key, 64, found), 0);
	assert_memory_equal(found, signature, 64);
	assert_int_equal(note_find(&note, &key, 72, found), NOTE_BAD_SIGNATURE);
}

static void reads_vkeys_of_other_programs(void **state)
{
	static const struct {
		const char *vkey;
		enum note_type type;
	} rows[] = {
	    {go_vkey, NOTE_ED25519},
	    {"TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6", NOTE_ED25519},
	    {public_witness, NOTE_COSIGNATURE},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char again[NOTE_VKEY_MAX + 1], line[NOTE_VKEY_MAX + 2];
		struct note_key key;

		assert_int_equal(note_vkey_parse(rows[i].vkey, strlen(rows[i].vkey), &key), 0);
		assert_int_equal(key.type, rows[i].type);
		note_vkey_format(&key, again);
		assert_string_equal(again, rows[i].vkey);
		snprintf(line, sizeof(line), "%s\n", rows[i].vkey);
		assert_int_equal(note_vkey_parse(line, strlen(line), &key), 0);
	}
}

static void refuses_a_vkey_with_any_byte_changed_or_cut(void **state)
{
	size_t len = strlen(go_vkey);
	char text[sizeof(go_vkey)];
	struct note_key key;

	(void)state;
	for (size_t at = 0; at < len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(text, go_vkey, len);
			text[at] = (char)(text[at] ^ 1 << bit);
			assert_true(note_vkey_parse(text, len, &key) < 0);
		}
		assert_true(note_vkey_parse(go_vkey, at, &key) < 0);
	}
	assert_int_equal(note_vkey_parse("rekor.example+12345678+AwEB", 27, &key), NOTE_BAD_FORMAT);
	assert_int_equal(note_vkey_parse("", 0, &key), NOTE_BAD_FORMAT);
	assert_int_equal(note_vkey_parse("\n", 1, &key), NOTE_BAD_FORMAT);
}

static void refuses_names_and_points_that_are_none(void **state)
{
	static const char *const names[] = {"", "a b", "a+b", "a\nb", "caf\xc3\xa9", "a\tb"};
	char longest[NOTE_NAME_MAX + 2];
	uint8_t low[32] = {1}; /* the neutral element: anybody can sign for it */
	struct note_key key;

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		assert_int_equal(note_key_make(names[i], NOTE_ED25519, log_pair.public_key, &key),
		    NOTE_BAD_NAME);
	memset(longest, 'n', sizeof(longest));
	longest[NOTE_NAME_MAX + 1] = '\0';
	assert_int_equal(
	    note_key_make(longest, NOTE_ED25519, log_pair.public_key, &key), NOTE_BAD_NAME);
	longest[NOTE_NAME_MAX] = '\0';
	assert_int_equal(note_key_make(longest, NOTE_ED25519, log_pair.public_key, &key), 0);
	assert_int_equal(note_key_make("low", NOTE_ED25519, low, &key), NOTE_BAD_KEY);
}

static void refuses_texts_that_are_no_note(void **state)
{
	static const char *const texts[] = {"", "\n", "\n\n", "text\n", "text\n\n", "text\n\n\n",
	    "text\n\nname c2lnbmF0dXJl\n", "text\n\n- name c2lnbmF0dXJl\n",
	    "text\n\n" DASH "name c2lnbmF0dXJl", "text\n\n" DASH "name c2lnbmF0dXJl\r\n",
	    "text\n\n" DASH "name  c2lnbmF0dXJl\n", "text\n\n" DASH "na+me c2lnbmF0dXJl\n",
	    "text\n\n" DASH " c2lnbmF0dXJl\n", "text\n\n" DASH "name\n", "text\n\n" DASH "name \n",
	    "text\n\n" DASH "name c2ln\n", "text\n\n" DASH "name c2lnbg==\n",
	    "text\n\n" DASH "name c2lnbmF0dXJ\n", "text\n\n" DASH "name c2lnbmF0dXJlX===\n",
	    "text\n\n" DASH "name c2lnbmF0dXI_\n", "text\n\n" DASH "name c2lnbmF0dXJl \n",
	    "te\txt\n\n" DASH "name c2lnbmF0dXJl\n", "t\xc3\xa9xt\n\n" DASH "name c2lnbmF0dXJl\n",
	    "text\n" DASH "name c2lnbmF0dXJl\n", "text\n\n" DASH "name c2lnbmF0dXJl\ntext\n"};
	static const char fine[] = "text\n\n" DASH "name c2lnbmF0dXJl\n";
	struct note note;

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		if (note_parse(texts[i], strlen(texts[i]), &note) != NOTE_BAD_FORMAT)
			fail_msg("taken: %s", texts[i]);
	}
	assert_int_equal(note_parse(fine, strlen(fine), &note), 0);
}

static void takes_sixteen_signatures_and_no_more(void **state)
{
	static const char line[] = DASH "name c2lnbmF0dXJl\n";
	char text[NOTE_TEXT_MAX + 2] = "text\n\n";
	struct note note;
	size_t len;

	(void)state;
	for (int i = 0; i < 16; i++)
		strcat(text, line);
	assert_int_equal(note_parse(text, strlen(text), &note), 0);
	assert_int_equal(note.count, 16);
	strcat(text, line);
	assert_int_equal(note_parse(text, strlen(text), &note), NOTE_TOO_LONG);
	len = strlen(text);
	memset(text + len, 'a', sizeof(text) - len);
	assert_int_equal(note_parse(text, sizeof(text), &note), NOTE_TOO_LONG);
}

static void reads_the_specifications_checkpoint(void **state)
{
	struct checkpoint checkpoint;
	struct note note;
	char body[CHECKPOINT_BODY_MAX + 1];
	size_t len;

	(void)state;
	assert_int_equal(checkpoint_parse(spec_note, strlen(spec_note), &checkpoint), 0);
	assert_string_equal(checkpoint.origin, "example.com/behind-the-sofa");
	assert_int_equal(checkpoint.size, 20852163);
	assert_int_equal(checkpoint.root[0], 0x0a);
	assert_int_equal(checkpoint_format(&checkpoint, body, &len), 0);
	assert_memory_equal(body, spec_note, len);
	assert_int_equal(note_parse(spec_note, strlen(spec_note), &note), 0);
	assert_int_equal(note.count, 2);
	assert_memory_equal(note.signature[1].name, "witness.example.com/w1 ", 23);
	assert_memory_equal(note.signature[1].id, "\x8d\x66\xcf\x3f", 4);
}

static void verifies_a_public_witness(void **state)
{
	char text[sizeof(public_note)];
	struct note_key key;
	size_t len = strlen(public_note);
	int64_t time = 0;

	(void)state;
	assert_int_equal(note_vkey_parse(public_witness, strlen(public_witness), &key), 0);
	assert_int_equal(checkpoint_check_cosignature(public_note, len, &key, &time), 0);
	assert_int_equal(time, 0x6a122120);
	memcpy(text, public_note, len);
	text[41]++; /* the size: 2432088532 */
	assert_int_equal(checkpoint_check_cosignature(text, len, &key, &time), NOTE_BAD_SIGNATURE);
}

static void verifies_what_it_signed(void **state)
{
	struct checkpoint checkpoint;

	(void)state;
	assert_int_equal(strlen(signed_text), signed_len);
	assert_int_equal(checkpoint_verify(signed_text, signed_len, &log_key, &checkpoint), 0);
	assert_string_equal(checkpoint.origin, SAMPLE_ORIGIN);
	assert_int_equal(checkpoint.size, 41);
	assert_memory_equal(checkpoint.root, head.root, 32);
}

static void refuses_every_changed_byte_and_truncation(void **state)
{
	char text[sizeof(signed_text)];
	struct checkpoint checkpoint;

	(void)state;
	for (size_t at = 0; at < signed_len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(text, signed_text, signed_len);
			text[at] = (char)(text[at] ^ 1 << bit);
			assert_true(checkpoint_verify(text, signed_len, &log_key, &checkpoint) < 0);
		}
		assert_true(checkpoint_verify(signed_text, at, &log_key, &checkpoint) < 0);
	}
}

static void refuses_other_keys_origins_and_types(void **state)
{
	struct checkpoint checkpoint, other = head;
	char text[CHECKPOINT_SIGNED_MAX + 1];
	struct note_key key;
	size_t len;

	(void)state;
	assert_int_equal(
	    note_key_make(SAMPLE_ORIGIN, NOTE_ED25519, other_pair.public_key, &key), 0);
	assert_int_equal(
	    checkpoint_verify(signed_text, signed_len, &key, &checkpoint), NOTE_NOT_SIGNED);
	/* The same name and id, another key: what an attacker can arrange by trying keys. */
	memcpy(key.id, log_key.id, sizeof(key.id));
	assert_int_equal(
	    checkpoint_verify(signed_text, signed_len, &key, &checkpoint), NOTE_BAD_SIGNATURE);
	assert_int_equal(
	    note_key_make(SAMPLE_ORIGIN "x", NOTE_ED25519, log_pair.public_key, &key), 0);
	assert_int_equal(
	    checkpoint_verify(signed_text, signed_len, &key, &checkpoint), CHECKPOINT_WRONG_ORIGIN);
	assert_int_equal(checkpoint_verify(signed_text, signed_len, &witness_key, &checkpoint),
	    CHECKPOINT_WRONG_ORIGIN);
	snprintf(other.origin, sizeof(other.origin), "another.example/log");
	assert_int_equal(checkpoint_sign(&other, &log_key, log_pair.secret_key, text, &len),
	    CHECKPOINT_WRONG_ORIGIN);
}

/*
 * A damaged secret key signs without complaint: only verifying shows it (control: libsodium's own
 * signature here). And signing with a public half that is not the secret's own gives the secret
 * away.
 */
static void releases_no_signature_of_a_damaged_key(void **state)
{
	char text[CHECKPOINT_SIGNED_MAX + 1] = "kept";
	char line[NOTE_LINE_MAX + 1] = "kept";
	uint8_t mixed[64], signature[64];
	size_t len = 7;

	(void)state;
	memcpy(mixed, log_pair.secret_key, 64);
	mixed[5] ^= 0x10;
	assert_int_equal(crypto_sign_detached(signature, NULL, (const uint8_t *)"a", 1, mixed), 0);
	assert_int_not_equal(
	    crypto_sign_verify_detached(signature, (const uint8_t *)"a", 1, log_pair.public_key),
	    0);
	assert_int_equal(checkpoint_sign(&head, &log_key, mixed, text, &len), NOTE_SIGN_FAILED);
	memcpy(mixed, witness_pair.secret_key, 64);
	mixed[31] ^= 0x01;
	assert_int_equal(
	    checkpoint_cosign(signed_text, signed_len, &witness_key, mixed, 1, line, &len),
	    NOTE_SIGN_FAILED);
	assert_int_equal(
	    checkpoint_sign(&head, &log_key, other_pair.secret_key, text, &len), NOTE_SIGN_FAILED);
	assert_int_equal(checkpoint_cosign(signed_text, signed_len, &witness_key,
			     log_pair.secret_key, 1, line, &len),
	    NOTE_SIGN_FAILED);
	assert_string_equal(text, "kept");
	assert_string_equal(line, "kept");
	assert_int_equal(len, 7);
}

/* Signs any text at all as a checkpoint's body, to get past the signature. */
static size_t sign_body(const char *body, char *ret_text, size_t size)
{
	char line[NOTE_LINE_MAX + 1];
	uint8_t signature[64];

	crypto_sign_detached(
	    signature, NULL, (const uint8_t *)body, strlen(body), log_pair.secret_key);
	note_line(&log_key, signature, 64, line);
	return (size_t)snprintf(ret_text, size, "%s\n%s", body, line);
}

static void refuses_bodies_of_another_form_even_signed(void **state)
{
#define ROOT "d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3c="
	static const struct {
		const char *body;
		int error;
	} rows[] = {
	    {SAMPLE_ORIGIN "\n41\n" ROOT "\n", 0},
	    {SAMPLE_ORIGIN "\n0\n" ROOT "\n", 0},
	    {SAMPLE_ORIGIN "\n4611686018427387904\n" ROOT "\n", 0},
	    {SAMPLE_ORIGIN "\n4611686018427387905\n" ROOT "\n", CHECKPOINT_BAD_SIZE},
	    {SAMPLE_ORIGIN "\n041\n" ROOT "\n", CHECKPOINT_BAD_SIZE},
	    {SAMPLE_ORIGIN "\n-1\n" ROOT "\n", CHECKPOINT_BAD_SIZE},
	    {SAMPLE_ORIGIN "\n\n" ROOT "\n", CHECKPOINT_BAD_SIZE},
	    {SAMPLE_ORIGIN "\n41 \n" ROOT "\n", CHECKPOINT_BAD_SIZE},
	    {"\n41\n" ROOT "\n", CHECKPOINT_BAD_ORIGIN},
	    {"a b\n41\n" ROOT "\n", CHECKPOINT_BAD_ORIGIN},
	    {SAMPLE_ORIGIN "\n41\n" ROOT "=\n", CHECKPOINT_BAD_ROOT},
	    {SAMPLE_ORIGIN "\n41\nd3d3\n", CHECKPOINT_BAD_ROOT},
	    {SAMPLE_ORIGIN "\n41\nd3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d=\n",
		CHECKPOINT_BAD_ROOT}, /* bits set behind the end */
	    {SAMPLE_ORIGIN "\n41\n", CHECKPOINT_BAD_LINES},
	    {SAMPLE_ORIGIN "\n41\n" ROOT "\nextension\n", CHECKPOINT_BAD_LINES},
	    {"another.example/log\n41\n" ROOT "\n", CHECKPOINT_WRONG_ORIGIN},
	};
#undef ROOT

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct checkpoint checkpoint = {.size = 99};
		char text[2048];
		size_t len = sign_body(rows[i].body, text, sizeof(text));
		int error = checkpoint_verify(text, len, &log_key, &checkpoint);

		if (error != rows[i].error)
			fail_msg("%s: %d, not %d", rows[i].body, error, rows[i].error);
		assert_true(error == 0 || checkpoint.size == 99);
	}
}

static void a_cosignature_says_when_and_by_whom(void **state)
{
	char line[NOTE_LINE_MAX + 1], text[CHECKPOINT_TEXT_MAX + 1];
	struct checkpoint checkpoint;
	size_t line_len, len;
	int64_t time = 0;

	(void)state;
	assert_int_equal(checkpoint_cosign(signed_text, signed_len, &witness_key,
			     witness_pair.secret_key, INT64_C(1789221900), line, &line_len),
	    0);
	assert_int_equal(strlen(line), line_len);
	assert_int_equal(
	    checkpoint_join(signed_text, signed_len, line, line_len, text, sizeof(text), &len), 0);
	assert_int_equal(checkpoint_check_cosignature(text, len, &witness_key, &time), 0);
	assert_int_equal(time, INT64_C(1789221900));
	/* The log's own signature still stands, and the line is of no use to a log's key. */
	assert_int_equal(checkpoint_verify(text, len, &log_key, &checkpoint), 0);
	assert_int_equal(checkpoint_check_cosignature(text, len, &log_key, &time), NOTE_NOT_SIGNED);
	assert_int_equal(checkpoint_check_cosignature(signed_text, signed_len, &witness_key, &time),
	    NOTE_NOT_SIGNED);
	/* A cosignature is no checkpoint signature, even under the same name and key. */
	assert_int_equal(checkpoint_cosign(signed_text, signed_len, &log_key, log_pair.secret_key,
			     1, line, &line_len),
	    NOTE_SIGN_FAILED);
	assert_int_equal(checkpoint_cosign(signed_text, signed_len, &witness_key,
			     witness_pair.secret_key, -1, line, &line_len),
	    CHECKPOINT_BAD_TIME);
}

static void refuses_every_changed_byte_of_a_cosigned_checkpoint(void **state)
{
	char line[NOTE_LINE_MAX + 1], text[CHECKPOINT_TEXT_MAX + 1];
	size_t line_len, len;

	(void)state;
	assert_int_equal(checkpoint_cosign(signed_text, signed_len, &witness_key,
			     witness_pair.secret_key, 7, line, &line_len),
	    0);
	assert_int_equal(
	    checkpoint_join(signed_text, signed_len, line, line_len, text, sizeof(text), &len), 0);
	for (size_t at = 0; at < len; at++) {
		struct checkpoint checkpoint;
		int64_t time;

		text[at] ^= 1;
		assert_true(checkpoint_verify(text, len, &log_key, &checkpoint) < 0 ||
			    checkpoint_check_cosignature(text, len, &witness_key, &time) < 0);
		text[at] ^= 1;
	}
}

static void a_sites_witness_has_the_sites_name(void **state)
{
	char longest[NOTE_NAME_MAX + 1];
	struct note_key key;

	(void)state;
	assert_int_equal(
	    checkpoint_witness_key("police.example", witness_pair.public_key, &key), 0);
	assert_memory_equal(&key, &witness_key, sizeof(key));
	assert_int_equal(
	    checkpoint_witness_key("a b", witness_pair.public_key, &key), NOTE_BAD_NAME);
	memset(longest, 'n', sizeof(longest));
	longest[NOTE_NAME_MAX] = '\0';
	assert_int_equal(
	    checkpoint_witness_key(longest, witness_pair.public_key, &key), NOTE_BAD_NAME);
}

static void refuses_a_second_line_by_the_same_key(void **state)
{
	char text[CHECKPOINT_TEXT_MAX + 1];
	const char *line = strstr(signed_text, DASH);
	struct checkpoint checkpoint;
	size_t len;

	(void)state;
	assert_int_equal(
	    checkpoint_join(signed_text, signed_len, line, strlen(line), text, sizeof(text), &len),
	    0);
	assert_int_equal(checkpoint_verify(text, len, &log_key, &checkpoint), NOTE_BAD_SIGNATURE);
}

static void joins_only_whole_signature_lines_that_fit(void **state)
{
	static const char line[] = DASH "name c2lnbmF0dXJl\n";
	char text[CHECKPOINT_TEXT_MAX + 1] = "kept";
	size_t len, line_len = strlen(line);

	(void)state;
	assert_int_equal(
	    checkpoint_join(signed_text, signed_len, "hello\n", 6, text, sizeof(text), &len),
	    NOTE_BAD_FORMAT);
	assert_int_equal(
	    checkpoint_join(signed_text, signed_len, line, line_len - 1, text, sizeof(text), &len),
	    NOTE_BAD_FORMAT);
	assert_int_equal(checkpoint_join(signed_text, signed_len, "\n" DASH "a c2lnbmF0dXJl\n", 20,
			     text, sizeof(text), &len),
	    NOTE_BAD_FORMAT);
	assert_int_equal(checkpoint_join(signed_text, signed_len, line, line_len, text,
			     signed_len + line_len, &len),
	    NOTE_TOO_LONG);
	assert_string_equal(text, "kept");
	assert_int_equal(checkpoint_join(signed_text, signed_len, line, line_len, text,
			     signed_len + line_len + 1, &len),
	    0);
	assert_int_equal(len, signed_len + line_len);
	assert_int_equal(
	    checkpoint_join(signed_text, signed_len, "", 0, text, sizeof(text), &len), 0);
	assert_string_equal(text, signed_text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_gos_example_to_the_byte),
	    cmocka_unit_test(reads_vkeys_of_other_programs),
	    cmocka_unit_test(refuses_a_vkey_with_any_byte_changed_or_cut),
	    cmocka_unit_test(refuses_names_and_points_that_are_none),
	    cmocka_unit_test(refuses_texts_that_are_no_note),
	    cmocka_unit_test(takes_sixteen_signatures_and_no_more),
	    cmocka_unit_test(reads_the_specifications_checkpoint),
	    cmocka_unit_test(verifies_a_public_witness),
	    cmocka_unit_test(verifies_what_it_signed),
	    cmocka_unit_test(refuses_every_changed_byte_and_truncation),
	    cmocka_unit_test(refuses_other_keys_origins_and_types),
	    cmocka_unit_test(releases_no_signature_of_a_damaged_key),
	    cmocka_unit_test(refuses_bodies_of_another_form_even_signed),
	    cmocka_unit_test(a_cosignature_says_when_and_by_whom),
	    cmocka_unit_test(refuses_every_changed_byte_of_a_cosigned_checkpoint),
	    cmocka_unit_test(a_sites_witness_has_the_sites_name),
	    cmocka_unit_test(refuses_a_second_line_by_the_same_key),
	    cmocka_unit_test(joins_only_whole_signature_lines_that_fit),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, set_up, NULL);
}
