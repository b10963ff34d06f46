#ifndef GATE_PRINTABLE_H
#define GATE_PRINTABLE_H

#include <stddef.h>
#include <stdio.h>

/* printable_write: text from outside made printable: what is not plain text (badges/text.h), such
 * as controls and bidi characters, becomes U+FFFD. At most max bytes of it are taken. */
void printable_write(FILE *out, const char *text, size_t len, size_t max);

#endif
