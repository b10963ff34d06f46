/* An application after it was sent: more information, responses, appeals, renewals. */
#include "tests/pages/temp.h"

#include "badges/class.h"
#include "registrar/press/case.h"
#include "registrar/press/person.h"

#define DAY INT64_C(86400)

/* One step of a case, inside a write. */
struct step {
	int (*run)(struct store_tx *tx, struct step *step);
	int64_t id, now, person, accreditation;
	const char *staff, *words, *outlet, *email;
	enum case_purpose purpose;
	char reference[APPLICATION_REFERENCE];
	unsigned months;
};

static int body(struct store_tx *tx, void *context)
{
	struct step *step = context;

	return step->run(tx, step);
}

static void go(
    void **state, struct step *step, int (*run)(struct store_tx *, struct step *), int expected)
{
	step->run = run;
	assert_int_equal(WRITE(state, body, step), expected);
}

static int send(struct store_tx *tx, struct step *s)
{
	struct application_form form = {s->email, "Ana", "The Lantern", "My editor", CLASS_CAMERA, 0};
	struct application made = {0};
	char token[TOKEN_TEXT + 1];
	bool again;
	int result = application_apply(tx, &form, s->now, &s->id, token);

	if (result == 0)
		result = application_confirm(tx, token, &due_r9, s->now, &made, &again);
	s->person = made.person_id;
	snprintf(s->reference, sizeof(s->reference), "%s", made.reference);
	application_free(&made);
	return result;
}

static int ask(struct store_tx *tx, struct step *s)
{
	return case_ask(tx, s->id, s->staff, s->words, s->now);
}

static int answer(struct store_tx *tx, struct step *s)
{
	return case_answer(tx, s->id, s->words, &due_r9, s->now);
}

static int respond(struct store_tx *tx, struct step *s)
{
	return case_respond(tx, s->id, s->words, &due_r9, s->now);
}

static int appeal(struct store_tx *tx, struct step *s)
{
	return case_appeal(tx, s->id, s->words, &due_r9, s->now);
}

static int withdraw(struct store_tx *tx, struct step *s)
{
	return case_withdraw(tx, s->id, s->now);
}

static int message(struct store_tx *tx, struct step *s)
{
	return case_message(tx, s->id, s->staff, s->words, &due_r9, s->now);
}

static int approve(struct store_tx *tx, struct step *s)
{
	struct application_approval approval = {.staff = s->staff,
	    .outlet_name = s->outlet,
	    .months = s->months,
	    .message = "Welcome",
	    .note = "secret note"};

	return application_approve(tx, s->id, &approval, s->now, &s->accreditation);
}

static int refuse_it(struct store_tx *tx, struct step *s)
{
	struct application_refusal refusal = {
	    s->staff, "proof-missing", "Send work", "secret note"};

	return application_refuse(tx, s->id, &refusal, s->now);
}

static int wish(struct store_tx *tx, struct step *s)
{
	struct case_wish want = {s->person, s->accreditation, s->purpose, s->outlet, "Still there"};
	int result = case_apply(tx, &want, &due_r9, s->now, s->reference);

	if (result == 0)
		result = case_find(tx, s->reference, s->person, &s->id);
	return result;
}

static int add_staff(struct store_tx *tx, void *context)
{
	return store_exec(tx, REGISTRAR_Q_STAFF_INSERT,
	    STORE_ARGS(store_text(context), store_text("Desk"), store_text("reviewer"),
		store_null(), store_null(), store_null(), store_i64(0), store_i64(TEMP_NOW)),
	    NULL);
}

static struct step begin(void **state)
{
	struct step s = {.email = "ana@lantern.example",
	    .outlet = "The Lantern",
	    .words = "Words",
	    .staff = "desk1",
	    .months = 12,
	    .now = TEMP_NOW};

	go(state, &s, send, 0);
	return s;
}

static int start(void **state)
{
	static char one[] = "desk1", two[] = "desk2";

	if (temp_begin(state) < 0 || WRITE(state, add_staff, one) < 0)
		return -1;
	return WRITE(state, add_staff, two);
}

static struct application stands(void **state, const struct step *s)
{
	struct application a = {0};
	struct store_tx *tx = temp_read(state);

	assert_int_equal(application_for_mail(tx, s->id, &a), 0);
	store_read_end(tx);
	application_free(&a);
	return a;
}

static struct case_file read_file(void **state, const struct step *s)
{
	struct case_file file = {0};
	struct store_tx *tx = temp_read(state);

	assert_int_equal(case_read(tx, s->id, &file), 0);
	store_read_end(tx);
	return file;
}

