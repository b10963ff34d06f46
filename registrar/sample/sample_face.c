#include "registrar/sample/sample_face.h"

#include <cairo.h>
#include <stdbool.h>
#include <stdlib.h>

enum { WIDTH = 360, HEIGHT = 450, SHIRTS = 6 };

/* Colours as 0xRRGGBB. */
struct face {
	uint32_t wall, skin, hair, shirt;
	enum { HAIR_SHORT, HAIR_LONG, HAIR_CURLY, HAIR_NONE, HAIR_SCARF } style;
	bool glasses, beard;
};

static const uint32_t walls[] = {0xd7e6f2, 0xf2e6d7, 0xdff0e0, 0xeadff0, 0xf0efdf};
static const uint32_t skins[] = {0xf3d2b8, 0x8d5b3c, 0xe0b48c, 0x5e3b27, 0xc68c63};
static const uint32_t hairs[] = {0x3a2a1c, 0x151515, 0xb07a35, 0x8a8a8a, 0x7a3018, 0xd9c27a};
static const uint32_t shirts[SHIRTS] = {0x1d57b8, 0x8f2f5c, 0x2f6b3a, 0xc2571a, 0x4a4a6a, 0x0f6f78};

static struct face face_of(unsigned n)
{
	unsigned style = (n * 3 + n / 5) % 5;

	return (struct face){
	    .wall = walls[n % 5],
	    .skin = skins[(n * 2 + n / 5) % 5],
	    .hair = hairs[(n * 5 + n / 4) % 6],
	    .shirt = shirts[(n + n / SHIRTS) % SHIRTS],
	    .style = style,
	    .glasses = n % 4 == 1,
	    .beard = style != HAIR_LONG && style != HAIR_SCARF && n % 3 == 1,
	};
}

static void ink(cairo_t *to, uint32_t colour)
{
	cairo_set_source_rgb(
	    to, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

/* An ellipse around a point, filled. */
static void blob(cairo_t *to, uint32_t colour, double x, double y, double rx, double ry)
{
	cairo_save(to);
	cairo_translate(to, x, y);
	cairo_scale(to, rx, ry);
	cairo_arc(to, 0, 0, 1, 0, 6.283185307179586);
	cairo_restore(to);
	ink(to, colour);
	cairo_fill(to);
}

static void draw_behind(cairo_t *to, const struct face *face)
{
	ink(to, face->wall);
	cairo_paint(to);
	if (face->style == HAIR_LONG)
		blob(to, face->hair, 180, 240, 112, 160);
	else if (face->style == HAIR_CURLY)
		blob(to, face->hair, 180, 175, 128, 118);
	else if (face->style == HAIR_SCARF)
		blob(to, face->hair, 180, 225, 118, 150);
	blob(to, face->shirt, 180, 470, 165, 130);
	blob(to, face->skin, 180, 330, 42, 60);
}

static void draw_hair(cairo_t *to, const struct face *face)
{
	if (face->style == HAIR_NONE)
		return;
	cairo_save(to);
	cairo_rectangle(to, 0, 0, WIDTH, face->style == HAIR_SCARF ? 150 : 160);
	cairo_clip(to);
	blob(to, face->hair, 180, 200, 100, 128);
	cairo_restore(to);
}

static void line(cairo_t *to, uint32_t colour, double width)
{
	ink(to, colour);
	cairo_set_line_width(to, width);
	cairo_set_line_cap(to, CAIRO_LINE_CAP_ROUND);
	cairo_stroke(to);
}

static void draw_features(cairo_t *to, const struct face *face)
{
	for (int side = -1; side <= 1; side += 2) {
		double x = 180 + side * 36;

		blob(to, 0xffffff, x, 218, 16, 11);
		blob(to, 0x20303a, x, 218, 7, 7);
		cairo_move_to(to, x - 17, 194);
		cairo_line_to(to, x + 17, 194);
		line(to, 0x2b1d14, 6);
		if (face->glasses) {
			cairo_new_sub_path(to);
			cairo_arc(to, x, 218, 27, 0, 6.283185307179586);
			line(to, 0x1a1a1a, 5);
		}
	}
	cairo_move_to(to, 180, 226);
	cairo_line_to(to, 172, 256);
	cairo_line_to(to, 186, 258);
	line(to, 0x402818, 4);
	cairo_arc(to, 180, 272, 26, 0.35, 2.79);
	line(to, 0x8a2a30, 6);
}

static void draw(cairo_t *to, const struct face *face)
{
	draw_behind(to, face);
	blob(to, face->skin, 180, 222, 92, 118);
	if (face->beard) {
		cairo_save(to);
		cairo_rectangle(to, 0, 262, WIDTH, HEIGHT);
		cairo_clip(to);
		blob(to, face->hair, 180, 232, 92, 118);
		cairo_restore(to);
		blob(to, face->skin, 180, 288, 36, 20);
	}
	draw_hair(to, face);
	draw_features(to, face);
}

/* Cairo keeps four bytes a pixel in the machine's order. */
static void take_pixels(cairo_surface_t *surface, uint8_t *rgb)
{
	const uint8_t *data = cairo_image_surface_get_data(surface);
	size_t stride = (size_t)cairo_image_surface_get_stride(surface);

	for (size_t y = 0; y < HEIGHT; y++)
		for (size_t x = 0; x < WIDTH; x++, rgb += 3) {
			const void *at = data + y * stride + x * 4;
			uint32_t pixel = *(const uint32_t *)at;

			rgb[0] = (uint8_t)(pixel >> 16);
			rgb[1] = (uint8_t)(pixel >> 8);
			rgb[2] = (uint8_t)pixel;
		}
}

int sample_face(unsigned n, struct photo *ret_photo)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
	struct photo_pixels pixels = {WIDTH, HEIGHT, malloc((size_t)WIDTH * HEIGHT * 3)};
	cairo_t *to = cairo_create(surface);
	struct face face = face_of(n);
	int r = PHOTO_SYSTEM;

	draw(to, &face);
	cairo_surface_flush(surface);
	if (pixels.rgb != NULL && cairo_status(to) == CAIRO_STATUS_SUCCESS &&
	    cairo_image_surface_get_data(surface) != NULL) {
		take_pixels(surface, pixels.rgb);
		r = photo_encode(&pixels, ret_photo);
	}
	cairo_destroy(to);
	cairo_surface_destroy(surface);
	free(pixels.rgb);
	return r;
}
