#include <stdlib.h>
#include <string.h>

#include <turbojpeg.h>

#include "badges/drawing_private.h"

/* A side of a picture; more is a mistake, and a page needs none of it. */
#define SIDE_MAX 10000

/* ---- photographs ---- */

/* Pixels are decoded only where they are drawn; a PDF or SVG takes the bytes. */
static int decode(tjhandle jpeg, const uint8_t *bytes, size_t len, cairo_surface_t *to)
{
	int r;

	cairo_surface_flush(to);
	r = tjDecompress2(jpeg, bytes, len, cairo_image_surface_get_data(to),
	    cairo_image_surface_get_width(to), cairo_image_surface_get_stride(to),
	    cairo_image_surface_get_height(to),
	    G_BYTE_ORDER == G_LITTLE_ENDIAN ? TJPF_BGRX : TJPF_XRGB, TJFLAG_STOPONWARNING);
	cairo_surface_mark_dirty(to);
	return r == 0 ? 0 : DRAWING_E_PICTURE;
}

static int attach(const uint8_t *bytes, size_t len, cairo_surface_t *to)
{
	uint8_t *copy = malloc(len);

	if (!copy)
		return DRAWING_E_MEMORY;
	memcpy(copy, bytes, len);
	if (cairo_surface_set_mime_data(to, CAIRO_MIME_TYPE_JPEG, copy, len, free, copy) ==
	    CAIRO_STATUS_SUCCESS)
		return 0;
	free(copy);
	return DRAWING_E_MEMORY;
}

/* Begun and ended, in colours that every reader of PDF has. */
static bool measure(
    tjhandle jpeg, const uint8_t *bytes, size_t len, int *ret_width, int *ret_height)
{
	int sampling = 0, colours = 0;

	return len >= 4 && bytes[len - 2] == 0xff && bytes[len - 1] == 0xd9 &&
	       tjDecompressHeader3(jpeg, bytes, len, ret_width, ret_height, &sampling, &colours) ==
		   0 &&
	       (colours == TJCS_YCbCr || colours == TJCS_RGB || colours == TJCS_GRAY) &&
	       *ret_width > 0 && *ret_height > 0 && *ret_width <= SIDE_MAX &&
	       *ret_height <= SIDE_MAX;
}

bool drawing_photo_is(const uint8_t *jpeg, size_t len)
{
	tjhandle reader = tjInitDecompress();
	int width = 0, height = 0;
	bool is = reader && measure(reader, jpeg, len, &width, &height);

	if (reader)
		tjDestroy(reader);
	return is;
}

static int load(
    const struct drawing *drawing, const uint8_t *bytes, size_t len, cairo_surface_t **ret)
{
	tjhandle jpeg = tjInitDecompress();
	int width = 0, height = 0, result = DRAWING_E_PICTURE;
	cairo_surface_t *surface = NULL;

	if (!jpeg)
		return DRAWING_E_MEMORY;
	if (!measure(jpeg, bytes, len, &width, &height))
		goto done;
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
	result = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS ? 0 : DRAWING_E_MEMORY;
	if (result == 0)
		result = drawing->kind == DRAWING_PNG ? decode(jpeg, bytes, len, surface)
						      : attach(bytes, len, surface);
done:
	tjDestroy(jpeg);
	if (result == 0)
		*ret = surface;
	else if (surface)
		cairo_surface_destroy(surface);
	return result;
}

/* Draws the surface over the box's middle, large enough to cover it or small enough to be whole. */
static void paint(
    cairo_t *to, cairo_surface_t *surface, const struct drawing_box *box, bool is_whole)
{
	double width = cairo_image_surface_get_width(surface);
	double height = cairo_image_surface_get_height(surface);
	double across = box->width / width, down = box->height / height;
	double scale = (across < down) == is_whole ? across : down;

	cairo_translate(to, box->x + (box->width - width * scale) / 2,
	    box->y + (box->height - height * scale) / 2);
	cairo_scale(to, scale, scale);
	cairo_set_source_surface(to, surface, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(to), CAIRO_FILTER_BEST);
	cairo_paint(to);
}

int drawing_photo(struct drawing *drawing, const struct drawing_box *box, double round,
    const uint8_t *jpeg, size_t len)
{
	cairo_surface_t *surface = NULL;
	int result = load(drawing, jpeg, len, &surface);

	if (result != 0)
		return result;
	cairo_save(drawing->cairo);
	drawing_path(drawing, box, round);
	cairo_clip(drawing->cairo);
	paint(drawing->cairo, surface, box, false);
	cairo_restore(drawing->cairo);
	cairo_surface_destroy(surface);
	return 0;
}

/* ---- the logo ---- */

struct drawing_logo {
	cairo_surface_t *surface;
};

struct source {
	const uint8_t *bytes;
	size_t left;
};

static cairo_status_t give(void *closure, unsigned char *data, unsigned len)
{
	struct source *source = closure;

	if (len > source->left)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(data, source->bytes, len);
	source->bytes += len;
	source->left -= len;
	return CAIRO_STATUS_SUCCESS;
}

int drawing_logo_read(const uint8_t *png, size_t len, struct drawing_logo **ret)
{
	static const unsigned char name[] = "logo";
	struct source source = {png, len};
	struct drawing_logo *logo = calloc(1, sizeof(*logo));

	if (!logo)
		return DRAWING_E_MEMORY;
	logo->surface = cairo_image_surface_create_from_png_stream(give, &source);
	/* Of the same name in all pages: a PDF has it once. */
	if (cairo_surface_status(logo->surface) != CAIRO_STATUS_SUCCESS ||
	    cairo_image_surface_get_width(logo->surface) > SIDE_MAX ||
	    cairo_image_surface_get_height(logo->surface) > SIDE_MAX ||
	    cairo_surface_set_mime_data(logo->surface, CAIRO_MIME_TYPE_UNIQUE_ID, name,
		sizeof(name) - 1, NULL, NULL) != CAIRO_STATUS_SUCCESS) {
		drawing_logo_free(logo);
		return DRAWING_E_PICTURE;
	}
	*ret = logo;
	return 0;
}

void drawing_logo_free(struct drawing_logo *logo)
{
	if (!logo)
		return;
	cairo_surface_destroy(logo->surface);
	free(logo);
}

double drawing_logo_shape(const struct drawing_logo *logo)
{
	return (double)cairo_image_surface_get_width(logo->surface) /
	       cairo_image_surface_get_height(logo->surface);
}

void drawing_put_logo(
    struct drawing *drawing, const struct drawing_box *box, const struct drawing_logo *logo)
{
	cairo_save(drawing->cairo);
	paint(drawing->cairo, logo->surface, box, true);
	cairo_restore(drawing->cairo);
}
