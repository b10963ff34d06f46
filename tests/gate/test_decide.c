/* The decision, row by row, and the order of the rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "badges/pass.h"
#include "gate/door/decide.h"
#include "gate/door/words.h"

enum { NOW = 1789221802 };

static struct decide_policy usual_policy(void)
{
	return (struct decide_policy){.conference = 7,
	    .capacity = 100,
	    .classes = 1u << CLASS_REPORTER,
	    .registration_required = true,
	    .amber = 900,
	    .red = 14400,
	    .fresh = 60};
}

/* A pass that is admitted. */
static struct decide_facts usual_facts(void)
{
	return (struct decide_facts){.now = NOW,
	    .opened = REASON_OK,
	    .has_pass = true,
	    .conference = 7,
	    .pass_class = CLASS_REPORTER,
	    .nbf = NOW - 3600,
	    .exp = NOW + 3600,
	    .on_roster = true,
	    .roster_status = ROSTER_CONFIRMED,
	    .roster_class = CLASS_REPORTER,
	    .inside_count = 10,
	    .roster_checked = NOW - 10,
	    .revoked_checked = NOW - 10,
	    .roster_not_after = NOW + 86400,
	    .revoked_not_after = NOW + 86400};
}

/* Each spoils one thing. In the order of precedence: a row always beats those below it. */
typedef void spoil(struct decide_facts *facts, struct decide_policy *policy);

static void no_journal(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->journal_failed = true;
}

static void malformed(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->opened = REASON_MALFORMED;
}

static void unknown_key(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->opened = REASON_UNKNOWN_KEY;
}

static void bad_signature(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->opened = REASON_BAD_SIGNATURE;
}

static void wrong_conference(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->opened = REASON_WRONG_CONFERENCE;
	facts->conference = 8;
	facts->conference_title = "Hearing of the tribunal";
}

static void wrong_class(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->opened = REASON_WRONG_CLASS;
}

static void wrong_roster_class(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->roster_class = CLASS_STUDENT;
}

static void not_yet_valid(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->opened = REASON_NOT_YET_VALID;
	facts->nbf = NOW + 7200;
}

static void expired(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->opened = REASON_EXPIRED;
	facts->exp = NOW - 7200;
}

static void clock_wrong(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->clock_suspect = true;
}

static void restricted(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->restricted = true;
	facts->restricted_scope = REVOKED_SCOPE_BUILDING;
	facts->restricted_words = "security incident";
}

static void suspended(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->revoked_class = REVOKED_SUSPENDED;
}

static void revoked(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->revoked_class = REVOKED_REVOKED;
}

static void cancelled(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->roster_status = ROSTER_CANCELLED;
}

static void waitlisted(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->roster_status = ROSTER_WAITLISTED;
}

static void not_on_roster(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->on_roster = false;
}

static void inside(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->inside = true;
	facts->entries = 1;
	facts->last_s = NOW - 600;
	facts->last_gate = "north-door";
	facts->last_staff = "officer1";
}

static void used(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->entries = 1;
	facts->last_s = NOW - 600;
}

static void full(struct decide_facts *facts, struct decide_policy *policy)
{
	facts->inside_count = policy->capacity;
}

static void stale(struct decide_facts *facts, struct decide_policy *policy)
{
	(void)policy;
	facts->roster_checked = NOW - 14401;
}

