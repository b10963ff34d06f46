/* The review queue's order and clocks, holds, two reviewers, and limits. */
#include "tests/pages/temp.h"

#include "badges/class.h"
#include "registrar/press/case.h"
#include "registrar/press/decision.h"
#include "registrar/press/person.h"
#include "registrar/press/queue.h"

#define DAY INT64_C(86400)

struct act {
	int (*run)(struct store_tx *tx, struct act *act);
	int64_t id, now, until, made;
	const char *email, *outlet, *staff, *to, *words;
	uint8_t class;
	bool approves;
	struct limit limit;
};

static int body(struct store_tx *tx, void *context)
{
	struct act *act = context;

	return act->run(tx, act);
}

static void go(
    void **state, struct act *act, int (*run)(struct store_tx *, struct act *), int expected)
{
	act->run = run;
	assert_int_equal(WRITE(state, body, act), expected);
}

static int send(struct store_tx *tx, struct act *a)
{
	struct application_form form = {a->email, "Ana Roy", a->outlet, "My editor", a->class, 0};
	struct application made = {0};
	char token[TOKEN_TEXT + 1];
	bool again;
	int result = application_apply(tx, &form, a->now, &a->id, token);

	if (result == 0)
		result = application_confirm(tx, token, &due_r9, a->now, &made, &again);
	application_free(&made);
	return result;
}

static int assign(struct store_tx *tx, struct act *a)
{
	return decision_assign(tx, a->id, a->staff, a->to, a->now);
}

static int hold(struct store_tx *tx, struct act *a)
{
	return decision_hold(tx, a->id, a->staff, a->until, "waits for a letter", a->now);
}

static int ask(struct store_tx *tx, struct act *a)
{
	return case_ask(tx, a->id, a->staff, a->words, a->now);
}

static int answer(struct store_tx *tx, struct act *a)
{
	return case_answer(tx, a->id, a->words, &due_r9, a->now);
}

static int write_words(struct store_tx *tx, struct act *a)
{
	return case_message(tx, a->id, a->staff, a->words, &due_r9, a->now);
}

static int appeal(struct store_tx *tx, struct act *a)
{
	return case_appeal(tx, a->id, a->words, &due_r9, a->now);
}

static int propose(struct store_tx *tx, struct act *a)
{
	char words[] = "Send work";
	struct decision_proposal proposal = {.approves = a->approves,
	    .months = 12,
	    .limit_class = -1,
	    .criterion = "proof-missing",
	    .message = words,
	    .note = words};

	snprintf(proposal.staff, sizeof(proposal.staff), "%s", a->staff);
	return decision_propose(tx, a->id, &proposal, a->now);
}

static int confirm(struct store_tx *tx, struct act *a)
{
	struct decision_proposal proposal = {0};
	int result = decision_confirm(tx, a->id, a->staff, a->now, &proposal);

	decision_proposal_free(&proposal);
	return result;
}

static int send_back(struct store_tx *tx, struct act *a)
{
	return decision_send_back(tx, a->id, a->staff, a->words, a->now);
}

static int refuse_it(struct store_tx *tx, struct act *a)
{
	struct application_refusal refusal = {a->staff, "proof-missing", "Send work", "inside"};

	return application_refuse(tx, a->id, &refusal, a->now);
}

static int approve(struct store_tx *tx, struct act *a)
{
	struct application_approval approval = {.staff = a->staff,
	    .outlet_name = a->outlet,
	    .months = 12,
	    .message = "Welcome",
	    .note = "",
	    .limit = a->limit};

	return application_approve(tx, a->id, &approval, a->now, &a->made);
}

static int may_decide(struct store_tx *tx, struct act *a)
{
	return case_may_decide(tx, a->id, a->staff);
}

static int local_outlet(struct store_tx *tx, struct act *a)
{
	int64_t id;

	return outlet_put(tx, a->outlet, true, a->now, &id);
}

