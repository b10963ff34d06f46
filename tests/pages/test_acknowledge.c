/* What people send is acknowledged by mail at once, and the queue says so. */
#include "tests/pages/temp.h"

#include "badges/class.h"
#include "registrar/mail/acknowledge.h"
#include "registrar/mail/outbox.h"
#include "registrar/press/case.h"
#include "registrar/press/person.h"
#include "registrar/press/queue.h"
#include "registrar/press/subject.h"

#define ANA "ana@x.example"

struct act {
	struct registrar *registrar;
	int64_t id, person, now;
	const char *staff;
	enum queue_kind kind;
	bool breaks; /* after the acknowledgement: nothing of it stays */
};

static int send(struct store_tx *tx, void *context)
{
	struct act *a = context;
	struct application_form form = {ANA, "Ana Roy", "Away", "My editor", CLASS_REPORTER, 0};
	struct application made = {0};
	char token[TOKEN_TEXT + 1];
	bool again;
	int result = store_exec(tx, REGISTRAR_Q_STAFF_INSERT,
	    STORE_ARGS(store_text("desk1"), store_text("Desk"), store_text("reviewer"),
		store_null(), store_null(), store_null(), store_i64(0), store_i64(TEMP_NOW)),
	    NULL);

	if (result == 0)
		result = person_put(tx, ANA, "Ana Roy", a->now, &a->person);
	if (result == 0)
		result = application_apply(tx, &form, a->now, &a->id, token);
	if (result == 0)
		result = application_confirm(tx, token, &due_r9, a->now, &made, &again);
	application_free(&made);
	return result;
}

static int act(struct store_tx *tx, struct act *a)
{
	struct application_refusal no = {"desk1", "proof-missing", "Send work", ""};

	if (a->kind == QUEUE_REQUEST)
		return subject_ask(tx, a->person, SUBJECT_DISPOSAL, "All", a->now);
	if (a->kind == QUEUE_MESSAGE)
		return case_message(tx, a->id, a->staff, "Hello", &due_r9, a->now);
	if (a->kind == QUEUE_ANSWER) {
		int result = case_ask(tx, a->id, "desk1", "More", a->now);

		return result ? result : case_answer(tx, a->id, "Here", &due_r9, a->now);
	}
	int result = application_refuse(tx, a->id, &no, a->now);

	if (result == 0 && a->kind == QUEUE_RESPONSE)
		result = case_respond(tx, a->id, "Here", &due_r9, a->now);
	if (result == 0 && a->kind == QUEUE_APPEAL)
		result = case_appeal(tx, a->id, "Wrong", &due_r9, a->now);
	return result;
}

static int body(struct store_tx *tx, void *context)
{
	struct act *a = context;
	int result = act(tx, a);

	if (result == 0 && a->kind == QUEUE_REQUEST)
		result = acknowledge_request(tx, a->registrar, a->person, a->now);
	else if (result == 0 && !a->staff)
		result = acknowledge_application(tx, a->registrar, a->id, a->kind, a->now);
	return result == 0 && a->breaks ? CASE_E_STATE : result;
}

static int sent(struct store_tx *tx, void *context)
{
	return outbox_sent(tx, *(const int64_t *)context);
}

/* How many mails wait; they are sent. subject: of the last. */
static unsigned mails(void **state, char subject[200])
{
	struct outbox_mail mail = {0};
	unsigned n = 0;

	for (;; n++) {
		struct store_tx *tx = temp_read(state);
		int result = outbox_next(tx, TEMP_NOW + 10000000, &mail);

		store_read_end(tx);
		if (result == STORE_NOT_FOUND)
			return n;
		assert_int_equal(result, 0);
		assert_string_equal(mail.recipient, ANA);
		snprintf(subject, 200, "%.199s", mail.subject);
		assert_int_equal(WRITE(state, sent, &mail.id), 0);
		outbox_mail_free(&mail);
	}
}

static struct act begin(void **state, enum queue_kind kind)
{
	struct act a = {
	    .registrar = &((struct temp *)*state)->registrar, .now = TEMP_NOW, .kind = kind};

