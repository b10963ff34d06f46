#include <sys/stat.h>

#include "registrar/staff/staff.h"
#include "registrar/zone.h"
#include "tests/registrar/folder.h"

static int load(struct folder *folder, const char *text, char why[400])
{
	static struct settings settings;
	char path[128];

	snprintf(path, sizeof path, "%s/try.ini", folder->dir);
	FILE *file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
	why[0] = '\0';
	return settings_load(path, &settings, why, 400);
}

static void every_wrong_setting_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *line, *says;
	} wrong[] = {
	    {"[service]\nsite = a.example\ncolour = red\n", "line 3", "colour"},
	    {"[service]\nsite = a.example\nsite = b.example\n", "line 3", "second time"},
	    {"[service]\nsite = A B\n", "line 2", "host name"},
	    {"[service]\nname = x\n", "line 2", "site is missing"},
	    {"[service]\nsite = a.example\nurl = ftp://x\n", "line 3", "https://"},
	    {"[service]\nsite = a.example\nurl = https://x/y\n", "line 3", "host and port"},
	    {"[service]\nsite = a.example\nemail = nobody\n", "line 3", "e-mail"},
	    {"[service]\nsite = a.example\nname = \xff\n", "line 3", "name"},
	    {"[service]\nsite = a.example\nname =\n", "line 3", "no value"},
	    {"[service]\nsite = a.example\n[desk]\nopens = 25:00\n", "line 4", "06:00"},
	    {"[service]\nsite = a.example\n[desk]\nopens = 9:00\n", "line 4", "06:00"},
	    {"[service]\nsite = a.example\n[desk]\nopens = 23:00\ncloses = 08:00\n", "line 5",
		"before"},
	    {"[service]\nsite = a.example\n[desk]\nacknowledge-minutes = soon\n", "line 4",
		"digits"},
	    {"[service]\nsite = a.example\n[desk]\nacknowledge-minutes = 0\n", "line 4", "range"},
	    {"[service]\nsite = a.example\n[accreditation]\nmonths = 37\n", "line 4", "range"},
	    {"[service]\nsite = a.example\n[web]\nproxy = maybe\n", "line 4", "yes or no"},
	    {"[service]\nsite = a.example\n[web]\nhosts = a.example B!\n", "line 4", "hosts"},
	    {"[service]\nsite = a.example\n[mail]\nserver = http://x\n", "line 4", "smtp://"},
	    {"[service]\nsite = a.example\n[mail]\nserver = smtp://x\n", "line 4", "from"},
	    {"[service]\nsite = a.example\n[mail]\nuser = x\n", "line 4", "password-file"},
	    {"[service]\nsite = a.example\nthis is nothing\n", "line 3", "Mend"},
	    {"[nothing]\nsite = a.example\n", "line 2", "nothing"},
	};
	char why[400];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(load(*state, wrong[i].text, why), MODEL_REFUSED);
		if (!strstr(why, wrong[i].line) || !strstr(why, wrong[i].says))
			fail_msg("%s\n-> %s", wrong[i].text, why);
	}
	char *long_line = calloc(1, 5000);
	strcpy(long_line, "[service]\nsite = a.example\nname = ");
	memset(long_line + strlen(long_line), 'x', 4000);
	assert_int_equal(load(*state, long_line, why), MODEL_REFUSED);
	assert_non_null(strstr(why, "line 3"));
	free(long_line);
}

static void good_settings_are_read(void **state)
{
	struct folder *folder = *state;
	struct settings *settings = calloc(1, sizeof *settings);
	char path[128], why[400];

	assert_int_equal(load(folder,
			     "; a comment\n[service]\nname = Service de police\nsite = a.example\n"
			     "[web]\nhosts = a.example  b.example\nproxy = yes\n",
			     why),
	    0);
	snprintf(path, sizeof path, "%s/try.ini", folder->dir);
	assert_int_equal(settings_load(path, settings, why, sizeof why), 0);
	assert_string_equal(settings->name, "Service de police");
	assert_true(settings->proxy);
	assert_string_equal(settings->hosts[0], "a.example");
	assert_string_equal(settings->hosts[1], "b.example");
	assert_null(settings->hosts[2]);
	assert_int_equal(settings->opens, 360);
	assert_int_equal(settings->closes, 1440);
	free(settings);
}

