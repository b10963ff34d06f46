#include "badges/qr.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define QR_MODULE_PX_MAX 64

/* The picture as it grows. */
struct qr_png {
	uint8_t *bytes;
	size_t len, cap;
};

static void qr_png_write(png_structp png, png_bytep data, size_t len)
{
	struct qr_png *out = png_get_io_ptr(png);

	if (len > out->cap - out->len) {
		size_t cap = 2 * (out->cap + len);
		uint8_t *bytes = realloc(out->bytes, cap);

		if (bytes == NULL)
			png_error(png, "out of memory");
		out->bytes = bytes;
		out->cap = cap;
	}
	memcpy(out->bytes + out->len, data, len);
	out->len += len;
}

static void qr_png_flush(png_structp png)
{
	(void)png;
}

/* Our only failure is memory, and it is returned: nothing is printed. */
static void qr_png_fail(png_structp png, png_const_charp message)
{
	(void)message;
	png_longjmp(png, 1);
}

static void qr_png_warn(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

/* One line of pixels, one bit each, 1 is white. */
static void qr_png_row(const struct qr *qr, int y, unsigned module_px, uint8_t *row)
{
	unsigned side = qr->width + 2 * QR_MARGIN;
	size_t pixel = 0;

	memset(row, 0, ((size_t)side * module_px + 7) / 8);
	for (unsigned x = 0; x < side; x++) {
		bool light = !qr_is_dark(qr, (int)x - QR_MARGIN, y);

		for (unsigned i = 0; i < module_px; i++, pixel++) {
			if (light)
				row[pixel / 8] |= (uint8_t)(0x80u >> pixel % 8);
		}
	}
}

/* Everything that may jump back lies in here, and nothing else. */
static int qr_png_draw(
    png_structp png, png_infop info, const struct qr *qr, unsigned module_px, uint8_t *row)
{
	unsigned side = qr->width + 2 * QR_MARGIN;

	if (setjmp(png_jmpbuf(png)) != 0)
		return QR_E_MEMORY;
	png_set_IHDR(png, info, side * module_px, side * module_px, 1, PNG_COLOR_TYPE_GRAY,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	png_write_info(png, info);
	for (unsigned y = 0; y < side; y++) {
		qr_png_row(qr, (int)y - QR_MARGIN, module_px, row);
		for (unsigned i = 0; i < module_px; i++)
			png_write_row(png, row);
	}
	png_write_end(png, info);
	return 0;
}

int qr_png(const struct qr *qr, unsigned module_px, uint8_t **ret_bytes, size_t *ret_len)
{
	struct qr_png out = {0};
	png_structp png = NULL;
	png_infop info = NULL;
	uint8_t *row = NULL;
	int r = QR_E_MEMORY;

	if (module_px < 1 || module_px > QR_MODULE_PX_MAX)
		return QR_E_SIZE;
	png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, qr_png_fail, qr_png_warn);
	if (png == NULL)
		goto done;
	info = png_create_info_struct(png);
	row = malloc(((size_t)(qr->width + 2 * QR_MARGIN) * module_px + 7) / 8);
	if (info == NULL || row == NULL)
		goto done;
	png_set_write_fn(png, &out, qr_png_write, qr_png_flush);
	r = qr_png_draw(png, info, qr, module_px, row);
	if (r != 0)
		goto done;
	*ret_bytes = out.bytes;
	*ret_len = out.len;
	out.bytes = NULL;
done:
	free(row);
	free(out.bytes);
	png_destroy_write_struct(&png, &info);
	return r;
}
