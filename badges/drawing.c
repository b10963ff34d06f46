#include "badges/drawing.h"

#include <stdlib.h>
#include <string.h>

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include "badges/drawing_private.h"

/* A page of text and rectangles with its fonts is below 200 kB; this is a bound for the broken. */
#define FILE_MAX ((size_t)16 << 20)

static bool keep(void *context, const uint8_t *bytes, size_t len)
{
	struct drawing_memory *memory = context;
	size_t room = memory->room ? memory->room : 65536;
	uint8_t *more;

	if (len > FILE_MAX - memory->len)
		return false;
	while (room < memory->len + len)
		room *= 2;
	if (room != memory->room) {
		more = realloc(memory->bytes, room);
		if (!more)
			return false;
		memory->bytes = more;
		memory->room = room;
	}
	memcpy(memory->bytes + memory->len, bytes, len);
	memory->len += len;
	return true;
}

static cairo_status_t take(void *closure, const unsigned char *data, unsigned len)
{
	struct drawing *drawing = closure;

	if (!drawing->refused && !drawing->sink(drawing->context, data, len))
		drawing->refused = true;
	return drawing->refused ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void clear(struct drawing *drawing)
{
	if (drawing->layout)
		g_object_unref(drawing->layout);
	if (drawing->pango)
		g_object_unref(drawing->pango);
	if (drawing->fonts)
		g_object_unref(drawing->fonts);
	if (drawing->cairo)
		cairo_destroy(drawing->cairo);
	if (drawing->surface)
		cairo_surface_destroy(drawing->surface);
	free(drawing->memory.bytes);
	free(drawing->font);
	free(drawing);
}

static void make_surface(struct drawing *drawing, const struct drawing_start *start)
{
	switch (start->kind) {
	case DRAWING_PNG:
		drawing->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
		    (int)(start->width * start->scale + 0.5),
		    (int)(start->height * start->scale + 0.5));
		cairo_surface_set_device_scale(drawing->surface, start->scale, start->scale);
		break;
	case DRAWING_SVG:
		drawing->surface =
		    cairo_svg_surface_create_for_stream(take, drawing, start->width, start->height);
		break;
	case DRAWING_PDF:
	default:
		drawing->surface =
		    cairo_pdf_surface_create_for_stream(take, drawing, start->width, start->height);
		cairo_pdf_surface_set_metadata(
		    drawing->surface, CAIRO_PDF_METADATA_TITLE, start->title);
	}
	drawing->cairo = cairo_create(drawing->surface);
	if (start->kind == DRAWING_PDF)
		return;
	cairo_set_source_rgb(drawing->cairo, 1, 1, 1);
	cairo_paint(drawing->cairo);
}

static void make_pen(struct drawing *drawing, const struct drawing_start *start)
{
	const char *font = start->font ? start->font : "Noto Sans";
	size_t size = strlen(font) + sizeof(", sans-serif");

	drawing->font = malloc(size);
	if (drawing->font)
		g_snprintf(drawing->font, size, "%s, sans-serif", font);
	drawing->fonts = pango_cairo_font_map_new();
	drawing->pango = drawing->fonts ? pango_font_map_create_context(drawing->fonts) : NULL;
	drawing->layout = drawing->pango ? pango_layout_new(drawing->pango) : NULL;
	if (!drawing->layout)
		return;
	/* On paper letters stand where the font says, not on a screen's pixels. */
	pango_context_set_round_glyph_positions(drawing->pango, FALSE);
	/* Points, not a screen's pixels; Han characters as the reader's language has them. */
	pango_cairo_context_set_resolution(drawing->pango, 72);
	pango_context_set_language(drawing->pango, pango_language_from_string(start->language));
}

int drawing_begin(const struct drawing_start *start, struct drawing **ret)
{
	struct drawing *drawing = calloc(1, sizeof(*drawing));

	if (!drawing)
		return DRAWING_E_MEMORY;
	drawing->kind = start->kind;
	drawing->sink = start->sink;
	drawing->context = start->sink == keep ? &drawing->memory : start->context;
	make_surface(drawing, start);
	make_pen(drawing, start);
	if (!drawing->layout || !drawing->font ||
	    cairo_status(drawing->cairo) != CAIRO_STATUS_SUCCESS) {
		clear(drawing);
		return DRAWING_E_MEMORY;
	}
	*ret = drawing;
	return 0;
}

void drawing_next_page(struct drawing *drawing)
{
	cairo_show_page(drawing->cairo);
}

/* The whole file is with the sink afterwards. */
static int finish(struct drawing *drawing)
{
	cairo_status_t status;

	if (drawing->kind == DRAWING_PNG) {
		status = cairo_status(drawing->cairo);
		if (status == CAIRO_STATUS_SUCCESS)
			status = cairo_surface_write_to_png_stream(drawing->surface, take, drawing);
	} else {
		cairo_show_page(drawing->cairo);
		cairo_surface_finish(drawing->surface);
		status = cairo_status(drawing->cairo);
		if (status == CAIRO_STATUS_SUCCESS)
			status = cairo_surface_status(drawing->surface);
	}
	if (drawing->refused)
		return DRAWING_E_WRITE;
	return status == CAIRO_STATUS_SUCCESS ? 0 : DRAWING_E_DRAW;
}

int drawing_end(struct drawing *drawing)
{
	int result = finish(drawing);

	clear(drawing);
	return result;
}

int drawing_open(
    double width, double height, const char *title, const char *language, struct drawing **ret)
{
	const struct drawing_start start = {.kind = DRAWING_PDF,
	    .width = width,
	    .height = height,
	    .title = title,
	    .language = language,
	    .sink = keep};

	return drawing_begin(&start, ret);
}

int drawing_close(struct drawing *drawing, uint8_t **ret_bytes, size_t *ret_len)
{
	int result = finish(drawing);

	if (result == 0) {
		*ret_bytes = drawing->memory.bytes;
		*ret_len = drawing->memory.len;
		drawing->memory.bytes = NULL;
	}
	clear(drawing);
	return result;
}

void drawing_enter(struct drawing *drawing, double x, double y)
{
	cairo_save(drawing->cairo);
	cairo_translate(drawing->cairo, x, y);
}

void drawing_enter_turned(struct drawing *drawing, double x, double y)
{
	drawing_enter(drawing, x, y);
	cairo_rotate(drawing->cairo, G_PI / 2);
}

void drawing_leave(struct drawing *drawing)
{
	cairo_restore(drawing->cairo);
}
