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

/* What the Service says of itself, and the values that are texts of ours in the reader's language.
 */
static void fill(const struct registrar *registrar, const struct say *language,
    const struct message_values *values, struct message_values *ret)
{
	*ret = *values;
	ret->service = registrar->settings.name;
	ret->office = registrar->settings.email;
	ret->phone = registrar->settings.phone;
	ret->url = registrar->public_url;
	ret->lasts = say(language, values->lasts);
	ret->role = say(language, values->role);
	ret->criterion = say(language, values->criterion);
	ret->what = say(language, values->what);
}

int message_render(const struct registrar *registrar, enum message message,
    const struct say *language, const struct message_values *values, char **ret_subject,
    char **ret_body)
{
	const struct message_text *text = &message_texts[message];
	struct message_values full;
	const char *all[VALUES];
	struct buf subject, body;
	size_t len;

	fill(registrar, language, values, &full);
	memcpy(all, &full, sizeof(all));
	buf_init(&subject, 4000);
	buf_init(&body, OUTBOX_BODY_MAX);
	put_text(&subject, say(language, text->subject), all);
	for (unsigned i = 0; i < text->n; i++) {
		buf_puts(&body, i ? "\n\n" : "");
		put_text(&body, say(language, text->paragraphs[i]), all);
	}
	buf_puts(&body, "\n");
	char *subject_text = buf_steal(&subject, &len), *body_text = buf_steal(&body, &len);
	buf_free(&subject);
	buf_free(&body);
	if (!subject_text || !body_text) {
		free(subject_text);
		free(body_text);
		return STORE_NO_MEMORY;
	}
	flatten(subject_text);
	squeeze(body_text);
	*ret_subject = subject_text;
	*ret_body = body_text;
	return 0;
}

int message_put_in(struct store_tx *tx, struct registrar *registrar, enum message message,
    const struct say *language, const char *recipient, const struct message_values *values,
    int64_t now)
{
	char *subject = NULL, *body = NULL;
	int result = message_render(registrar, message, language, values, &subject, &body);

	if (result == 0)
		result = outbox_put(tx,
		    &(struct outbox_new){.recipient = recipient,
			.subject = subject,
			.body = body,
			.kind = values->stop ? OUTBOX_ANNOUNCEMENT : kind_of(message),
			.language = say_code(language),
			.unsubscribe = values->stop},
		    now);
	free(subject);
	free(body);
	return result;
}
