/*
 * card_design: how printed badges look, from a settings file (INI):
 *
 *	[badge]		size, orientation, margin, font, fields, logo
 *	[texts]		organisation, valid, no-photo
 *	[words]		what each class is called on the band, by its token (badges/class.h)
 *	[colours]	each class's band, by its token; text and title
 *
 * What a file leaves out is as card_design_default has it, and card_design_text is a file that says
 * so. Sizes are those of the cards:
 *
 *	cr80		85.60 x 53.98 mm (ISO/IEC 7810 ID-1), one a page
 *	a6		105 x 148 mm, one a page
 *	letter-8up	eight of 85.60 x 53.98 mm on US letter paper, with cut marks
 */
#ifndef BADGES_CARD_DESIGN_H
#define BADGES_CARD_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/class.h"
#include "badges/drawing.h"

enum card_size { CARD_CR80, CARD_A6, CARD_LETTER_8UP, CARD_SIZES };

/* Fields that a badge may go without. Name and class are always there. */
enum card_field {
	CARD_PHOTO = 1,
	CARD_OUTLET = 2,
	CARD_CONFERENCE = 4,
	CARD_WHEN = 8,
	CARD_ORGANISATION = 16,
	CARD_CODE = 32,
	CARD_VALID = 64,
	CARD_QR = 128,
};

#define CARD_CLASSES (CLASS_NAMED + 1) /* the last: numbers without a meaning */

enum {
	CARD_TEXT = 200, /* bytes of a text of the design */
	CARD_WORD = 48,
	CARD_LOGO_MAX = 2 << 20, /* bytes of the logo's file */
};

struct card_design {
	enum card_size size;
	bool landscape;
	double margin; /* millimetres of a card of cr80; in proportion on a larger one */
	char font[CARD_TEXT];
	unsigned fields; /* enum card_field */
	char organisation[CARD_TEXT], valid[CARD_TEXT], no_photo[CARD_TEXT];
	char words[CARD_CLASSES][CARD_WORD];
	uint32_t colours[CARD_CLASSES]; /* 0xRRGGBB */
	uint32_t text, title;
	struct drawing_logo *logo; /* or NULL */
};

enum { CARD_DESIGN_E_FILE = -11, CARD_DESIGN_E_LINE = -12, CARD_DESIGN_E_MEMORY = -13 };

void card_design_default(struct card_design *ret);

/* Reads a file; the logo it names stands beside it. On failure why (of `size` bytes) is a sentence
 * that names file, line and remedy, and ret_design is untouched. Free with card_design_clear. */
int card_design_read(const char *path, struct card_design *ret_design, char *why, size_t size)
    __attribute__((warn_unused_result));

void card_design_clear(struct card_design *design); /* a zeroed one is fine */

/* The default design as a file, each key with what it means. */
extern const char card_design_text[];

/* "cr80", "a6", "letter-8up". -1: none of them. */
const char *card_size_word(enum card_size size);
int card_size_find(const char *word);

#endif
