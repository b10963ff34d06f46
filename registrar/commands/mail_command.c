#include <stdlib.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/mail/bounce.h"
#include "registrar/mail/dsn.h"
#include "registrar/registrar.h"

struct reporting {
	struct dsn dsn;
	int64_t now;
	bool noted;
};

static int report(struct store_tx *tx, void *context)
{
	struct reporting *it = context;

	return bounce_report(tx, &it->dsn, it->now, &it->noted);
}

static const char *words_of(int result)
{
	switch (result) {
	case DSN_E_SIZE:
		return "the message is empty, or larger than 1 MiB";
	case DSN_E_PASSING:
		return "the report is of a delivery that did not fail for good";
	case DSN_E_FOREIGN:
		return "the report does not name a mail of this site";
	default:
		return "the message is not a mail server's report of a delivery (RFC 3464)";
	}
}

/* Reads all input up to the limit; what is longer is refused as a whole by dsn_read. */
static char *read_message(struct command *command, size_t *ret_len)
{
	char *text = malloc(DSN_BYTES_MAX + 1);

	if (text)
		*ret_len = fread(text, 1, DSN_BYTES_MAX + 1, command->in);
	return text;
}

static int bounce(struct command *command)
{
	struct reporting it = {.now = registrar_now()};
	struct registrar *registrar = cli_registrar(command);
	char *text;
	size_t len = 0;
	int status, result;

	if (!cli_parse(command,
		&(struct argp){NULL, NULL, NULL,
		    "Reads a report that a mail was not delivered from the input, and notes the "
		    "address.",
		    NULL, NULL, NULL},
		NULL, &status))
		return status;
	text = read_message(command, &len);
	if (!text)
		return cli_result(command, STORE_NO_MEMORY, NULL);
	result = dsn_read(text, len, registrar->settings.site, &it.dsn);
	free(text);
	if (result < 0)
		return cli_refused(command, "%s. Nothing was noted.", words_of(result));
	result = store_write(registrar->store, report, &it);
	if (result == STORE_NOT_FOUND)
		return cli_refused(command, "%s. Nothing was noted.", words_of(DSN_E_FOREIGN));
	if (result == 0)
		fprintf(command->out,
		    it.noted ? "Noted: mail to this address comes back (%s).\n"
			     : "Not noted: %s is not about the mailbox.\n",
		    it.dsn.status);
	return cli_result(command, result, NULL);
}

int command_mail(struct command *command)
{
	static const struct cli_verb verbs[] = {
	    {"bounce", bounce, "note from a report that an address takes no mail"},
	    {NULL, NULL, NULL},
	};

	return cli_verbs(command, verbs);
}
