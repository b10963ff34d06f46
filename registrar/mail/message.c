#include "registrar/mail/message.h"

#include <stdlib.h>
#include <string.h>

#include "registrar/mail/outbox.h"
#include "registrar/registrar.h"
#include "web/buf.h"

/* The values in the order of MESSAGE_VALUES, which is the order of the struct's members. */
#define VALUE_COUNT (sizeof(struct message_values) / sizeof(const char *))

static void put_parts(struct buf *out, const struct message_part *parts, unsigned n,
    const char *const values[VALUE_COUNT])
{
	for (unsigned i = 0; i < n; i++) {
		buf_puts(out, parts[i].text);
		if (parts[i].value >= 0)
			buf_puts(out, values[parts[i].value]);
	}
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

int message_put(struct store_tx *tx, struct registrar *registrar, enum message message,
    const char *recipient, const struct message_values *values, int64_t now)
{
	const struct message_text *text = &message_texts[message];
	const char *all[VALUE_COUNT];
	struct message_values full = *values;
	struct buf subject, body;
	char *subject_text = NULL, *body_text = NULL;
	int result = STORE_NO_MEMORY;
	size_t len;

	full.service = registrar->settings.name;
	full.office = registrar->settings.email;
	full.phone = registrar->settings.phone;
	full.url = registrar->public_url;
	memcpy(all, &full, sizeof(all));
	buf_init(&subject, 4000);
	buf_init(&body, OUTBOX_BODY_MAX);
	put_parts(&subject, text->subject, text->n_subject, all);
	put_parts(&body, text->body, text->n_body, all);
	subject_text = buf_steal(&subject, &len);
	body_text = buf_steal(&body, &len);
	if (subject_text && body_text) {
		flatten(subject_text);
		squeeze(body_text);
		result = outbox_put(tx, recipient, subject_text, body_text, now);
	}
	free(subject_text);
	free(body_text);
	buf_free(&subject);
	buf_free(&body);
	return result;
}
