/* Links from mails and sessions: used once, short of life, and looking changes nothing. */
#include "tests/pages/temp.h"

#include "registrar/mail/link.h"
#include "registrar/press/person.h"
#include "registrar/staff/session.h"

enum what { MAKE, USE, PURGE, START, START_STAFF, TOUCH, END, END_STAFF, PURGE_SESSIONS };

struct step {
	enum what what;
	enum link_purpose purpose;
	int64_t person, now;
	char token[TOKEN_TEXT + 1];
	struct link link;
	uint8_t hash[SESSION_HASH];
};

static int run(struct store_tx *tx, void *context)
{
	struct step *s = context;

	switch (s->what) {
	case MAKE:
		return link_make(tx, s->purpose, s->person, s->now, s->token);
	case USE:
		return link_use(tx, s->purpose, s->token, s->now, &s->link);
	case PURGE:
		return link_purge(tx, s->now);
	case START:
		return session_start_person(tx, s->hash, s->person, s->now);
	case START_STAFF:
		return session_start_staff(tx, s->hash,
		    &(const struct session_start){.staff = "desk1", .browser = "", .network = ""},
		    s->now);
	case TOUCH:
		return session_touch(tx, s->hash, s->now);
	case END:
		return session_end(tx, s->hash);
	case END_STAFF:
		return session_end_staff(tx, "desk1");
	default:
		return session_purge(tx, s->now);
	}
}

static int people(struct store_tx *tx, void *context)
{
	int result = person_put(tx, "ana@lantern.example", "Ana", TEMP_NOW, context);

	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_STAFF_INSERT,
		    STORE_ARGS(store_text("desk1"), store_text("Desk One"), store_text("reviewer"),
			store_null(), store_null(), store_null(), store_i64(0),
			store_i64(TEMP_NOW)),
		    NULL);
	return result;
}

static struct step begin(void **state)
{
	struct step s = {.purpose = LINK_SIGN_IN, .now = TEMP_NOW, .hash = {1, 2, 3}};

	assert_int_equal(WRITE(state, people, &s.person), 0);
	return s;
}

static int go(void **state, struct step *s, enum what what, int64_t now)
{
	s->what = what;
	s->now = now;
	return WRITE(state, run, s);
}

static int look(void **state, const struct step *s, enum link_purpose purpose, struct link *link)
{
	struct store_tx *tx = temp_read(state);
	int result = link_find(tx, purpose, s->token, link);

	store_read_end(tx);
	return result;
}

static void a_link_is_used_once(void **state)
{
	struct step s = begin(state);

	assert_int_equal(go(state, &s, MAKE, TEMP_NOW), 0);
	assert_int_equal(go(state, &s, USE, TEMP_NOW + 1), 0);
	assert_int_equal(s.link.subject, s.person);
	assert_int_equal(go(state, &s, USE, TEMP_NOW + 2), STORE_NOT_FOUND);
}

