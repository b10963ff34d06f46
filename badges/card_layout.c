#include "badges/card_layout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define GREY 0x505a5f
#define PALE 0xeef1f3

/* One card while it is drawn. Measures below are `unit`s: a millimetre on a card of 54 x 85.6 mm,
 * and more in proportion on a larger one. */
struct layout {
	struct drawing *drawing;
	const struct card_design *design;
	const struct card *card;
	const struct qr *qr;
	double width, height, unit, margin;
	int result;
};

static bool shows(const struct layout *it, enum card_field field)
{
	return it->design->fields & field;
}

static bool has_qr(const struct layout *it)
{
	return shows(it, CARD_QR) && it->qr->modules != NULL;
}

static size_t class_place(const struct card *card)
{
	return card->pass_class < CLASS_NAMED ? card->pass_class : CLASS_NAMED;
}

static const char *text_or_none(const char *text)
{
	return text ? text : "";
}

/* Writes into a box given in points, letters given in units. */
static void put(const struct layout *it, struct drawing_box box, double most, double least,
    int lines, const struct drawing_style *style, enum drawing_place place, const char *text)
{
	struct drawing_style sized = *style;

	sized.size = most * it->unit;
	sized.lines = lines;
	if (box.width > 0 && box.height > 0 && text)
		drawing_fit(it->drawing, &box, &sized, least * it->unit, place, text);
}

/* ---- the class ---- */

/* Relative luminance (WCAG 2.2). */
static double luminance(uint32_t colour)
{
	static const double weights[] = {0.2126, 0.7152, 0.0722};
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double part = (colour >> (16 - 8 * i) & 255) / 255.0;

		sum += weights[i] *
		       (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
	}
	return sum;
}

/* Black or white, whichever stands out more. */
static uint32_t ink_on(uint32_t colour)
{
	double light = luminance(colour);

	return 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? 0xffffff : 0x000001;
}

static void draw_plate(const struct layout *it, struct drawing_box *word, double y, double height)
{
	double inner = height - 3 * it->unit;
	double width = inner * drawing_logo_shape(it->design->logo);
	struct drawing_box plate = {0, y + 1.5 * it->unit, 0, inner};
	struct drawing_box logo;

	if (width > 0.3 * it->width)
		width = 0.3 * it->width;
	plate.width = width + 2 * it->unit;
	plate.x = it->width - it->margin - plate.width;
	logo = (struct drawing_box){
	    plate.x + it->unit, plate.y + 0.6 * it->unit, width, inner - 1.2 * it->unit};
	drawing_fill(it->drawing, &plate, it->unit, 0xffffff);
	drawing_put_logo(it->drawing, &logo, it->design->logo);
	word->width = plate.x - it->unit - word->x;
}

/* The band over the card's lower edge; with_logo: at its end. */
static void draw_band(const struct layout *it, double height, bool with_logo)
{
	size_t place = class_place(it->card);
	uint32_t colour = it->design->colours[place];
	double y = it->height - height;
	struct drawing_style style = {
	    .bold = true, .colour = ink_on(colour), .align = DRAWING_CENTRE};
	struct drawing_box band = {0, y, it->width, height};
	struct drawing_box word = {
	    it->margin, y + 0.8 * it->unit, it->width - 2 * it->margin, height - 1.6 * it->unit};

	drawing_fill(it->drawing, &band, 0, colour);
	/* A band that is nearly white shows where it ends. */
	if (luminance(colour) > 0.6)
		drawing_outline(it->drawing, &band, 0, 0.35 * it->unit, GREY);
	if (with_logo && it->design->logo)
		draw_plate(it, &word, y, height);
	put(it, word, 9.6, 2.4, 1, &style, DRAWING_MIDDLE, it->design->words[place]);
}

/* ---- pictures ---- */

