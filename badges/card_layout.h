/* Where things stand on one badge. For card.c. */
#ifndef BADGES_CARD_LAYOUT_H
#define BADGES_CARD_LAYOUT_H

#include "badges/card.h"
#include "badges/qr.h"

/* Draws a badge into 0, 0, width, height (points). Returns 0, or DRAWING_E_PICTURE where the
 * photograph is none: nothing is drawn then. qr->modules NULL: none. */
int card_layout_draw(struct drawing *drawing, const struct card_design *design,
    const struct card *card, const struct qr *qr, double width, double height)
    __attribute__((warn_unused_result));

#endif
