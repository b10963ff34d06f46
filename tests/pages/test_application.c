/* An application's way from draft to decision, and what a refusal leaves: nothing. */
#include "tests/pages/temp.h"

#include "badges/class.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/application.h"
#include "registrar/press/person.h"
#include "registrar/press/queue.h"
#include "registrar/staff/staff.h"

enum what { APPLY, CONFIRM, APPROVE, REFUSE };

struct step {
	enum what what;
	const char *email, *name, *outlet;
	char token[TOKEN_TEXT + 1];
	int64_t id, now;
	struct application application;
	bool again;
	struct application_approval approval;
	struct application_refusal refusal;
	int64_t accreditation;
};

static int run(struct store_tx *tx, void *context)
{
	struct step *s = context;
	struct application_form form = {s->email, s->name, s->outlet, "My editor", CLASS_REPORTER, 0};

	switch (s->what) {
	case APPLY:
		return application_apply(tx, &form, s->now, &s->id, s->token);
	case CONFIRM:
		return application_confirm(
		    tx, s->token, &due_r9, s->now, &s->application, &s->again);
	case APPROVE:
		return application_approve(tx, s->id, &s->approval, s->now, &s->accreditation);
	default:
		return application_refuse(tx, s->id, &s->refusal, s->now);
	}
}

static int add_staff(struct store_tx *tx, void *context)
{
	(void)context;
	return store_exec(tx, REGISTRAR_Q_STAFF_INSERT,
	    STORE_ARGS(store_text("desk1"), store_text("Desk One"), store_text("reviewer"),
		store_null(), store_null(), store_null(), store_i64(0), store_i64(TEMP_NOW)),
	    NULL);
}

static struct step begin(void)
{
	return (struct step){.email = "ana@lantern.example",
	    .name = "Ana Ribeiro",
	    .outlet = "The Lantern",
	    .now = TEMP_NOW,
	    .approval = {.staff = "desk1",
		.outlet_name = "The Lantern",
		.local = true,
		.months = 12,
		.message = "Welcome",
		.note = "known"},
	    .refusal = {.staff = "desk1",
		.criterion = "proof-missing",
		.message = "Please send work",
		.note = "secret"}};
}

static void go(void **state, struct step *s, enum what what, int expected)
{
	s->what = what;
	assert_int_equal(WRITE(state, run, s), expected);
}

static void submit(void **state, struct step *s)
{
	go(state, s, APPLY, 0);
	go(state, s, CONFIRM, 0);
	assert_false(s->again);
}

static struct application now_stands(void **state, const char *reference)
{
	struct application a = {0};
	struct store_tx *tx = temp_read(state);

	assert_int_equal(application_by_reference(tx, reference, &a), 0);
	store_read_end(tx);
	return a;
}

static void a_draft_waits_for_its_link_and_is_in_no_queue(void **state)
{
	struct step s = begin();
	struct queue_filter filter = {.class = -1, .most = 9, .now = s.now};
	struct queue queue = {0};
	struct store_tx *tx;

	go(state, &s, APPLY, 0);
	assert_int_equal(strlen(s.token), TOKEN_TEXT);
	tx = temp_read(state);
	assert_int_equal(queue_read(tx, &filter, &queue), 0);
	assert_int_equal(queue.n, 0);
	queue_free(&queue);
	store_read_end(tx);
	go(state, &s, APPROVE, APPLICATION_E_STATE);
	go(state, &s, REFUSE, APPLICATION_E_STATE);
}

static void confirming_submits_with_a_due_time_and_a_person(void **state)
{
	struct step s = begin();

	submit(state, &s);
	assert_string_equal(s.application.state, "submitted");
	assert_int_equal(s.application.due, TEMP_NOW + 7200);
	assert_true(s.application.person_id > 0);
	assert_null(s.application.note);
	application_free(&s.application);
}

static void confirming_again_changes_nothing(void **state)
{
	struct step s = begin();

	submit(state, &s);
	application_free(&s.application);
	s.now += 3600;
	go(state, &s, CONFIRM, 0);
	assert_true(s.again);
	assert_int_equal(s.application.submitted, TEMP_NOW);
	application_free(&s.application);
}

static void an_old_link_confirms_nothing(void **state)
{
	struct step s = begin();

	go(state, &s, APPLY, 0);
	s.now += 24 * 3600;
	go(state, &s, CONFIRM, STORE_NOT_FOUND);
	s.now -= 1;
	go(state, &s, CONFIRM, 0);
	application_free(&s.application);
}

static void a_wrong_link_confirms_nothing(void **state)
{
	struct step s = begin();

	go(state, &s, APPLY, 0);
	s.token[0] = s.token[0] == 'A' ? 'B' : 'A';
	go(state, &s, CONFIRM, STORE_NOT_FOUND);
	snprintf(s.token, sizeof(s.token), "short");
	go(state, &s, CONFIRM, STORE_NOT_FOUND);
}

