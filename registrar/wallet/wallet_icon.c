#include "registrar/wallet/wallet_icon.h"

#include <cairo.h>

#include "registrar/refusal.h"
#include "web/buf.h"

static cairo_status_t take(void *closure, const unsigned char *data, unsigned len)
{
	struct buf *file = closure;

	buf_add(file, data, len);
	return buf_error(file) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* As web/style/icon.svg has it, in units of which 32 make the side. */
static void draw(cairo_t *cairo)
{
	cairo_set_source_rgb(cairo, 29 / 255.0, 43 / 255.0, 83 / 255.0);
	cairo_paint(cairo);
	cairo_set_source_rgb(cairo, 1, 1, 1);
	cairo_rectangle(cairo, 9, 8, 14, 16);
	cairo_fill(cairo);
	cairo_set_source_rgb(cairo, 29 / 255.0, 43 / 255.0, 83 / 255.0);
	cairo_set_line_width(cairo, 2);
	cairo_rectangle(cairo, 12, 12, 8, 5);
	cairo_move_to(cairo, 12, 20);
	cairo_line_to(cairo, 20, 20);
	cairo_stroke(cairo);
}

int wallet_icon(unsigned side, uint8_t **ret_bytes, size_t *ret_len)
{
	cairo_surface_t *surface =
	    cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)side, (int)side);
	cairo_t *cairo = cairo_create(surface);
	struct buf file;
	char *bytes = NULL;

	buf_init(&file, (size_t)1 << 20);
	cairo_scale(cairo, side / 32.0, side / 32.0);
	draw(cairo);
	if (cairo_surface_write_to_png_stream(surface, take, &file) == CAIRO_STATUS_SUCCESS)
		bytes = buf_steal(&file, ret_len);
	if (bytes)
		*ret_bytes = (uint8_t *)bytes;
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	buf_free(&file);
	return bytes ? 0 : MODEL_SYSTEM;
}
