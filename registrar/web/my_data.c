/* What is kept about a person, shown to the person (R14), and signing out everywhere. */
#include <stdlib.h>
#include <string.h>

#include "registrar/web/handlers.h"
#include "registrar/web/my_data.html.h"
#include "registrar/web/my_handlers.h"

static const struct {
	const char *key, *words;
} labels[] = {
    {"person", SAY("You")},
    {"applications", SAY("Your applications")},
    {"answers", SAY("What you answered when you applied")},
    {"uploads", SAY("Files you sent")},
    {"vouches", SAY("Who vouched for whom")},
    {"focal_points", SAY("Outlets you answer for")},
    {"title", SAY("Title")},
    {"type", SAY("Type")},
    {"ended_at", SAY("Ended")},
    {"correspondence", SAY("Messages and decisions")},
    {"accreditations", SAY("Your accreditations")},
    {"registrations", SAY("Your registrations")},
    {"passes", SAY("Your passes")},
    {"entries", SAY("What doors noted about your passes")},
    {"referrals", SAY("Questions from doors about you")},
    {"restrictions", SAY("Restrictions on your passes")},
    {"requests", SAY("Your requests about your data")},
    {"email_changes", SAY("Changes of your address")},
    {"sessions", SAY("Where you are signed in")},
    {"links", SAY("Links we sent you")},
    {"mails", SAY("Mails to you that are not sent yet, or failed")},
    {"returned_mail", SAY("Mail to you that came back")},
    {"announcements", SAY("Announcements you asked for")},
    {"views", SAY("Who of our staff looked at your file, and why")},
    {"viewed_at", SAY("Looked at")},
    {"seen", SAY("What")},
    {"why", SAY("Why")},
    {"times", SAY("How often")},
    {"name", SAY("Name")},
    {"email", SAY("E-mail address")},
    {"phone", SAY("Telephone")},
    {"language", SAY("Language")},
    {"created_at", SAY("Made")},
    {"photo_blob", SAY("Photograph")},
    {"reference", SAY("Reference")},
    {"state", SAY("State")},
    {"purpose", SAY("Purpose")},
    {"outlet", SAY("Outlet")},
    {"class", SAY("Role")},
    {"proof", SAY("Proof")},
    {"submitted_at", SAY("Sent")},
    {"due_at", SAY("Due")},
    {"decided_at", SAY("Decided")},
    {"criterion", SAY("Criterion")},
    {"message", SAY("Message to you")},
    {"said_at", SAY("Said")},
    {"kind", SAY("Kind")},
    {"side", SAY("By")},
    {"words", SAY("Words")},
    {"valid_from_at", SAY("Valid from")},
    {"valid_until_at", SAY("Valid until")},
    {"only_conference", SAY("For this conference only")},
    {"only_until_at", SAY("For conferences that begin before")},
    {"conference", SAY("Conference")},
    {"consented_at", SAY("Agreed to screening")},
    {"changed_at", SAY("Changed")},
    {"code", SAY("Typed code")},
    {"issued_at", SAY("Issued")},
    {"revoked_at", SAY("Revoked")},
    {"noted_at", SAY("Noted")},
    {"device", SAY("Door")},
    {"decision", SAY("Decision")},
    {"reason", SAY("Reason")},
    {"answer", SAY("Answer")},
    {"lifted_at", SAY("Lifted")},
    {"seen_at", SAY("Last used")},
    {"expires_at", SAY("Works until")},
    {"used_at", SAY("Used")},
    {"subject", SAY("Subject line")},
    {"answered_at", SAY("Answered")},
    {"question", SAY("Question")},
    {"site", SAY("Web site")},
    {"address", SAY("Postal address")},
    {"synopsis", SAY("Synopsis")},
    {"begins", SAY("First day")},
    {"ends", SAY("Last day")},
    {"requirements", SAY("What is needed")},
    {"scope", SAY("Scope of the work")},
    {"deadline", SAY("Deadline")},
    {"explanation", SAY("Why it stands so")},
    {"qr", SAY("Text of the QR code")},
    {"browser", SAY("Browser")},
    {"internal_notes", SAY("Internal notes of the media office")},
    {"journal_details", SAY("Details behind the entries of the journals")},
    {"network", SAY("Network")},
};

const char *view_data_label(const char *key)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (strcmp(labels[i].key, key) == 0)
			return labels[i].words;
	return key;
}

