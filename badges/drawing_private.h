/* What the files of drawing share. */
#ifndef BADGES_DRAWING_PRIVATE_H
#define BADGES_DRAWING_PRIVATE_H

#include <cairo.h>
#include <pango/pangocairo.h>

#include "badges/drawing.h"

/* A file that is kept in memory. */
struct drawing_memory {
	uint8_t *bytes;
	size_t len, room;
};

struct drawing {
	enum drawing_kind kind;
	drawing_sink *sink;
	void *context;
	struct drawing_memory memory; /* drawing_open's */
	bool refused;		      /* by the sink */
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoFontMap *fonts; /* of its own: pango's shared one belongs to a thread */
	PangoContext *pango;
	PangoLayout *layout;
	char *font;
	size_t unknown;
};

/* Sets what follows is drawn with: 0xRRGGBB. */
void drawing_ink(struct drawing *drawing, uint32_t colour);

/* A path round the box. */
void drawing_path(struct drawing *drawing, const struct drawing_box *box, double round);

#endif
