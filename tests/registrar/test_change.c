/* A conference's words change: who is told, and who is not. */
#include <time.h>

#include "registrar/mail/bounce.h"
#include "registrar/mail/outbox.h"
#include "tests/registrar/folder.h"

enum { CROWD = 2000 };

/* The mails that wait, taken out one after the other. */
struct taken {
	int n;
	char recipients[8][64];
	char *body;
	char entry[8000];
	size_t files;
};

static int take(struct store_tx *tx, void *context)
{
	struct taken *taken = context;
	struct outbox_mail mail;
	int result;

	while ((result = outbox_next(tx, FOLDER_NOW + 86400, &mail)) == 0) {
		if (taken->n < 8)
			snprintf(taken->recipients[taken->n], sizeof *taken->recipients, "%.63s",
			    mail.recipient);
		taken->n++;
		free(taken->body);
		taken->body = mail.body;
		mail.body = NULL;
		taken->files = mail.n_attachments;
		if (mail.n_attachments)
			snprintf(taken->entry, sizeof taken->entry, "%.*s",
			    (int)mail.attachments[0].len, (const char *)mail.attachments[0].bytes);
		result = outbox_sent(tx, mail.id);
		outbox_mail_free(&mail);
		if (result)
			return result;
	}
	return result == STORE_NOT_FOUND ? 0 : result;
}

static void take_all(struct folder *folder, struct taken *taken)
{
	free(taken->body);
	memset(taken, 0, sizeof *taken);
	assert_int_equal(store_write(folder->registrar->store, take, taken), 0);
}

static int64_t change(
    struct folder *folder, const char *slug, const struct conference_words *words, int64_t now)
{
	struct refusal why = {0};
	int64_t people = -1;

	assert_int_equal(
	    conference_change(folder->registrar, slug, words, NULL, now, &people, &why), 0);
	return people;
}

/* The number in the entry of the mail taken last. */
static long sequence(const struct taken *taken)
{
	const char *at = strstr(taken->entry, "\r\nSEQUENCE:");

	assert_non_null(at);
	return strtol(at + strlen("\r\nSEQUENCE:"), NULL, 10);
}

static void who_is_confirmed_or_waits_is_told_and_nobody_else(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 1, 0, false), promoted;
	int64_t other = folder_conference(folder, "two", 1, 0, false);
	struct taken taken = {0};
	struct refusal why = {0};
	struct registration gone =
	    folder_register(folder, conference, folder_reporter(folder, "c", "Aurore", false), 0);

	folder_register(folder, other, folder_reporter(folder, "d", "Lumen", false), 0);
	assert_int_equal(registration_cancel(folder->registrar, gone.reference, NULL,
			     FOLDER_NOW + 1, &promoted, &why),
	    0);
	folder_register(folder, conference, folder_reporter(folder, "a", "Lumen", false), 2);
	folder_register(folder, conference, folder_reporter(folder, "b", "Wire", false), 3);
	take_all(folder, &taken);
	long before = sequence(&taken);
	assert_string_equal(taken.recipients[3], "a@press.example");
	assert_string_equal(taken.recipients[4], "b@press.example");
	assert_int_equal(
	    change(folder, "one",
		&(struct conference_words){.title = "New name", .place = "Room 9"}, FOLDER_NOW + 4),
	    2);
	take_all(folder, &taken);
	assert_int_equal(taken.n, 2);
	assert_string_equal(taken.recipients[0], "a@press.example");
	assert_string_equal(taken.recipients[1], "b@press.example");
	assert_non_null(strstr(taken.body, "The title is now: New name\n"));
	assert_non_null(strstr(taken.body, "The place is now: Room 9\n"));
	assert_null(strstr(taken.body, "live stream"));
	assert_true(sequence(&taken) > before);
	assert_int_equal(taken.files, 1);
	free(taken.body);
}

