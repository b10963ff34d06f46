/*
 * class_say: the roles people come in (badges/class.h), in their language.
 */
#ifndef REGISTRAR_CLASS_SAY_H
#define REGISTRAR_CLASS_SAY_H

#include "web/say.h"

/* class_words() in that language. */
const char *class_say(const struct say *language, unsigned number);

#endif
