/* The entry's text: one encoding, every other one refused, and by the field that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "badges/commit.h"
#include "badges/entry.h"
#include "tests/journal/sample.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Written by hand from formats.md. */
static const char full[] =
    "pressgate-entry/v1\n"
    "seq 41\n"
    "time 2026-09-12T14:03:22.417Z\n"
    "clock synced\n"
    "boot 000102030405060708090a0b0c0d0e0f\n"
    "mono 86400017\n"
    "event chief-briefing_2026.09\n"
    "pass ffeeddccbbaa99887766554433221100\n"
    "decision admit\n"
    "reason ok\n"
    "rev 7\n"
    "staff officer1\n"
    "commit 00000000000000000000000000000000000000000000000000000000000000ff\n";

static const char least[] = "pressgate-entry/v1\n"
			    "seq 0\n"
			    "time 1970-01-01T00:00:00.000Z\n"
			    "clock unsynced\n"
			    "boot 00000000000000000000000000000000\n"
			    "mono 0\n"
			    "event -\n"
			    "pass -\n"
			    "decision epoch\n"
			    "reason new-store\n"
			    "rev 0\n"
			    "staff -\n"
			    "commit -\n";

static struct entry full_entry(void)
{
	struct entry entry = {.seq = 41,
	    .time_ms = INT64_C(1789221802417),
	    .clock = ENTRY_CLOCK_SYNCED,
	    .mono_ms = 86400017,
	    .event = "chief-briefing_2026.09",
	    .has_pass = true,
	    .decision = ENTRY_ADMIT,
	    .reason = "ok",
	    .rev = 7,
	    .staff = "officer1",
	    .has_commit = true};

	for (uint8_t i = 0; i < 16; i++) {
		entry.boot[i] = i;
		entry.pass[i] = (uint8_t)(0xff - 0x11 * i);
	}
	entry.commit[31] = 0xff;
	return entry;
}

static void writes_the_text_of_the_format(void **state)
{
	struct entry entry = full_entry();
	char text[ENTRY_MAX + 1];
	size_t len;

	(void)state;
	assert_int_equal(entry_format(&entry, text, &len), 0);
	assert_string_equal(text, full);
	assert_int_equal(len, strlen(full));
}

static void reads_what_it_wrote(void **state)
{
	struct entry want = full_entry(), entry;

	(void)state;
	assert_int_equal(entry_parse(full, strlen(full), &entry), 0);
	assert_memory_equal(&entry.boot, &want.boot, sizeof(want.boot));
	assert_memory_equal(&entry.pass, &want.pass, sizeof(want.pass));
	assert_memory_equal(&entry.commit, &want.commit, sizeof(want.commit));
	assert_true(entry.has_pass && entry.has_commit);
	assert_int_equal(entry.seq, 41);
	assert_int_equal(entry.time_ms, want.time_ms);
	assert_int_equal(entry.mono_ms, want.mono_ms);
	assert_int_equal(entry.rev, 7);
	assert_int_equal(entry.decision, ENTRY_ADMIT);
	assert_int_equal(entry.clock, ENTRY_CLOCK_SYNCED);
	assert_string_equal(entry.event, want.event);
	assert_string_equal(entry.reason, "ok");
	assert_string_equal(entry.staff, "officer1");
}

static void again(const char *text, size_t len)
{
	char written[ENTRY_MAX + 1];
	size_t written_len;
	struct entry entry;

	assert_int_equal(entry_parse(text, len, &entry), 0);
	assert_int_equal(entry_format(&entry, written, &written_len), 0);
	assert_int_equal(written_len, len);
	assert_memory_equal(written, text, len);
}

static void round_trips_the_least_the_samples_and_every_word(void **state)
{
	char text[ENTRY_MAX + 1];
	size_t len;

	(void)state;
	again(least, strlen(least));
	for (uint64_t seq = 0; seq < 1000; seq++) {
		struct entry entry = sample_entry(seq);

		assert_int_equal(entry_format(&entry, text, &len), 0);
		again(text, len);
	}
}