static const struct row {
	const char *name;
	spoil *spoil;
	enum verdict_kind kind;
	enum reason reason;
	const char *words; /* a part of what the officer reads */
	int rank;	   /* rows of one rank exclude each other */
} rows[] = {
    {"no journal", no_journal, VERDICT_REFER, REASON_JOURNAL_UNAVAILABLE, "paper list", 1},
    {"malformed", malformed, VERDICT_DENY, REASON_MALFORMED, "not a pass", 2},
    {"unknown key", unknown_key, VERDICT_DENY, REASON_UNKNOWN_KEY, "not from the Service", 2},
    {"bad signature", bad_signature, VERDICT_DENY, REASON_BAD_SIGNATURE, "forged", 2},
    {"wrong conference", wrong_conference, VERDICT_DENY, REASON_WRONG_CONFERENCE,
	"Hearing of the tribunal", 2},
    {"wrong class", wrong_class, VERDICT_DENY, REASON_WRONG_CLASS, "does not admit", 2},
    {"wrong class on the roster", wrong_roster_class, VERDICT_DENY, REASON_WRONG_CLASS,
	"does not admit", 3},
    {"not yet valid", not_yet_valid, VERDICT_DENY, REASON_NOT_YET_VALID, "valid from", 4},
    {"expired", expired, VERDICT_DENY, REASON_EXPIRED, "ended at", 4},
    {"clock", clock_wrong, VERDICT_REFER, REASON_CLOCK_SUSPECT, "clock is wrong", 5},
    {"restricted", restricted, VERDICT_DENY, REASON_RESTRICTED, "security incident", 6},
    {"suspended", suspended, VERDICT_DENY, REASON_SUSPENDED, "suspended", 7},
    {"revoked", revoked, VERDICT_DENY, REASON_REVOKED, "was revoked", 7},
    {"cancelled", cancelled, VERDICT_DENY, REASON_REVOKED, "was cancelled", 8},
    {"waitlisted", waitlisted, VERDICT_REFER, REASON_NOT_ON_ROSTER, "waiting list", 8},
    {"not on roster", not_on_roster, VERDICT_REFER, REASON_NOT_ON_ROSTER, "not on this gate", 8},
    {"inside", inside, VERDICT_DENY, REASON_ALREADY_INSIDE, "at north-door", 9},
    {"used", used, VERDICT_DENY, REASON_ALREADY_USED, "no re-entry", 9},
    {"full", full, VERDICT_DENY, REASON_FULL, "100 places", 10},
    {"stale", stale, VERDICT_REFER, REASON_ROSTER_STALE, "4 hours old", 11},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void check_row(const struct row *row, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	char words[WORDS_MAX];

	words_verdict(verdict, facts, policy, words, sizeof(words));
	if (verdict->kind != row->kind || verdict->reason != row->reason ||
	    strstr(words, row->words) == NULL)
		fail_msg("%s: %s %s: %s", row->name, decide_kind_word(verdict->kind),
		    reason_token(verdict->reason), words);
	assert_int_equal(verdict->check, 0);
	assert_int_equal(verdict->unchecked, 0);
}

/* A time that has come already is not told as the day to come back on. */
static void a_pass_kept_out_by_its_key_or_a_wrong_clock_is_told_no_time(void **state)
{
	static const struct {
		enum reason opened;
		bool suspect;
		const char *words;
	} cases[] = {
	    {REASON_NOT_YET_VALID, false, "key of this pass is valid from a later time"},
	    {REASON_NOT_YET_VALID, true, "clock is wrong: by it, this pass is valid from a later"},
	    {REASON_EXPIRED, false, "key of this pass has ended"},
	};
	struct decide_policy policy = usual_policy();
	struct verdict verdict;
	char words[WORDS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct decide_facts facts = usual_facts();

		facts.opened = cases[i].opened;
		facts.clock_suspect = cases[i].suspect;
		decide(&facts, &policy, &verdict);
		assert_int_equal(verdict.kind, VERDICT_DENY);
		assert_int_equal(verdict.reason, cases[i].opened);
		words_verdict(&verdict, &facts, &policy, words, sizeof(words));
		assert_non_null(strstr(words, cases[i].words));
		assert_null(strstr(words, "come back"));
		assert_non_null(strstr(words, "all Communications"));
	}
}

static void a_good_pass_is_admitted(void **state)
{
	struct decide_facts facts = usual_facts();
	struct decide_policy policy = usual_policy();
	struct verdict verdict;
	char words[WORDS_MAX];

	(void)state;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ADMIT);
	assert_int_equal(verdict.reason, REASON_OK);
	assert_int_equal(verdict.check, DECIDE_CHECK_SCREENING);
	assert_int_equal(verdict.unchecked, 0);
	assert_false(verdict.amber);
	words_verdict(&verdict, &facts, &policy, words, sizeof(words));
	assert_string_equal(words, "The pass is good. Security screening needs consent.");
}

static void each_row_has_its_verdict_and_words(void **state)
{
	struct decide_facts facts;
	struct decide_policy policy;
	struct verdict verdict;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		facts = usual_facts();
		policy = usual_policy();
		rows[i].spoil(&facts, &policy);
		decide(&facts, &policy, &verdict);
		check_row(&rows[i], &verdict, &facts, &policy);
	}
}

