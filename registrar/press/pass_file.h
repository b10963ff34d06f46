/*
 * pass_file: a pass as a file: a picture, or a sheet to print. For pages and mails; nothing here
 * reads the store, so that no write waits for a drawing.
 */
#ifndef REGISTRAR_PASS_FILE_H
#define REGISTRAR_PASS_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/press/conference.h"
#include "registrar/press/registration.h"
#include "registrar/settings.h"
#include "web/say.h"

/* All borrowed for the call. registration->has_pass must be true. */
struct pass_file {
	const struct settings *settings;
	const struct say *language; /* NULL: English */
	const struct registration *registration;
	const struct conference *conference;
	const char *name, *outlet;
};

/* The QR code with its margin, 500 to 650 pixels on a side: sharp on paper too. Each gives one
 * malloc'd block, which the caller frees, and returns 0, or MODEL_SYSTEM with ret_ untouched. */
int pass_file_png(const struct pass_file *file, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

/* A sheet of letter size (PDF): the code 8 cm wide, the typed code in words, whose it is, where and
 * when, what to bring and the rules of the door. */
int pass_file_pdf(const struct pass_file *file, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

/* "K7QF-2M9X", as it is shown. */
void pass_file_code(const struct registration *registration, char ret[static 10]);

#endif
