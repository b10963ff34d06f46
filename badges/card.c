#include "badges/card.h"

#include <stdlib.h>
#include <string.h>

#include "badges/card_layout.h"

#define MM DRAWING_MM

/* ISO/IEC 7810 ID-1, and A6. */
#define CR80_LONG    (85.60 * MM)
#define CR80_SHORT   (53.98 * MM)
#define A6_LONG	     (148 * MM)
#define A6_SHORT     (105 * MM)
#define SHEET_ACROSS 2
#define SHEET_DOWN   4
#define SHEET_GAP    (5 * MM)
#define MARK_FROM    (1.2 * MM) /* of a corner: a cut that is off shows no ink on the card */
#define MARK_LONG    (3 * MM)

#define PNG_SCALE (300 / 72.0)

struct card_batch {
	const struct card_design *design;
	struct drawing *drawing;
	enum drawing_kind kind;
	double width, height; /* of a card, as it is read */
	bool is_sheet;
	size_t n;
};

static void measure(struct card_batch *batch, double *ret_width, double *ret_height)
{
	const struct card_design *design = batch->design;
	double longer = design->size == CARD_A6 ? A6_LONG : CR80_LONG;
	double shorter = design->size == CARD_A6 ? A6_SHORT : CR80_SHORT;

	batch->width = design->landscape ? longer : shorter;
	batch->height = design->landscape ? shorter : longer;
	batch->is_sheet = design->size == CARD_LETTER_8UP;
	*ret_width = batch->is_sheet ? DRAWING_LETTER_WIDTH : batch->width;
	*ret_height = batch->is_sheet ? DRAWING_LETTER_HEIGHT : batch->height;
}

int card_batch_begin(const struct card_design *design, enum drawing_kind kind, const char *title,
    drawing_sink *sink, void *context, struct card_batch **ret)
{
	struct drawing_start start = {.kind = kind,
	    .scale = PNG_SCALE,
	    .title = title,
	    .language = "en",
	    .font = design->font,
	    .sink = sink,
	    .context = context};
	struct card_batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return CARD_E_DRAWING;
	batch->design = design;
	batch->kind = kind;
	measure(batch, &start.width, &start.height);
	if (drawing_begin(&start, &batch->drawing) != 0) {
		free(batch);
		return CARD_E_DRAWING;
	}
	*ret = batch;
	return 0;
}

/* A card's upper left corner on the sheet. */
static void corner(size_t place, double *ret_x, double *ret_y)
{
	double across = SHEET_ACROSS * CR80_LONG + (SHEET_ACROSS - 1) * SHEET_GAP;
	double down = SHEET_DOWN * CR80_SHORT + (SHEET_DOWN - 1) * SHEET_GAP;
	size_t row = place / SHEET_ACROSS;

	*ret_x = (DRAWING_LETTER_WIDTH - across) / 2 +
		 (double)(place % SHEET_ACROSS) * (CR80_LONG + SHEET_GAP);
	*ret_y = (DRAWING_LETTER_HEIGHT - down) / 2 + (double)row * (CR80_SHORT + SHEET_GAP);
}

/* Two short lines at each corner, off the card. */
static void draw_marks(struct drawing *drawing, double x, double y)
{
	const double thin = 0.4, length = MARK_LONG - MARK_FROM / 2;

	for (int i = 0; i < 4; i++) {
		bool right = i % 2, bottom = i >= 2;
		double across = right ? x + CR80_LONG : x, down = bottom ? y + CR80_SHORT : y;
		double left = right ? across + MARK_FROM : across - MARK_FROM - length;
		double top = bottom ? down + MARK_FROM : down - MARK_FROM - length;
		const struct drawing_box flat = {left, down - thin / 2, length, thin};
		const struct drawing_box tall = {across - thin / 2, top, thin, length};

		drawing_fill(drawing, &flat, 0, 0x505a5f);
		drawing_fill(drawing, &tall, 0, 0x505a5f);
	}
}

/* The pages before the card's, and where on it the card stands. */
static void enter(struct card_batch *batch)
{
	size_t on_page = batch->is_sheet ? SHEET_ACROSS * SHEET_DOWN : 1;
	double x = 0, y = 0;

	if (batch->n > 0 && batch->n % on_page == 0)
		drawing_next_page(batch->drawing);
	if (batch->is_sheet) {
		corner(batch->n % on_page, &x, &y);
		draw_marks(batch->drawing, x, y);
	}
	if (batch->is_sheet && !batch->design->landscape)
		drawing_enter_turned(batch->drawing, x + CR80_LONG, y);
	else
		drawing_enter(batch->drawing, x, y);
}

int card_batch_add(struct card_batch *batch, const struct card *card)
{
	size_t most = batch->kind == DRAWING_PDF ? SIZE_MAX : batch->is_sheet ? 8 : 1;
	struct qr qr = {0};
	int result = 0;

	if (batch->n == most)
		return CARD_E_MANY;
	if (card->photo && !drawing_photo_is(card->photo, card->photo_len))
		return CARD_E_PHOTO;
	if (card->qr && *card->qr && qr_make(card->qr, strlen(card->qr), &qr) != 0)
		return CARD_E_QR;
	enter(batch);
	result =
	    card_layout_draw(batch->drawing, batch->design, card, &qr, batch->width, batch->height);
	drawing_leave(batch->drawing);
	qr_free(&qr);
	batch->n++;
	return result == 0 ? 0 : result == DRAWING_E_PICTURE ? CARD_E_PHOTO : CARD_E_DRAWING;
}

size_t card_batch_unknown(const struct card_batch *batch)
{
	return drawing_unknown(batch->drawing);
}

int card_batch_end(struct card_batch *batch)
{
	int result = drawing_end(batch->drawing);

	free(batch);
	return result == 0 ? 0 : result == DRAWING_E_WRITE ? CARD_E_WRITE : CARD_E_DRAWING;
}

const char *card_strerror(int result)
{
	switch (result) {
	case CARD_E_QR:
		return "the QR text is too long for a QR code, or empty";
	case CARD_E_PHOTO:
		return "the photograph is no JPEG, or cut short: save it as JPEG in colour or grey";
	case CARD_E_MANY:
		return "SVG and PNG are one page: write PDF for more";
	case CARD_E_WRITE:
		return "the file could not be written: is the disk full?";
	case CARD_E_DRAWING:
		return "the drawing failed: is there memory?";
	default:
		return NULL;
	}
}
