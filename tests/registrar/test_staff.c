/* Staff: codes by the clock, recovery codes, dates, sessions, passwords. */
#define _GNU_SOURCE /* memmem */
#include <sys/stat.h>
#include <unistd.h>

#include "registrar/journal/journal.h"
#include "registrar/staff/factor.h"
#include "registrar/staff/factor_key.h"
#include "registrar/staff/password.h"
#include "registrar/staff/session.h"
#include "registrar/staff/staff.h"
#include "schema/registrar_db.h"
#include "tests/registrar/folder.h"

#define N(array) (sizeof(array) / sizeof(*(array)))
#define DAY	 ((int64_t)86400)

static const uint8_t no_session[32] = {0};

static void codes_are_those_of_rfc_6238(void **state)
{
	static const uint8_t secret[] = "12345678901234567890";
	static const struct {
		int64_t at;
		const char *code;
	} vectors[] = {{59, "94287082"}, {1111111109, "07081804"}, {1111111111, "14050471"},
	    {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
	char code[9];

	(void)state;
	for (size_t i = 0; i < N(vectors); i++) {
		assert_int_equal(totp_code(secret, 20, vectors[i].at / TOTP_STEP, 8, code), 0);
		assert_string_equal(code, vectors[i].code);
		/* Six digits are the last six. */
		assert_int_equal(totp_code(secret, 20, vectors[i].at / TOTP_STEP, 6, code), 0);
		assert_string_equal(code, vectors[i].code + 2);
	}
	assert_int_not_equal(totp_code(secret, 20, 1, 5, code), 0);
}

static void a_clock_may_be_one_step_off_and_no_more(void **state)
{
	static const uint8_t secret[TOTP_SECRET] = "abcdefghijklmnopqrst";
	const int64_t now = FOLDER_NOW, step = now / TOTP_STEP;
	char code[9];
	int64_t found;

	(void)state;
	for (int64_t off = -3; off <= 3; off++) {
		found = -1;
		assert_int_equal(totp_code(secret, TOTP_SECRET, step + off, TOTP_DIGITS, code), 0);
		assert_int_equal(totp_check(secret, code, now, 0, &found),
		    off >= -TOTP_SKEW && off <= TOTP_SKEW ? 0 : MODEL_NOT_FOUND);
		assert_int_equal(found, off >= -TOTP_SKEW && off <= TOTP_SKEW ? step + off : -1);
	}
}

static void a_step_that_was_used_is_refused(void **state)
{
	static const uint8_t secret[TOTP_SECRET] = "abcdefghijklmnopqrst";
	const int64_t now = FOLDER_NOW, step = now / TOTP_STEP;
	char code[9];
	int64_t found;

	(void)state;
	assert_int_equal(totp_code(secret, TOTP_SECRET, step, TOTP_DIGITS, code), 0);
	assert_int_equal(totp_check(secret, code, now, step - 1, &found), 0);
	assert_int_equal(totp_check(secret, code, now, step, &found), MODEL_NOT_FOUND);
	/* Nor one from before it. */
	assert_int_equal(totp_check(secret, code, now, step + 1, &found), MODEL_NOT_FOUND);
	/* The control: where what was used is forgotten the same code is good again. */
	assert_int_equal(totp_check(secret, code, now, 0, &found), 0);
}

static void the_secret_reads_the_same_in_text_and_uri(void **state)
{
	/* RFC 4648 section 10: "foobar" is MZXW6YTBOI======. */
	static const uint8_t secret[TOTP_SECRET] = "foobarfoobarfoobarfo";
	char text[TOTP_BASE32], shown[TOTP_SHOWN], uri[TOTP_URI];

	(void)state;
	totp_secret_text(secret, text);
	assert_memory_equal(text, "MZXW6YTBOJ", 9);
	assert_int_equal(strlen(text), 32);
	totp_secret_shown(secret, shown);
	assert_int_equal(strlen(shown), 39);
	totp_uri(secret, "Lakemount Police & Fire", "desk1", uri);
	assert_non_null(
	    strstr(uri, "otpauth://totp/Lakemount%20Police%20%26%20Fire:desk1?secret="));
	assert_non_null(strstr(uri, text));
}

static void add(struct folder *folder, const char *name, enum role role)
{
	struct refusal why = {0};

	assert_int_equal(staff_add(folder->registrar,
			     &(struct staff_wish){.name = name, .full_name = name, .role = role},
			     "admin", FOLDER_NOW, &why),
	    0);
}

/* Sets up a factor; its secret and codes. */
static void set_up(struct folder *folder, const char *name, uint8_t secret[TOTP_SECRET],
    char codes[FACTOR_CODES][FACTOR_RECOVERY])
{
	struct refusal why = {0};
	char code[9];

	assert_int_equal(factor_begin(folder->registrar, name, FOLDER_NOW, &why), 0);
	assert_int_equal(factor_secret(folder->registrar, name, secret), 0);
	assert_int_equal(
	    totp_code(secret, TOTP_SECRET, FOLDER_NOW / TOTP_STEP, TOTP_DIGITS, code), 0);
	assert_int_equal(
	    factor_stand(folder->registrar, name, code, no_session, FOLDER_NOW, codes), 0);
}

static int check(struct folder *folder, const char *name, const char *code, int64_t now)
{
	return factor_check(folder->registrar, name, code, now, NULL);
}

static void a_factor_stands_once_a_code_proved_it(void **state)
{
	struct folder *folder = *state;
	char codes[FACTOR_CODES][FACTOR_RECOVERY] = {{0}}, code[9];
	uint8_t secret[TOTP_SECRET], other[TOTP_SECRET];
	struct refusal why = {0};

	add(folder, "desk1", ROLE_COMMUNICATIONS);
	assert_int_equal(factor_secret(folder->registrar, "desk1", secret), MODEL_NOT_FOUND);
	assert_int_equal(factor_begin(folder->registrar, "desk1", FOLDER_NOW, &why), 0);
	assert_int_equal(
	    factor_stand(folder->registrar, "desk1", "000000", no_session, FOLDER_NOW, codes),
	    MODEL_NOT_FOUND);
	assert_int_equal(codes[0][0], 0);
	assert_int_equal(check(folder, "desk1", "000000", FOLDER_NOW), MODEL_NOT_FOUND);
	set_up(folder, "desk1", secret, codes);
	/* It is not begun anew over one that stands, nor shown again. */
	assert_int_equal(factor_begin(folder->registrar, "desk1", FOLDER_NOW, &why), MODEL_REFUSED);
	assert_int_equal(factor_secret(folder->registrar, "desk1", other), MODEL_NOT_FOUND);
	/* The code that proved it is used up; the next step's is good, once, with a blank in it. */
	assert_int_equal(
	    totp_code(secret, TOTP_SECRET, FOLDER_NOW / TOTP_STEP, TOTP_DIGITS, code), 0);
	assert_int_equal(check(folder, "desk1", code, FOLDER_NOW), MODEL_NOT_FOUND);
	assert_int_equal(
	    totp_code(secret, TOTP_SECRET, FOLDER_NOW / TOTP_STEP + 1, TOTP_DIGITS, code), 0);
	char spaced[9];
	snprintf(spaced, sizeof spaced, "%.3s %.3s", code, code + 3);
	assert_int_equal(check(folder, "desk1", spaced, FOLDER_NOW + TOTP_STEP), 0);
	assert_int_equal(check(folder, "desk1", code, FOLDER_NOW + TOTP_STEP), MODEL_NOT_FOUND);
	assert_int_equal(folder_entries(folder, "staff-changed"), 1);
}

static void a_recovery_code_is_good_once_for_its_account(void **state)
{
	struct folder *folder = *state;
	char codes[FACTOR_CODES][FACTOR_RECOVERY], others[FACTOR_CODES][FACTOR_RECOVERY];
	char typed[FACTOR_RECOVERY];
	uint8_t secret[TOTP_SECRET];
	size_t n = 0;

	add(folder, "desk1", ROLE_COMMUNICATIONS);
	add(folder, "desk2", ROLE_COMMUNICATIONS);
	set_up(folder, "desk1", secret, codes);
	set_up(folder, "desk2", secret, others);
	assert_int_equal(check(folder, "desk1", others[0], FOLDER_NOW), MODEL_NOT_FOUND);
	assert_int_equal(check(folder, "desk1", codes[0], FOLDER_NOW), 0);
	assert_int_equal(check(folder, "desk1", codes[0], FOLDER_NOW), MODEL_NOT_FOUND);
	for (size_t i = 0; codes[1][i]; i++) /* in large letters, without hyphens */
		if (codes[1][i] != '-')
			typed[n++] = codes[1][i] >= 'a' ? (char)(codes[1][i] - 32) : codes[1][i];
	typed[n] = '\0';
	assert_int_equal(check(folder, "desk1", typed, FOLDER_NOW), 0);
	/* New ones take the place of the old. */
	assert_int_equal(factor_renew(folder->registrar, "desk1", FOLDER_NOW, others), 0);
	assert_int_equal(check(folder, "desk1", codes[2], FOLDER_NOW), MODEL_NOT_FOUND);
	assert_int_equal(check(folder, "desk1", others[2], FOLDER_NOW), 0);
	/* A reset takes all of them along. */
	struct refusal why = {0};
	assert_int_equal(factor_reset(folder->registrar, "desk1", "admin", FOLDER_NOW, &why), 0);
	assert_int_equal(check(folder, "desk1", others[3], FOLDER_NOW), MODEL_NOT_FOUND);
	assert_int_equal(
	    factor_reset(folder->registrar, "desk1", "admin", FOLDER_NOW, &why), MODEL_REFUSED);
}

static void a_sealed_secret_opens_for_its_account_and_key_only(void **state)
{
	struct folder *folder = *state;
	uint8_t sealed[FACTOR_SEALED], opened[TOTP_SECRET];
	static const uint8_t secret[TOTP_SECRET] = "abcdefghijklmnopqrst";
	char path[200];
	struct refusal why = {0};

	assert_int_equal(factor_probe(folder->registrar), 0);
	snprintf(path, sizeof path, "%s/keys/factor.key", folder->registrar->dir);
	/* Where something was sealed before, a key that is missing is not made anew. */
	assert_int_equal(factor_key_seal(folder->registrar, "desk1", false, secret, sealed, &why),
	    MODEL_REFUSED);
	assert_non_null(strstr(why.words, "factor.key"));
	assert_int_equal(
	    factor_key_seal(folder->registrar, "desk1", true, secret, sealed, &why), 0);
	assert_null(memmem(sealed, sizeof sealed, secret, sizeof secret));
	assert_int_equal(factor_key_open(folder->registrar, "desk2", sealed, opened), MODEL_KEY);
	assert_int_equal(factor_key_open(folder->registrar, "desk1", sealed, opened), 0);
	assert_memory_equal(opened, secret, sizeof secret);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(factor_key_open(folder->registrar, "desk1", sealed, opened), MODEL_KEY);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(factor_key_open(folder->registrar, "desk1", sealed, opened), 0);
	add(folder, "desk1", ROLE_COMMUNICATIONS);
	assert_int_equal(factor_begin(folder->registrar, "desk1", FOLDER_NOW, &why), 0);
	assert_int_equal(factor_probe(folder->registrar), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(factor_probe(folder->registrar), MODEL_KEY);
	/* A new set-up makes no new key: what is sealed with the lost one would never open again.
	 */
	assert_int_equal(factor_begin(folder->registrar, "desk1", FOLDER_NOW, &why), MODEL_REFUSED);
	assert_int_equal(factor_key_open(folder->registrar, "desk1", sealed, opened), MODEL_KEY);
}

static void dates_hold_to_the_end_of_their_day(void **state)
{
	struct authority dates = {0};
	struct refusal why = {0};
	char words[256], date[AUTHORITY_DATE];

	(void)state;
	assert_int_equal(authority_state(&dates, FOLDER_NOW), AUTHORITY_STANDS);
	assert_false(authority_say(&dates, FOLDER_NOW, words, sizeof words));
	/* Midnight in Toronto on the 13th, EDT: 04:00 UTC. */
	assert_int_equal(authority_read_until("2026-09-12", "until", &dates.until, &why), 0);
	assert_int_equal(dates.until, 1789272000);
	assert_int_equal(authority_state(&dates, dates.until - 1), AUTHORITY_STANDS);
	assert_int_equal(authority_state(&dates, dates.until), AUTHORITY_OVER);
	authority_write_until(dates.until, date);
	assert_string_equal(date, "2026-09-12");
	/* A month before it is told of. */
	assert_int_equal(authority_ends(&dates, dates.until - AUTHORITY_WARNING - 1), 0);
	assert_int_equal(authority_ends(&dates, dates.until - AUTHORITY_WARNING), dates.until);
	assert_true(authority_say(&dates, FOLDER_NOW, words, sizeof words));
	assert_non_null(strstr(words, "authorisation holds until Saturday 12 September 2026"));
	assert_true(authority_say(&dates, dates.until, words, sizeof words));
	assert_non_null(strstr(words, "ended on Saturday 12 September 2026"));
	assert_int_equal(authority_read_from("2026-10-01", "from", &dates.from, &why), 0);
	assert_int_equal(authority_state(&dates, FOLDER_NOW), AUTHORITY_NOT_YET);
	dates = (struct authority){.trained_until = FOLDER_NOW};
	assert_int_equal(authority_state(&dates, FOLDER_NOW), AUTHORITY_UNTRAINED);
	static const char *const bad[] = {"2026-02-29", "2026-13-01", "1.9.2026", "2026-9-1", "x"};
	for (size_t i = 0; i < N(bad); i++)
		assert_int_equal(
		    authority_read_until(bad[i], "until", &dates.until, &why), MODEL_REFUSED);
}

static int officers(struct folder *folder, int64_t now)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	int n = 0;

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(
	    store_query(tx, REGISTRAR_Q_BUNDLE_OFFICERS, STORE_ARGS(store_i64(now)), &rows), 0);
	while (store_next(rows) == STORE_ROW)
		n++;
	store_done(rows);
	store_read_end(tx);
	return n;
}

static void set_dates(struct folder *folder, const char *name, const struct authority *dates)
{
	struct refusal why = {0};

	assert_int_equal(
	    staff_set_dates(folder->registrar, name, dates, "admin", FOLDER_NOW, &why), 0);
}

static void an_officer_outside_of_the_dates_is_not_on_the_gates_list(void **state)
{
	struct folder *folder = *state;
	int n = officers(folder, FOLDER_NOW);
	int64_t seen = FOLDER_NOW, before = folder_counter(folder, "staff_version");

	assert_true(n >= 1);
	set_dates(folder, "officer1", &(struct authority){.trained_until = FOLDER_NOW + 100});
	assert_true(folder_counter(folder, "staff_version") > before);
	assert_int_equal(officers(folder, FOLDER_NOW + 99), n);
	assert_int_equal(officers(folder, FOLDER_NOW + 100), n - 1);
	set_dates(folder, "officer1", &(struct authority){.from = FOLDER_NOW + 50});
	assert_int_equal(officers(folder, FOLDER_NOW), n - 1);
	/* As time goes on the gates get a new list when somebody's dates turn, and only then. */
	before = folder_counter(folder, "staff_version");
	assert_int_equal(authority_clock(folder->registrar, &seen, FOLDER_NOW + 49), 0);
	assert_int_equal(folder_counter(folder, "staff_version"), before);
	assert_int_equal(authority_clock(folder->registrar, &seen, FOLDER_NOW + 50), 0);
	assert_true(folder_counter(folder, "staff_version") > before);
	assert_int_equal(officers(folder, FOLDER_NOW + 50), n);
	before = folder_counter(folder, "staff_version");
	assert_int_equal(authority_clock(folder->registrar, &seen, FOLDER_NOW + 51), 0);
	assert_int_equal(folder_counter(folder, "staff_version"), before);
	/* A clock set back may bring somebody back. */
	assert_int_equal(authority_clock(folder->registrar, &seen, FOLDER_NOW + 10), 0);
	assert_true(folder_counter(folder, "staff_version") > before);
}

static void the_last_administrator_who_can_act_is_kept(void **state)
{
	struct folder *folder = *state;
	const struct authority over = {.until = FOLDER_NOW - DAY};
	struct refusal why = {0};

	assert_int_equal(
	    staff_set_dates(folder->registrar, "admin", &over, "admin", FOLDER_NOW, &why),
	    MODEL_REFUSED);
	assert_int_equal(
	    staff_set_role(folder->registrar, "admin", ROLE_REVIEWER, "admin", FOLDER_NOW, &why),
	    MODEL_REFUSED);
	add(folder, "boss", ROLE_ADMINISTRATOR);
	set_dates(folder, "boss", &over);
	/* One who is outside of the dates is no other administrator. */
	assert_int_equal(
	    staff_disable(folder->registrar, "admin", "admin", FOLDER_NOW, &why), MODEL_REFUSED);
	set_dates(folder, "boss", &(struct authority){0});
	assert_int_equal(staff_disable(folder->registrar, "admin", "boss", FOLDER_NOW, &why), 0);
	assert_int_equal(staff_enable(folder->registrar, "admin", "boss", FOLDER_NOW, &why), 0);
	assert_int_equal(
	    staff_enable(folder->registrar, "admin", "boss", FOLDER_NOW, &why), MODEL_REFUSED);
}

/* ---- sessions ---- */

struct starting {
	uint8_t hash[SESSION_HASH];
	struct session_start start;
	int64_t now;
};

static int start_body(struct store_tx *tx, void *context)
{
	const struct starting *it = context;

	return session_start_staff(tx, it->hash, &it->start, it->now);
}

static struct starting start(struct folder *folder, const char *name, uint8_t mark, bool half)
{
	struct starting it = {
	    .start = {.staff = name, .half = half, .browser = "Firefox on Linux", .network = "-"},
	    .now = FOLDER_NOW};

	memset(it.hash, mark, sizeof it.hash);
	assert_int_equal(store_write(folder->registrar->store, start_body, &it), 0);
	return it;
}

static int find(struct folder *folder, const struct starting *it, int64_t now, struct session *ret)
{
	struct store_tx *tx = NULL;
	int result;

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	result = session_find(tx, it->hash, now, ret);
	store_read_end(tx);
	return result;
}

static void half_a_session_is_short(void **state)
{
	struct folder *folder = *state;
	struct session session;

	add(folder, "desk1", ROLE_COMMUNICATIONS);
	struct starting half = start(folder, "desk1", 1, true),
			whole = start(folder, "desk1", 2, false);
	assert_int_equal(find(folder, &half, FOLDER_NOW + SESSION_HALF_MAX - 1, &session), 0);
	assert_true(session.half);
	assert_int_equal(
	    find(folder, &half, FOLDER_NOW + SESSION_HALF_MAX, &session), STORE_NOT_FOUND);
	/* The control: a whole one stands on. */
	assert_int_equal(find(folder, &whole, FOLDER_NOW + SESSION_HALF_MAX, &session), 0);
	assert_false(session.half);
}

static void a_session_knows_the_dates_of_now(void **state)
{
	struct folder *folder = *state;
	struct session session;

	add(folder, "desk1", ROLE_COMMUNICATIONS);
	struct starting it = start(folder, "desk1", 1, false);
	assert_int_equal(find(folder, &it, FOLDER_NOW, &session), 0);
	assert_int_equal(authority_state(&session.authority, FOLDER_NOW), AUTHORITY_STANDS);
	set_dates(folder, "desk1", &(struct authority){.until = FOLDER_NOW});
	assert_int_equal(find(folder, &it, FOLDER_NOW, &session), 0);
	assert_int_equal(authority_state(&session.authority, FOLDER_NOW), AUTHORITY_OVER);
}

static void a_session_is_ended_by_its_owners_handle(void **state)
{
	struct folder *folder = *state;
	struct session_line *lines = NULL;
	struct session session;
	struct store_tx *tx = NULL;
	size_t n = 0;

	add(folder, "desk1", ROLE_COMMUNICATIONS);
	add(folder, "desk2", ROLE_COMMUNICATIONS);
	struct starting one = start(folder, "desk1", 1, false),
			two = start(folder, "desk1", 2, false);
	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(session_list(tx, "desk1", one.hash, FOLDER_NOW, &lines, &n), 0);
	store_read_end(tx);
	assert_int_equal(n, 2);
	const char *other = lines[0].own ? lines[1].handle : lines[0].handle;
	assert_int_equal(lines[0].own + lines[1].own, 1);
	assert_string_equal(lines[0].browser, "Firefox on Linux");
	/* Not by another's name, nor by a handle that is none. */
	assert_int_equal(staff_end_sessions(folder->registrar, "desk2", other, "desk2", FOLDER_NOW),
	    STORE_NOT_FOUND);
	assert_int_equal(staff_end_sessions(folder->registrar, "desk1", "0", "desk1", FOLDER_NOW),
	    STORE_NOT_FOUND);
	assert_int_equal(find(folder, &two, FOLDER_NOW, &session), 0);
	assert_int_equal(
	    staff_end_sessions(folder->registrar, "desk1", other, "desk1", FOLDER_NOW), 0);
	assert_int_equal(find(folder, &two, FOLDER_NOW, &session), STORE_NOT_FOUND);
	assert_int_equal(find(folder, &one, FOLDER_NOW, &session), 0);
	free(lines);
}

static void a_session_is_told_by_words(void **state)
{
	static const struct {
		const char *agent, *words;
	} agents[] = {
	    {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
		"Firefox on Linux"},
	    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	     "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
		"Edge on Windows"},
	    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
	     "like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
		"Safari on iPhone"},
	    {"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
	     "Chrome/126.0.0.0 Mobile Safari/537.36",
		"Chrome on Android"},
	    {"<script>", "An unknown browser"},
	    {NULL, "An unknown browser"},
	};
	char words[SESSION_WORDS];

	(void)state;
	for (size_t i = 0; i < N(agents); i++) {
		session_browser(agents[i].agent, words);
		assert_string_equal(words, agents[i].words);
	}
	session_network("192.0.2.17", words);
	assert_string_equal(words, "192.0.2.*");
	session_network("2001:db8:1:2:3::4", words);
	assert_string_equal(words, "2001:db8:1:*");
}