static void the_longest_entry_fits(void **state)
{
	struct entry entry = full_entry();
	char text[ENTRY_MAX + 1];
	size_t len;

	(void)state;
	entry.seq = entry.mono_ms = entry.rev = UINT64_MAX;
	entry.time_ms = INT64_C(253402300799999);
	entry.clock = ENTRY_CLOCK_UNSYNCED;
	entry.decision = ENTRY_OVERRIDE;
	memset(entry.event, 'z', ENTRY_EVENT_MAX);
	memset(entry.reason, 'z', ENTRY_REASON_MAX);
	memset(entry.staff, 'z', ENTRY_STAFF_MAX);
	assert_int_equal(entry_format(&entry, text, &len), 0);
	assert_true(len <= ENTRY_MAX);
	assert_non_null(strstr(text, "9999-12-31T23:59:59.999Z"));
	assert_non_null(strstr(text, "seq 18446744073709551615\n"));
	again(text, len);
}

/* Replaces the first `from` in the full text by `to`. */
static size_t change(const char *from, const char *to, char ret_text[static 2 * ENTRY_MAX])
{
	const char *at = strstr(full, from);

	assert_non_null(at);
	return (size_t)snprintf(
	    ret_text, 2 * ENTRY_MAX, "%.*s%s%s", (int)(at - full), full, to, at + strlen(from));
}

