#include "registrar/mail/acknowledge.h"

#include <stdio.h>

#include "registrar/mail/message.h"
#include "registrar/press/due.h"
#include "registrar/press/language.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

static const char *what(enum queue_kind kind)
{
	static const char *const words[QUEUE_KINDS] = {
	    [QUEUE_APPLICATION] = SAY("your application"),
	    [QUEUE_ANSWER] = SAY("your answer"),
	    [QUEUE_RESPONSE] = SAY("your response to the refusal"),
	    [QUEUE_APPEAL] = SAY("your appeal"),
	    [QUEUE_RENEWAL] = SAY("your request to renew your accreditation"),
	    [QUEUE_OUTLET] = SAY("your request to change your outlet"),
	    [QUEUE_MESSAGE] = SAY("your message"),
	    [QUEUE_REQUEST] = SAY("your request about your data"),
	};

	return words[kind];
}

/* Writes the mail about a row of reference, name, address and due, and gives the row back. due: 0,
 * or another than the row's. */
static int put(struct store_tx *tx, struct registrar *registrar, struct store_rows *row,
    enum queue_kind kind, int64_t due, int64_t now)
{
	const char *email = store_get_text(row, 2);
	struct message_values values = {.reference = store_get_text(row, 0),
	    .name = store_get_text(row, 1),
	    .what = what(kind)};
	char when[128];
	int result;

	zone_say(
	    language_of_mail(tx, email), due ? due : store_get_i64(row, 3), when, sizeof(when));
	values.due = when;
	result = message_put(tx, registrar, MESSAGE_RECEIVED, email, &values, now);
	store_done(row);
	return result;
}

/* A message's clock is its own, though it stands in the queue where the first one in a row does. */
static int put_message(
    struct store_tx *tx, struct registrar *registrar, int64_t application_id, int64_t now)
{
	const struct settings *settings = &registrar->settings;
	struct due_desk desk = {
	    (int)settings->opens, (int)settings->closes, (int)settings->acknowledge_minutes};
	struct store_rows *row = NULL;
	int result = store_one(tx, REGISTRAR_Q_QUEUE_MESSAGE_TO_ACKNOWLEDGE,
	    STORE_ARGS(store_i64(application_id), store_i64(now - ACKNOWLEDGE_MESSAGES_SECONDS)),
	    &row);

	if (result == STORE_ROW)
		result = put(tx, registrar, row, QUEUE_MESSAGE, due_at(&desk, now), now);
	return result;
}

int acknowledge_application(struct store_tx *tx, struct registrar *registrar,
    int64_t application_id, enum queue_kind kind, int64_t now)
{
	struct store_rows *row = NULL;
	int result;

	if (kind == QUEUE_MESSAGE) {
		result = put_message(tx, registrar, application_id, now);
	} else {
		result = store_one(tx, REGISTRAR_Q_QUEUE_TO_ACKNOWLEDGE,
		    STORE_ARGS(store_i64(application_id)), &row);
		if (result == STORE_ROW)
			result = put(tx, registrar, row, kind, 0, now);
	}
	if (result == STORE_NOT_FOUND)
		return 0;
	return result < 0 ? result : queue_acknowledged(tx, application_id, kind, now);
}

int acknowledge_request(
    struct store_tx *tx, struct registrar *registrar, int64_t person_id, int64_t now)
{
	struct store_rows *row = NULL;
	char reference[21];
	int result = store_one(
	    tx, REGISTRAR_Q_QUEUE_REQUEST_TO_ACKNOWLEDGE, STORE_ARGS(store_i64(person_id)), &row);

	if (result == STORE_NOT_FOUND)
		return 0;
	if (result < 0)
		return result;
	snprintf(reference, sizeof(reference), "%s", store_get_text(row, 0));
	result = put(tx, registrar, row, QUEUE_REQUEST, 0, now);
	return result < 0 ? result : queue_request_acknowledged(tx, reference, now);
}