static void an_earlier_row_beats_every_later_one(void **state)
{
	struct decide_facts facts;
	struct decide_policy policy;
	struct verdict verdict;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = i + 1; j < ROWS; j++) {
			if (rows[i].rank == rows[j].rank)
				continue;
			facts = usual_facts();
			policy = usual_policy();
			rows[j].spoil(&facts, &policy);
			rows[i].spoil(&facts, &policy);
			decide(&facts, &policy, &verdict);
			/* Only a line on the roster can have a class there. */
			if (rows[i].spoil == wrong_roster_class && !facts.on_roster)
				continue;
			check_row(&rows[i], &verdict, &facts, &policy);
		}
}

static void every_machine_reason_has_a_row(void **state)
{
	bool seen[REASON_COUNT] = {[REASON_OK] = true};

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		seen[rows[i].reason] = true;
	for (unsigned reason = 0; reason < REASON_COUNT; reason++)
		if (!reason_is_officers(reason) && !seen[reason])
			fail_msg("no row for %s", reason_token(reason));
}

static void what_does_not_apply_does_not_refuse(void **state)
{
	struct decide_facts facts = usual_facts();
	struct decide_policy policy = usual_policy();
	struct verdict verdict;

	(void)state;
	policy.capacity = 0;
	facts.inside_count = 1000000;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ADMIT);

	policy.reentry = true;
	used(&facts, &policy);
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ADMIT);

	policy.registration_required = false;
	facts.on_roster = false;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ADMIT);
	assert_int_equal(verdict.unchecked, DECIDE_UNCHECKED_REGISTRATION);

	policy.red = 0;
	facts.roster_checked = facts.revoked_checked = NOW - 80000;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ADMIT);
}

static void lists_age_from_green_to_amber_to_red(void **state)
{
	static const struct {
		int64_t age;
		bool amber;
		unsigned unchecked;
		enum verdict_kind kind;
	} ages[] = {
	    {0, false, 0, VERDICT_ADMIT},
	    {60, false, 0, VERDICT_ADMIT},
	    {61, false, DECIDE_UNCHECKED_CANCELLATIONS, VERDICT_ADMIT},
	    {900, false, DECIDE_UNCHECKED_CANCELLATIONS, VERDICT_ADMIT},
	    {901, true, DECIDE_UNCHECKED_CANCELLATIONS, VERDICT_ADMIT},
	    {14400, true, DECIDE_UNCHECKED_CANCELLATIONS, VERDICT_ADMIT},
	    {14401, true, 0, VERDICT_REFER},
	};
	struct decide_policy policy = usual_policy();
	struct decide_facts facts;
	struct verdict verdict;

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		facts = usual_facts();
		facts.revoked_checked = NOW - ages[i].age;
		decide(&facts, &policy, &verdict);
		assert_int_equal(verdict.kind, ages[i].kind);
		assert_int_equal(verdict.amber, ages[i].amber);
		assert_int_equal(verdict.unchecked, ages[i].unchecked);
	}
	facts = usual_facts();
	facts.revoked_checked = 0;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_ROSTER_STALE);
	assert_int_equal(verdict.age, -1);
	/* Confirmed by a clock that was far ahead: that would never grow old. */
	facts = usual_facts();
	facts.revoked_checked = NOW + 4000000;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_ROSTER_STALE);
	assert_int_equal(verdict.age, -1);
	facts = usual_facts();
	facts.roster_not_after = NOW;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_ROSTER_STALE);
}

static void a_typed_code_asks_for_name_and_identification(void **state)
{
	struct decide_facts facts = usual_facts();
	struct decide_policy policy = usual_policy();
	struct verdict verdict;

	(void)state;
	facts.typed = true;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ADMIT);
	assert_int_equal(
	    verdict.check, DECIDE_CHECK_SCREENING | DECIDE_CHECK_ID | DECIDE_CHECK_NAME);
	/* It proves nothing by itself: off the roster it is nothing at all. */
	policy.registration_required = false;
	facts.on_roster = facts.has_pass = false;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_NOT_ON_ROSTER);
	facts = usual_facts();
	facts.typed = true;
	facts.exp = NOW - PASS_SKEW;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_EXPIRED);
	facts.exp = NOW - PASS_SKEW + 1;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.kind, VERDICT_ADMIT);
	facts.nbf = NOW + PASS_SKEW + 1;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_NOT_YET_VALID);
}

static void identification_is_asked_for_by_the_conference_and_the_pass(void **state)
{
	struct decide_facts facts = usual_facts();
	struct decide_policy policy = usual_policy();
	struct verdict verdict;

	(void)state;
	policy.id_check = ROSTER_ID_ALWAYS;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.check, DECIDE_CHECK_SCREENING | DECIDE_CHECK_ID);
	policy.id_check = ROSTER_ID_ON_REQUEST;
	facts.flags = PASS_FLAG_CHECK_ID;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.check, DECIDE_CHECK_SCREENING | DECIDE_CHECK_ID);
}

