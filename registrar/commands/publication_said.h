/* publication_said: a command line that publishes a text, and what the check of it found (R12). */
#ifndef REGISTRAR_PUBLICATION_SAID_H
#define REGISTRAR_PUBLICATION_SAID_H

#include "registrar/press/publication.h"
#include "web/control.h"

/* The option `--publish-anyway REASON`, for a table of options. */
#define PUBLICATION_KEY_ANYWAY 0x7001
#define PUBLICATION_OPTION                                                                         \
	{                                                                                          \
		"publish-anyway", PUBLICATION_KEY_ANYWAY, "REASON", 0,                             \
		    "Publish it although the check found something, and why; kept with your name", \
		    9                                                                              \
	}

/* As cli_result; where findings are why it was refused, each is printed with its rule, and how to
 * go on. Frees them. */
int publication_said(struct command *command, int result, const struct refusal *why,
    struct publication_findings *findings);

#endif