static void what_nobody_goes_by_is_written_to_nobody(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 2, 0, false), people;
	struct conference_words moved = {.place = "Room 9"};
	struct taken taken = {0};
	struct refusal why = {0};

	folder_register(folder, conference, folder_reporter(folder, "a", "Lumen", false), 0);
	/* Control: the same change in time is told, and once. */
	assert_int_equal(change(folder, "one", &moved, FOLDER_NOW), 1);
	assert_int_equal(change(folder, "one", &moved, FOLDER_NOW), 0);
	take_all(folder, &taken);
	assert_int_equal(
	    change(folder, "one", &(struct conference_words){.summary = "More."}, FOLDER_NOW), 0);
	moved.place = "Room 10";
	assert_int_equal(change(folder, "one", &moved, FOLDER_NOW + 86400), 0);
	assert_int_equal(
	    conference_cancel(folder->registrar, "one", NULL, FOLDER_NOW, &people, &why), 0);
	take_all(folder, &taken);
	assert_int_equal(taken.n, 1);
	moved.place = "Room 11";
	assert_int_equal(change(folder, "one", &moved, FOLDER_NOW), 0);
	take_all(folder, &taken);
	assert_int_equal(taken.n, 0);
	free(taken.body);
}

static void a_refused_change_is_told_to_nobody(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 2, 0, false), people = 7;
	struct taken taken = {0};
	struct refusal why = {0};

	folder_register(folder, conference, folder_reporter(folder, "a", "Lumen", false), 0);
	take_all(folder, &taken);
	assert_int_equal(conference_change(folder->registrar, "one",
			     &(struct conference_words){.title = "New name", .stream = "ftp://a"},
			     NULL, FOLDER_NOW, &people, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "stream");
	assert_int_equal(people, 7);
	take_all(folder, &taken);
	assert_int_equal(taken.n, 0);
	free(taken.body);
}

static int note_bounce(struct store_tx *tx, void *context)
{
	return bounce_note(tx, context, "5.1.1", FOLDER_NOW);
}

static int clear_bounce(struct store_tx *tx, void *context)
{
	return bounce_clear(tx, context);
}

static void an_address_that_takes_no_mail_is_told_once_it_does(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 2, 0, false);
	struct store *store = folder->registrar->store;
	struct taken taken = {0};
	char address[] = "a@press.example";

	folder_register(folder, conference, folder_reporter(folder, "a", "Lumen", false), 0);
	folder_register(folder, conference, folder_reporter(folder, "b", "Wire", false), 1);
	take_all(folder, &taken);
	assert_int_equal(store_write(store, note_bounce, address), 0);
	assert_int_equal(
	    change(folder, "one", &(struct conference_words){.place = "Room 9"}, FOLDER_NOW), 2);
	take_all(folder, &taken);
	assert_int_equal(taken.n, 1);
	assert_string_equal(taken.recipients[0], "b@press.example");
	assert_int_equal(store_write(store, clear_bounce, address), 0);
	take_all(folder, &taken);
	assert_int_equal(taken.n, 1);
	assert_string_equal(taken.recipients[0], address);
	free(taken.body);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void two_thousand_are_told_in_one_short_write(void **state)
{
	struct folder *folder = *state;
	int64_t conference = folder_conference(folder, "one", 0, 0, false);
	struct taken taken = {0};
	char name[32];

	for (int i = 0; i < CROWD; i++) {
		snprintf(name, sizeof name, "p%d", i);
		folder_register(
		    folder, conference, folder_reporter(folder, name, "Lumen", false), 0);
	}
	take_all(folder, &taken);
	double begun = seconds();
	assert_int_equal(
	    change(folder, "one", &(struct conference_words){.place = "Room 9"}, FOLDER_NOW),
	    CROWD);
	double took = seconds() - begun;
	print_message("# %d told in %.3f s\n", CROWD, took);
	assert_true(took < 10);
	take_all(folder, &taken);
	assert_int_equal(taken.n, CROWD);
	free(taken.body);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(who_is_confirmed_or_waits_is_told_and_nobody_else),
	    TEST(what_nobody_goes_by_is_written_to_nobody),
	    TEST(a_refused_change_is_told_to_nobody),
	    TEST(an_address_that_takes_no_mail_is_told_once_it_does),
	    TEST(two_thousand_are_told_in_one_short_write),
	};

	return cmocka_run_group_tests_name("change", tests, NULL, NULL);
}
