/* R14: what a person sees, corrects and asks about the records of them. */
#include "tests/pages/temp.h"

#include "badges/class.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/subject.h"

struct step {
	int (*run)(struct store_tx *tx, struct step *step);
	int64_t person, other, now;
	const char *name, *email, *words, *link;
	char token[TOKEN_TEXT + 1];
	struct subject_answer answer;
	struct registrar *registrar;
	bool asked;
};

static int body(struct store_tx *tx, void *context)
{
	struct step *s = context;

	return s->run(tx, s);
}

static void go(
    void **state, struct step *s, int (*run)(struct store_tx *, struct step *), int expected)
{
	s->run = run;
	assert_int_equal(WRITE(state, body, s), expected);
}

static int add_people(struct store_tx *tx, struct step *s)
{
	int result = person_put(tx, "ana@lantern.example", "Ana", s->now, &s->person);

	return result ? result : person_put(tx, "bo@courier.example", "Bo", s->now, &s->other);
}

static int accredit(struct store_tx *tx, struct step *s)
{
	struct accreditation grant = {.person_id = s->person,
	    .class = CLASS_REPORTER,
	    .valid_from = s->now,
	    .valid_until = s->now + 1000};
	int64_t id;
	int result = outlet_put(tx, "The Lantern", false, s->now, &grant.outlet_id);

	return result ? result : accreditation_grant(tx, &grant, &id);
}

static int correct(struct store_tx *tx, struct step *s)
{
	struct subject_details details = {.phone = "555-0177", .language = "fr"};
	struct person person;
	int result = person_by_id(tx, s->person, &person);

	return result ? result : subject_correct(tx, &person, s->name, &details, s->now, &s->asked);
}

static int ask(struct store_tx *tx, struct step *s)
{
	return subject_ask(tx, s->person, SUBJECT_DISPOSAL, s->words, s->now);
}

static int answer(struct store_tx *tx, struct step *s)
{
	return subject_answer(tx, s->registrar, &s->answer, s->now);
}

static int withdraw(struct store_tx *tx, struct step *s)
{
	return subject_withdraw(tx, s->answer.reference, s->person, s->now);
}

static int ask_email(struct store_tx *tx, struct step *s)
{
	return subject_email_ask(tx, s->person, s->email, s->now, s->token);
}

static int use_email(struct store_tx *tx, struct step *s)
{
	return subject_email_use(tx, s->link, s->now);
}

static struct step begin(void **state)
{
	struct step s = {.now = TEMP_NOW,
	    .registrar = &((struct temp *)*state)->registrar,
	    .name = "Ana Ribeiro",
	    .words = "All of it",
	    .email = "new@lantern.example"};

	go(state, &s, add_people, 0);
	return s;
}

static struct person read_person(void **state, int64_t id)
{
	struct person person;
	struct store_tx *tx = temp_read(state);

	assert_int_equal(person_by_id(tx, id, &person), 0);
	store_read_end(tx);
	return person;
}

/* The newest request of a person. */
static struct subject_request *newest(void **state, int64_t person)
{
	static struct subject_request found;
	struct subject_requests list = {NULL, 0};
	struct store_tx *tx = temp_read(state);

	assert_int_equal(subject_requests(tx, person, &list), 0);
	store_read_end(tx);
	assert_true(list.n > 0);
	found = list.items[0];
	free(list.items);
	return &found;
}

static void a_name_is_ones_own_until_one_is_accredited(void **state)
{
	struct step s = begin(state);

	go(state, &s, correct, 0);
	assert_false(s.asked);
	assert_string_equal(read_person(state, s.person).name, "Ana Ribeiro");
	go(state, &s, accredit, 0);
	s.name = "Somebody Else";
	go(state, &s, correct, 0);
	assert_true(s.asked);
	assert_string_equal(read_person(state, s.person).name, "Ana Ribeiro");
	s.answer = (struct subject_answer){
	    .reference = newest(state, s.person)->reference, .message = "Yes", .done = true};
	go(state, &s, answer, 0);
	assert_string_equal(read_person(state, s.person).name, "Somebody Else");
}

