#include "registrar/web/views.h"

#include <stdio.h>
#include <string.h>

#include "registrar/zone.h"
#include "web/pages/page.html.h"
#include "web/say.h"
#include "web/tmpl.h"

struct view_when view_when(const struct say *language, int64_t seconds)
{
	struct view_when when = {.time = ""};

	zone_say_time(language, seconds, when.time, sizeof(when.time));
	zone_say_date(language, seconds, when.date, sizeof(when.date));
	zone_say(language, seconds, when.full, sizeof(when.full));
	zone_rfc3339(seconds, when.utc, sizeof(when.utc));
	return when;
}

bool view_same_day(int64_t one, int64_t two)
{
	struct view_when first = view_when(NULL, one), second = view_when(NULL, two);

	return strcmp(first.date, second.date) == 0;
}

struct page_tag view_registration_tag(const struct registration *registration)
{
	switch (registration->state) {
	case REGISTRATION_CONFIRMED:
		return (struct page_tag){SAY("Registered"), PAGE_GOOD};
	case REGISTRATION_WAITLISTED:
		return (struct page_tag){SAY("On the waiting list"), PAGE_CHECK};
	case REGISTRATION_REQUESTED:
		return (struct page_tag){SAY("Asked for"), PAGE_WORKING};
	case REGISTRATION_DECLINED:
		return (struct page_tag){SAY("Declined"), PAGE_STOP};
	default:
		return (struct page_tag){SAY("Cancelled"), PAGE_STOP};
	}
}

struct page_tag view_application_tag(const struct application *application)
{
	static const struct {
		const char *state;
		struct page_tag tag;
	} tags[] = {
	    {"draft", {SAY("Address not confirmed"), PAGE_WORKING}},
	    {"submitted", {SAY("Waiting"), PAGE_CHECK}},
	    {"more-information", {SAY("We asked for more"), PAGE_CHECK}},
	    {"pre-approved", {SAY("Nearly decided"), PAGE_CHECK}},
	    {"approved", {SAY("Approved"), PAGE_GOOD}},
	    {"refused", {SAY("Refused"), PAGE_STOP}},
	    {"withdrawn", {SAY("Withdrawn"), PAGE_PLAIN}},
	    {"appealed", {SAY("Looked at again"), PAGE_CHECK}},
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (strcmp(tags[i].state, application->state) == 0)
			return tags[i].tag;
	return (struct page_tag){SAY("Unknown"), PAGE_WORKING};
}

struct page_tag view_accreditation_tag(const struct accreditation *accreditation, int64_t now)
{
	if (accreditation_stands(accreditation, now))
		return (struct page_tag){SAY("Valid"), PAGE_GOOD};
	if (strcmp(accreditation->state, "active") == 0)
		return (struct page_tag){SAY("Expired"), PAGE_STOP};
	if (strcmp(accreditation->state, "suspended") == 0)
		return (struct page_tag){SAY("Suspended"), PAGE_STOP};
	if (strcmp(accreditation->state, "revoked") == 0)
		return (struct page_tag){SAY("Withdrawn"), PAGE_STOP};
	if (strcmp(accreditation->state, "limited") == 0)
		return (struct page_tag){SAY("Limited"), PAGE_CHECK};
	return (struct page_tag){SAY("Expired"), PAGE_STOP};
}

struct page_tag view_referral_tag(enum referral_answer answer)
{
	switch (answer) {
	case REFERRAL_ADMIT:
		return (struct page_tag){"Admit", PAGE_GOOD};
	case REFERRAL_REFUSE:
		return (struct page_tag){"Refuse", PAGE_STOP};
	case REFERRAL_WITHDRAWN:
		return (struct page_tag){"Withdrawn by the door", PAGE_WORKING};
	default:
		return (struct page_tag){"Waiting", PAGE_CHECK};
	}
}

const char *view_criterion(const struct application *application)
{
	const struct application_criterion *found =
	    application_criterion_find(application->criterion);

	return found ? found->words : application->criterion;
}

const char *view_mailto(const char *address)
{
	static _Thread_local char url[800];
	size_t len = (size_t)snprintf(url, sizeof(url), "mailto:");

	/* A '?' in an address would begin headers of the mail (RFC 6068). */
	for (; *address && len + 4 < sizeof(url); address++) {
		unsigned char c = (unsigned char)*address;
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || strchr("@._+-", c);

		len += (size_t)snprintf(
		    url + len, sizeof(url) - len, plain ? "%c" : "%%%02X", (unsigned)c);
	}
	return url;
}

void part_kept(struct buf *b, const char *kept)
{
	char text[2500];

	say_kept(b->language, text, sizeof(text), kept);
	tmpl_text(b, text);
}

void part_field(struct buf *b, const struct form *form, size_t field)
{
	struct page_field shown = {.form = form, .field = field, .question = false};

	page_field(b, &shown);
}

void part_question(struct buf *b, const struct form *form, size_t field, const char *heading)
{
	struct page_field shown = {
	    .form = form, .field = field, .question = true, .heading = heading};

	page_field(b, &shown);
}
