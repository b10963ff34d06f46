/* Mail that waits, how it is written, and what can't become a header or a recipient. */
#include "tests/pages/temp.h"

#include "registrar/mail/mail.h"
#include "registrar/mail/mail_view.h"
#include "registrar/mail/message.h"
#include "registrar/mail/outbox.h"
#include "registrar/staff/throttle.h"

enum what { PUT, SENT, FAILED, FINAL, MESSAGE, ATTACH };

static const uint8_t file[OUTBOX_ATTACHMENT_MAX + 1];

struct step {
	enum what what;
	const char *to, *subject, *body;
	int64_t id, now;
	struct registrar *registrar;
	struct message_values values;
	enum message message;
};

static int run(struct store_tx *tx, void *context)
{
	struct step *s = context;

	switch (s->what) {
	case PUT:
		return outbox_put(tx,
		    &(struct outbox_new){.recipient = s->to, .subject = s->subject, .body = s->body},
		    s->now);
	case ATTACH: /* `now` bytes under the name `subject` */
		return outbox_attach(
		    tx, 1, s->subject, "text/calendar", file, (size_t)s->now, false);
	case SENT:
		return outbox_sent(tx, s->id);
	case FAILED:
	case FINAL:
		return outbox_failed(tx, s->id, s->now, "no answer", s->what == FINAL);
	default:
		return message_put(tx, s->registrar, s->message, s->to, &s->values, s->now);
	}
}

static struct step begin(void **state)
{
	return (struct step){.to = "ana@lantern.example",
	    .subject = "Hello",
	    .body = "Text\n",
	    .now = TEMP_NOW,
	    .registrar = &((struct temp *)*state)->registrar};
}

static int go(void **state, struct step *s, enum what what)
{
	s->what = what;
	return WRITE(state, run, s);
}

static int next(void **state, int64_t now, struct outbox_mail *mail)
{
	struct store_tx *tx = temp_read(state);
	int result = outbox_next(tx, now, mail);

	store_read_end(tx);
	return result;
}

static void what_would_be_a_second_header_or_recipient_is_refused(void **state)
{
	static const char *const recipients[] = {"a@b.example\r\nBcc: c@d.example",
	    "a@b.example\nDATA", "a@b.example>\r\nRCPT TO:<c@d.example", "a@b.example,c@d.example",
	    "<a@b.example>", "a@b.example ", " a@b.example", "a b@c.example", "a@b.example\t", "",
	    "a", "a@b.example;c@d.example", "a@b.example\x7f"};
	static const char *const subjects[] = {
	    "Hi\r\nBcc: c@d.example", "Hi\nthere", "Hi\x01", "Hi\x7f", ""};
	struct outbox_mail mail;

	for (size_t i = 0; i < sizeof(recipients) / sizeof(*recipients); i++) {
		struct step s = begin(state);
		s.to = recipients[i];
		assert_int_equal(go(state, &s, PUT), OUTBOX_E_RECIPIENT);
	}
	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++) {
		struct step s = begin(state);
		s.subject = subjects[i];
		assert_int_equal(go(state, &s, PUT), OUTBOX_E_SUBJECT);
	}
	assert_int_equal(next(state, TEMP_NOW, &mail), STORE_NOT_FOUND);
}

static void a_control_byte_in_the_text_is_refused(void **state)
{
	struct step s = begin(state);

	s.body = "a\x0d"
		 "b";
	assert_int_equal(go(state, &s, PUT), OUTBOX_E_BODY);
}

static void what_was_sent_is_kept_nowhere(void **state)
{
	struct temp *temp = *state;
	struct step s = begin(state);
	struct outbox_mail mail;
	char command[160];

	snprintf(
	    command, sizeof(command), "grep -q secret-link-text '%s'/registrar.db*", temp->dir);
	s.body = "secret-link-text\n";
	assert_int_equal(go(state, &s, PUT), 0);
	assert_int_equal(system(command), 0);
	assert_int_equal(next(state, TEMP_NOW, &mail), 0);
	assert_string_equal(mail.body, "secret-link-text\n");
	s.id = mail.id;
	outbox_mail_free(&mail);
	assert_int_equal(go(state, &s, SENT), 0);
	assert_int_equal(next(state, TEMP_NOW + 86400, &mail), STORE_NOT_FOUND);
	assert_int_equal(store_checkpoint(temp->registrar.store), 0);
	assert_int_not_equal(system(command), 0);
}