static void a_refused_name_changes_nothing_and_is_answered_once(void **state)
{
	struct step s = begin(state);

	go(state, &s, accredit, 0);
	go(state, &s, correct, 0);
	s.answer = (struct subject_answer){
	    .reference = newest(state, s.person)->reference, .message = "No"};
	go(state, &s, answer, 0);
	assert_string_equal(read_person(state, s.person).name, "Ana");
	assert_int_equal(newest(state, s.person)->state, SUBJECT_REFUSED);
	s.answer.done = true;
	go(state, &s, answer, SUBJECT_E_STATE);
	assert_string_equal(read_person(state, s.person).name, "Ana");
}

static void disposal_is_asked_once_and_taken_back_by_its_owner(void **state)
{
	struct step s = begin(state);
	struct subject_requests list;
	struct store_tx *tx;
	char reference[21];

	go(state, &s, ask, 0);
	go(state, &s, ask, 0);
	tx = temp_read(state);
	assert_int_equal(subject_requests(tx, 0, &list), 0);
	store_read_end(tx);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.items[0].due, TEMP_NOW + 30 * 86400);
	snprintf(reference, sizeof(reference), "%s", list.items[0].reference);
	free(list.items);
	s.answer.reference = reference;
	s.person ^= s.other;
	s.other ^= s.person;
	s.person ^= s.other;
	go(state, &s, withdraw, STORE_NOT_FOUND);
	s.person ^= s.other;
	s.other ^= s.person;
	s.person ^= s.other;
	go(state, &s, withdraw, 0);
	go(state, &s, withdraw, 0);
	assert_int_equal(newest(state, s.person)->state, SUBJECT_WITHDRAWN);
}

static void an_address_changes_by_its_link_alone_once(void **state)
{
	struct step s = begin(state);
	char wrong[TOKEN_TEXT + 1];

	go(state, &s, ask_email, 0);
	assert_string_equal(read_person(state, s.person).email, "ana@lantern.example");
	memcpy(wrong, s.token, sizeof(wrong));
	wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
	s.link = wrong;
	go(state, &s, use_email, STORE_NOT_FOUND);
	s.link = s.token;
	s.now += SUBJECT_EMAIL_SECONDS;
	go(state, &s, use_email, STORE_NOT_FOUND);
	s.now--;
	go(state, &s, use_email, 0);
	assert_string_equal(read_person(state, s.person).email, "new@lantern.example");
	go(state, &s, use_email, STORE_NOT_FOUND);
}

static void nobodys_address_is_taken_over(void **state)
{
	struct step s = begin(state);

	s.email = "bo@courier.example";
	go(state, &s, ask_email, 0);
	s.link = s.token;
	go(state, &s, use_email, SUBJECT_E_TAKEN);
	assert_string_equal(read_person(state, s.person).email, "ana@lantern.example");
	assert_string_equal(read_person(state, s.other).email, "bo@courier.example");
}

static void what_is_kept_is_told_of_this_person_and_no_other(void **state)
{
	struct step s = begin(state);
	struct subject_records records = {NULL, 0};
	struct store_tx *tx;
	char *json;

	go(state, &s, accredit, 0);
	go(state, &s, ask, 0);
	tx = temp_read(state);
	assert_int_equal(subject_read(tx, s.person, &records), 0);
	store_read_end(tx);
	json = subject_json(&records, TEMP_NOW);
	assert_non_null(json);
	assert_non_null(strstr(json, "ana@lantern.example"));
	assert_non_null(strstr(json, "The Lantern"));
	assert_non_null(strstr(json, "All of it"));
	assert_non_null(strstr(json, "\"made_at\": \"2026-09-12T18:03:00Z\""));
	assert_null(strstr(json, "bo@courier.example"));
	free(json);
	subject_records_free(&records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_name_is_ones_own_until_one_is_accredited, temp_begin, temp_end),
	    cmocka_unit_test_setup_teardown(
		a_refused_name_changes_nothing_and_is_answered_once, temp_begin, temp_end),
	    cmocka_unit_test_setup_teardown(
		disposal_is_asked_once_and_taken_back_by_its_owner, temp_begin, temp_end),
	    cmocka_unit_test_setup_teardown(
		an_address_changes_by_its_link_alone_once, temp_begin, temp_end),
	    cmocka_unit_test_setup_teardown(nobodys_address_is_taken_over, temp_begin, temp_end),
	    cmocka_unit_test_setup_teardown(
		what_is_kept_is_told_of_this_person_and_no_other, temp_begin, temp_end),
	};

	return cmocka_run_group_tests_name("subject", tests, NULL, NULL);
}
