#include "gate/door/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "badges/text.h"

/* A text that grows to its room and no further. */
struct text {
	char *to;
	size_t size, len;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
	va_list values;
	int more;

	va_start(values, format);
	more = vsnprintf(text->to + text->len, text->size - text->len, format, values);
	va_end(values);
	if (more < 0)
		return;
	if ((size_t)more < text->size - text->len) {
		text->len += (size_t)more;
		return;
	}
	text->len = text_cut(text->to, strlen(text->to), text->size - 1);
	text->to[text->len] = '\0';
}

void words_age(int64_t seconds, char ret_text[static WORDS_AGE_MAX])
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = {{172800, "day"}, {7200, "hour"}, {60, "minute"}, {0, "second"}};
	static const int64_t lengths[] = {86400, 3600, 60, 1};
	size_t i = 0;
	int64_t count;

	if (seconds < 0)
		seconds = 0;
	while (seconds < units[i].seconds)
		i++;
	count = seconds / lengths[i];
	snprintf(ret_text, WORDS_AGE_MAX, "%" PRId64 " %s%s", count, units[i].unit,
	    count == 1 ? "" : "s");
}

void words_time(int64_t when, int64_t now, char ret_text[static WORDS_TIME_MAX])
{
	time_t when_t = (time_t)when, now_t = (time_t)now;
	struct tm at, today;

	if (localtime_r(&when_t, &at) == NULL || localtime_r(&now_t, &today) == NULL) {
		snprintf(ret_text, WORDS_TIME_MAX, "an unknown time");
		return;
	}
	if (at.tm_year == today.tm_year && at.tm_yday == today.tm_yday)
		strftime(ret_text, WORDS_TIME_MAX, "%H:%M", &at);
	else
		strftime(ret_text, WORDS_TIME_MAX, "%H:%M on %-d %B", &at);
}

typedef void words_row(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy);

static void add_unchecked(
    struct text *text, const struct verdict *verdict, const struct decide_facts *facts)
{
	char age[WORDS_AGE_MAX] = "";

	if (verdict->age >= 0)
		words_age(verdict->age, age);
	if ((verdict->unchecked & DECIDE_UNCHECKED_CANCELLATIONS) != 0)
		add(text, " Not checked: what was cancelled %s%s.",
		    verdict->age < 0 ? "lately" : "in the last ", age);
	if ((verdict->unchecked & DECIDE_UNCHECKED_DOORS) != 0)
		add(text, " Not checked: entries at %s, which can't be heard now.",
		    facts->unheard_names != NULL && facts->unheard_names[0] != '\0'
			? facts->unheard_names
			: "other doors");
	if ((verdict->unchecked & DECIDE_UNCHECKED_REGISTRATION) != 0)
		add(text, " Not on the list, and this conference does not ask for it.");
}

static void say_admit(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	(void)policy;
	add(text, "The pass is good.");
	if ((verdict->check & DECIDE_CHECK_NAME) != 0)
		add(text, " Ask for the name, and compare it with identification.");
	else if ((verdict->check & DECIDE_CHECK_ID) != 0)
		add(text, " Ask for identification.");
	if ((verdict->check & DECIDE_CHECK_SCREENING) != 0)
		add(text, " Security screening needs consent.");
	add_unchecked(text, verdict, facts);
}

static void say_wrong_conference(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	(void)verdict;
	(void)policy;
	if (facts->conference_title != NULL)
		add(text, "This pass is for another conference: %s.", facts->conference_title);
	else
		add(text, "This pass is for another conference, number %" PRIu32 ".",
		    facts->conference);
	add(text, " Do not admit here. Show the way, or call Communications.");
}

static void say_wrong_class(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	const char *words = class_words(facts->on_roster ? facts->roster_class : facts->pass_class);

	(void)verdict;
	(void)policy;
	add(text,
	    "This conference does not admit this kind of pass (%s). Do not admit. Call "
	    "Communications.",
	    words == NULL ? "unknown" : words);
}

static void say_not_yet_valid(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	char when[WORDS_TIME_MAX];

	(void)verdict;
	(void)policy;
	if (facts->clock_suspect) {
		add(text, "This gate's clock is wrong: by it, this pass is valid from a later time. "
			  "Compare the name with the paper list, and call Communications.");
		return;
	}
	if (facts->nbf <= facts->now) {
		add(text, "The Service's key of this pass is valid from a later time. Do not admit. "
			  "Call Communications.");
		return;
	}
	words_time(facts->nbf, facts->now, when);
	add(text, "This pass is valid from %s. Do not admit now. Ask the holder to come back then.",
	    when);
}