static const struct {
	const char *key, *value, *words;
} values[] = {
    {"side", "you", SAY("You")},
    {"side", "media desk", SAY("The media desk")},
    {"side", "focal point", SAY("Who answers for the outlet")},
    {"side", "administrator", SAY("An administrator")},
    {"side", "communications", SAY("Communications staff")},
    {"side", "reviewer", SAY("A reviewer")},
    {"side", "supervisor", SAY("A supervisor")},
    {"seen", "application", SAY("Your application")},
    {"seen", "file", SAY("A file you sent")},
    {"seen", "photo", SAY("Your photograph")},
    {"seen", "request", SAY("Your request about your data")},
    {"seen", "registration", SAY("Your registration")},
    {"seen", "badge", SAY("Your badge")},
    {"seen", "person", SAY("All that is kept about you")},
    {"seen", "list", SAY("A list that names you")},
    {"why", "review", SAY("To decide on your application")},
    {"why", "decision", SAY("To look up a decision")},
    {"why", "answer", SAY("To answer your request")},
    {"why", "conference", SAY("To run a conference")},
    {"why", "door", SAY("A question from a door")},
    {"why", "asked", SAY("For the reason in their words")},
    {"state", "submitted", SAY("Waiting")},
    {"state", "more-information", SAY("We asked for more")},
    {"state", "approved", SAY("Approved")},
    {"state", "refused", SAY("Refused")},
    {"state", "withdrawn", SAY("Withdrawn")},
    {"state", "appealed", SAY("Looked at again")},
    {"state", "active", SAY("Valid")},
    {"state", "limited", SAY("Limited")},
    {"state", "expired", SAY("Expired")},
    {"state", "suspended", SAY("Suspended")},
    {"state", "confirmed", SAY("Registered")},
    {"state", "waitlisted", SAY("On the waiting list")},
    {"state", "cancelled", SAY("Cancelled")},
    {"state", "waiting", SAY("Waiting")},
};

const char *view_data_value(const struct say *language, const char *key, const char *text)
{
	if (strcmp(key, "class") == 0)
		return say(language, text); /* class_words() are texts of class_say() */
	if (strcmp(key, "question") == 0)
		return say(language, view_data_label(text));
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (strcmp(values[i].key, key) == 0 && strcmp(values[i].value, text) == 0)
			return say(language, values[i].words);
	return text;
}

struct page_tag view_request_tag(const struct subject_request *request)
{
	static const struct page_tag tags[] = {
	    [SUBJECT_WAITING] = {SAY("Waiting"), PAGE_CHECK},
	    [SUBJECT_DONE] = {SAY("Done"), PAGE_GOOD},
	    [SUBJECT_REFUSED] = {SAY("Refused"), PAGE_STOP},
	    [SUBJECT_WITHDRAWN] = {SAY("Withdrawn"), PAGE_PLAIN},
	};

	return tags[request->state];
}

int my_data_get(struct request *req, struct reply *rep)
{
	int64_t id = session_of(req)->person_id;
	struct subject_records records = {NULL, 0};
	struct subject_requests requests = {NULL, 0};
	struct subject_details details = {.stands = false};
	struct person person = {0};
	struct view_data view = {.settings = &registrar_of(req)->settings,
	    .person = &person,
	    .details = &details,
	    .records = &records,
	    .requests = &requests};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = person_by_id(tx, id, &person);
	if (result == 0)
		result = subject_details(tx, id, registrar_now(), &details);
	if (result == 0)
		result = subject_read(tx, id, &records);
	if (result == 0)
		result = subject_requests(tx, id, &requests);
	store_read_end(tx);
	if (result == 0) {
		site_page(req, rep, &view.page, request_say(req, "Your data"), "/my", SITE_FORMS);
		my_data_page(reply_body(rep), &view);
	}
	free(requests.items);
	subject_records_free(&records);
	return site_result(result);
}

int my_data_json_get(struct request *req, struct reply *rep)
{
	struct subject_records records = {NULL, 0};
	struct store_tx *tx = NULL;
	char *text = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = subject_read(tx, session_of(req)->person_id, &records);
	store_read_end(tx);
	if (result == 0) {
		text = subject_json(&records, registrar_now());
		result = text ? 0 : STORE_NO_MEMORY;
	}
	if (result == 0) {
		reply_type(rep, "application/json");
		reply_download(rep, "my-data.json");
		buf_puts(reply_body(rep), text);
		buf_puts(reply_body(rep), "\n");
	}
	free(text);
	subject_records_free(&records);
	return site_result(result);
}

static int leave_all(struct store_tx *tx, void *context)
{
	return subject_sign_out(tx, *(const int64_t *)context);
}

int my_sign_out_post(struct request *req, struct reply *rep)
{
	int64_t id = session_of(req)->person_id;
	int result = store_write(registrar_of(req)->store, leave_all, &id);

	if (result < 0)
		return site_result(result);
	reply_session_end(rep);
	reply_header(rep, "Clear-Site-Data", "\"storage\"");
	reply_redirect(rep, "/sign-in");
	return 0;
}