static void an_answer_gives_the_application_back_with_a_new_clock(void **state)
{
	struct step s = begin(state);
	struct case_file file;

	go(state, &s, answer, CASE_E_STATE);
	go(state, &s, ask, 0);
	assert_string_equal(stands(state, &s).state, "more-information");
	assert_int_equal(stands(state, &s).due, TEMP_NOW + CASE_ANSWER_SECONDS);
	go(state, &s, ask, CASE_E_STATE);
	s.now += DAY;
	go(state, &s, answer, 0);
	assert_string_equal(stands(state, &s).state, "submitted");
	assert_int_equal(stands(state, &s).due, TEMP_NOW + DAY + 7200);
	go(state, &s, answer, CASE_E_STATE);
	file = read_file(state, &s);
	assert_int_equal(file.said.n, 2);
	assert_int_equal(file.said.items[0].kind, CORRESPONDENCE_ASKED);
	assert_string_equal(file.said.items[0].staff, "desk1");
	assert_int_equal(file.said.items[1].kind, CORRESPONDENCE_ANSWERED);
	assert_string_equal(file.said.items[1].staff, "");
	assert_int_equal(file.said.items[1].at, TEMP_NOW + DAY);
	case_free(&file);
}

static void a_refusal_may_be_answered_once_and_appealed_once(void **state)
{
	struct step s = begin(state);

	go(state, &s, respond, CASE_E_STATE);
	go(state, &s, appeal, CASE_E_STATE);
	go(state, &s, refuse_it, 0);
	go(state, &s, respond, 0);
	assert_string_equal(stands(state, &s).state, "submitted");
	go(state, &s, refuse_it, 0);
	go(state, &s, respond, CASE_E_ONCE);
	go(state, &s, appeal, 0);
	assert_string_equal(stands(state, &s).state, "appealed");
	s.staff = "desk2";
	go(state, &s, refuse_it, 0);
	go(state, &s, appeal, CASE_E_ONCE);
	go(state, &s, respond, CASE_E_ONCE);
}

static void an_appeal_is_decided_by_who_did_not_refuse(void **state)
{
	struct step s = begin(state);

	go(state, &s, refuse_it, 0);
	go(state, &s, appeal, 0);
	go(state, &s, approve, CASE_E_DECIDER);
	go(state, &s, refuse_it, CASE_E_DECIDER);
	go(state, &s, ask, CASE_E_DECIDER);
	assert_string_equal(stands(state, &s).state, "appealed");
	s.staff = "desk2";
	go(state, &s, ask, 0);
	go(state, &s, answer, 0);
	assert_string_equal(stands(state, &s).state, "appealed");
	s.staff = "desk1";
	go(state, &s, approve, CASE_E_DECIDER);
	s.staff = "desk2";
	go(state, &s, approve, 0);
	assert_string_equal(stands(state, &s).state, "approved");
}

/* The control: what keeps the first decider out is the appeal, not the refusal alone. */
static void who_refused_may_look_again_at_a_response(void **state)
{
	struct step s = begin(state);

	go(state, &s, refuse_it, 0);
	go(state, &s, respond, 0);
	go(state, &s, approve, 0);
}

static void after_thirty_days_a_refusal_stands(void **state)
{
	struct step s = begin(state);

	go(state, &s, refuse_it, 0);
	s.now += 30 * DAY;
	go(state, &s, respond, CASE_E_LATE);
	go(state, &s, appeal, CASE_E_LATE);
	s.now--;
	go(state, &s, appeal, 0);
}

static void what_waits_is_withdrawn_and_decided_by_nobody_then(void **state)
{
	struct step s = begin(state);

	go(state, &s, ask, 0);
	go(state, &s, withdraw, 0);
	go(state, &s, withdraw, 0);
	go(state, &s, approve, APPLICATION_E_STATE);
	go(state, &s, answer, CASE_E_STATE);
	assert_string_equal(stands(state, &s).state, "withdrawn");
	s.email = "two@lantern.example";
	go(state, &s, send, 0);
	go(state, &s, approve, 0);
	go(state, &s, withdraw, CASE_E_STATE);
}

static void after_ten_messages_it_is_the_desks_turn(void **state)
{
	struct step s = begin(state);

	s.staff = NULL;
	for (int i = 0; i < CASE_UNANSWERED_MAX; i++)
		go(state, &s, message, 0);
	go(state, &s, message, CASE_E_MANY);
	s.staff = "desk1";
	go(state, &s, message, 0);
	s.staff = NULL;
	go(state, &s, message, 0);
}

static void another_persons_application_is_not_found(void **state)
{
	struct step s = begin(state), other = {.email = "bo@courier.example", .now = TEMP_NOW};
	struct store_tx *tx;
	int64_t id = 0;

	go(state, &other, send, 0);
	tx = temp_read(state);
	assert_int_equal(case_find(tx, s.reference, s.person, &id), 0);
	assert_int_equal(id, s.id);
	assert_int_equal(case_find(tx, s.reference, other.person, &id), STORE_NOT_FOUND);
	assert_int_equal(case_find(tx, "A-0000-0000", s.person, &id), STORE_NOT_FOUND);
	store_read_end(tx);
	go(state, &s, approve, 0);
	other.accreditation = s.accreditation;
	other.purpose = CASE_OUTLET;
	other.outlet = "The Courier";
	go(state, &other, wish, STORE_NOT_FOUND);
}