static void refuses_every_other_text_by_field(void **state)
{
	static const struct {
		const char *from, *to;
		int error;
	} rows[] = {
	    {"pressgate-entry/v1\n", "pressgate-entry/v2\n", ENTRY_BAD_HEADER},
	    {"pressgate-entry/v1\n", "pressgate-entry/v1\r\n", ENTRY_BAD_HEADER},
	    {"pressgate-entry/v1\n", "", ENTRY_BAD_HEADER},
	    {"seq 41", "seq 041", ENTRY_BAD_SEQ},
	    {"seq 41", "seq +41", ENTRY_BAD_SEQ},
	    {"seq 41", "seq ", ENTRY_BAD_SEQ},
	    {"seq 41", "seq  41", ENTRY_BAD_SEQ},
	    {"seq 41", "seq 41 ", ENTRY_BAD_SEQ},
	    {"seq 41", "Seq 41", ENTRY_BAD_SEQ},
	    {"seq 41", "seq 18446744073709551616", ENTRY_BAD_SEQ},
	    {"seq 41", "seq 99999999999999999999999", ENTRY_BAD_SEQ},
	    {"seq 41", "seq 41\nseq 41", ENTRY_BAD_TIME},
	    {"seq 41\n", "", ENTRY_BAD_SEQ},
	    {"time 2026-09-12", "time 2026-9-12", ENTRY_BAD_TIME},
	    {"time 2026-09-12", "time 2026-13-12", ENTRY_BAD_TIME},
	    {"time 2026-09-12", "time 2026-02-29", ENTRY_BAD_TIME},
	    {"time 2026-09-12", "time 2026-09-31", ENTRY_BAD_TIME},
	    {"time 2026-09-12", "time 2026-00-12", ENTRY_BAD_TIME},
	    {"time 2026-09-12", "time 1969-12-31", ENTRY_BAD_TIME},
	    {"time 2026-09-12T", "time 2026-09-12t", ENTRY_BAD_TIME},
	    {"time 2026-09-12T", "time 2026-09-12 ", ENTRY_BAD_TIME},
	    {"14:03:22.417Z", "24:03:22.417Z", ENTRY_BAD_TIME},
	    {"14:03:22.417Z", "14:60:22.417Z", ENTRY_BAD_TIME},
	    {"14:03:22.417Z", "14:03:60.417Z", ENTRY_BAD_TIME},
	    {"14:03:22.417Z", "14:03:22.417z", ENTRY_BAD_TIME},
	    {"14:03:22.417Z", "14:03:22.41Z", ENTRY_BAD_TIME},
	    {"14:03:22.417Z", "14:03:22,417Z", ENTRY_BAD_TIME},
	    {"14:03:22.417Z", "14:03:22.417+", ENTRY_BAD_TIME},
	    {"clock synced", "clock sync", ENTRY_BAD_CLOCK},
	    {"clock synced", "clock Synced", ENTRY_BAD_CLOCK},
	    {"clock synced", "clock -", ENTRY_BAD_CLOCK},
	    {"boot 00", "boot 0", ENTRY_BAD_BOOT},
	    {"boot 00", "boot 0000", ENTRY_BAD_BOOT},
	    {"0a0b0c0d0e0f", "0A0b0c0d0e0f", ENTRY_BAD_BOOT},
	    {"0a0b0c0d0e0f", "0g0b0c0d0e0f", ENTRY_BAD_BOOT},
	    {"mono 86400017", "mono -1", ENTRY_BAD_MONO},
	    {"mono 86400017", "mono 0x10", ENTRY_BAD_MONO},
	    {"event chief", "event Chief", ENTRY_BAD_EVENT},
	    {"event chief", "event chief briefing", ENTRY_BAD_EVENT},
	    {"event chief-briefing_2026.09", "event ", ENTRY_BAD_EVENT},
	    {"event chief-briefing_2026.09",
		"event aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff12345",
		ENTRY_BAD_EVENT},
	    {"pass ffee", "pass FFEE", ENTRY_BAD_PASS},
	    {"pass ffee", "pass ff", ENTRY_BAD_PASS},
	    {"pass ffee", "pass ffeeff", ENTRY_BAD_PASS},
	    {"decision admit", "decision allow", ENTRY_BAD_DECISION},
	    {"decision admit", "decision admi", ENTRY_BAD_DECISION},
	    {"decision admit", "decision -", ENTRY_BAD_DECISION},
	    {"reason ok", "reason -ok_", ENTRY_BAD_REASON},
	    {"reason ok", "reason ", ENTRY_BAD_REASON},
	    {"reason ok", "reason aaaaaaaaaabbbbbbbbbbccccccccccddd", ENTRY_BAD_REASON},
	    {"reason ok\nrev 7", "rev 7\nreason ok", ENTRY_BAD_REASON},
	    {"rev 7", "rev 07", ENTRY_BAD_REV},
	    {"rev 7", "rev -", ENTRY_BAD_REV},
	    {"staff officer1", "staff officer-1", ENTRY_BAD_STAFF},
	    {"staff officer1", "staff officer1officer11", ENTRY_BAD_STAFF},
	    {"staff officer1", "staff", ENTRY_BAD_STAFF},
	    {"commit 00", "commit 0", ENTRY_BAD_COMMIT},
	    {"ff\n", "FF\n", ENTRY_BAD_COMMIT},
	    {"000ff\n", "000ff", ENTRY_BAD_COMMIT},
	    {"000ff\n", "000ff\r\n", ENTRY_BAD_COMMIT},
	    {"000ff\n", "000ff\n\n", ENTRY_BAD_END},
	    {"000ff\n", "000ff\nname A. Person\n", ENTRY_BAD_END},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct entry entry, untouched;
		char text[2 * ENTRY_MAX];
		size_t len = change(rows[i].from, rows[i].to, text);
		int error;

		memset(&entry, 0x5a, sizeof(entry));
		memset(&untouched, 0x5a, sizeof(untouched));
		error = entry_parse(text, len, &entry);
		if (error != rows[i].error)
			fail_msg("'%s' -> '%s': %s (%d), not %d", rows[i].from, rows[i].to,
			    entry_error_word(error), error, rows[i].error);
		assert_memory_equal(&entry, &untouched, sizeof(entry));
	}
}

