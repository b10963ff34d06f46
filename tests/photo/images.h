/* images: picture files for tests, honest ones and bombs, made in memory. */
#ifndef TESTS_PHOTO_IMAGES_H
#define TESTS_PHOTO_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image {
	uint8_t *bytes; /* free() */
	size_t len;
};

/* A picture whose four quarters are red, green (right), blue (below), white. */
struct image image_jpeg(unsigned width, unsigned height, bool progressive);
struct image image_png(unsigned width, unsigned height);
/* Four colours, as print shops send them; Adobe's marker, inverted. */
struct image image_cmyk(unsigned width, unsigned height);
/* Grey noise: what compresses worst. */
struct image image_noise(unsigned width, unsigned height);

/* A PNG of so many pixels in a few bytes of each million. */
struct image image_png_bomb(unsigned width, unsigned height);
/* A progressive JPEG of one colour with so many scans as the format can carry: over 1,000. */
struct image image_scan_bomb(unsigned width, unsigned height);

/* Puts bytes in at a place (SIZE_MAX: at the end); the image is another one afterwards. */
void image_insert(struct image *image, size_t at, const void *bytes, size_t len);
/* An Exif segment with this orientation, a place and a camera; "Exif-place" stands in it. */
void image_add_exif(struct image *image, unsigned orientation);

#endif