static int add_staff(struct store_tx *tx, void *context)
{
	return store_exec(tx, REGISTRAR_Q_STAFF_INSERT,
	    STORE_ARGS(store_text(context), store_text("Desk"), store_text("reviewer"),
		store_null(), store_null(), store_null(), store_i64(0), store_i64(TEMP_NOW)),
	    NULL);
}

static int start(void **state)
{
	static char names[3][8] = {"desk1", "desk2", "desk3"};
	int result = temp_begin(state);

	for (int i = 0; result == 0 && i < 3; i++)
		result = WRITE(state, add_staff, names[i]);
	return result;
}

static struct act begin(void **state, const char *email, const char *outlet, uint8_t class)
{
	struct act a = {.email = email,
	    .outlet = outlet,
	    .class = class,
	    .words = "Words",
	    .staff = "desk1",
	    .now = TEMP_NOW};

	go(state, &a, send, 0);
	return a;
}

static struct queue read_queue(void **state, struct queue_filter filter)
{
	struct queue queue = {0};
	struct store_tx *tx = temp_read(state);

	filter.class = -1;
	filter.most = filter.most ? filter.most : 50;
	filter.now = filter.now ? filter.now : TEMP_NOW;
	assert_int_equal(queue_read(tx, &filter, &queue), 0);
	store_read_end(tx);
	return queue;
}

/* The addresses' first letters, in the queue's order. */
static void stands(void **state, struct queue_filter filter, const char *expected)
{
	struct queue queue = read_queue(state, filter);
	char order[64] = "";

	for (size_t i = 0; i < queue.n; i++)
		snprintf(order + i, sizeof(order) - i, "%c", queue.items[i].outlet[0]);
	assert_string_equal(order, expected);
	queue_free(&queue);
}

static void local_media_come_first_then_what_is_due_first(void **state)
{
	struct act outlet = {.outlet = "Lake Post", .now = TEMP_NOW};

	go(state, &outlet, local_outlet, 0);
	begin(state, "s@x.example", "Students Weekly", CLASS_STUDENT);
	begin(state, "a@x.example", "Away News", CLASS_REPORTER);
	begin(state, "l@x.example", "lake post", CLASS_CAMERA);
	stands(state, (struct queue_filter){0}, "lAS");
	stands(state, (struct queue_filter){.local = true}, "l");
	stands(state, (struct queue_filter){.words = "AWAY"}, "A");
	stands(state, (struct queue_filter){.overdue = true}, "");
	stands(state, (struct queue_filter){.overdue = true, .now = TEMP_NOW + 3 * 3600}, "lA");
}

static void pages_go_on_where_they_stopped(void **state)
{
	char email[8] = "a@x.e", outlet[8] = "A";
	struct queue_filter filter = {.most = 2};
	char seen[16] = "";

	for (char c = 'A'; c < 'H'; c++) {
		email[0] = (char)(c + 32);
		outlet[0] = c;
		begin(state, email, outlet, CLASS_REPORTER);
	}
	for (bool more = true; more;) {
		struct queue queue = read_queue(state, filter);

		for (size_t i = 0; i < queue.n; i++)
			snprintf(seen + strlen(seen), 2, "%c", queue.items[i].outlet[0]);
		more = queue.more;
		filter.from = queue_place_of(&queue.items[queue.n - 1]);
		queue_free(&queue);
	}
	assert_string_equal(seen, "ABCDEFG");
}

static void a_question_waits_for_the_applicant_and_an_answer_for_us(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);
	struct queue queue;

	a.to = "desk2";
	go(state, &a, assign, 0);
	go(state, &a, ask, 0);
	stands(state, (struct queue_filter){0}, "");
	stands(state, (struct queue_filter){.waits_for_applicant = true}, "A");
	a.now += DAY;
	go(state, &a, answer, 0);
	queue = read_queue(state, (struct queue_filter){0});
	assert_int_equal(queue.n, 1);
	assert_int_equal(queue.items[0].kind, QUEUE_ANSWER);
	assert_int_equal(queue.items[0].due, due_at(&due_r9, a.now));
	assert_int_equal(queue.items[0].answered, 0);
	assert_string_equal(queue.items[0].assignee, "desk2");
	queue_free(&queue);
}