static void say_expired(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	char when[WORDS_TIME_MAX];

	(void)verdict;
	(void)policy;
	if (facts->exp > facts->now) {
		add(text, "The Service's key of this pass has ended. Do not admit. Call "
			  "Communications.");
		return;
	}
	words_time(facts->exp, facts->now, when);
	add(text, "This pass ended at %s. Do not admit. Call Communications.", when);
}

static void say_restricted(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	static const char *const what[] = {"Entry", "Entry to the building",
	    "Entry to this conference", "Entry with this kind of pass", "Entry for this outlet",
	    "Entry with this pass"};
	unsigned scope =
	    facts->restricted_scope <= REVOKED_SCOPE_PASS ? facts->restricted_scope : 0;
	bool closed = false;

	(void)verdict;
	(void)policy;
	add(text, "%s is restricted by the Service now", what[scope]);
	if (facts->restricted_words != NULL && facts->restricted_words[0] != '\0') {
		const char *words = facts->restricted_words;

		add(text, ": %s", words);
		closed = strchr(".!?", words[strlen(words) - 1]) != NULL;
	}
	add(text, "%s Do not admit. Call Communications.", closed ? "" : ".");
}

static void say_revoked(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	(void)verdict;
	(void)policy;
	switch (facts->revoked_class) {
	case 0:
	case REVOKED_CANCELLED:
		add(text, "This pass was cancelled.");
		break;
	case REVOKED_REISSUED:
		add(text,
		    "This pass was replaced by a newer one. Do not admit on it. Ask for the newer "
		    "pass, or call Communications.");
		return;
	case REVOKED_WITHDRAWN:
		add(text, "This registration was withdrawn.");
		break;
	default:
		add(text, "This pass was revoked.");
		break;
	}
	add(text, " Do not admit. Call Communications, or refuse with one tap.");
}

static void say_not_on_roster(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	(void)verdict;
	(void)policy;
	if (facts->on_roster && facts->roster_status == ROSTER_WAITLISTED)
		add(text, "This person is on the waiting list and has no place yet.");
	else if (facts->on_roster)
		add(text, "This registration is not confirmed.");
	else if (facts->typed)
		add(text, "No pass on this gate's list has this code. Read it again.");
	else
		add(text, "This pass is genuine, but it is not on this gate's list.");
	add(text, " Do not admit yet. Call Communications.");
}

static void say_already_inside(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	char when[WORDS_TIME_MAX];

	(void)verdict;
	(void)policy;
	words_time(facts->last_s, facts->now, when);
	add(text, "Already inside: this pass was admitted at %s at %s", when,
	    facts->last_gate != NULL && facts->last_gate[0] != '\0' ? facts->last_gate
								    : "this gate");
	if (facts->last_staff != NULL && facts->last_staff[0] != '\0')
		add(text, ", by %s", facts->last_staff);
	add(text, ". Do not admit a second person on it. Call Communications.");
}

static void say_already_used(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	char when[WORDS_TIME_MAX];

	(void)verdict;
	(void)policy;
	words_time(facts->last_s, facts->now, when);
	add(text,
	    "This pass was used, and its holder left at %s. This conference has no re-entry. Do "
	    "not admit. Call Communications.",
	    when);
}

static void say_full(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	(void)verdict;
	add(text,
	    "The room is full: %" PRId64 " inside, %" PRIu32
	    " places. Do not admit now. Ask the holder to wait until someone leaves.",
	    facts->inside_count, policy->capacity);
}

static void say_stale(struct text *text, const struct verdict *verdict,
    const struct decide_facts *facts, const struct decide_policy *policy)
{
	char age[WORDS_AGE_MAX];

	(void)policy;
	(void)facts;
	if (verdict->age < 0) {
		add(text, "This gate's lists were never confirmed.");
	} else {
		words_age(verdict->age, age);
		add(text, "This gate's lists are %s old.", age);
	}
	add(text,
	    " Compare the name with the paper list, or call Communications before admitting.");
}