static void failures_wait_longer_each_time_and_end(void **state)
{
	struct step s = begin(state);
	struct outbox_mail mail;
	int64_t now = TEMP_NOW, waits[8] = {60, 120, 240, 480, 960, 1920, 3600, 3600};

	assert_int_equal(go(state, &s, PUT), 0);
	for (int i = 0; i < OUTBOX_TRIES - 1; i++) {
		assert_int_equal(next(state, now, &mail), 0);
		s.id = mail.id;
		outbox_mail_free(&mail);
		s.now = now;
		assert_int_equal(go(state, &s, FAILED), 0);
		assert_int_equal(outbox_wait(i + 1), waits[i < 7 ? i : 7]);
		assert_int_equal(next(state, now + outbox_wait(i + 1) - 1, &mail), STORE_NOT_FOUND);
		now += outbox_wait(i + 1);
	}
	s.now = now;
	assert_int_equal(go(state, &s, FAILED), 0);
	assert_int_equal(next(state, now + 86400, &mail), STORE_NOT_FOUND);
}

static void a_final_no_is_not_tried_again(void **state)
{
	struct step s = begin(state);
	struct outbox_mail mail;

	assert_int_equal(go(state, &s, PUT), 0);
	s.id = 1;
	assert_int_equal(go(state, &s, FINAL), 0);
	assert_int_equal(next(state, TEMP_NOW + 864000, &mail), STORE_NOT_FOUND);
}

static void every_message_fills_in(void **state)
{
	struct outbox_mail mail;

	for (int i = 0; i < MESSAGE_COUNT; i++) {
		struct step s = begin(state);
		s.message = (enum message)i;
		s.values = (struct message_values){.name = "Ana Ọkáfọ̀",
		    .reference = "A-1234-5678",
		    .conference = "A very\nlong title",
		    .message = "line one\n\n\n\nline two",
		    .link = "http://127.0.0.1:8080/confirm/x"};
		assert_int_equal(go(state, &s, MESSAGE), 0);
		assert_int_equal(next(state, TEMP_NOW, &mail), 0);
		assert_null(strstr(mail.body, "{{"));
		assert_null(strstr(mail.body, "\n\n\n"));
		assert_null(strchr(mail.subject, '\n'));
		assert_non_null(strstr(mail.body, "Lakemount Police Service"));
		s.id = mail.id;
		outbox_mail_free(&mail);
		assert_int_equal(go(state, &s, SENT), 0);
	}
}

static void format(const char *to, const char *subject, const char *body, struct buf *out, int want)
{
	struct mail_head head = {.from = "media@lakemount.example",
	    .from_name = "Lakemount Police Service",
	    .site = "site.example",
	    .url = "https://site.example"};
	struct outbox_mail mail = {.id = 7, .created = 1789236180};
	char *copy = strdup(body);

	snprintf(mail.recipient, sizeof(mail.recipient), "%s", to);
	snprintf(mail.subject, sizeof(mail.subject), "%s", subject);
	mail.body = copy;
	buf_init(out, BUF_LIMIT_PAGE);
	assert_int_equal(mail_format(&head, &mail, out), want);
	free(copy);
}

static void a_message_is_as_rfc_5322_has_it(void **state)
{
	struct buf out;
	const char *line, *end;

	(void)state;
	format("ana@lantern.example",
	    "Ọkáfọ̀ is accredited, and this subject goes on and on and on and on",
	    "Dear Ana,\n.\na = b\ntrailing \nẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́ẹ́\n", &out, 0);
	assert_non_null(strstr(buf_text(&out), "Date: Sat, 12 Sep 2026 18:03:00 +0000\r\n"));
	assert_non_null(strstr(buf_text(&out), "To: <ana@lantern.example>\r\n"));
	assert_non_null(strstr(buf_text(&out), "Auto-Submitted: auto-generated\r\n"));
	assert_non_null(strstr(buf_text(&out), "\r\n=2E\r\na =3D b\r\ntrailing=20\r\n"));
	for (line = buf_text(&out); *line; line = end + 2) {
		end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_true(end - line <= 78);
		for (const char *c = line; c < end; c++)
			assert_true((unsigned char)*c >= 0x20 && (unsigned char)*c < 0x7f);
	}
	buf_free(&out);
}

