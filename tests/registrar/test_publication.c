/* What is public is looked at first, and a conference that changes takes its people along. */
#include "badges/pass.h"
#include "badges/revoked.h"
#include "registrar/journal/journal.h"
#include "registrar/mail/announce.h"
#include "registrar/mail/outbox.h"
#include "registrar/press/conference_template.h"
#include "registrar/press/material.h"
#include "registrar/press/publication.h"
#include "tests/registrar/folder.h"

#define DAY   INT64_C(86400)
#define FOUND "A boy aged 15, of 12 Harbour Street"

static struct conference wish_of(const char *slug, const char *summary)
{
	struct conference wish;

	conference_default(&wish);
	wish.slug = slug;
	wish.title = "Update";
	wish.summary = summary;
	wish.place = "Media Gallery";
	wish.doors = FOLDER_NOW + 3600;
	wish.starts = FOLDER_NOW + 7200;
	wish.ends = FOLDER_NOW + 10800;
	return wish;
}

static int make(struct folder *folder, struct conference wish, const struct publication *decision,
    struct refusal *why)
{
	int64_t id = 0;

	wish.publication = decision;
	return conference_create(folder->registrar, &wish, "admin", FOLDER_NOW, &id, why);
}

static struct conference read_one(struct folder *folder, const char *slug)
{
	struct conference c = {0};
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(conference_by_slug(tx, slug, &c), 0);
	store_read_end(tx);
	return c;
}

static size_t decisions(struct folder *folder, const char *slug, struct publication_line *ret_first)
{
	struct conference c = read_one(folder, slug);
	struct publication_line *lines = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(publication_list(tx, c.id, &lines, &n), 0);
	store_read_end(tx);
	if (n && ret_first)
		*ret_first = lines[0];
	free(lines);
	conference_clear(&c);
	return n;
}

static void a_finding_waits_for_a_reason_which_is_kept_without_the_words(void **state)
{
	struct folder *folder = *state;
	struct publication_findings found = {NULL, 0, false};
	struct publication decision = {.ret_findings = &found};
	struct publication_answer answers[2];
	struct publication_line line;
	struct refusal why = {0};

	assert_int_equal(make(folder, wish_of("one", FOUND), &decision, &why), MODEL_REFUSED);
	assert_string_equal(why.field, PUBLICATION_FIELD);
	assert_int_equal(found.n, 2);
	assert_string_equal(found.items[0].words, "aged 15");
	/* One reason is not enough, and an empty one is none. */
	answers[0] = (struct publication_answer){found.items[0].key, "Consent of the family"};
	answers[1] = (struct publication_answer){found.items[1].key, "  "};
	decision = (struct publication){.answers = answers, .n = 2};
	assert_int_equal(make(folder, wish_of("one", FOUND), &decision, &why), MODEL_REFUSED);
	assert_int_equal(folder_entries(folder, "conference-made"), 0);
	answers[1].reason = "A public building";
	assert_int_equal(make(folder, wish_of("one", FOUND), &decision, &why), 0);
	/* The same reasons are none for other words. */
	assert_int_equal(
	    make(folder, wish_of("two", "A boy aged 14"), &decision, &why), MODEL_REFUSED);
	assert_int_equal(decisions(folder, "one", &line), 2);
	assert_string_equal(line.rule, "address");
	assert_string_equal(line.part, "summary");
	assert_string_equal(line.reason, "A public building");
	assert_string_equal(line.staff, "admin");
	assert_int_equal(folder_entries(folder, "published-anyway"), 2);
	publication_free(&found);
}

static void with_the_check_off_the_same_text_goes_out(void **state)
{
	struct folder *folder = *state;
	struct refusal why = {0};

	folder->registrar->texts_unchecked = true;
	assert_int_equal(make(folder, wish_of("control", FOUND), NULL, &why), 0);
	folder->registrar->texts_unchecked = false;
	assert_int_equal(make(folder, wish_of("checked", FOUND), NULL, &why), MODEL_REFUSED);
}

