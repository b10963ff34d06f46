#include "registrar/mail/outbox.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/registrar_db.h"
#include "web/text.h"

enum {
	RECIPIENT_MAX = 254,
	SUBJECT_MAX = 1600,
	LINK_MAX_BYTES = 500,
	WAIT_MOST = 3600,
	KEEP_SECONDS = 30 * 86400,
	HASH = 32
};

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

/* What stands between angle brackets in a header. */
static int check_link(const char *link)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789:/._-[]";

	if (strlen(link) > LINK_MAX_BYTES || strspn(link, allowed) != strlen(link))
		return OUTBOX_E_LINK;
	return 0;
}

static const char *const kinds[] = {
    [OUTBOX_NOTICE] = "notice", [OUTBOX_PROOF] = "proof", [OUTBOX_ANNOUNCEMENT] = "announcement"};

static enum outbox_kind find_kind(const char *word)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i], word) == 0)
			return (enum outbox_kind)i;
	return OUTBOX_NOTICE;
}

/* A hash of an address that tells nothing without the trace. */
static void mark_of(const uint8_t trace[OUTBOX_TRACE], const char *address, uint8_t ret[HASH])
{
	crypto_generichash(ret, HASH, (const unsigned char *)address,
	    (unsigned long long)strlen(address), trace, OUTBOX_TRACE);
}

int outbox_put(struct store_tx *tx, const struct outbox_new *mail, int64_t now)
{
	const char *unsubscribe = mail->unsubscribe ? mail->unsubscribe : "";
	uint8_t trace[OUTBOX_TRACE], hash[HASH], mark[HASH];
	int result = check_recipient(mail->recipient);

	if (result == 0)
		result = check_subject(mail->subject);
	if (result == 0)
		result = check_body(mail->body);
	if (result == 0)
		result = check_link(unsubscribe);
	if (result < 0)
		return result;
	randombytes_buf(trace, sizeof(trace));
	crypto_generichash(hash, sizeof(hash), trace, sizeof(trace), NULL, 0);
	mark_of(trace, mail->recipient, mark);
	return store_exec(tx, REGISTRAR_Q_OUTBOX_INSERT,
	    STORE_ARGS(store_text(mail->recipient), store_text(mail->subject),
		store_text(mail->body), store_i64(now), store_text(kinds[mail->kind]),
		store_text(mail->language ? mail->language : "en"), store_text(unsubscribe),
		store_blob(trace, sizeof(trace)), store_blob(hash, sizeof(hash)),
		store_blob(mark, sizeof(mark))),
	    NULL);
}

/* A file name that no program takes for a path, an option or another header. */
static bool is_file_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strlen(name);

	return len > 0 && len <= 80 && strspn(name, allowed) == len && *name != '.' && *name != '-';
}

static bool is_type(const char *type)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789/;=+.- ";
	size_t len = strlen(type);

	return len >= 3 && len <= 100 && strspn(type, allowed) == len;
}

int outbox_attach(struct store_tx *tx, int64_t id, const char *name, const char *type,
    const void *bytes, size_t len, bool code)
{
	if (!is_file_name(name) || !is_type(type) || len == 0 || len > OUTBOX_ATTACHMENT_MAX)
		return OUTBOX_E_ATTACHMENT;
	return store_exec(tx, REGISTRAR_Q_OUTBOX_ATTACH,
	    STORE_ARGS(store_i64(id), store_text(name), store_text(type), store_blob(bytes, len),
		store_i64(code)),
	    NULL);
}

/* Copies one row of attachments. */
static int add_attachment(struct outbox_mail *mail, struct store_rows *rows)
{
	struct outbox_attachment *to = &mail->attachments[mail->n_attachments];
	const void *bytes = store_get_blob(rows, 2, &to->len);

	to->bytes = malloc(to->len + 1);
	if (!to->bytes)
		return STORE_NO_MEMORY;
	memcpy(to->bytes, bytes, to->len);
	to->bytes[to->len] = 0; /* the text of a code ends */
	snprintf(to->name, sizeof(to->name), "%s", store_get_text(rows, 0));
	snprintf(to->type, sizeof(to->type), "%s", store_get_text(rows, 1));
	to->code = store_get_i64(rows, 3) != 0;
	mail->n_attachments++;
	return 0;
}

static int read_attachments(struct store_tx *tx, struct outbox_mail *mail)
{
	struct store_rows *rows = NULL;
	int result =
	    store_query(tx, REGISTRAR_Q_OUTBOX_ATTACHMENTS, STORE_ARGS(store_i64(mail->id)), &rows);

	if (result < 0)
		return result;
	while (mail->n_attachments < OUTBOX_ATTACHMENTS && (result = store_next(rows)) == STORE_ROW)
		if ((result = add_attachment(mail, rows)) < 0)
			break;
	store_done(rows);
	return result < 0 ? result : 0;
}