static void refuses_every_truncation_and_a_zero_byte(void **state)
{
	char text[ENTRY_MAX];
	struct entry entry;
	size_t len = strlen(full);

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_true(entry_parse(full, cut, &entry) < 0);
	/* A NUL must not end a check early, wherever it stands. */
	for (size_t at = 0; at < len; at++) {
		memcpy(text, full, len);
		text[at] = '\0';
		assert_true(entry_parse(text, len, &entry) < 0);
	}
}

/* A changed byte either is refused or is another fact: never the same fact in another text. */
static void no_two_texts_say_the_same(void **state)
{
	size_t len = strlen(full), accepted = 0;
	char text[ENTRY_MAX], written[ENTRY_MAX + 1];

	(void)state;
	for (size_t at = 0; at < len; at++) {
		for (int byte = 0; byte < 256; byte++) {
			struct entry entry;
			size_t written_len;

			memcpy(text, full, len);
			text[at] = (char)byte;
			if (entry_parse(text, len, &entry) < 0)
				continue;
			accepted++;
			assert_int_equal(entry_format(&entry, written, &written_len), 0);
			assert_int_equal(written_len, len);
			assert_memory_equal(written, text, len);
		}
	}
	assert_true(accepted > len); /* many facts lie one byte away, so the loop did look */
}

static void refuses_an_entry_longer_than_the_limit(void **state)
{
	char text[ENTRY_MAX + 1];
	struct entry entry;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, full, strlen(full));
	assert_int_equal(entry_parse(text, ENTRY_MAX + 1, &entry), ENTRY_BAD_LENGTH);
	assert_int_equal(entry_parse(text, ENTRY_MAX, &entry), ENTRY_BAD_END);
}

static void refuses_to_write_what_has_no_text(void **state)
{
	struct entry entry;
	char text[ENTRY_MAX + 1] = "kept";
	size_t len = 12345;

	(void)state;
#define REFUSED(change, error)                                                                     \
	do {                                                                                       \
		entry = full_entry();                                                              \
		change;                                                                            \
		assert_int_equal(entry_format(&entry, text, &len), error);                         \
	} while (0)
	REFUSED(entry.time_ms = -1, ENTRY_BAD_TIME);
	REFUSED(entry.time_ms = INT64_C(253402300800000), ENTRY_BAD_TIME);
	REFUSED(entry.time_ms = INT64_MAX, ENTRY_BAD_TIME);
	REFUSED(entry.clock = (enum entry_clock)4, ENTRY_BAD_CLOCK);
	REFUSED(entry.decision = (enum entry_decision)10, ENTRY_BAD_DECISION);
	REFUSED(strcpy(entry.event, "-"), ENTRY_BAD_EVENT);
	REFUSED(strcpy(entry.event, "a b"), ENTRY_BAD_EVENT);
	REFUSED(strcpy(entry.event, "a\nb"), ENTRY_BAD_EVENT);
	REFUSED(memset(entry.event, 'a', sizeof(entry.event)), ENTRY_BAD_EVENT);
	REFUSED(entry.reason[0] = '\0', ENTRY_BAD_REASON);
	REFUSED(strcpy(entry.reason, "No"), ENTRY_BAD_REASON);
	REFUSED(memset(entry.reason, 'a', sizeof(entry.reason)), ENTRY_BAD_REASON);
	REFUSED(strcpy(entry.staff, "-"), ENTRY_BAD_STAFF);
	REFUSED(memset(entry.staff, 'a', sizeof(entry.staff)), ENTRY_BAD_STAFF);
#undef REFUSED
	assert_string_equal(text, "kept");
	assert_int_equal(len, 12345);
}

static void an_event_is_what_an_entry_can_carry(void **state)
{
	char longest[ENTRY_EVENT_MAX + 1];

	(void)state;
	memset(longest, 'z', sizeof(longest));
	assert_true(entry_is_event("a", 1));
	assert_true(entry_is_event("--", 2));
	assert_true(entry_is_event("2026-09-12_chief.1", 18));
	assert_true(entry_is_event(longest, ENTRY_EVENT_MAX));
	assert_false(entry_is_event(longest, ENTRY_EVENT_MAX + 1));
	assert_false(entry_is_event("", 0));
	assert_false(entry_is_event("-", 1));
	assert_false(entry_is_event("A", 1));
	assert_false(entry_is_event("a b", 3));
	assert_false(entry_is_event("a\0b", 3));
}