static void a_header_with_a_line_break_is_never_written(void **state)
{
	struct buf out;

	(void)state;
	format("ana@lantern.example", "Hi\r\nBcc: x@y.example", "text", &out, MAIL_E_HEADER);
	buf_free(&out);
	format("ana@lantern.example\r\nBcc: x@y.example", "Hi", "text", &out, MAIL_E_HEADER);
	buf_free(&out);
}

/* What would be a header of its own, wherever a value stands in one. */
static const char *const injections[] = {"x\r\nBcc: evil@d.example", "x\nBcc: evil@d.example",
    "x\rBcc: evil@d.example", "x\r\n\r\nevil", "x\037evil", "x\177evil", "x\r\n Bcc: evil"};

/* Writes a mail with this value in the n-th place that reaches a header. */
static int inject(unsigned place, const char *value, bool unguarded, struct buf *out)
{
	char body[] = "text\n", bytes[] = "x";
	struct mail_head head = {.from = "media@lakemount.example",
	    .from_name = "Lakemount Police Service",
	    .site = "site.example",
	    .url = "https://site.example",
	    .unguarded = unguarded};
	struct outbox_mail mail = {.id = 7,
	    .recipient = "ana@lantern.example",
	    .subject = "Hello",
	    .body = body,
	    .kind = OUTBOX_ANNOUNCEMENT,
	    .language = "en",
	    .unsubscribe = "https://site.example/stop",
	    .attachments = {{.name = "a.ics", .type = "text/calendar", .len = 1}},
	    .n_attachments = 1};
	char *const fields[] = {mail.recipient, mail.subject, mail.unsubscribe,
	    mail.attachments[0].name, mail.attachments[0].type};

	mail.attachments[0].bytes = (uint8_t *)bytes;
	if (place < 5)
		snprintf(fields[place], 80, "%s", value);
	else if (place == 5)
		head.from_name = value;
	else if (place == 6)
		head.from = value;
	else
		head.site = value;
	buf_init(out, BUF_LIMIT_PAGE);
	return mail_format(&head, &mail, out);
}

static void no_value_of_a_mail_becomes_a_header_or_a_part(void **state)
{
	struct buf out;
	const char *found, *body;
	unsigned through = 0;

	(void)state;
	for (unsigned place = 0; place < 8; place++)
		for (size_t i = 0; i < sizeof(injections) / sizeof(*injections); i++) {
			assert_int_equal(inject(place, injections[i], false, &out), MAIL_E_HEADER);
			buf_free(&out);
			/* The control: without the defence a header of the attacker's is there. */
			assert_int_equal(inject(place, injections[i], true, &out), 0);
			found = strstr(buf_text(&out), "\nBcc: evil");
			body = strstr(buf_text(&out), "\r\n\r\n");
			/* A subject stands in the HTML part too, as text. */
			through += found && (place != 1 || found < body);
			buf_free(&out);
		}
	/* A subject and a name are encoded besides. */
	assert_int_equal(through, 2 * 6);
}

static void what_goes_with_a_mail_has_a_plain_name_and_a_bound(void **state)
{
	static const char *const names[] = {"", ".ics", "-x.ics", "a/b.ics", "a b.ics", "a\r\nb.ics",
	    "a\".ics", "é.ics", "a;b", "../../x"};
	struct step s = begin(state);

	assert_int_equal(go(state, &s, PUT), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		s.subject = names[i];
		assert_int_equal(go(state, &s, ATTACH), OUTBOX_E_ATTACHMENT);
	}
	s.subject = "calendar.ics";
	s.now = OUTBOX_ATTACHMENT_MAX + 1;
	assert_int_equal(go(state, &s, ATTACH), OUTBOX_E_ATTACHMENT);
	s.now = 0;
	assert_int_equal(go(state, &s, ATTACH), OUTBOX_E_ATTACHMENT);
	s.now = OUTBOX_ATTACHMENT_MAX;
	for (int i = 0; i < OUTBOX_ATTACHMENTS; i++)
		assert_int_equal(go(state, &s, ATTACH), 0);
	assert_true(go(state, &s, ATTACH) < 0);
}