static void draw_missing(const struct layout *it, const struct drawing_box *box)
{
	const struct drawing_style style = {.bold = true, .colour = GREY, .align = DRAWING_CENTRE};
	double words = 0.24 * box->height;
	struct drawing_box bust = {box->x, box->y + 0.06 * box->height, box->width,
	    box->height - words - 0.06 * box->height};
	struct drawing_box under = {box->x + 0.6 * it->unit, box->y + box->height - words,
	    box->width - 1.2 * it->unit, words - 0.4 * it->unit};

	drawing_fill(it->drawing, box, it->unit, PALE);
	drawing_bust(it->drawing, &bust, 0x9aa5ad);
	drawing_outline(it->drawing, box, it->unit, 0.3 * it->unit, GREY);
	put(it, under, 2.6, 1.2, 2, &style, DRAWING_MIDDLE, it->design->no_photo);
}

static void draw_photo(struct layout *it, const struct drawing_box *box)
{
	if (!it->card->photo)
		draw_missing(it, box);
	else
		it->result =
		    drawing_photo(it->drawing, box, it->unit, it->card->photo, it->card->photo_len);
}

/* The code itself in a square, its white margin around. */
static void draw_code(const struct layout *it, double x, double y, double side)
{
	double margin = side * QR_MARGIN / it->qr->width;

	drawing_qr(it->drawing, it->qr, x - margin, y - margin, side + 2 * margin);
}

/* Of a code that is `side` wide: as wide as its own margin, and never less than `least` units. */
static double quiet_of(const struct layout *it, double side, double least)
{
	double margin = has_qr(it) ? side * QR_MARGIN / it->qr->width : 0;

	return margin > least * it->unit ? margin : least * it->unit;
}

/* ---- parts both ways have ---- */

static void draw_typed(const struct layout *it, const struct drawing_box *box)
{
	const struct drawing_style style = {
	    .bold = true, .colour = it->design->text, .align = DRAWING_CENTRE};

	if (shows(it, CARD_CODE))
		put(it, *box, 4.2, 2.2, 1, &style, DRAWING_MIDDLE, it->card->code);
}

/* between: what stands between the words and the times. */
static void draw_valid(const struct layout *it, const struct drawing_box *box, const char *between)
{
	const struct drawing_style style = {.colour = GREY, .align = DRAWING_CENTRE};
	const char *valid = text_or_none(it->card->valid);
	char text[CARD_TEXT + 256];

	snprintf(text, sizeof(text), "%s%s%s", it->design->valid,
	    it->design->valid[0] ? between : "", valid);
	if (shows(it, CARD_VALID) && *valid)
		put(it, *box, 2.2, 1.5, *between == ' ' && strlen(text) < 40 ? 1 : 2, &style,
		    DRAWING_MIDDLE, text);
}

static const char *organisation_of(const struct layout *it)
{
	const char *own = it->design->organisation;

	return *own ? own : text_or_none(it->card->organisation);
}

/* ---- portrait ---- */

#define BAND	 13.0
#define HEAD	 2.9
#define TITLE	 7.4
#define WHEN	 3.3
#define BELOW	 5.0
#define ROW_MOST 27.0
#define OUTLET	 6.6

/* Organisation, conference and date. Gives where it ends. */
static double draw_head(const struct layout *it)
{
	double u = it->unit, x = it->margin, y = x, width = it->width - 2 * it->margin;
	const struct drawing_style small = {.colour = GREY, .align = DRAWING_CENTRE};
	const struct drawing_style title = {
	    .bold = true, .colour = it->design->title, .align = DRAWING_CENTRE};
	struct drawing_box logo = {x, y, 0, (HEAD + TITLE) * u};

	if (it->design->logo) {
		logo.width = logo.height * drawing_logo_shape(it->design->logo);
		if (logo.width > 0.3 * width)
			logo.width = 0.3 * width;
		drawing_put_logo(it->drawing, &logo, it->design->logo);
		x += logo.width + 1.5 * u;
		width -= logo.width + 1.5 * u;
	}
	if (shows(it, CARD_ORGANISATION))
		put(it, (struct drawing_box){x, y, width, HEAD * u}, 2.3, 1.5, 1, &small,
		    DRAWING_TOP, organisation_of(it));
	y += HEAD * u;
	if (shows(it, CARD_CONFERENCE))
		put(it, (struct drawing_box){x, y, width, TITLE * u}, 3.3, 1.9, 2, &title,
		    DRAWING_MIDDLE, it->card->conference);
	y += TITLE * u;
	if (shows(it, CARD_WHEN))
		put(it, (struct drawing_box){it->margin, y, it->width - 2 * it->margin, WHEN * u},
		    2.5, 1.6, 1, &small, DRAWING_MIDDLE, it->card->when);
	return y + WHEN * u;
}