static void leap_days_and_turns_of_the_year_are_right(void **state)
{
	static const struct {
		int64_t time_ms;
		const char *text;
	} rows[] = {
	    {INT64_C(951782399999), "2000-02-28T23:59:59.999Z"},
	    {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
	    {INT64_C(4107542399001), "2100-02-28T23:59:59.001Z"},
	    {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"},
	    {INT64_C(1798761599999), "2026-12-31T23:59:59.999Z"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char text[ENTRY_TIME_LEN + 1];

		assert_int_equal(entry_time_format(rows[i].time_ms, text), 0);
		assert_string_equal(text, rows[i].text);
	}
}

static void words_and_decisions_match_both_ways(void **state)
{
	static const char *const words[] = {
	    "admit", "deny", "override", "exit", "void", "epoch", "boot", "sync", "keys", "gap"};
	enum entry_decision decision = ENTRY_GAP;

	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++) {
		assert_int_equal(entry_decision_read(words[i], &decision), 0);
		assert_int_equal(decision, i);
		assert_string_equal(entry_decision_word(decision), words[i]);
	}
	assert_int_equal(entry_decision_read("admitted", &decision), ENTRY_BAD_DECISION);
	assert_null(entry_decision_word((enum entry_decision)10));
	assert_null(entry_clock_word((enum entry_clock)4));
}

/* The expected hash is sha256sum's over the same bytes. */
static void a_commitment_opens_with_its_salt_and_detail_only(void **state)
{
	static const uint8_t want[32] = {0x31, 0x2f, 0xf8, 0x7e, 0x1f, 0xf8, 0x6e, 0x95, 0x10, 0x3d,
	    0x54, 0x7b, 0xd5, 0x12, 0xa8, 0x89, 0x1d, 0x22, 0xcf, 0xc3, 0xec, 0x8b, 0x46, 0xa0,
	    0x55, 0xe8, 0x56, 0xbd, 0xc5, 0x12, 0xd3, 0x6e};
	static const char detail[] = "screening refused twice";
	uint8_t salt[COMMIT_SALT], other[COMMIT_SALT], commit[COMMIT_HASH];

	(void)state;
	memset(salt, 's', sizeof(salt));
	commit_make(salt, detail, strlen(detail), commit);
	assert_memory_equal(commit, want, sizeof(want));
	assert_true(commit_opens(commit, salt, detail, strlen(detail)));
	assert_false(commit_opens(commit, salt, detail, strlen(detail) - 1));
	assert_false(commit_opens(commit, salt, NULL, 0));
	commit_salt(other);
	assert_false(commit_opens(commit, other, detail, strlen(detail)));
	commit_salt(salt);
	assert_memory_not_equal(salt, other, sizeof(salt));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_the_text_of_the_format),
	    cmocka_unit_test(reads_what_it_wrote),
	    cmocka_unit_test(round_trips_the_least_the_samples_and_every_word),
	    cmocka_unit_test(the_longest_entry_fits),
	    cmocka_unit_test(refuses_every_other_text_by_field),
	    cmocka_unit_test(refuses_every_truncation_and_a_zero_byte),
	    cmocka_unit_test(no_two_texts_say_the_same),
	    cmocka_unit_test(refuses_an_entry_longer_than_the_limit),
	    cmocka_unit_test(refuses_to_write_what_has_no_text),
	    cmocka_unit_test(an_event_is_what_an_entry_can_carry),
	    cmocka_unit_test(leap_days_and_turns_of_the_year_are_right),
	    cmocka_unit_test(words_and_decisions_match_both_ways),
	    cmocka_unit_test(a_commitment_opens_with_its_salt_and_detail_only),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