	assert_int_equal(WRITE(state, send, &a), 0);
	return a;
}

/* When the queue says that it was acknowledged. */
static int64_t acked(void **state, enum queue_kind kind)
{
	struct queue_filter filter = {
	    .kind = queue_kind_token(kind), .class = -1, .most = 9, .now = TEMP_NOW};
	struct queue queue = {0};
	struct store_tx *tx = temp_read(state);
	int64_t at = -1;

	assert_int_equal(queue_read(tx, &filter, &queue), 0);
	store_read_end(tx);
	assert_int_equal(queue.n, 1);
	at = queue.items[0].acked;
	queue_free(&queue);
	return at;
}

static void each_kind_is_told_of_once_and_the_queue_says_so(void **state)
{
	static const struct {
		enum queue_kind kind;
		const char *words;
	} kinds[] = {{QUEUE_ANSWER, "your answer"}, {QUEUE_RESPONSE, "your response"},
	    {QUEUE_APPEAL, "your appeal"}, {QUEUE_MESSAGE, "your message"},
	    {QUEUE_REQUEST, "your request about your data"}};
	char subject[200] = "";

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct act a = begin(state, kinds[i].kind);

		assert_int_equal(WRITE(state, body, &a), 0);
		assert_int_equal(mails(state, subject), 1);
		assert_non_null(strstr(subject, kinds[i].words));
		assert_int_equal(acked(state, kinds[i].kind), a.now);
		assert_int_equal(temp_end(state), 0);
		assert_int_equal(temp_begin(state), 0);
	}
}

static void what_is_asked_again_is_not_told_of_again(void **state)
{
	struct act a = begin(state, QUEUE_REQUEST);
	char subject[200];

	assert_int_equal(WRITE(state, body, &a), 0);
	assert_int_equal(WRITE(state, body, &a), 0);
	assert_int_equal(mails(state, subject), 1);
}

static void messages_in_a_row_are_told_of_once_an_hour(void **state)
{
	struct act a = begin(state, QUEUE_MESSAGE);
	char subject[200];

	for (int i = 0; i < 5; i++, a.now += 60)
		assert_int_equal(WRITE(state, body, &a), 0);
	assert_int_equal(mails(state, subject), 1);
	assert_int_equal(acked(state, QUEUE_MESSAGE), TEMP_NOW);
	a.staff = "desk1";
	assert_int_equal(WRITE(state, body, &a), 0);
	a.staff = NULL;
	a.now = TEMP_NOW + ACKNOWLEDGE_MESSAGES_SECONDS - 1;
	assert_int_equal(WRITE(state, body, &a), 0);
	assert_int_equal(mails(state, subject), 0);
	assert_int_equal(acked(state, QUEUE_MESSAGE), 0);
	a.now++;
	assert_int_equal(WRITE(state, body, &a), 0);
	assert_int_equal(mails(state, subject), 1);
	assert_int_equal(acked(state, QUEUE_MESSAGE), a.now);
}

static void what_did_not_come_in_is_not_told_of(void **state)
{
	struct act a = begin(state, QUEUE_APPEAL);
	char subject[200];

	a.breaks = true;
	assert_int_equal(WRITE(state, body, &a), CASE_E_STATE);
	assert_int_equal(mails(state, subject), 0);
	a.breaks = false;
	assert_int_equal(WRITE(state, body, &a), 0);
	assert_int_equal(mails(state, subject), 1);
}

#define acknowledge_test(name) cmocka_unit_test_setup_teardown(name, temp_begin, temp_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    acknowledge_test(each_kind_is_told_of_once_and_the_queue_says_so),
	    acknowledge_test(what_is_asked_again_is_not_told_of_again),
	    acknowledge_test(messages_in_a_row_are_told_of_once_an_hour),
	    acknowledge_test(what_did_not_come_in_is_not_told_of),
	};

	return cmocka_run_group_tests_name("acknowledge", tests, NULL, NULL);
}