static void the_random_share_is_drawn_the_same_each_time(void **state)
{
	uint8_t pass[16] = {0};
	unsigned drawn = 0, elsewhere = 0;

	(void)state;
	for (unsigned n = 0; n < 20000; n++) {
		memcpy(pass, &n, sizeof(n));
		assert_false(decide_id_drawn(7, pass, 0));
		assert_true(decide_id_drawn(7, pass, 100));
		drawn += decide_id_drawn(7, pass, 20);
		elsewhere += decide_id_drawn(7, pass, 20) && decide_id_drawn(8, pass, 20);
		assert_int_equal(decide_id_drawn(7, pass, 20), decide_id_drawn(7, pass, 20));
	}
	/* A fifth of 20,000, and of those a fifth at another conference: 5 standard deviations. */
	assert_in_range(drawn, 3717, 4283);
	assert_in_range(elsewhere, 660, 940);
}

static void other_doors_are_told_of(void **state)
{
	struct decide_facts facts = usual_facts();
	struct decide_policy policy = usual_policy();
	struct verdict verdict;

	(void)state;
	facts.doors_unheard = 1;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.unchecked, DECIDE_UNCHECKED_DOORS);
}

static void the_same_facts_give_the_same_verdict(void **state)
{
	struct decide_facts facts = usual_facts();
	struct decide_policy policy = usual_policy();
	struct verdict one, two;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		rows[ROWS - 1 - i].spoil(&facts, &policy);
		memset(&one, 0x55, sizeof(one));
		memset(&two, 0xaa, sizeof(two));
		decide(&facts, &policy, &one);
		decide(&facts, &policy, &two);
		assert_int_equal(one.kind, two.kind);
		assert_int_equal(one.reason, two.reason);
		assert_int_equal(one.age, two.age);
	}
}

static void words_never_overrun_and_never_split_a_character(void **state)
{
	struct decide_facts facts = usual_facts();
	struct decide_policy policy = usual_policy();
	struct verdict verdict;
	char words[64];

	(void)state;
	wrong_conference(&facts, &policy);
	facts.conference_title = "ọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọọ";
	decide(&facts, &policy, &verdict);
	for (size_t size = 1; size <= sizeof(words); size++) {
		memset(words, 'x', sizeof(words));
		words_verdict(&verdict, &facts, &policy, words, size);
		assert_true(strlen(words) < size);
		assert_true(((unsigned char)words[strlen(words)] & 0xc0) != 0x80);
	}
}

static void ages_are_told_as_people_say_them(void **state)
{
	static const struct {
		int64_t seconds;
		const char *words;
	} ages[] = {{0, "0 seconds"}, {1, "1 second"}, {59, "59 seconds"}, {60, "1 minute"},
	    {7199, "119 minutes"}, {7200, "2 hours"}, {172799, "47 hours"}, {172800, "2 days"}};
	char words[WORDS_AGE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		words_age(ages[i].seconds, words);
		assert_string_equal(words, ages[i].words);
	}
}

/* Old lists that a supervisor accepts until then. */
static void accepted_lists_are_no_reason(void **state)
{
	static const struct {
		int64_t until;
		enum reason reason;
	} cases[] = {{0, REASON_ROSTER_STALE}, {NOW - 1, REASON_ROSTER_STALE},
	    {NOW, REASON_ROSTER_STALE}, {NOW + 1, REASON_OK}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct decide_policy policy = usual_policy();
		struct decide_facts facts = usual_facts();
		struct verdict verdict;

		facts.roster_checked = facts.revoked_checked = NOW - 20000;
		facts.accepted_until = cases[i].until;
		decide(&facts, &policy, &verdict);
		assert_int_equal(verdict.reason, cases[i].reason);
		if (verdict.kind == VERDICT_ADMIT)
			assert_int_equal(verdict.unchecked,
			    DECIDE_UNCHECKED_CANCELLATIONS | DECIDE_UNCHECKED_ROSTER);
		/* It passes over row 16, and no other. */
		facts.restricted = true;
		decide(&facts, &policy, &verdict);
		assert_int_equal(verdict.reason, REASON_RESTRICTED);
	}
}

