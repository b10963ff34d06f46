/*
 * spoken: a typed code as it is read out: each character is a word, so that nobody at a loud door
 * takes B for D.
 */
#ifndef REGISTRAR_SPOKEN_H
#define REGISTRAR_SPOKEN_H

#include <stddef.h>

#include "web/say.h"

/* The longest a code of eight characters gets, in any language. */
#define SPOKEN_MAX 200

/*
 * Writes "Kilo seven Quebec Foxtrot, two Mike nine X-ray" for K7QF2M9X: letters by the alphabet of
 * the ICAO, which is the same in every language, digits in this one; a comma after the fourth. What
 * is no letter or digit is left out.
 */
void spoken_code(const struct say *language, const char *code, char *ret, size_t size);

#endif