static void approving_gives_standing_with_the_outlet(void **state)
{
	struct step s = begin();
	struct accreditation a;
	struct store_tx *tx;

	submit(state, &s);
	go(state, &s, APPROVE, 0);
	tx = temp_read(state);
	assert_int_equal(accreditation_by_id(tx, s.accreditation, &a), 0);
	store_read_end(tx);
	assert_string_equal(a.outlet.name, "The Lantern");
	assert_true(a.outlet.local);
	assert_true(accreditation_stands(&a, TEMP_NOW));
	assert_false(accreditation_stands(&a, TEMP_NOW - 1));
	assert_true(accreditation_stands(&a, a.valid_until - 1));
	assert_false(accreditation_stands(&a, a.valid_until));
	application_free(&s.application);
}

static void a_decision_is_made_once(void **state)
{
	struct step s = begin();
	struct application a;

	submit(state, &s);
	go(state, &s, REFUSE, 0);
	go(state, &s, APPROVE, APPLICATION_E_STATE);
	go(state, &s, REFUSE, APPLICATION_E_STATE);
	a = now_stands(state, s.application.reference);
	assert_string_equal(a.state, "refused");
	assert_string_equal(a.note, "secret");
	assert_int_equal(a.outlet_id, 0);
	application_free(&a);
	application_free(&s.application);
}

static void an_approval_that_fails_leaves_nothing(void **state)
{
	struct step s = begin();
	struct outlet outlet;
	struct store_tx *tx;
	struct application a;

	submit(state, &s);
	s.approval.staff = "nobody";
	s.what = APPROVE;
	assert_true(WRITE(state, run, &s) < 0);
	tx = temp_read(state);
	assert_int_equal(outlet_by_name(tx, "The Lantern", &outlet), STORE_NOT_FOUND);
	store_read_end(tx);
	a = now_stands(state, s.application.reference);
	assert_true(application_waits(&a));
	application_free(&a);
	application_free(&s.application);
}

static void an_unpublished_criterion_refuses_nobody(void **state)
{
	struct step s = begin();

	submit(state, &s);
	s.refusal.criterion = "dislike";
	go(state, &s, REFUSE, APPLICATION_E_CRITERION);
	application_free(&s.application);
}

static void an_unknown_outlet_is_refused(void **state)
{
	struct step s = begin();

	submit(state, &s);
	s.approval.outlet_id = 4711;
	go(state, &s, APPROVE, APPLICATION_E_OUTLET);
	application_free(&s.application);
}

static void two_spellings_of_an_outlet_are_one(void **state)
{
	struct step a = begin(), b = begin();
	struct outlet_list list;
	struct store_tx *tx;

	b.email = "bo@lantern.example";
	b.approval.outlet_name = "THE  lantern";
	submit(state, &a);
	submit(state, &b);
	go(state, &a, APPROVE, 0);
	go(state, &b, APPROVE, 0);
	tx = temp_read(state);
	assert_int_equal(outlet_list(tx, &list), 0);
	store_read_end(tx);
	assert_int_equal(list.n, 1);
	outlet_list_free(&list);
	application_free(&a.application);
	application_free(&b.application);
}

static void a_second_approval_renews_the_same_accreditation(void **state)
{
	struct step a = begin(), b = begin();

	b.now += 86400;
	submit(state, &a);
	submit(state, &b);
	go(state, &a, APPROVE, 0);
	go(state, &b, APPROVE, 0);
	assert_int_equal(a.accreditation, b.accreditation);
	application_free(&a.application);
	application_free(&b.application);
}

static void an_address_has_one_spelling_and_no_look_alike(void **state)
{
	char key[PERSON_EMAIL_MAX + 1];

	(void)state;
	assert_int_equal(person_email_key("Ana.Ribeiro@Lantern.EXAMPLE", key), 0);
	assert_string_equal(key, "ana.ribeiro@lantern.example");
	/* A folding that makes ss of sharp s would give one person another's mailbox. */
	assert_int_equal(person_email_key("stra\xc3\x9f"
					  "e@lantern.example",
			     key),
	    0);
	assert_string_equal(key, "stra\xc3\x9f"
				 "e@lantern.example");
	assert_int_equal(person_email_key("a@b.example\r\nBcc: c@d.example", key), PERSON_E_EMAIL);
	assert_int_equal(person_email_key("two@a.example, three@b.example", key), PERSON_E_EMAIL);
}

static int with_staff(void **state)
{
	if (temp_begin(state) < 0)
		return -1;
	return WRITE(state, add_staff, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, with_staff, temp_end)
	const struct CMUnitTest tests[] = {
	    TEST(a_draft_waits_for_its_link_and_is_in_no_queue),
	    TEST(confirming_submits_with_a_due_time_and_a_person),
	    TEST(confirming_again_changes_nothing),
	    TEST(an_old_link_confirms_nothing),
	    TEST(a_wrong_link_confirms_nothing),
	    TEST(approving_gives_standing_with_the_outlet),
	    TEST(a_decision_is_made_once),
	    TEST(an_approval_that_fails_leaves_nothing),
	    TEST(an_unpublished_criterion_refuses_nobody),
	    TEST(an_unknown_outlet_is_refused),
	    TEST(two_spellings_of_an_outlet_are_one),
	    TEST(a_second_approval_renews_the_same_accreditation),
	    cmocka_unit_test(an_address_has_one_spelling_and_no_look_alike),
	};

	return cmocka_run_group_tests_name("application", tests, NULL, NULL);
}
