#include "registrar/mail/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/registrar_db.h"
#include "web/text.h"

enum { RECIPIENT_MAX = 254, SUBJECT_MAX = 1600, WAIT_MOST = 3600, KEEP_SECONDS = 30 * 86400 };

/* What would end a header line or an SMTP command, or hide one. */
static int check_recipient(const char *recipient)
{
	size_t len = strlen(recipient);

	if (len < 3 || len > RECIPIENT_MAX || text_email(recipient) < 0)
		return OUTBOX_E_RECIPIENT;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)recipient[i] <= 0x20 || strchr("<>,;\x7f", recipient[i]))
			return OUTBOX_E_RECIPIENT;
	return 0;
}

static int check_subject(const char *subject)
{
	size_t len = strlen(subject);

	if (len == 0 || len > SUBJECT_MAX)
		return OUTBOX_E_SUBJECT;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)subject[i] < 0x20 || subject[i] == 0x7f)
			return OUTBOX_E_SUBJECT;
	return 0;
}

static int check_body(const char *body)
{
	size_t len = strlen(body);

	if (len > OUTBOX_BODY_MAX)
		return OUTBOX_E_BODY;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)body[i] < 0x20 && body[i] != '\n' && body[i] != '\t')
			return OUTBOX_E_BODY;
	return 0;
}

int outbox_put(
    struct store_tx *tx, const char *recipient, const char *subject, const char *body, int64_t now)
{
	int result = check_recipient(recipient);

	if (result == 0)
		result = check_subject(subject);
	if (result == 0)
		result = check_body(body);
	if (result < 0)
		return result;
	return store_exec(tx, REGISTRAR_Q_OUTBOX_INSERT,
	    STORE_ARGS(
		store_text(recipient), store_text(subject), store_text(body), store_i64(now)),
	    NULL);
}

int outbox_next(struct store_tx *tx, int64_t now, struct outbox_mail *ret_mail)
{
	struct store_rows *rows = NULL;
	char *body;
	int result = store_one(tx, REGISTRAR_Q_OUTBOX_NEXT, STORE_ARGS(store_i64(now)), &rows);

	if (result < 0)
		return result;
	body = strdup(store_get_text(rows, 3));
	if (!body) {
		store_done(rows);
		return STORE_NO_MEMORY;
	}
	ret_mail->id = store_get_i64(rows, 0);
	snprintf(ret_mail->recipient, sizeof(ret_mail->recipient), "%s", store_get_text(rows, 1));
	snprintf(ret_mail->subject, sizeof(ret_mail->subject), "%s", store_get_text(rows, 2));
	ret_mail->body = body;
	ret_mail->created = store_get_i64(rows, 4);
	ret_mail->tries = (int)store_get_i64(rows, 5);
	store_done(rows);
	return 0;
}

void outbox_mail_free(struct outbox_mail *mail)
{
	free(mail->body);
	mail->body = NULL;
}

/* Runs a query that gives one number. */
static int read_number(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, int64_t *ret_number)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, args, n_args, &rows);

	if (result < 0)
		return result;
	*ret_number = store_get_i64(rows, 0);
	store_done(rows);
	return 0;
}

int outbox_sent(struct store_tx *tx, int64_t id)
{
	return store_exec(tx, REGISTRAR_Q_OUTBOX_SENT, STORE_ARGS(store_i64(id)), NULL);
}

int outbox_failed(struct store_tx *tx, int64_t id, int64_t now, const char *error, int final)
{
	int64_t tries = 0;
	int result = read_number(tx, REGISTRAR_Q_OUTBOX_TRIES, STORE_ARGS(store_i64(id)), &tries);

	if (result < 0)
		return result;
	if (final || tries + 1 >= OUTBOX_TRIES)
		return store_exec(tx, REGISTRAR_Q_OUTBOX_FAIL,
		    STORE_ARGS(store_i64(id), store_text(error)), NULL);
	return store_exec(tx, REGISTRAR_Q_OUTBOX_RETRY,
	    STORE_ARGS(
		store_i64(id), store_i64(now + outbox_wait((int)tries + 1)), store_text(error)),
	    NULL);
}

int outbox_purge(struct store_tx *tx, int64_t now)
{
	return store_exec(
	    tx, REGISTRAR_Q_OUTBOX_PURGE, STORE_ARGS(store_i64(now - KEEP_SECONDS)), NULL);
}

int64_t outbox_wait(int tries)
{
	int64_t seconds = 60;

	for (; tries > 1 && seconds < WAIT_MOST; tries--)
		seconds *= 2;
	return seconds < WAIT_MOST ? seconds : WAIT_MOST;
}
