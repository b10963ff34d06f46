#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Every fuzz target is a file fuzz_NAME.c with this one function, which returns 0 and aborts when
 * what it checks does not hold. With replay.c it is a normal test over tests/fuzz/corpus/NAME/;
 * built by clang with -Dfuzz=true it is a libFuzzer program. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops the run where a property does not hold. */
#define FUZZ_NEED(condition)                                                                       \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

#endif
