/* The rules of disclosure.h as data. */
#ifndef REGISTRAR_DISCLOSURE_RULES_H
#define REGISTRAR_DISCLOSURE_RULES_H

#include <stdbool.h>

#include "registrar/press/disclosure.h"

struct disclosure_pattern {
	const char *word, *title, *reason;
	const char *pattern; /* of ICU; white space in it means nothing */
	const char *beside;  /* only where this stands in the same sentence; or NULL */
	bool check_digit;    /* only where the digits' check digit holds */
};

extern const struct disclosure_pattern disclosure_patterns[DISCLOSURE_RULES];

#endif