static void local_times_are_read_and_gaps_and_folds_refused(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds; /* 0: refused */
		const char *says;
	} rows[] = {
	    {"2026-09-12T14:00", 1789236000, NULL},
	    {"2026-09-12T14:00-04:00", 1789236000, NULL},
	    {"2026-09-12T14:00-05:00", 0, "-04:00"},
	    {"2026-01-12T14:00", 1768244400, NULL},
	    {"2026-03-08T01:59", 1772953140, NULL},
	    {"2026-03-08T02:30", 0, "does not exist"},
	    {"2026-03-08T03:00", 1772953200, NULL},
	    {"2026-11-01T01:30", 0, "comes twice"},
	    {"2026-11-01T01:30-04:00", 1793511000, NULL},
	    {"2026-11-01T01:30-05:00", 1793514600, NULL},
	    {"2026-11-01T01:30-06:00", 0, "comes twice"},
	    {"2026-11-01T00:59", 1793509140, NULL},
	    {"2026-11-01T02:00", 1793516400, NULL},
	    {"2026-02-29T12:00", 0, "calendar"},
	    {"2028-02-29T12:00", 1835456400, NULL},
	    {"2026-13-01T12:00", 0, "calendar"},
	    {"2026-09-12 14:00", 0, "date and time"},
	    {"2026-09-12T14", 0, "date and time"},
	    {"tomorrow", 0, "date and time"},
	    {"", 0, "date and time"},
	};

	(void)state;
	assert_int_equal(zone_set("America/Toronto"), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct refusal why = {0};
		int64_t seconds = 0;
		int result = zone_read(rows[i].text, "starts", &seconds, &why);
		if (result != (rows[i].seconds ? 0 : MODEL_REFUSED) || seconds != rows[i].seconds)
			fail_msg(
			    "%s: %d %lld %s", rows[i].text, result, (long long)seconds, why.words);
		if (rows[i].says && !strstr(why.words, rows[i].says))
			fail_msg("%s: %s", rows[i].text, why.words);
	}
	assert_int_equal(zone_set("Europe/Nowhere"), ZONE_UNKNOWN);
	assert_int_equal(zone_set("../../etc/passwd"), ZONE_UNKNOWN);
	char said[96];
	zone_say(NULL, 1789236180, said, sizeof said);
	assert_string_equal(said, "Saturday 12 September 2026, 2:03 p.m.");
	zone_say_time(NULL, 1768194000, said, sizeof said);
	assert_string_equal(said, "12:00 a.m.");
}

static void a_conference_with_a_wrong_value_is_refused_by_its_field(void **state)
{
	struct folder *folder = *state;
	struct conference good, wish;
	struct refusal why = {0};
	char long_title[300];
	int64_t id = 0;

	conference_default(&good);
	good.title = "Update";
	good.slug = "update";
	good.place = "Media Gallery";
	good.doors = FOLDER_NOW;
	good.starts = FOLDER_NOW + 60;
	good.ends = FOLDER_NOW + 120;
	memset(long_title, 'x', sizeof long_title - 1);
	long_title[sizeof long_title - 1] = '\0';
#define REFUSED(field_name, ...)                                                                   \
	do {                                                                                       \
		wish = good;                                                                       \
		__VA_ARGS__;                                                                       \
		assert_int_equal(                                                                  \
		    conference_create(folder->registrar, &wish, NULL, FOLDER_NOW, &id, &why),      \
		    MODEL_REFUSED);                                                                \
		assert_string_equal(why.field, field_name);                                        \
	} while (0)
	REFUSED("title", wish.title = "");
	REFUSED("title", wish.title = "  ");
	REFUSED("title", wish.title = long_title);
	REFUSED("title", wish.title = "a\xe2\x80\xae");
	REFUSED("place", wish.place = "a\nb");
	REFUSED("stream", wish.stream = "http://x.example");
	REFUSED("slug", wish.slug = "Not A Slug");
	REFUSED("slug", (wish.slug = "", wish.title = "記者会見"));
	REFUSED("starts", wish.starts = wish.doors - 1);
	REFUSED("ends", wish.ends = wish.starts);
	REFUSED("ends", wish.ends = wish.doors + 40 * 86400);
	REFUSED("doors", wish.doors = 0);
	REFUSED("capacity", wish.capacity = -1);
	REFUSED("per-outlet", wish.per_outlet = 10001);
	REFUSED("classes", wish.classes = 0);
	REFUSED("id-share", wish.id_share = 101);
	REFUSED("red", wish.red = wish.amber);
#undef REFUSED
	assert_int_equal(
	    conference_create(folder->registrar, &good, NULL, FOLDER_NOW, &id, &why), 0);
	assert_int_equal(id, 1);
	assert_int_equal(conference_create(folder->registrar, &good, NULL, FOLDER_NOW, &id, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "slug");
	assert_int_equal(folder_entries(folder, "conference-made"), 1);
	assert_non_null(keyring_pass_signer(folder->registrar->keyring, 1));
	assert_null(keyring_pass_signer(folder->registrar->keyring, 2));
}

static int still(struct registrar *registrar, const struct staff_account *account)
{
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(registrar->store, &tx), 0);
	int result = staff_still(tx, account);
	store_read_end(tx);
	return result;
}

