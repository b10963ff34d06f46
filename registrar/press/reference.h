/*
 * reference: the number by which people speak of an application or a registration, such as
 * "R-7K3M-9QXD": a letter and 40 random bits in Crockford base32. It opens nothing by itself.
 */
#ifndef REGISTRAR_REFERENCE_H
#define REGISTRAR_REFERENCE_H

#define REFERENCE_TEXT 11 /* characters, without the NUL */

/* Makes a new one. The caller's UNIQUE column decides whether it is free. */
void reference_new(char letter, char ret_text[REFERENCE_TEXT + 1]);

#endif