static struct accreditation held(void **state, const struct step *s)
{
	struct accreditation a;
	struct store_tx *tx = temp_read(state);

	assert_int_equal(accreditation_by_id(tx, s->accreditation, &a), 0);
	store_read_end(tx);
	return a;
}

static void a_renewal_goes_on_from_the_end_without_a_gap(void **state)
{
	struct step s = begin(state);
	struct accreditation before, after;
	struct case_file file;
	char first[APPLICATION_REFERENCE];

	go(state, &s, approve, 0);
	before = held(state, &s);
	s.purpose = CASE_RENEWAL;
	s.now = before.valid_until - CASE_RENEW_SECONDS - 1;
	go(state, &s, wish, CASE_E_EARLY);
	s.now++;
	go(state, &s, wish, 0);
	memcpy(first, s.reference, sizeof(first));
	go(state, &s, wish, 0);
	assert_string_equal(s.reference, first);
	file = read_file(state, &s);
	assert_int_equal(file.purpose, CASE_RENEWAL);
	assert_int_equal(file.accreditation.id, before.id);
	case_free(&file);
	go(state, &s, approve, 0);
	after = held(state, &s);
	assert_int_equal(after.id, before.id);
	assert_int_equal(after.valid_from, before.valid_from);
	assert_int_equal(after.valid_until, accreditation_months_later(before.valid_until, 12));
}

static void a_refused_renewal_leaves_the_accreditation_as_it_is(void **state)
{
	struct step s = begin(state);
	struct accreditation before, after;

	go(state, &s, approve, 0);
	before = held(state, &s);
	s.purpose = CASE_RENEWAL;
	s.now = before.valid_until - DAY;
	go(state, &s, wish, 0);
	go(state, &s, refuse_it, 0);
	after = held(state, &s);
	assert_int_equal(after.valid_until, before.valid_until);
	assert_string_equal(after.state, "active");
	s.now = before.valid_until;
	go(state, &s, wish, CASE_E_STATE);
}

static void a_change_of_outlet_moves_the_accreditation_and_nothing_else(void **state)
{
	struct step s = begin(state);
	struct accreditation before, after;

	go(state, &s, approve, 0);
	before = held(state, &s);
	s.purpose = CASE_OUTLET;
	s.outlet = "The Courier";
	go(state, &s, wish, 0);
	assert_string_equal(held(state, &s).outlet.name, "The Lantern");
	go(state, &s, approve, 0);
	after = held(state, &s);
	assert_int_equal(after.id, before.id);
	assert_string_equal(after.outlet.name, "The Courier");
	assert_int_equal(after.valid_until, before.valid_until);
	assert_int_equal(after.class, CLASS_CAMERA);
}

static void what_may_be_done_is_told_by_the_same_rules(void **state)
{
	struct step s = begin(state);
	struct application a = stands(state, &s);
	struct case_file file = read_file(state, &s);
	struct case_options o = case_options(&a, &file, s.now);

	assert_true(o.withdraw && !o.answer && !o.respond && !o.appeal);
	case_free(&file);
	go(state, &s, refuse_it, 0);
	a = stands(state, &s);
	file = read_file(state, &s);
	o = case_options(&a, &file, s.now);
	assert_true(o.respond && o.appeal && !o.withdraw && !o.answer);
	assert_int_equal(o.until, s.now + CASE_APPEAL_SECONDS);
	o = case_options(&a, &file, o.until);
	assert_false(o.respond || o.appeal);
	case_free(&file);
	go(state, &s, appeal, 0);
	s.staff = "desk2";
	go(state, &s, refuse_it, 0);
	a = stands(state, &s);
	file = read_file(state, &s);
	o = case_options(&a, &file, s.now);
	assert_false(o.respond || o.appeal || o.withdraw || o.answer);
	for (size_t i = 0; i < file.said.n; i++)
		assert_null(strstr(file.said.items[i].words, "secret"));
	case_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		an_answer_gives_the_application_back_with_a_new_clock, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		a_refusal_may_be_answered_once_and_appealed_once, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		an_appeal_is_decided_by_who_did_not_refuse, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		who_refused_may_look_again_at_a_response, start, temp_end),
	    cmocka_unit_test_setup_teardown(after_thirty_days_a_refusal_stands, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		what_waits_is_withdrawn_and_decided_by_nobody_then, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		after_ten_messages_it_is_the_desks_turn, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		another_persons_application_is_not_found, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		a_renewal_goes_on_from_the_end_without_a_gap, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		a_refused_renewal_leaves_the_accreditation_as_it_is, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		a_change_of_outlet_moves_the_accreditation_and_nothing_else, start, temp_end),
	    cmocka_unit_test_setup_teardown(
		what_may_be_done_is_told_by_the_same_rules, start, temp_end),
	};

	return cmocka_run_group_tests_name("case", tests, NULL, NULL);
}