static void a_message_waits_until_somebody_answers(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);
	struct queue queue;

	a.staff = NULL;
	go(state, &a, write_words, 0);
	queue = read_queue(state, (struct queue_filter){.kind = "message"});
	assert_int_equal(queue.n, 1);
	assert_int_equal(queue.items[0].due, due_at(&due_r9, a.now));
	queue_free(&queue);
	a.staff = "desk1";
	go(state, &a, write_words, 0);
	stands(state, (struct queue_filter){.kind = "message"}, "");
	queue = read_queue(state, (struct queue_filter){0});
	assert_int_equal(queue.items[0].answered, a.now);
	assert_false(queue_is_overdue(&queue.items[0], a.now + DAY));
	queue_free(&queue);
}

static void counts_follow_what_waits(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);
	struct act b = begin(state, "b@x.example", "Bay", CLASS_REPORTER);
	struct queue_counts counts;
	struct store_tx *tx;

	a.to = "desk1";
	go(state, &a, assign, 0);
	go(state, &b, ask, 0);
	tx = temp_read(state);
	assert_int_equal(queue_counts(tx, "desk1", TEMP_NOW + DAY, &counts), 0);
	store_read_end(tx);
	assert_int_equal(counts.all, 1);
	assert_int_equal(counts.applicant, 1);
	assert_int_equal(counts.mine, 1);
	assert_int_equal(counts.overdue, 1);
	go(state, &a, refuse_it, 0);
	tx = temp_read(state);
	assert_int_equal(queue_counts(tx, "desk1", TEMP_NOW + DAY, &counts), 0);
	store_read_end(tx);
	assert_int_equal(counts.all + counts.mine + counts.overdue, 0);
}

static void what_is_held_comes_back_on_its_day(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);

	a.until = a.now;
	go(state, &a, hold, DECISION_E_HOLD);
	a.until = a.now + 2 * DECISION_HOLD_MAX;
	go(state, &a, hold, DECISION_E_HOLD);
	a.until = a.now + 3 * DAY;
	go(state, &a, hold, 0);
	stands(state, (struct queue_filter){0}, "");
	stands(state, (struct queue_filter){.held = true}, "A");
	stands(state, (struct queue_filter){.now = a.until}, "A");
	stands(state, (struct queue_filter){.held = true, .now = a.until}, "");
}

static void a_colleague_who_does_not_review_gets_nothing(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);

	a.to = "nobody";
	go(state, &a, assign, DECISION_E_STAFF);
	a.to = "desk2";
	go(state, &a, assign, 0);
	stands(state, (struct queue_filter){.assignee = "desk2"}, "A");
	a.to = NULL;
	go(state, &a, assign, 0);
	stands(state, (struct queue_filter){.assignee = ""}, "A");
	go(state, &a, refuse_it, 0);
	a.to = "desk2";
	go(state, &a, assign, CASE_E_STATE);
}

static void a_proposal_is_confirmed_by_somebody_else(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);

	go(state, &a, propose, 0);
	go(state, &a, propose, DECISION_E_STANDS);
	go(state, &a, confirm, DECISION_E_SAME);
	a.staff = "desk2";
	go(state, &a, confirm, 0);
	go(state, &a, confirm, CASE_E_STATE);
}

static void a_proposal_ends_when_sent_back_or_overtaken(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);

	go(state, &a, propose, 0);
	a.staff = "desk2";
	go(state, &a, send_back, 0);
	go(state, &a, send_back, CASE_E_STATE);
	go(state, &a, propose, 0);
	go(state, &a, ask, 0);
	a.staff = "desk1";
	go(state, &a, confirm, CASE_E_STATE);
}