static void re_entry_is_the_conferences_choice(void **state)
{
	struct decide_policy policy = usual_policy();
	struct decide_facts facts = usual_facts();
	struct verdict verdict;

	(void)state;
	facts.entries = 1;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_ALREADY_USED);
	policy.reentry = true;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_OK);
	facts.inside = true;
	decide(&facts, &policy, &verdict);
	assert_int_equal(verdict.reason, REASON_ALREADY_INSIDE);
}

/* Whatever is said of the pass, its holder may leave, and is recorded as gone. */
static void nobody_is_kept_from_leaving(void **state)
{
	static const struct {
		enum reason opened;
		bool has_pass, inside, journal_failed;
		enum verdict_kind kind;
		enum reason reason;
	} cases[] = {
	    {REASON_OK, true, true, false, VERDICT_EXIT, REASON_OK},
	    {REASON_OK, true, false, false, VERDICT_EXIT, REASON_OK},
	    {REASON_EXPIRED, true, true, false, VERDICT_EXIT, REASON_OK},
	    {REASON_WRONG_CLASS, true, false, false, VERDICT_EXIT, REASON_OK},
	    {REASON_WRONG_CONFERENCE, true, true, false, VERDICT_EXIT, REASON_OK},
	    {REASON_WRONG_CONFERENCE, true, false, false, VERDICT_REFER, REASON_WRONG_CONFERENCE},
	    {REASON_MALFORMED, false, false, false, VERDICT_REFER, REASON_MALFORMED},
	    {REASON_BAD_SIGNATURE, false, false, false, VERDICT_REFER, REASON_BAD_SIGNATURE},
	    {REASON_UNKNOWN_KEY, false, false, false, VERDICT_REFER, REASON_UNKNOWN_KEY},
	    {REASON_OK, false, false, false, VERDICT_REFER, REASON_NOT_ON_ROSTER},
	    {REASON_OK, true, true, true, VERDICT_REFER, REASON_JOURNAL_UNAVAILABLE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct decide_policy policy = usual_policy();
		struct decide_facts facts = usual_facts();
		struct verdict verdict;
		char words[WORDS_MAX];

		facts.opened = cases[i].opened;
		facts.has_pass = cases[i].has_pass;
		facts.inside = cases[i].inside;
		facts.journal_failed = cases[i].journal_failed;
		facts.restricted = facts.clock_suspect = true;
		facts.revoked_class = REVOKED_SUSPENDED;
		decide_exit(&facts, &verdict);
		assert_int_equal(verdict.kind, cases[i].kind);
		assert_int_equal(verdict.reason, cases[i].reason);
		words_verdict(&verdict, &facts, &policy, words, sizeof(words));
		assert_true(strlen(words) > 0);
		assert_null(strstr(words, "Do not admit"));
	}
}

static void an_age_under_a_clock_set_back_is_no_age(void **state)
{
	char text[WORDS_AGE_MAX];

	(void)state;
	words_age(-1, text);
	assert_string_equal(text, "0 seconds");
	words_age(INT64_MIN, text);
	assert_string_equal(text, "0 seconds");
	words_age(61, text);
	assert_string_equal(text, "1 minute");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_age_under_a_clock_set_back_is_no_age),
	    cmocka_unit_test(accepted_lists_are_no_reason),
	    cmocka_unit_test(re_entry_is_the_conferences_choice),
	    cmocka_unit_test(nobody_is_kept_from_leaving),
	    cmocka_unit_test(a_good_pass_is_admitted),
	    cmocka_unit_test(a_pass_kept_out_by_its_key_or_a_wrong_clock_is_told_no_time),
	    cmocka_unit_test(each_row_has_its_verdict_and_words),
	    cmocka_unit_test(an_earlier_row_beats_every_later_one),
	    cmocka_unit_test(every_machine_reason_has_a_row),
	    cmocka_unit_test(what_does_not_apply_does_not_refuse),
	    cmocka_unit_test(lists_age_from_green_to_amber_to_red),
	    cmocka_unit_test(a_typed_code_asks_for_name_and_identification),
	    cmocka_unit_test(identification_is_asked_for_by_the_conference_and_the_pass),
	    cmocka_unit_test(the_random_share_is_drawn_the_same_each_time),
	    cmocka_unit_test(other_doors_are_told_of),
	    cmocka_unit_test(the_same_facts_give_the_same_verdict),
	    cmocka_unit_test(words_never_overrun_and_never_split_a_character),
	    cmocka_unit_test(ages_are_told_as_people_say_them),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
