#include "tests/faults/faults.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static FILE *open_rows(void)
{
	const char *dir = getenv("PRESSGATE_FAULTS");
	char path[4096];

	if (dir == NULL)
		return NULL;
	(void)snprintf(path, sizeof(path), "%s/%ld.tsv", dir, (long)getpid());
	return fopen(path, "a");
}

void faults_row(const char *fault, const char *part, uint64_t tries, uint64_t lost,
    uint64_t corrupt, uint64_t wrong)
{
	FILE *file = open_rows();

	if (file == NULL)
		return;
	fprintf(file, "row\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", fault,
	    part, tries, lost, corrupt, wrong);
	(void)fclose(file);
}

static void word(const char *kind, const char *fault, const char *part, const char *what)
{
	FILE *file = open_rows();

	if (file == NULL)
		return;
	fprintf(file, "%s\t%s\t%s\t%s\n", kind, fault, part, what);
	(void)fclose(file);
}

void faults_control(const char *fault, const char *part, bool failed)
{
	word("control", fault, part, failed ? "fails" : "HOLDS");
}

void faults_contrast(const char *fault, const char *part, bool holds)
{
	word("contrast", fault, part, holds ? "holds" : "FAILS");
}