static void an_appeal_is_for_neither_of_the_two(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);

	go(state, &a, propose, 0);
	a.staff = "desk2";
	go(state, &a, confirm, 0);
	go(state, &a, refuse_it, 0);
	go(state, &a, appeal, 0);
	go(state, &a, may_decide, CASE_E_DECIDER);
	a.staff = "desk1";
	go(state, &a, may_decide, CASE_E_DECIDER);
	a.staff = "desk3";
	go(state, &a, may_decide, 0);
}

static void the_policy_is_read_from_words(void **state)
{
	struct decision_policy policy;

	(void)state;
	assert_int_equal(decision_policy_read("never", &policy), 0);
	assert_false(decision_needs_second(&policy, CLASS_STUDENT, false));
	assert_int_equal(decision_policy_read("refusals student", &policy), 0);
	assert_true(decision_needs_second(&policy, CLASS_STUDENT, true));
	assert_true(decision_needs_second(&policy, CLASS_CAMERA, false));
	assert_false(decision_needs_second(&policy, CLASS_CAMERA, true));
	assert_int_equal(decision_policy_read("all", &policy), 0);
	assert_true(decision_needs_second(&policy, CLASS_CAMERA, true));
	assert_int_equal(decision_policy_read("sometimes", &policy), -1);
}

static void a_limit_makes_the_accreditation_limited(void **state)
{
	struct act a = begin(state, "a@x.example", "Away", CLASS_REPORTER);
	struct accreditation made;
	struct limit limit;
	struct store_tx *tx;

	a.limit = (struct limit){.until = a.now + 30 * DAY};
	go(state, &a, approve, 0);
	tx = temp_read(state);
	assert_int_equal(accreditation_by_id(tx, a.made, &made), 0);
	assert_int_equal(limit_read(tx, a.made, &limit), 0);
	store_read_end(tx);
	assert_string_equal(made.state, "limited");
	assert_true(accreditation_stands(&made, a.now));
	assert_true(limit_admits(&limit, 7, a.limit.until - 1));
	assert_false(limit_admits(&limit, 7, a.limit.until));
	limit = (struct limit){.conference_id = 7};
	assert_true(limit_admits(&limit, 7, a.now));
	assert_false(limit_admits(&limit, 8, a.now));
}

static void the_reason_is_said_in_words(void **state)
{
	struct queue_item item = {.due = 100, .local = true};
	char words[200];

	(void)state;
	assert_string_equal(queue_reason(&item, 50, "2:05 p.m.", words, sizeof(words)),
	    "due 2:05 p.m.; local media come first");
	item.emerging = true;
	assert_string_equal(queue_reason(&item, 150, "2:05 p.m.", words, sizeof(words)),
	    "was due 2:05 p.m.; emerging matter first");
	item.waits_for_applicant = true;
	assert_string_equal(queue_reason(&item, 150, "Friday", words, sizeof(words)),
	    "the applicant has until Friday");
}

#define queue_test(name) cmocka_unit_test_setup_teardown(name, start, temp_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    queue_test(local_media_come_first_then_what_is_due_first),
	    queue_test(pages_go_on_where_they_stopped),
	    queue_test(a_question_waits_for_the_applicant_and_an_answer_for_us),
	    queue_test(a_message_waits_until_somebody_answers),
	    queue_test(counts_follow_what_waits),
	    queue_test(what_is_held_comes_back_on_its_day),
	    queue_test(a_colleague_who_does_not_review_gets_nothing),
	    queue_test(a_proposal_is_confirmed_by_somebody_else),
	    queue_test(a_proposal_ends_when_sent_back_or_overtaken),
	    queue_test(an_appeal_is_for_neither_of_the_two),
	    queue_test(the_policy_is_read_from_words),
	    queue_test(a_limit_makes_the_accreditation_limited),
	    queue_test(the_reason_is_said_in_words),
	};

	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
