#include "gate/door/decide.h"

#include <sodium.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/pass.h"

/* What a list's age means, once for both lists. */
struct freshness {
	bool stale, amber;
	int64_t age; /* -1: never confirmed */
};

/* A confirmation in the future was noted by a clock that was wrong, and says nothing. */
static int64_t age_of(int64_t checked, int64_t now)
{
	if (checked == 0 || checked > now + PASS_SKEW)
		return -1;
	return now > checked ? now - checked : 0;
}

static bool list_is_stale(int64_t age, int64_t not_after, int64_t now, int64_t red)
{
	return age < 0 || not_after == 0 || now >= not_after || (red > 0 && age > red);
}

static struct freshness freshness_of(
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	int64_t roster = age_of(facts->roster_checked, facts->now);
	int64_t revoked = age_of(facts->revoked_checked, facts->now);
	struct freshness fresh = {0};

	fresh.stale = list_is_stale(roster, facts->roster_not_after, facts->now, policy->red) ||
		      list_is_stale(revoked, facts->revoked_not_after, facts->now, policy->red);
	fresh.age = roster < 0 || revoked < 0 ? -1 : roster > revoked ? roster : revoked;
	fresh.amber = fresh.age < 0 || (policy->amber > 0 && fresh.age > policy->amber);
	return fresh;
}

static bool class_is_admitted(const struct decide_policy *policy, unsigned number)
{
	return number < CLASS_COUNT && (policy->classes & UINT32_C(1) << number) != 0;
}

/* Rows 2 to 8: the pass itself, by formats' rules 1 to 10. */
static enum reason judge_pass(const struct decide_facts *facts, const struct decide_policy *policy)
{
	bool timed = facts->opened == REASON_NOT_YET_VALID || facts->opened == REASON_EXPIRED;

	if (facts->opened != REASON_OK && !timed)
		return facts->opened;
	if (facts->on_roster && !class_is_admitted(policy, facts->roster_class))
		return REASON_WRONG_CLASS;
	if (timed)
		return facts->opened;
	/* A typed code carries no times of its own: they come from the conference's. */
	if (facts->typed && facts->nbf != 0 && facts->now + PASS_SKEW < facts->nbf)
		return REASON_NOT_YET_VALID;
	if (facts->typed && facts->exp != 0 && facts->now - PASS_SKEW >= facts->exp)
		return REASON_EXPIRED;
	return REASON_OK;
}

/* Rows 10 to 12: what the Service says of its holder. */
static enum reason judge_standing(
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	if (facts->restricted)
		return REASON_RESTRICTED;
	if (facts->revoked_class == REVOKED_SUSPENDED)
		return REASON_SUSPENDED;
	if (facts->revoked_class != 0)
		return REASON_REVOKED;
	if (facts->on_roster && facts->roster_status == ROSTER_CANCELLED)
		return REASON_REVOKED;
	if (facts->on_roster && facts->roster_status != ROSTER_CONFIRMED)
		return REASON_NOT_ON_ROSTER;
	if (!facts->on_roster && (policy->registration_required || facts->typed))
		return REASON_NOT_ON_ROSTER;
	return REASON_OK;
}

/* Rows 13 to 15: who is inside. */
static enum reason judge_presence(
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	if (facts->inside)
		return REASON_ALREADY_INSIDE;
	if (facts->entries > 0 && !policy->reentry)
		return REASON_ALREADY_USED;
	if (policy->capacity > 0 && facts->inside_count >= (int64_t)policy->capacity)
		return REASON_FULL;
	return REASON_OK;
}

/* The rows in their order. */
static enum reason judge(const struct decide_facts *facts, const struct decide_policy *policy,
    const struct freshness *fresh)
{
	enum reason reason;

	if (facts->journal_failed)
		return REASON_JOURNAL_UNAVAILABLE;
	reason = judge_pass(facts, policy);
	if (reason == REASON_OK && facts->clock_suspect)
		reason = REASON_CLOCK_SUSPECT;
	if (reason == REASON_OK)
		reason = judge_standing(facts, policy);
	if (reason == REASON_OK)
		reason = judge_presence(facts, policy);
	if (reason == REASON_OK && fresh->stale && facts->now >= facts->accepted_until)
		reason = REASON_ROSTER_STALE;
	return reason;
}

static enum verdict_kind kind_of(enum reason reason)
{
	switch (reason) {
	case REASON_OK:
		return VERDICT_ADMIT;
	case REASON_JOURNAL_UNAVAILABLE:
	case REASON_CLOCK_SUSPECT:
	case REASON_NOT_ON_ROSTER:
	case REASON_ROSTER_STALE:
		return VERDICT_REFER;
	default:
		return VERDICT_DENY;
	}
}

