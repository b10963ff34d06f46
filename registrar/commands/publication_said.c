#include "registrar/commands/publication_said.h"

#include <stdio.h>
#include <string.h>

#include "registrar/commands/cli.h"

int publication_said(struct command *command, int result, const struct refusal *why,
    struct publication_findings *findings)
{
	bool waits = result == MODEL_REFUSED && strcmp(why->field, PUBLICATION_FIELD) == 0;

	for (size_t i = 0; waits && i < findings->n; i++)
		fprintf(command->err, "%s: \"%s\": %s [%s]\n    %s\n", findings->items[i].part,
		    findings->items[i].words, disclosure_title(findings->items[i].rule),
		    disclosure_word(findings->items[i].rule),
		    disclosure_reason(findings->items[i].rule));
	bool more = findings->more;
	publication_free(findings);
	if (!waits || more)
		return cli_result(command, result, why);
	return cli_refused(command,
	    "nothing was published. Edit the text, or say why it may be published all the same: "
	    "--publish-anyway REASON");
}