static void what_is_guessed_first_is_no_password(void **state)
{
	static const char *const bad[] = {"password", "Password123!", "12345678", "aaaaaaaaaa",
	    "abcdefgh", "87654321", "qwertyuiop", "letmein2026", "Toronto1!", "abcabcabc",
	    "desk1desk1", "desk1"};
	static const char *const good[] = {"correct horse battery staple", "four green gates open",
	    "twelve letters", "Ọkáfọ̀ walks home", "x7#kPq2!vR"};
	struct refusal why = {0};

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		assert_int_equal(password_check(bad[i], "desk1", "Desk One", &why), MODEL_REFUSED);
	for (size_t i = 0; i < N(good); i++)
		assert_int_equal(password_check(good[i], "desk1", "Desk One", &why), 0);
	assert_int_equal(password_check("Desk One1", "desk1", "Desk One", &why), MODEL_REFUSED);
	assert_true(password_is_common("PASSWORD1"));
	assert_false(password_is_common("passwort-fuer-den-kiosk"));
}

#define FOLDER_TEST(name) cmocka_unit_test_setup_teardown(name, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_are_those_of_rfc_6238),
	    cmocka_unit_test(a_clock_may_be_one_step_off_and_no_more),
	    cmocka_unit_test(a_step_that_was_used_is_refused),
	    cmocka_unit_test(the_secret_reads_the_same_in_text_and_uri),
	    FOLDER_TEST(a_factor_stands_once_a_code_proved_it),
	    FOLDER_TEST(a_recovery_code_is_good_once_for_its_account),
	    FOLDER_TEST(a_sealed_secret_opens_for_its_account_and_key_only),
	    FOLDER_TEST(dates_hold_to_the_end_of_their_day),
	    FOLDER_TEST(an_officer_outside_of_the_dates_is_not_on_the_gates_list),
	    FOLDER_TEST(the_last_administrator_who_can_act_is_kept),
	    FOLDER_TEST(half_a_session_is_short),
	    FOLDER_TEST(a_session_knows_the_dates_of_now),
	    FOLDER_TEST(a_session_is_ended_by_its_owners_handle),
	    cmocka_unit_test(a_session_is_told_by_words),
	    cmocka_unit_test(what_is_guessed_first_is_no_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