static void html_holds_what_was_typed_as_text(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, BUF_LIMIT_PAGE);
	assert_int_equal(mail_html(&out, "https://site.example", "en", "<b>",
			     "Dear <script>alert(1)</script>,\n\n  Name:  <img src=x>\n"
			     "  Role:  \"reporter\"\n\nOpen https://site.example/my, or "
			     "https://site.example.evil/my or https://evil.example/ now.\n"),
	    0);
	assert_int_equal(buf_error(&out), 0);
	assert_null(strstr(buf_text(&out), "<script"));
	assert_null(strstr(buf_text(&out), "<img"));
	assert_null(strstr(buf_text(&out), "<b>"));
	assert_non_null(strstr(buf_text(&out), "<a href=\"https://site.example/my\">"));
	assert_null(strstr(buf_text(&out), "href=\"https://site.example.evil"));
	assert_null(strstr(buf_text(&out), "href=\"https://evil"));
	assert_non_null(strstr(buf_text(&out), "<td>&lt;img src=x&gt;</td>"));
	buf_free(&out);
}

static void an_address_that_ends_an_smtp_command_is_not_sent(void **state)
{
	struct mail_server server = {"smtp://127.0.0.1:9", "", ""};
	struct buf message;
	char said[100];

	(void)state;
	buf_init(&message, 100);
	buf_puts(&message, "x\r\n");
	assert_int_equal(mail_send(&server, "a@b.example", "c@d.example>\r\nRCPT TO:<e@f.example",
			     &message, said, sizeof(said)),
	    MAIL_E_HEADER);
	assert_int_equal(
	    mail_send(&server, "a@b.example\r\nDATA", "c@d.example", &message, said, sizeof(said)),
	    MAIL_E_HEADER);
	/* The control: nobody listens there, so a good address gets as far as the network. */
	assert_int_equal(
	    mail_send(&server, "a@b.example", "c@d.example", &message, said, sizeof(said)),
	    MAIL_E_SERVER);
	assert_null(strstr(said, "example"));
	buf_free(&message);
}

/* ---- throttle ---- */

static void tries_beyond_the_free_ones_wait_longer_each_time(void **state)
{
	struct throttle_rule rule = {.free = 3, .first = 30, .most = 100};
	struct throttle *throttle = throttle_new();
	int64_t waits[] = {0, 0, 30, 60, 100, 100}, now = TEMP_NOW;

	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		throttle_count(throttle, 'p', "desk1 192.0.2.1", now);
		assert_int_equal(
		    throttle_wait(throttle, &rule, 'p', "desk1 192.0.2.1", now), waits[i]);
	}
	assert_int_equal(throttle_wait(throttle, &rule, 'p', "desk1 192.0.2.1", now + 99), 1);
	assert_int_equal(throttle_wait(throttle, &rule, 'p', "desk1 192.0.2.1", now + 100), 0);
	assert_int_equal(throttle_wait(throttle, &rule, 'p', "desk1 192.0.2.2", now), 0);
	assert_int_equal(throttle_wait(throttle, &rule, 'q', "desk1 192.0.2.1", now), 0);
	throttle_clear(throttle, 'p', "desk1 192.0.2.1");
	assert_int_equal(throttle_wait(throttle, &rule, 'p', "desk1 192.0.2.1", now), 0);
	throttle_free(throttle);
}