/* A row has fixed words, or a function that says them. */
static const struct {
	const char *fixed;
	words_row *say;
} rows[REASON_COUNT] = {
    [REASON_OK] = {NULL, say_admit},
    [REASON_JOURNAL_UNAVAILABLE] = {"This gate can't record entries now. Use the paper list: write "
				    "down name, outlet and time. Call Communications.",
	NULL},
    [REASON_MALFORMED] = {"This is not a pass. Ask for the pass, or type the code under it; if you "
			  "typed it, read it again.",
	NULL},
    [REASON_UNKNOWN_KEY] = {"This pass is not from the Service, or is too new for this gate. Do "
			    "not admit. Call Communications.",
	NULL},
    [REASON_BAD_SIGNATURE] = {"This pass is forged or damaged. Do not admit. Keep the holder "
			      "waiting, and call Communications.",
	NULL},
    [REASON_WRONG_CONFERENCE] = {NULL, say_wrong_conference},
    [REASON_WRONG_CLASS] = {NULL, say_wrong_class},
    [REASON_NOT_YET_VALID] = {NULL, say_not_yet_valid},
    [REASON_EXPIRED] = {NULL, say_expired},
    [REASON_CLOCK_SUSPECT] = {"This gate's clock is wrong, so it can't judge passes. Compare the "
			      "name with the paper list, and call Communications.",
	NULL},
    [REASON_RESTRICTED] = {NULL, say_restricted},
    [REASON_SUSPENDED] = {"The holder's accreditation is suspended. Do not admit. Call "
			  "Communications, or refuse with one tap.",
	NULL},
    [REASON_REVOKED] = {NULL, say_revoked},
    [REASON_NOT_ON_ROSTER] = {NULL, say_not_on_roster},
    [REASON_ALREADY_INSIDE] = {NULL, say_already_inside},
    [REASON_ALREADY_USED] = {NULL, say_already_used},
    [REASON_FULL] = {NULL, say_full},
    [REASON_ROSTER_STALE] = {NULL, say_stale},
};

/* Nobody is kept from leaving. */
static void say_leaving(
    struct text *text, const struct verdict *verdict, const struct decide_facts *facts)
{
	switch (verdict->reason) {
	case REASON_OK:
		add(text, facts->inside ? "Left."
					: "Left. This gate did not know that this pass was inside; "
					  "it is recorded as out.");
		break;
	case REASON_JOURNAL_UNAVAILABLE:
		add(text, "This gate can't record now. Let the person leave, and write it on the "
			  "paper list.");
		break;
	case REASON_WRONG_CONFERENCE:
		add(text, "This pass is for another conference, and did not go in here. Nothing "
			  "was recorded. Let the person leave.");
		break;
	case REASON_NOT_ON_ROSTER:
		add(text, "No pass on this gate's list has this code. Nothing was recorded. Read "
			  "it again, or let the person leave.");
		break;
	default:
		add(text, "This can't be read as a pass. Nothing was recorded. Scan it again, or "
			  "let the person leave.");
		break;
	}
}

void words_verdict(const struct verdict *verdict, const struct decide_facts *facts,
    const struct decide_policy *policy, char *ret_text, size_t size)
{
	struct text text = {ret_text, size, 0};

	ret_text[0] = '\0';
	if (verdict->leaving)
		say_leaving(&text, verdict, facts);
	else if (rows[verdict->reason].say != NULL)
		rows[verdict->reason].say(&text, verdict, facts, policy);
	else if (rows[verdict->reason].fixed != NULL)
		add(&text, "%s", rows[verdict->reason].fixed);
}

void words_unchecked(
    const struct verdict *verdict, const struct decide_facts *facts, char *ret_text, size_t size)
{
	struct text text = {ret_text, size, 0};

	ret_text[0] = '\0';
	add_unchecked(&text, verdict, facts);
}

const char *words_reason(enum reason reason)
{
	static const char *const labels[REASON_COUNT] = {
	    [REASON_OK] = "Admitted",
	    [REASON_MALFORMED] = "Not a pass",
	    [REASON_UNKNOWN_KEY] = "Not from the Service",
	    [REASON_BAD_SIGNATURE] = "Forged or damaged",
	    [REASON_NOT_YET_VALID] = "Too early",
	    [REASON_EXPIRED] = "Too late",
	    [REASON_WRONG_CONFERENCE] = "Another conference",
	    [REASON_WRONG_CLASS] = "Kind of pass not admitted",
	    [REASON_REVOKED] = "Cancelled",
	    [REASON_SUSPENDED] = "Suspended",
	    [REASON_ALREADY_INSIDE] = "Already inside",
	    [REASON_ALREADY_USED] = "Already used",
	    [REASON_RESTRICTED] = "Restricted by the Service",
	    [REASON_FULL] = "Full",
	    [REASON_NOT_ON_ROSTER] = "Not on the list",
	    [REASON_ROSTER_STALE] = "Lists too old",
	    [REASON_CLOCK_SUSPECT] = "Clock is wrong",
	    [REASON_JOURNAL_UNAVAILABLE] = "Can't be recorded",
	    [REASON_SCREENING_REFUSED] = "Screening refused",
	    [REASON_NO_IDENTIFICATION] = "No identification",
	    [REASON_IDENTITY_MISMATCH] = "Not the same person",
	    [REASON_PROHIBITED_ITEM] = "Prohibited item",
	    [REASON_CONDUCT] = "Conduct",
	    [REASON_SERVICE_RESTRICTED] = "Restricted by the Service, at the door",
	    [REASON_OTHER] = "Another reason",
	};

	return (unsigned)reason < REASON_COUNT ? labels[reason] : "";
}