static void accounts_are_added_checked_changed_and_disabled(void **state)
{
	struct registrar *registrar = ((struct folder *)*state)->registrar;
	struct staff_wish wish = {.name = "desk1",
	    .full_name = "Desk",
	    .role = ROLE_COMMUNICATIONS,
	    .password = "a long enough password"};
	struct staff_account account, checked;
	struct refusal why = {0};

	assert_int_equal(staff_add(registrar, &wish, "admin", FOLDER_NOW, &why), 0);
	assert_int_equal(staff_add(registrar, &wish, "admin", FOLDER_NOW, &why), MODEL_REFUSED);
	assert_string_equal(why.field, "name");
	assert_int_equal(staff_check(registrar, "desk1", wish.password, &account), 0);
	assert_int_equal(account.role, ROLE_COMMUNICATIONS);
	checked = account;
	assert_int_equal(still(registrar, &checked), 0);
	assert_int_equal(staff_check(registrar, "desk1", "wrong", &account), MODEL_NOT_FOUND);
	assert_int_equal(
	    staff_check(registrar, "nobody", wish.password, &account), MODEL_NOT_FOUND);
	/* An officer has a PIN for the door and may not sign in on the pages with it. */
	assert_int_equal(
	    staff_check(registrar, "officer1", "correct horse battery staple", &account),
	    MODEL_NOT_FOUND);
	assert_int_equal(
	    staff_set_password(registrar, "desk1", "short", false, "admin", FOLDER_NOW, &why),
	    MODEL_REFUSED);
	assert_string_equal(why.field, "password");
	assert_int_equal(staff_set_password(registrar, "desk1", "another long password", true,
			     "admin", FOLDER_NOW, &why),
	    0);
	/* Who was checked before the change may not enter after it. */
	assert_int_equal(still(registrar, &checked), MODEL_NOT_FOUND);
	assert_int_equal(staff_check(registrar, "desk1", wish.password, &account), MODEL_NOT_FOUND);
	assert_int_equal(staff_check(registrar, "desk1", "another long password", &account), 0);
	assert_true(account.must_change);
	assert_int_equal(staff_disable(registrar, "desk1", "admin", FOLDER_NOW, &why), 0);
	assert_int_equal(
	    staff_check(registrar, "desk1", "another long password", &account), MODEL_NOT_FOUND);
	assert_int_equal(
	    staff_disable(registrar, "desk1", "admin", FOLDER_NOW, &why), MODEL_REFUSED);
	assert_int_equal(
	    staff_disable(registrar, "admin", "admin", FOLDER_NOW, &why), MODEL_REFUSED);
	assert_non_null(strstr(why.words, "last administrator"));
}

static void a_change_of_an_officer_raises_the_staff_list(void **state)
{
	struct folder *folder = *state;
	struct refusal why = {0};
	int64_t before = folder_counter(folder, "staff_version");

	assert_int_equal(
	    staff_set_pin(folder->registrar, "officer1", "123456", "admin", FOLDER_NOW, &why), 0);
	assert_true(folder_counter(folder, "staff_version") > before);
	before = folder_counter(folder, "staff_version");
	assert_int_equal(
	    staff_set_pin(folder->registrar, "officer1", "123", "admin", FOLDER_NOW, &why),
	    MODEL_REFUSED);
	assert_int_equal(folder_counter(folder, "staff_version"), before);
}

static void a_key_that_others_can_read_keeps_the_folder_closed(void **state)
{
	struct folder *folder = *state;
	struct registrar *registrar = NULL;
	struct refusal why = {0};
	const char *news = NULL;
	char command[256];

	registrar_close(folder->registrar);
	folder->registrar = NULL;
	snprintf(command, sizeof command, "chmod 640 %s/keys/bundle-*", folder->dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(registrar_open(folder->dir, &registrar, &news, &why), MODEL_KEY);
	assert_non_null(strstr(why.words, "chmod 600"));
	assert_null(registrar);
	snprintf(command, sizeof command, "chmod 600 %s/keys/bundle-*; chmod 755 %s", folder->dir,
	    folder->dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(registrar_open(folder->dir, &registrar, &news, &why), MODEL_REFUSED);
	assert_non_null(strstr(why.words, "chmod 700"));
	assert_int_equal(chmod(folder->dir, 0700), 0);
	snprintf(command, sizeof command, "rm %s/keys/witness-*", folder->dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(registrar_open(folder->dir, &registrar, &news, &why), MODEL_KEY);
	assert_non_null(strstr(why.words, "backup"));
	/* The root key may be kept offline. */
	folder->registrar = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_wrong_setting_is_named_with_its_line),
	    TEST(good_settings_are_read),
	    TEST(local_times_are_read_and_gaps_and_folds_refused),
	    TEST(a_conference_with_a_wrong_value_is_refused_by_its_field),
	    TEST(accounts_are_added_checked_changed_and_disabled),
	    TEST(a_change_of_an_officer_raises_the_staff_list),
	    TEST(a_key_that_others_can_read_keeps_the_folder_closed),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