static void a_draft_is_checked_when_it_is_published(void **state)
{
	struct folder *folder = *state;
	struct conference draft = wish_of("draft", FOUND), held;
	struct publication decision = {.reason = "Said in court"};
	struct conference_reach reach;
	struct refusal why = {0};

	draft.state = CONFERENCE_DRAFT;
	assert_int_equal(make(folder, draft, NULL, &why), 0);
	held = read_one(folder, "draft");
	held.state = CONFERENCE_ANNOUNCED;
	assert_int_equal(
	    conference_edit(folder->registrar, "draft", &held, "admin", FOLDER_NOW, &reach, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, PUBLICATION_FIELD);
	held.publication = &decision;
	assert_int_equal(
	    conference_edit(folder->registrar, "draft", &held, "admin", FOLDER_NOW, &reach, &why),
	    0);
	assert_int_equal(decisions(folder, "draft", NULL), 2);
	assert_int_equal(folder_entries(folder, "conference-published"), 1);
	/* What stands is not asked about again, and is no draft any more. */
	held.publication = NULL;
	held.place = "Room 9";
	assert_int_equal(
	    conference_edit(folder->registrar, "draft", &held, "admin", FOLDER_NOW, &reach, &why),
	    0);
	held.state = CONFERENCE_DRAFT;
	assert_int_equal(
	    conference_edit(folder->registrar, "draft", &held, "admin", FOLDER_NOW, &reach, &why),
	    MODEL_REFUSED);
	conference_clear(&held);
}

/* Changes, materials and reasons are public too. */
static void each_public_text_is_checked(void **state)
{
	struct folder *folder = *state;
	struct conference_words words = {.summary = "Call 416-555-0123"};
	struct material_wish material = {.slug = "text",
	    .kind = MATERIAL_RELEASE,
	    .title = "The victim, Ann Example",
	    .url = "https://media.example/1",
	    .staff = "admin"};
	struct publication decision = {.reason = "With consent"};
	struct refusal why = {0};
	int64_t n = 0;

	assert_int_equal(make(folder, wish_of("text", ""), NULL, &why), 0);
	assert_int_equal(
	    conference_change(folder->registrar, "text", &words, "admin", FOLDER_NOW, &n, &why),
	    MODEL_REFUSED);
	words.publication = &decision;
	assert_int_equal(
	    conference_change(folder->registrar, "text", &words, "admin", FOLDER_NOW, &n, &why), 0);
	assert_int_equal(
	    material_add(folder->registrar, &material, FOLDER_NOW, &n, &why), MODEL_REFUSED);
	material.publication = &decision;
	assert_int_equal(material_add(folder->registrar, &material, FOLDER_NOW, &n, &why), 0);
	assert_int_equal(conference_cancel_because(folder->registrar, "text",
			     &(struct conference_cancelling){"He was born on 3 May 1971", NULL},
			     "admin", FOLDER_NOW, &n, &why),
	    MODEL_REFUSED);
	assert_int_equal(decisions(folder, "text", NULL), 2);
}

static int count_mails(struct store_tx *tx, void *context)
{
	struct outbox_mail mail;
	int result, *n = context;

	while ((result = outbox_next(tx, FOLDER_NOW + 400 * DAY, &mail)) == 0) {
		n[0]++;
		n[1] += strstr(mail.subject, "with a new pass") != NULL;
		n[2] += strstr(mail.body, "The conference was cancelled: A storm.") != NULL;
		n[3] += strstr(mail.body, "It starts now: ") != NULL;
		n[4] += mail.n_attachments == 2;
		result = outbox_sent(tx, mail.id);
		outbox_mail_free(&mail);
		if (result)
			return result;
	}
	return result == STORE_NOT_FOUND ? 0 : result;
}

static void take(struct folder *folder, int n[5])
{
	memset(n, 0, 5 * sizeof *n);
	assert_int_equal(store_write(folder->registrar->store, count_mails, n), 0);
}

static void another_time_is_another_pass_for_each_who_has_one(void **state)
{
	struct folder *folder = *state;
	int64_t id = folder_conference(folder, "moved", 2, 0, false), people = 0;
	struct registration one =
	    folder_register(folder, id, folder_reporter(folder, "a", "Lumen", false), 0);
	struct registration two =
	    folder_register(folder, id, folder_reporter(folder, "b", "Wire", false), 1);
	struct registration waits =
	    folder_register(folder, id, folder_reporter(folder, "c", "Bay", false), 2);
	struct conference held = read_one(folder, "moved");
	/* 60 days on: the key that signs now does not hold so long. */
	struct conference_words later = {.doors = held.doors + 60 * DAY,
	    .starts = held.starts + 60 * DAY,
	    .ends = held.ends + 60 * DAY};
	struct conference_words start = {.starts = held.starts + 60 * DAY + 60};
	struct pass_view view;
	struct refusal why = {0};
	int n[5];

	take(folder, n);
	int64_t revoked = folder_counter(folder, "revoked_version");
	assert_int_equal(conference_change(folder->registrar, "moved", &later, "admin",
			     FOLDER_NOW + 9, &people, &why),
	    0);
	assert_int_equal(people, 3);
	take(folder, n);
	assert_int_equal(n[0], 3);
	assert_int_equal(n[1], 2);
	assert_int_equal(n[3], 3);
	assert_int_equal(n[4], 2);
	struct registration again = folder_read(folder, one.reference);
	assert_true(again.has_pass);
	assert_memory_not_equal(again.pass_id, one.pass_id, 16);
	assert_int_equal(pass_parse(again.pass_qr, strlen(again.pass_qr), &view), 0);
	assert_memory_not_equal(again.pass_qr, one.pass_qr, 40);
	assert_memory_not_equal(folder_read(folder, two.reference).pass_id, two.pass_id, 16);
	assert_false(folder_read(folder, waits.reference).has_pass);
	assert_true(folder_counter(folder, "revoked_version") > revoked);
	assert_int_equal(folder_entries(folder, "pass-reissued"), 2);
	/* A pass says nothing of the start: it stays. */
	assert_int_equal(conference_change(folder->registrar, "moved", &start, "admin",
			     FOLDER_NOW + 10, &people, &why),
	    0);
	take(folder, n);
	assert_int_equal(n[0], 3);
	assert_int_equal(n[1], 0);
	assert_memory_equal(folder_read(folder, one.reference).pass_id, again.pass_id, 16);
	conference_clear(&held);
}

static void what_an_edit_does_is_known_before(void **state)
{
	struct folder *folder = *state;
	int64_t id = folder_conference(folder, "reach", 1, 0, false);
	struct conference held, wish;
	struct conference_reach reach;
	struct store_tx *tx = NULL;

	folder_register(folder, id, folder_reporter(folder, "d", "Lumen", false), 0);
	folder_register(folder, id, folder_reporter(folder, "e", "Wire", false), 1);
	held = read_one(folder, "reach");
	wish = held;
	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(conference_edit_reach(tx, &held, &wish, FOLDER_NOW, &reach), 0);
	assert_int_equal(reach.people + reach.passes, 0);
	wish.place = "Room 9";
	assert_int_equal(conference_edit_reach(tx, &held, &wish, FOLDER_NOW, &reach), 0);
	assert_int_equal(reach.people, 2);
	assert_int_equal(reach.passes, 0);
	wish.ends += 60;
	assert_int_equal(conference_edit_reach(tx, &held, &wish, FOLDER_NOW, &reach), 0);
	assert_int_equal(reach.passes, 1);
	store_read_end(tx);
	conference_clear(&held);
}

static void room_for_more_goes_to_who_waits(void **state)
{
	struct folder *folder = *state;
	int64_t id = folder_conference(folder, "room", 1, 0, false);
	struct registration waits;
	struct conference held;
	struct conference_reach reach;
	struct refusal why = {0};

	folder_register(folder, id, folder_reporter(folder, "g", "Lumen", false), 0);
	waits = folder_register(folder, id, folder_reporter(folder, "h", "Wire", false), 1);
	assert_int_equal(waits.state, REGISTRATION_WAITLISTED);
	held = read_one(folder, "room");
	/* Control: an edit without room changes nothing for them. */
	held.summary = "More.";
	assert_int_equal(
	    conference_edit(folder->registrar, "room", &held, "admin", FOLDER_NOW, &reach, &why),
	    0);
	assert_int_equal(folder_read(folder, waits.reference).state, REGISTRATION_WAITLISTED);
	held.capacity = 2;
	assert_int_equal(
	    conference_edit(folder->registrar, "room", &held, "admin", FOLDER_NOW, &reach, &why),
	    0);
	assert_int_equal(folder_read(folder, waits.reference).state, REGISTRATION_CONFIRMED);
	assert_true(folder_read(folder, waits.reference).has_pass);
	conference_clear(&held);
}

static void why_it_is_cancelled_stands_in_each_mail(void **state)
{
	struct folder *folder = *state;
	int64_t id = folder_conference(folder, "storm", 0, 0, false), people = 0;
	struct refusal why = {0};
	int n[5];

	folder_register(folder, id, folder_reporter(folder, "f", "Lumen", false), 0);
	take(folder, n);
	assert_int_equal(conference_cancel_because(folder->registrar, "storm",
			     &(struct conference_cancelling){"A storm.", NULL}, "admin", FOLDER_NOW,
			     &people, &why),
	    0);
	take(folder, n);
	assert_int_equal(people, 1);
	assert_int_equal(n[2], 1);
}

static void times_of_what_is_over_or_cancelled_stay(void **state)
{
	struct folder *folder = *state;
	struct conference_words later = {.ends = FOLDER_NOW + 5 * DAY};
	struct conference_words past = {.doors = FOLDER_NOW - 5 * DAY,
	    .starts = FOLDER_NOW - 5 * DAY,
	    .ends = FOLDER_NOW - 4 * DAY};
	struct conference held;
	struct conference_reach reach;
	struct refusal why = {0};
	int64_t n = 0;

	folder_conference(folder, "over", 0, 0, false);
	assert_int_equal(
	    conference_change(folder->registrar, "over", &past, "admin", FOLDER_NOW, &n, &why),
	    MODEL_REFUSED);
	assert_int_equal(conference_change(folder->registrar, "over", &later, "admin",
			     FOLDER_NOW + 2 * DAY, &n, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "starts");
	assert_int_equal(
	    conference_cancel(folder->registrar, "over", "admin", FOLDER_NOW, &n, &why), 0);
	held = read_one(folder, "over");
	assert_int_equal(
	    conference_edit(folder->registrar, "over", &held, "admin", FOLDER_NOW, &reach, &why),
	    MODEL_REFUSED);
	conference_clear(&held);
}

static size_t templates(struct folder *folder, struct conference_template *ret_first)
{
	struct conference_template *list = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(conference_template_list(tx, &list, &n), 0);
	if (n && ret_first)
		assert_int_equal(conference_template_by_id(tx, list[0].id, ret_first), 0);
	store_read_end(tx);
	conference_template_list_free(list, n);
	return n;
}

static void a_template_has_all_but_the_dates(void **state)
{
	struct folder *folder = *state;
	struct conference_template first = {0};
	struct conference fields = wish_of("", "Questions follow.");
	struct refusal why = {0};
	int64_t id = 0;

	assert_int_equal(templates(folder, &first), 3);
	assert_string_equal(first.name, "Disciplinary Tribunal week");
	conference_template_clear(&first);
	fields.capacity = 7;
	fields.title = "";
	assert_int_equal(conference_template_put(folder->registrar, 0, "A first one", &fields,
			     "admin", FOLDER_NOW, &id, &why),
	    0);
	assert_int_equal(templates(folder, &first), 4);
	assert_int_equal(first.id, id);
	assert_int_equal(first.fields.capacity, 7);
	assert_int_equal(first.fields.doors, -3600);
	assert_int_equal(first.fields.ends, 3600);
	assert_string_equal(first.fields.title, "");
	assert_string_equal(first.fields.summary, "Questions follow.");
	conference_template_clear(&first);
	assert_int_equal(conference_template_put(folder->registrar, 0, "A first one", &fields,
			     "admin", FOLDER_NOW, &id, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "name");
	fields.place = "";
	assert_int_equal(conference_template_put(folder->registrar, id, "Another", &fields, "admin",
			     FOLDER_NOW, &id, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "place");
	assert_int_equal(conference_template_remove(folder->registrar, id, "admin"), 0);
	assert_int_equal(
	    conference_template_remove(folder->registrar, id, "admin"), MODEL_NOT_FOUND);
	assert_int_equal(templates(folder, NULL), 3);
}

static void an_announcement_is_checked_and_made_once(void **state)
{
	struct folder *folder = *state;
	struct publication decision = {.reason = "Said in court"};
	struct conference wish = wish_of("told", FOUND);
	struct announce_wish announcing = {.conference = "told", .staff = "admin"};
	struct announce_preview preview;
	struct refusal why = {0};
	int64_t mails = -1;

	assert_int_equal(make(folder, wish, &decision, &why), 0);
	assert_int_equal(
	    announce(folder->registrar, &announcing, FOLDER_NOW, &mails, &why), MODEL_REFUSED);
	assert_string_equal(why.field, PUBLICATION_FIELD);
	assert_int_equal(
	    announce_preview(folder->registrar, &announcing, FOLDER_NOW, &preview, &why), 0);
	assert_int_equal(preview.begun, 0);
	assert_non_null(strstr(preview.body, "aged 15"));
	announce_preview_free(&preview);
	announcing.publication = &decision;
	assert_int_equal(announce(folder->registrar, &announcing, FOLDER_NOW, &mails, &why), 0);
	assert_int_equal(mails, 0);
	assert_int_equal(
	    announce_preview(folder->registrar, &announcing, FOLDER_NOW, &preview, &why), 0);
	assert_true(preview.finished);
	announce_preview_free(&preview);
	assert_int_equal(announce(folder->registrar, &announcing, FOLDER_NOW, &mails, &why), 0);
	assert_int_equal(folder_entries(folder, "announced"), 1);
	assert_int_equal(decisions(folder, "told", NULL), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_finding_waits_for_a_reason_which_is_kept_without_the_words, folder_begin,
		folder_end),
	    cmocka_unit_test_setup_teardown(
		with_the_check_off_the_same_text_goes_out, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		a_draft_is_checked_when_it_is_published, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(each_public_text_is_checked, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		another_time_is_another_pass_for_each_who_has_one, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		what_an_edit_does_is_known_before, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		room_for_more_goes_to_who_waits, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		why_it_is_cancelled_stands_in_each_mail, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		times_of_what_is_over_or_cancelled_stay, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		a_template_has_all_but_the_dates, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		an_announcement_is_checked_and_made_once, folder_begin, folder_end),
	};

	return cmocka_run_group_tests_name("publication", tests, NULL, NULL);
}
