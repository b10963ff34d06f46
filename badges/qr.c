#include "badges/qr.h"

#include <qrencode.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that grows; failed once memory ran out. */
struct qr_text {
	char *text;
	size_t len, cap;
	bool failed;
};

static void qr_put(struct qr_text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void qr_put(struct qr_text *out, const char *format, ...)
{
	char piece[256];
	va_list args;
	size_t len;
	int n;

	va_start(args, format);
	n = vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	if (out->failed || n < 0 || (size_t)n >= sizeof(piece)) {
		out->failed = true;
		return;
	}
	len = (size_t)n;
	if (out->text == NULL || len + 1 > out->cap - out->len) {
		size_t cap = out->cap == 0 ? 4096 : 2 * out->cap;
		char *text = realloc(out->text, cap);

		if (text == NULL) {
			out->failed = true;
			return;
		}
		out->text = text;
		out->cap = cap;
	}
	memcpy(out->text + out->len, piece, len + 1);
	out->len += len;
}

static int qr_release(struct qr_text *out, char **ret_text, size_t *ret_len)
{
	if (out->failed) {
		free(out->text);
		return QR_E_MEMORY;
	}
	*ret_text = out->text;
	*ret_len = out->len;
	return 0;
}

int qr_make(const char *text, size_t len, struct qr *ret_qr)
{
	struct qr qr = {0};
	QRcode *code;
	char *copy;
	size_t size;
	int r = QR_E_MEMORY;

	if (len == 0 || len > QR_TEXT_MAX || memchr(text, '\0', len) != NULL)
		return QR_E_TEXT;
	copy = strndup(text, len);
	if (copy == NULL)
		return QR_E_MEMORY;
	/* It finds the alphanumeric parts itself; what is left are bytes. */
	code = QRcode_encodeString(copy, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	free(copy);
	if (code == NULL)
		return QR_E_TEXT;
	qr.version = code->version;
	qr.width = (unsigned)code->width;
	size = (size_t)qr.width * qr.width;
	qr.modules = malloc(size);
	if (qr.modules != NULL) {
		for (size_t i = 0; i < size; i++)
			qr.modules[i] = code->data[i] & 1;
		*ret_qr = qr;
		r = 0;
	}
	QRcode_free(code);
	return r;
}

void qr_free(struct qr *qr)
{
	free(qr->modules);
	*qr = (struct qr){0};
}

bool qr_is_dark(const struct qr *qr, int x, int y)
{
	if (x < 0 || y < 0 || (unsigned)x >= qr->width || (unsigned)y >= qr->width)
		return false;
	return qr->modules[(size_t)y * qr->width + (size_t)x] == 1;
}

int qr_svg(const struct qr *qr, char **ret_text, size_t *ret_len)
{
	unsigned side = qr->width + 2 * QR_MARGIN;
	struct qr_text out = {0};
	int width = (int)qr->width;

	qr_put(&out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" viewBox=\"0 0 %u %u\" "
	    "shape-rendering=\"crispEdges\">\n",
	    side, side);
	qr_put(&out, "<path fill=\"#ffffff\" d=\"M0 0h%uv%uH0z\"/>\n", side, side);
	qr_put(&out, "<path fill=\"#000000\" d=\"");
	/* One rectangle for each run of dark modules in a row. */
	for (int y = 0; y < width; y++) {
		for (int x = 0; x < width; x++) {
			int first = x;

			while (qr_is_dark(qr, x, y))
				x++;
			if (x > first)
				qr_put(&out, "M%d %dh%dv1h-%dz", first + QR_MARGIN, y + QR_MARGIN,
				    x - first, x - first);
		}
	}
	qr_put(&out, "\"/>\n</svg>\n");
	return qr_release(&out, ret_text, ret_len);
}

int qr_term(const struct qr *qr, char **ret_text, size_t *ret_len)
{
	/* Upper half, lower half, both: a cell is two modules, one above the other. */
	static const char *const cells[] = {" ", "\u2580", "\u2584", "\u2588"};
	struct qr_text out = {0};
	int end = (int)qr->width + QR_MARGIN;

	for (int y = -QR_MARGIN; y < end; y += 2) {
		/* Colours 16 and 231 are black and white in every scheme. */
		qr_put(&out, "\033[38;5;16;48;5;231m");
		for (int x = -QR_MARGIN; x < end; x++) {
			int upper = qr_is_dark(qr, x, y) ? 1 : 0;
			int lower = qr_is_dark(qr, x, y + 1) ? 2 : 0;

			qr_put(&out, "%s", cells[upper | lower]);
		}
		qr_put(&out, "\033[0m\n");
	}
	return qr_release(&out, ret_text, ret_len);
}