static unsigned checks_of(const struct decide_facts *facts, const struct decide_policy *policy)
{
	unsigned check = DECIDE_CHECK_SCREENING;

	if (policy->id_check == ROSTER_ID_ALWAYS || (facts->flags & PASS_FLAG_CHECK_ID) != 0)
		check |= DECIDE_CHECK_ID;
	if (policy->id_check == ROSTER_ID_RANDOM &&
	    decide_id_drawn(policy->conference, facts->pass, policy->id_share))
		check |= DECIDE_CHECK_ID;
	if (facts->typed)
		check |= DECIDE_CHECK_ID | DECIDE_CHECK_NAME;
	return check;
}

static unsigned unchecked_of(const struct decide_facts *facts, const struct decide_policy *policy)
{
	unsigned unchecked = 0;

	if (age_of(facts->revoked_checked, facts->now) > policy->fresh)
		unchecked |= DECIDE_UNCHECKED_CANCELLATIONS;
	if (age_of(facts->roster_checked, facts->now) > policy->fresh)
		unchecked |= DECIDE_UNCHECKED_ROSTER;
	if (facts->doors_unheard > 0)
		unchecked |= DECIDE_UNCHECKED_DOORS;
	if (!facts->on_roster)
		unchecked |= DECIDE_UNCHECKED_REGISTRATION;
	return unchecked;
}

void decide(const struct decide_facts *facts, const struct decide_policy *policy,
    struct verdict *ret_verdict)
{
	struct freshness fresh = freshness_of(facts, policy);
	struct verdict verdict = {0};

	verdict.reason = judge(facts, policy, &fresh);
	verdict.kind = kind_of(verdict.reason);
	verdict.amber = fresh.amber;
	verdict.age = fresh.age;
	if (verdict.kind == VERDICT_ADMIT) {
		verdict.check = checks_of(facts, policy);
		verdict.unchecked = unchecked_of(facts, policy);
	}
	*ret_verdict = verdict;
}

static enum reason judge_exit(const struct decide_facts *facts)
{
	if (facts->journal_failed)
		return REASON_JOURNAL_UNAVAILABLE;
	if (!facts->has_pass)
		return facts->opened == REASON_OK ? REASON_NOT_ON_ROSTER : facts->opened;
	if (facts->opened == REASON_WRONG_CONFERENCE && !facts->inside)
		return REASON_WRONG_CONFERENCE;
	return REASON_OK;
}

void decide_exit(const struct decide_facts *facts, struct verdict *ret_verdict)
{
	struct verdict verdict = {.leaving = true, .age = -1};

	verdict.reason = judge_exit(facts);
	verdict.kind = verdict.reason == REASON_OK ? VERDICT_EXIT : VERDICT_REFER;
	*ret_verdict = verdict;
}

bool decide_id_drawn(uint32_t conference, const uint8_t pass[static 16], unsigned percent)
{
	static const char prefix[] = "pressgate-id/v1\n";
	uint8_t text[sizeof(prefix) - 1 + 4 + 16], hash[crypto_hash_sha256_BYTES];

	memcpy(text, prefix, sizeof(prefix) - 1);
	bytes_put_u32(text + sizeof(prefix) - 1, conference);
	memcpy(text + sizeof(prefix) - 1 + 4, pass, 16);
	crypto_hash_sha256(hash, text, sizeof(text));
	return (uint64_t)bytes_get_u32(hash) * 100 < (uint64_t)percent << 32;
}

const char *decide_kind_word(enum verdict_kind kind)
{
	static const char *const words[] = {"admit", "deny", "refer", "exit"};

	return words[kind];
}

const char *decide_check_token(unsigned bit)
{
	switch (bit) {
	case DECIDE_CHECK_SCREENING:
		return "screening";
	case DECIDE_CHECK_ID:
		return "identification";
	case DECIDE_CHECK_NAME:
		return "name";
	default:
		return NULL;
	}
}

const char *decide_unchecked_token(unsigned bit)
{
	switch (bit) {
	case DECIDE_UNCHECKED_CANCELLATIONS:
		return "cancellations";
	case DECIDE_UNCHECKED_ROSTER:
		return "roster";
	case DECIDE_UNCHECKED_DOORS:
		return "other-doors";
	case DECIDE_UNCHECKED_REGISTRATION:
		return "registration";
	default:
		return NULL;
	}
}
