#include "registrar/mail/message.h"

#include <stdlib.h>
#include <string.h>

#include "registrar/mail/outbox.h"
#include "registrar/press/language.h"
#include "registrar/registrar.h"
#include "web/buf.h"

#define MESSAGE_NAME(name) #name,
static const char *const names[] = {MESSAGE_VALUES(MESSAGE_NAME)};

/* The values in the order of MESSAGE_VALUES, which is the order of the struct's members. */
enum { VALUES = sizeof(names) / sizeof(*names) };
_Static_assert(sizeof(struct message_values) == VALUES * sizeof(const char *), "one a name");

/* The value of the name that stands before "}}", or "". */
static const char *value_of(const char *name, size_t len, const char *const values[VALUES])
{
	for (size_t i = 0; i < VALUES; i++)
		if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
			return values[i] ? values[i] : "";
	return "";
}

/* Writes a text with its {{names}} filled in. */
static void put_text(struct buf *out, const char *text, const char *const values[VALUES])
{
	const char *open, *close;

	while ((open = strstr(text, "{{")) && (close = strstr(open, "}}"))) {
		buf_add(out, text, (size_t)(open - text));
		buf_puts(out, value_of(open + 2, (size_t)(close - open - 2), values));
		text = close + 2;
	}
	buf_puts(out, text);
}

/* An empty value can leave several empty lines in a row: one is enough. */
static void squeeze(char *text)
{
	size_t to = 0, breaks = 0;

	for (size_t i = 0; text[i]; i++) {
		breaks = text[i] == '\n' ? breaks + 1 : 0;
		if (breaks <= 2)
			text[to++] = text[i];
	}
	text[to] = 0;
}

/* A subject stands in one header line. */
static void flatten(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20)
			*text = ' ';
}

/* What proves an address goes even where mail came back from. */
static enum outbox_kind kind_of(enum message message)
{
	switch (message) {
	case MESSAGE_CONFIRM:
	case MESSAGE_SIGN_IN:
	case MESSAGE_EMAIL_CHANGE:
	case MESSAGE_RETURN:
	case MESSAGE_SUBSCRIBE:
		return OUTBOX_PROOF;
	default:
		return OUTBOX_NOTICE;
	}
}

int message_put(struct store_tx *tx, struct registrar *registrar, enum message message,
    const char *recipient, const struct message_values *values, int64_t now)
{
	return message_put_in(
	    tx, registrar, message, language_of_mail(tx, recipient), recipient, values, now);
}

int message_put_in(struct store_tx *tx, struct registrar *registrar, enum message message,
    const struct say *language, const char *recipient, const struct message_values *values,
    int64_t now)
{
	const struct message_text *text = &message_texts[message];
	const char *all[VALUES];
	struct message_values full = *values;
	struct buf subject, body;
	char *subject_text = NULL, *body_text = NULL;
	int result = STORE_NO_MEMORY;
	size_t len;

	full.service = registrar->settings.name;
	full.office = registrar->settings.email;
	full.phone = registrar->settings.phone;
	full.url = registrar->public_url;
	full.lasts = say(language, full.lasts);
	full.role = say(language, full.role);
	full.criterion = say(language, full.criterion);
	memcpy(all, &full, sizeof(all));
	buf_init(&subject, 4000);
	buf_init(&body, OUTBOX_BODY_MAX);
	put_text(&subject, say(language, text->subject), all);
	for (unsigned i = 0; i < text->n; i++) {
		buf_puts(&body, i ? "\n\n" : "");
		put_text(&body, say(language, text->paragraphs[i]), all);
	}
	buf_puts(&body, "\n");
	subject_text = buf_steal(&subject, &len);
	body_text = buf_steal(&body, &len);
	if (subject_text && body_text) {
		flatten(subject_text);
		squeeze(body_text);
		result = outbox_put(tx,
		    &(struct outbox_new){.recipient = recipient,
			.subject = subject_text,
			.body = body_text,
			.kind = values->stop ? OUTBOX_ANNOUNCEMENT : kind_of(message),
			.language = say_code(language),
			.unsubscribe = values->stop},
		    now);
	}
	free(subject_text);
	free(body_text);
	buf_free(&subject);
	buf_free(&body);
	return result;
}