static void looking_does_not_use_it(void **state)
{
	struct step s = begin(state);
	struct link link;

	assert_int_equal(go(state, &s, MAKE, TEMP_NOW), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(look(state, &s, LINK_SIGN_IN, &link), 0);
	assert_true(link_usable(&link, TEMP_NOW + 1));
	assert_int_equal(go(state, &s, USE, TEMP_NOW + 1), 0);
}

static void it_expires_to_the_second(void **state)
{
	struct step s = begin(state);
	struct link link;

	assert_int_equal(go(state, &s, MAKE, TEMP_NOW), 0);
	assert_int_equal(look(state, &s, LINK_SIGN_IN, &link), 0);
	assert_false(link_usable(&link, TEMP_NOW + LINK_SIGN_IN_SECONDS));
	assert_int_equal(go(state, &s, USE, TEMP_NOW + LINK_SIGN_IN_SECONDS), STORE_NOT_FOUND);
	assert_int_equal(go(state, &s, USE, TEMP_NOW + LINK_SIGN_IN_SECONDS - 1), 0);
}

static void it_serves_its_own_purpose_only(void **state)
{
	struct step s = begin(state);
	struct link link;

	assert_int_equal(go(state, &s, MAKE, TEMP_NOW), 0);
	assert_int_equal(look(state, &s, LINK_CONFIRM, &link), STORE_NOT_FOUND);
	s.purpose = LINK_CONFIRM;
	assert_int_equal(go(state, &s, USE, TEMP_NOW + 1), STORE_NOT_FOUND);
}

static void every_other_spelling_is_no_link(void **state)
{
	struct step s = begin(state);
	char good[TOKEN_TEXT + 1];

	assert_int_equal(go(state, &s, MAKE, TEMP_NOW), 0);
	memcpy(good, s.token, sizeof(good));
	for (int i = 0; i < TOKEN_TEXT; i++) {
		memcpy(s.token, good, sizeof(good));
		s.token[i] = good[i] == 'x' ? 'y' : 'x';
		assert_int_equal(go(state, &s, USE, TEMP_NOW + 1), STORE_NOT_FOUND);
	}
	memcpy(s.token, good, sizeof(good));
	assert_int_equal(go(state, &s, USE, TEMP_NOW + 1), 0);
}

static void the_secret_itself_is_not_stored(void **state)
{
	struct temp *temp = *state;
	struct step s = begin(state);
	char command[256];

	assert_int_equal(go(state, &s, MAKE, TEMP_NOW), 0);
	snprintf(
	    command, sizeof(command), "grep -q -- '%s' '%s'/registrar.db*", s.token, temp->dir);
	assert_int_not_equal(system(command), 0);
	/* The control: what is stored is found this way. */
	snprintf(command, sizeof(command), "grep -q -- 'ana@lantern.example' '%s'/registrar.db*",
	    temp->dir);
	assert_int_equal(system(command), 0);
}

static void old_links_and_the_drafts_behind_them_go(void **state)
{
	struct step s = begin(state);
	struct link link;

	assert_int_equal(go(state, &s, MAKE, TEMP_NOW), 0);
	assert_int_equal(go(state, &s, PURGE, TEMP_NOW + LINK_SIGN_IN_SECONDS + 86400), 0);
	assert_int_equal(look(state, &s, LINK_SIGN_IN, &link), 0);
	assert_int_equal(go(state, &s, PURGE, TEMP_NOW + LINK_SIGN_IN_SECONDS + 86401), 0);
	assert_int_equal(look(state, &s, LINK_SIGN_IN, &link), STORE_NOT_FOUND);
}

static void a_link_of_nobody_is_written_like_any_other(void **state)
{
	struct step s = begin(state);

	s.person = 0;
	assert_int_equal(go(state, &s, MAKE, TEMP_NOW), 0);
	assert_int_equal(go(state, &s, USE, TEMP_NOW + 1), 0);
	assert_int_equal(s.link.subject, 0);
}

static int found(void **state, const struct step *s, int64_t now)
{
	struct session session;
	struct store_tx *tx = temp_read(state);
	int result = session_find(tx, s->hash, now, &session);

	store_read_end(tx);
	return result;
}

static const struct {
	enum what start;
	int64_t idle, most;
} kinds[] = {
    {START, SESSION_PERSON_IDLE, SESSION_PERSON_MAX},
    {START_STAFF, SESSION_STAFF_IDLE, SESSION_STAFF_MAX},
};

static void a_session_ends_after_silence(void **state)
{
	struct step s = begin(state);

	for (int i = 0; i < 2; i++) {
		s.hash[0] = (uint8_t)(10 + i);
		assert_int_equal(go(state, &s, kinds[i].start, TEMP_NOW), 0);
		assert_int_equal(found(state, &s, TEMP_NOW + kinds[i].idle - 1), 0);
		assert_int_equal(found(state, &s, TEMP_NOW + kinds[i].idle), STORE_NOT_FOUND);
	}
}

static void a_session_in_use_ends_all_the_same(void **state)
{
	struct step s = begin(state);
	int64_t now;

	for (int i = 0; i < 2; i++) {
		s.hash[0] = (uint8_t)(20 + i);
		assert_int_equal(go(state, &s, kinds[i].start, TEMP_NOW), 0);
		for (now = TEMP_NOW; now < TEMP_NOW + kinds[i].most; now += kinds[i].idle / 2) {
			assert_int_equal(found(state, &s, now), 0);
			assert_int_equal(go(state, &s, TOUCH, now), 0);
		}
		assert_int_equal(found(state, &s, TEMP_NOW + kinds[i].most), STORE_NOT_FOUND);
	}
}

static void a_clock_set_back_makes_no_session_longer(void **state)
{
	struct step s = begin(state);

	assert_int_equal(go(state, &s, START_STAFF, TEMP_NOW), 0);
	assert_int_equal(found(state, &s, TEMP_NOW - 1), STORE_NOT_FOUND);
}

static int disable(struct store_tx *tx, void *context)
{
	(void)context;
	return store_exec(tx, REGISTRAR_Q_STAFF_DISABLE, STORE_ARGS(store_text("desk1")), NULL);
}

static void a_disabled_account_has_no_session(void **state)
{
	struct step s = begin(state);

	assert_int_equal(go(state, &s, START_STAFF, TEMP_NOW), 0);
	assert_int_equal(found(state, &s, TEMP_NOW + 1), 0);
	assert_int_equal(WRITE(state, disable, NULL), 0);
	assert_int_equal(found(state, &s, TEMP_NOW + 1), STORE_NOT_FOUND);
}

static void signing_out_and_a_new_password_end_sessions(void **state)
{
	struct step s = begin(state), other;

	assert_int_equal(go(state, &s, START_STAFF, TEMP_NOW), 0);
	other = s;
	other.hash[5] = 9;
	assert_int_equal(go(state, &other, START_STAFF, TEMP_NOW), 0);
	assert_int_equal(go(state, &s, END, TEMP_NOW), 0);
	assert_int_equal(found(state, &s, TEMP_NOW + 1), STORE_NOT_FOUND);
	assert_int_equal(found(state, &other, TEMP_NOW + 1), 0);
	assert_int_equal(go(state, &other, END_STAFF, TEMP_NOW), 0);
	assert_int_equal(found(state, &other, TEMP_NOW + 1), STORE_NOT_FOUND);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_begin, temp_end)
	const struct CMUnitTest tests[] = {
	    TEST(a_link_is_used_once),
	    TEST(looking_does_not_use_it),
	    TEST(it_expires_to_the_second),
	    TEST(it_serves_its_own_purpose_only),
	    TEST(every_other_spelling_is_no_link),
	    TEST(the_secret_itself_is_not_stored),
	    TEST(old_links_and_the_drafts_behind_them_go),
	    TEST(a_link_of_nobody_is_written_like_any_other),
	    TEST(a_session_ends_after_silence),
	    TEST(a_session_in_use_ends_all_the_same),
	    TEST(a_clock_set_back_makes_no_session_longer),
	    TEST(a_disabled_account_has_no_session),
	    TEST(signing_out_and_a_new_password_end_sessions),
	};

	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