/* Photograph and code side by side, and what stands below each. Gives where it ends. */
static double draw_row(struct layout *it, double y)
{
	double u = it->unit, width = it->width - 2 * it->margin, right;
	bool both = has_qr(it) && shows(it, CARD_PHOTO);
	double side = both ? (width - 3 * u) / 1.8 : width;
	double quiet = quiet_of(it, side, 1.5), edge = fmax(quiet, it->margin), below;
	struct drawing_box photo, code, typed, valid;

	/* The code's own white margin is whole beside the photograph and at the card's edge. */
	if (both)
		side = (it->width - it->margin - edge - fmax(3 * u, quiet)) / 1.8;
	if (side > ROW_MOST * u)
		side = ROW_MOST * u;
	if (!has_qr(it) && !shows(it, CARD_PHOTO))
		side = 0;
	quiet = quiet_of(it, side, 1.5);
	right = it->width - fmax(quiet_of(it, side, 0), it->margin);
	y += quiet;
	below = y + side + quiet;
	photo = (struct drawing_box){it->margin, y, 0.8 * side, side};
	code = (struct drawing_box){right - side, y, side, side};
	if (!both) {
		photo.x = (it->width - photo.width) / 2;
		code.x = (it->width - side) / 2;
	}
	if (has_qr(it))
		draw_code(it, code.x, y, side);
	if (shows(it, CARD_PHOTO))
		draw_photo(it, &photo);
	valid =
	    (struct drawing_box){it->margin, below, both ? photo.width : width / 2 - u, BELOW * u};
	typed = both ? (struct drawing_box){code.x, below, side, BELOW * u}
		     : (struct drawing_box){it->width / 2 + u, below, width / 2 - u, BELOW * u};
	draw_valid(it, &valid, both ? "\n" : " ");
	draw_typed(it, &typed);
	return below + (shows(it, CARD_VALID) || shows(it, CARD_CODE) ? BELOW * u : 0);
}

static void draw_portrait(struct layout *it)
{
	double u = it->unit, x = it->margin, width = it->width - 2 * it->margin;
	const struct drawing_style name = {
	    .bold = true, .colour = it->design->text, .align = DRAWING_CENTRE};
	const struct drawing_style outlet = {.colour = it->design->text, .align = DRAWING_CENTRE};
	double bottom = it->height - (BAND + 1) * u;
	double y = draw_row(it, draw_head(it)) + 0.8 * u;

	if (shows(it, CARD_OUTLET) && it->card->outlet && *it->card->outlet) {
		bottom -= OUTLET * u;
		put(it, (struct drawing_box){x, bottom, width, OUTLET * u}, 3.6, 2.2, 2, &outlet,
		    DRAWING_MIDDLE, it->card->outlet);
		bottom -= 0.6 * u;
	}
	put(it, (struct drawing_box){x, y, width, bottom - y}, 7.6, 2.8, 2, &name, DRAWING_MIDDLE,
	    it->card->name);
	draw_band(it, BAND * u, false);
}

/* ---- landscape ---- */

#define WIDE_BAND  12.0
#define WIDE_CODE  27.0
#define WIDE_PHOTO 25.0

