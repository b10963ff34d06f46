#include "badges/drawing_private.h"

void drawing_ink(struct drawing *drawing, uint32_t colour)
{
	cairo_set_source_rgb(drawing->cairo, (colour >> 16 & 255) / 255.0,
	    (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

void drawing_path(struct drawing *drawing, const struct drawing_box *box, double round)
{
	cairo_t *to = drawing->cairo;
	double right = box->x + box->width - round, bottom = box->y + box->height - round;

	if (round <= 0) {
		cairo_rectangle(to, box->x, box->y, box->width, box->height);
		return;
	}
	cairo_new_sub_path(to);
	cairo_arc(to, right, box->y + round, round, -G_PI / 2, 0);
	cairo_arc(to, right, bottom, round, 0, G_PI / 2);
	cairo_arc(to, box->x + round, bottom, round, G_PI / 2, G_PI);
	cairo_arc(to, box->x + round, box->y + round, round, G_PI, 3 * G_PI / 2);
	cairo_close_path(to);
}

void drawing_rule(
    struct drawing *drawing, double x, double y, double width, double thickness, double grey)
{
	cairo_set_source_rgb(drawing->cairo, grey, grey, grey);
	cairo_rectangle(drawing->cairo, x, y, width, thickness);
	cairo_fill(drawing->cairo);
}

void drawing_frame(struct drawing *drawing, double x, double y, double width, double height)
{
	cairo_set_source_rgb(drawing->cairo, 0.4, 0.4, 0.4);
	cairo_set_line_width(drawing->cairo, 0.5);
	cairo_rectangle(drawing->cairo, x, y, width, height);
	cairo_stroke(drawing->cairo);
}

void drawing_fill(
    struct drawing *drawing, const struct drawing_box *box, double round, uint32_t colour)
{
	drawing_ink(drawing, colour);
	drawing_path(drawing, box, round);
	cairo_fill(drawing->cairo);
}

void drawing_outline(struct drawing *drawing, const struct drawing_box *box, double round,
    double thickness, uint32_t colour)
{
	const struct drawing_box line = {box->x + thickness / 2, box->y + thickness / 2,
	    box->width - thickness, box->height - thickness};

	drawing_ink(drawing, colour);
	cairo_set_line_width(drawing->cairo, thickness);
	drawing_path(drawing, &line, round);
	cairo_stroke(drawing->cairo);
}

void drawing_bust(struct drawing *drawing, const struct drawing_box *box, uint32_t colour)
{
	cairo_t *to = drawing->cairo;
	double side = box->width < box->height ? box->width : box->height;
	double middle = box->x + box->width / 2, bottom = box->y + box->height;

	cairo_save(to);
	cairo_rectangle(to, box->x, box->y, box->width, box->height);
	cairo_clip(to);
	drawing_ink(drawing, colour);
	cairo_arc(to, middle, bottom - 0.68 * side, 0.2 * side, 0, 2 * G_PI);
	cairo_fill(to);
	cairo_translate(to, middle, bottom);
	cairo_scale(to, 1, 1.08);
	cairo_arc(to, 0, 0, 0.38 * side, 0, 2 * G_PI);
	cairo_fill(to);
	cairo_restore(to);
}

/* Dark modules side by side are one rectangle: no printer leaves a seam between them. */
static void add_row(cairo_t *cairo, const struct qr *qr, int row, double x, double y, double module)
{
	int width = (int)qr->width;
	int from = 0, to;

	for (; from < width; from = to) {
		to = from + 1;
		if (!qr_is_dark(qr, from, row))
			continue;
		while (to < width && qr_is_dark(qr, to, row))
			to++;
		cairo_rectangle(cairo, x + (QR_MARGIN + from) * module,
		    y + (QR_MARGIN + row) * module, (to - from) * module, module);
	}
}

void drawing_qr(struct drawing *drawing, const struct qr *qr, double x, double y, double side)
{
	double module = side / (qr->width + 2 * QR_MARGIN);

	cairo_set_source_rgb(drawing->cairo, 1, 1, 1);
	cairo_rectangle(drawing->cairo, x, y, side, side);
	cairo_fill(drawing->cairo);
	cairo_set_source_rgb(drawing->cairo, 0, 0, 0);
	for (int row = 0; row < (int)qr->width; row++)
		add_row(drawing->cairo, qr, row, x, y, module);
	cairo_fill(drawing->cairo);
}
