/* make_export BASE SIZE [cosigned]: writes the sample log as BASE/north-door/k3v9q2, for the
 * programs that check it independently. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/journal/export.h"

int main(int argc, char **argv)
{
	struct tiles_fault fault;
	int error;

	if (argc < 3 || argc > 4 || sodium_init() < 0) {
		fprintf(stderr, "usage: make_export BASE SIZE [cosigned]\n");
		return 2;
	}
	error = export_sample(argv[1], strtoull(argv[2], NULL, 10), argc == 4, &fault);
	if (error < 0) {
		fprintf(stderr, "make_export: %s %s\n", tiles_error_word(error), fault.path);
		return 1;
	}
	printf("%s/north-door/k3v9q2\n", argv[1]);
	return 0;
}