int outbox_next(struct store_tx *tx, int64_t now, struct outbox_mail *ret_mail)
{
	struct outbox_mail mail = {0};
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_OUTBOX_NEXT, STORE_ARGS(store_i64(now)), &rows);

	if (result < 0)
		return result;
	mail.id = store_get_i64(rows, 0);
	snprintf(mail.recipient, sizeof(mail.recipient), "%s", store_get_text(rows, 1));
	snprintf(mail.subject, sizeof(mail.subject), "%s", store_get_text(rows, 2));
	mail.body = strdup(store_get_text(rows, 3));
	mail.created = store_get_i64(rows, 4);
	mail.tries = (int)store_get_i64(rows, 5);
	mail.kind = find_kind(store_get_text(rows, 6));
	snprintf(mail.language, sizeof(mail.language), "%s", store_get_text(rows, 7));
	snprintf(mail.unsubscribe, sizeof(mail.unsubscribe), "%s", store_get_text(rows, 8));
	mail.traced = !store_is_null(rows, 9);
	if (mail.traced)
		result = store_get_fixed(rows, 9, mail.trace, sizeof(mail.trace));
	store_done(rows);
	if (result == 0)
		result = mail.body ? read_attachments(tx, &mail) : STORE_NO_MEMORY;
	if (result < 0)
		outbox_mail_free(&mail);
	else
		*ret_mail = mail;
	return result;
}

void outbox_mail_free(struct outbox_mail *mail)
{
	free(mail->body);
	mail->body = NULL;
	for (size_t i = 0; i < mail->n_attachments; i++)
		free(mail->attachments[i].bytes);
	mail->n_attachments = 0;
}

int outbox_sent(struct store_tx *tx, int64_t id)
{
	int result = store_exec(tx, REGISTRAR_Q_OUTBOX_DETACH, STORE_ARGS(store_i64(id)), NULL);

	if (result < 0)
		return result;
	return store_exec(tx, REGISTRAR_Q_OUTBOX_SENT, STORE_ARGS(store_i64(id)), NULL);
}

int outbox_failed(struct store_tx *tx, int64_t id, int64_t now, const char *error, int final)
{
	int64_t tries = 0;
	int result = store_number(tx, REGISTRAR_Q_OUTBOX_TRIES, STORE_ARGS(store_i64(id)), &tries);

	if (result < 0)
		return result;
	if (final || tries + 1 >= OUTBOX_TRIES) {
		result = store_exec(tx, REGISTRAR_Q_OUTBOX_DETACH, STORE_ARGS(store_i64(id)), NULL);
		return result < 0 ? result
				  : store_exec(tx, REGISTRAR_Q_OUTBOX_FAIL,
					STORE_ARGS(store_i64(id), store_text(error)), NULL);
	}
	return store_exec(tx, REGISTRAR_Q_OUTBOX_RETRY,
	    STORE_ARGS(
		store_i64(id), store_i64(now + outbox_wait((int)tries + 1)), store_text(error)),
	    NULL);
}

int outbox_traced(struct store_tx *tx, const uint8_t trace[static OUTBOX_TRACE],
    const char *const *addresses, size_t n, size_t *ret_which)
{
	struct store_rows *rows = NULL;
	uint8_t hash[HASH], kept[HASH], mark[HASH];
	int result;

	crypto_generichash(hash, sizeof(hash), trace, OUTBOX_TRACE, NULL, 0);
	result = store_one(
	    tx, REGISTRAR_Q_OUTBOX_TRACED, STORE_ARGS(store_blob(hash, sizeof(hash))), &rows);
	if (result < 0)
		return result;
	result = store_get_fixed(rows, 1, kept, sizeof(kept));
	store_done(rows);
	for (size_t i = 0; result == 0 && i < n; i++) {
		mark_of(trace, addresses[i], mark);
		if (sodium_memcmp(mark, kept, sizeof(kept)) == 0) {
			*ret_which = i;
			return 0;
		}
	}
	return result < 0 ? result : STORE_NOT_FOUND;
}

int outbox_purge(struct store_tx *tx, int64_t now)
{
	int result = store_exec(
	    tx, REGISTRAR_Q_OUTBOX_GIVE_UP, STORE_ARGS(store_i64(now - KEEP_SECONDS)), NULL);

	if (result < 0)
		return result;
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