/* Code, typed code and times, at the right. Gives where what is left of it must end. */
static double draw_right(const struct layout *it)
{
	double u = it->unit, side = WIDE_CODE * u;
	double right = it->width - fmax(it->margin, quiet_of(it, side, 0));
	double floor = it->height - (WIDE_BAND + 1) * u;
	double y = it->margin, below;
	struct drawing_box box;

	if (!has_qr(it) && !shows(it, CARD_CODE) && !shows(it, CARD_VALID))
		return right;
	/* Its own white margin may reach into the card's, not over it. */
	if (has_qr(it) && y < quiet_of(it, side, 0))
		y = quiet_of(it, side, 0);
	if (has_qr(it))
		draw_code(it, right - side, y, side);
	below = has_qr(it) ? y + side + quiet_of(it, side, 0) : y;
	box = (struct drawing_box){right - side, below, side, 4.8 * u};
	draw_typed(it, &box);
	box.y += box.height;
	box.height = floor - box.y;
	draw_valid(it, &box, " ");
	return right - side - quiet_of(it, side, 3);
}

/* Outlet, conference, date and organisation, in a column. */
static void draw_column(const struct layout *it, struct drawing_box box)
{
	double u = it->unit, bottom = box.y + box.height;
	const struct drawing_style plain = {.colour = it->design->text};
	const struct drawing_style title = {.bold = true, .colour = it->design->title};
	const struct drawing_style small = {.colour = GREY};

	if (shows(it, CARD_OUTLET)) {
		put(it, (struct drawing_box){box.x, box.y, box.width, 8 * u}, 3.7, 2.2, 2, &plain,
		    DRAWING_TOP, it->card->outlet);
		box.y += 8.8 * u;
	}
	if (shows(it, CARD_ORGANISATION)) {
		bottom -= 2.9 * u;
		put(it, (struct drawing_box){box.x, bottom, box.width, 2.9 * u}, 2.2, 1.5, 1,
		    &small, DRAWING_BOTTOM, organisation_of(it));
	}
	if (shows(it, CARD_WHEN)) {
		bottom -= 3.3 * u;
		put(it, (struct drawing_box){box.x, bottom, box.width, 3.3 * u}, 2.3, 1.5, 1,
		    &small, DRAWING_MIDDLE, it->card->when);
	}
	if (shows(it, CARD_CONFERENCE))
		put(it, (struct drawing_box){box.x, box.y, box.width, bottom - box.y}, 3.1, 1.9, 3,
		    &title, DRAWING_BOTTOM, it->card->conference);
}

static void draw_landscape(struct layout *it)
{
	double u = it->unit, x = it->margin;
	const struct drawing_style name = {.bold = true, .colour = it->design->text};
	double end = draw_right(it);
	double top = it->height - (WIDE_BAND + 1.5 + WIDE_PHOTO) * u;
	struct drawing_box photo = {x, top, 0.8 * WIDE_PHOTO * u, WIDE_PHOTO * u};
	struct drawing_box column = {x, top, end - x, WIDE_PHOTO * u};

	put(it, (struct drawing_box){x, it->margin, end - x, top - u - it->margin}, 7.6, 2.7, 2,
	    &name, DRAWING_MIDDLE, it->card->name);
	if (shows(it, CARD_PHOTO)) {
		draw_photo(it, &photo);
		column.x += photo.width + 2.4 * u;
		column.width -= photo.width + 2.4 * u;
	}
	draw_column(it, column);
	draw_band(it, WIDE_BAND * u, true);
}

int card_layout_draw(struct drawing *drawing, const struct card_design *design,
    const struct card *card, const struct qr *qr, double width, double height)
{
	double across = design->landscape ? 85.6 : 53.98, down = design->landscape ? 53.98 : 85.6;
	struct layout it = {
	    .drawing = drawing,
	    .design = design,
	    .card = card,
	    .qr = qr,
	    .width = width,
	    .height = height,
	    .unit = fmin(width / across, height / down),
	};

	it.margin = design->margin * it.unit;

	if (design->landscape)
		draw_landscape(&it);
	else
		draw_portrait(&it);
	return it.result;
}