/* Forty people of one newsroom ask, a few of them twice, day after day; and one asks without end. */
static void what_is_forgiven_slows_the_endless_and_no_newsroom(void **state)
{
	static const struct {
		unsigned free, forgive; /* the rule */
		unsigned at_once;	/* tries each hour, in one minute */
		int hours, within;	/* seconds between tries then */
		bool waits;
	} rows[] = {
	    {120, 20, 40, 48, 1, false},  /* a newsroom, once an hour for two days */
	    {120, 20, 60, 48, 1, false},
	    {120, 20, 2, 2000, 1, false}, /* two tries an hour, for months */
	    {120, 20, 200, 1, 1, true},	  /* one who asks without end */
	    {120, 20, 400, 1, 8, true},
	    {30, 0, 40, 1, 1, true},	  /* the control: without room for a newsroom */
	    {30, 0, 2, 40, 1, true},	  /* the control: nothing is ever forgiven */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct throttle_rule rule = {rows[i].free, 30, 900, rows[i].forgive};
		struct throttle *throttle = throttle_new();
		bool waits = false;

		for (int hour = 0; hour < rows[i].hours; hour++)
			for (unsigned n = 0; n < rows[i].at_once; n++) {
				/* Never a quiet hour: somebody is always there. */
				int64_t now = TEMP_NOW + hour * 3500 + (int64_t)n * rows[i].within;

				waits |= throttle_wait(throttle, &rule, 's', "a", now) > 0;
				throttle_count(throttle, 's', "a", now);
			}
		assert_int_equal(waits, rows[i].waits);
		throttle_free(throttle);
	}
}

static void a_flood_of_keys_does_not_make_it_grow_or_forget_the_newest(void **state)
{
	struct throttle_rule rule = {.free = 1, .first = 30, .most = 100};
	struct throttle *throttle = throttle_new();
	char key[32];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "%d", i);
		throttle_count(throttle, 'n', key, TEMP_NOW + i / 1000);
	}
	assert_int_equal(throttle_wait(throttle, &rule, 'n', key, TEMP_NOW + 99), 30);
	throttle_free(throttle);
}

static void one_partys_addresses_are_one_network(void **state)
{
	static const char *const rows[][2] = {{"192.0.2.7", "192.0.2.7"},
	    {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2"}, {"2001:db8:1:2:ffff::1", "2001:db8:1:2"},
	    {"::ffff:192.0.2.7", "::ffff:192.0.2.7"}, {"::1", "::1"}};
	char network[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		throttle_network(rows[i][0], network);
		assert_string_equal(network, rows[i][1]);
	}
}

static void one_partys_networks_are_one_site(void **state)
{
	static const char *const rows[][2] = {{"192.0.2.7", ""}, {"::ffff:192.0.2.7", ""},
	    {"2001:db8:1:2:3:4:5:6", "2001:db8:1"}, {"2001:db8:1:ffff::1", "2001:db8:1"}};
	char site[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		throttle_site(rows[i][0], site);
		assert_string_equal(site, rows[i][1]);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_begin, temp_end)
	const struct CMUnitTest tests[] = {
	    TEST(what_would_be_a_second_header_or_recipient_is_refused),
	    TEST(a_control_byte_in_the_text_is_refused),
	    TEST(what_was_sent_is_kept_nowhere),
	    TEST(failures_wait_longer_each_time_and_end),
	    TEST(a_final_no_is_not_tried_again),
	    TEST(every_message_fills_in),
	    cmocka_unit_test(a_message_is_as_rfc_5322_has_it),
	    cmocka_unit_test(a_header_with_a_line_break_is_never_written),
	    cmocka_unit_test(no_value_of_a_mail_becomes_a_header_or_a_part),
	    cmocka_unit_test(html_holds_what_was_typed_as_text),
	    TEST(what_goes_with_a_mail_has_a_plain_name_and_a_bound),
	    cmocka_unit_test(an_address_that_ends_an_smtp_command_is_not_sent),
	    cmocka_unit_test(tries_beyond_the_free_ones_wait_longer_each_time),
	    cmocka_unit_test(a_flood_of_keys_does_not_make_it_grow_or_forget_the_newest),
	    cmocka_unit_test(one_partys_addresses_are_one_network),
	    cmocka_unit_test(one_partys_networks_are_one_site),
	    cmocka_unit_test(what_is_forgiven_slows_the_endless_and_no_newsroom),
	};

	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
