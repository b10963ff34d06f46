/*
 * upload: files that an applicant sends as proof, and the photograph.
 *
 * A file is judged by its first bytes and never by its name or by what a browser calls it. It is
 * kept as it came, is never opened here, and leaves only as a download in which nothing runs. The
 * photograph is another thing: it is what photo_make() drew anew.
 *
 * All functions run inside the caller's transaction and return 0, a code below, STORE_NOT_FOUND or
 * another negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_UPLOAD_H
#define PRESSGATE_REGISTRAR_UPLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/photo/photo.h"
#include "schema/store.h"
#include "web/token.h"

#define UPLOAD_BYTES_MAX   ((size_t)5 << 20)   /* of one file */
#define UPLOAD_FILES_MAX   8		       /* of one application, besides the photograph */
#define UPLOAD_TOTAL_MAX   ((int64_t)20 << 20) /* bytes of one application */
#define UPLOAD_WAITING_MAX ((int64_t)2 << 30)  /* bytes of all that nobody has confirmed */
#define UPLOAD_TITLE_BYTES 800

enum upload_error {
	UPLOAD_E_TYPE = -241,  /* no PDF, JPEG or PNG by its first bytes */
	UPLOAD_E_LONG = -242,  /* more than UPLOAD_BYTES_MAX, or empty */
	UPLOAD_E_COUNT = -243, /* UPLOAD_FILES_MAX or UPLOAD_TOTAL_MAX are reached */
	UPLOAD_E_FULL = -244   /* UPLOAD_WAITING_MAX is reached: a fault of no applicant */
};

enum upload_kind { UPLOAD_LETTER, UPLOAD_PRESS_CARD, UPLOAD_SAMPLE, UPLOAD_PHOTO };

struct upload {
	char name[TOKEN_TEXT + 1]; /* stands in addresses; opens nothing by itself */
	enum upload_kind kind;
	char title[UPLOAD_TITLE_BYTES + 1]; /* as the file was called */
	const char *type;		    /* "application/pdf"; static */
	int64_t size;			    /* bytes */
	unsigned width, height;		    /* of the photograph, else 0 */
	uint8_t *bytes;			    /* owned; NULL in lists */
};

struct upload_list {
	struct upload *items; /* in the order sent */
	size_t n;
};

/* What is added. */
struct upload_file {
	enum upload_kind kind; /* not UPLOAD_PHOTO */
	const char *title;     /* checked text of 1 to 200 code points, or "" */
	const uint8_t *bytes;
	size_t len;
	unsigned width, height;
};

/* "application/pdf", "image/jpeg" or "image/png" by the first bytes; NULL for anything else. */
const char *upload_type(const uint8_t *bytes, size_t len);

/* The kind in words: "Letter". */
const char *upload_kind_words(enum upload_kind kind);

/* Checks the file and keeps it. */
STORE_MUST_CHECK int upload_add(
    struct store_tx *tx, int64_t dossier_id, const struct upload_file *file, int64_t now);

/* Keeps a photograph in place of any other. */
STORE_MUST_CHECK int upload_set_photo(
    struct store_tx *tx, int64_t dossier_id, const struct photo *photo, int64_t now);

STORE_MUST_CHECK int upload_list(
    struct store_tx *tx, int64_t dossier_id, struct upload_list *ret_list);
void upload_list_free(struct upload_list *list);

/* One with its bytes. Free with upload_free. */
STORE_MUST_CHECK int upload_open(
    struct store_tx *tx, int64_t dossier_id, const char *name, struct upload *ret_upload);
STORE_MUST_CHECK int upload_photo(
    struct store_tx *tx, int64_t dossier_id, struct upload *ret_upload);
void upload_free(struct upload *upload);

/* Takes one away, the photograph too. None of that name is fine. */
STORE_MUST_CHECK int upload_remove(
    struct store_tx *tx, int64_t dossier_id, const char *name, int64_t now);

/* A sentence for the applicant, with what to do; NULL for a code that is none of these. */
const char *upload_strerror(int result);

#endif
