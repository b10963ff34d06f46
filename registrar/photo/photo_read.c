/* Decoding: runs in the child only (photo_child.h), and trusts nothing all the same. */
#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "registrar/photo/photo_child.h"
#include "registrar/photo/photo_facts.h"

enum { SIDE_MIN = 32 };

struct size {
	unsigned width, height;
};

/* The size at which a picture fits, never larger than it is, and for one in the shape of what is
 * kept all of that. turned: it is shown on its side. */
static struct size fitting(struct size of, bool turned)
{
	uint64_t width = turned ? PHOTO_HEIGHT : PHOTO_WIDTH;
	uint64_t height = turned ? PHOTO_WIDTH : PHOTO_HEIGHT;

	if (of.width <= width && of.height <= height)
		return of;
	if (of.width >= width && of.height >= height &&
	    llabs((int64_t)(of.width * height) - (int64_t)(of.height * width)) <
		(int64_t)(of.width + of.height))
		return (struct size){(unsigned)width, (unsigned)height};
	if (of.width * height > of.height * width)
		height = of.height * width / of.width;
	else
		width = of.width * height / of.height;
	return (struct size){width > 0 ? (unsigned)width : 1, height > 0 ? (unsigned)height : 1};
}

/* What of a picture is kept: all, or the middle in the shape of PHOTO_WIDTH by PHOTO_HEIGHT. */
static struct size framed(struct size of, enum photo_frame frame, bool turned)
{
	uint64_t wide = turned ? PHOTO_HEIGHT : PHOTO_WIDTH;
	uint64_t high = turned ? PHOTO_WIDTH : PHOTO_HEIGHT;

	if (frame == PHOTO_WHOLE)
		return of;
	if (of.width * high > of.height * wide)
		of.width = (unsigned)(of.height * wide / high);
	else
		of.height = (unsigned)(of.width * high / wide);
	return (struct size){of.width > 0 ? of.width : 1, of.height > 0 ? of.height : 1};
}

/* Keeps the middle of that size; row by row towards the front, so that none is overwritten. */
static void cut(struct photo_pixels *pixels, struct size size)
{
	size_t left = (pixels->width - size.width) / 2, top = (pixels->height - size.height) / 2;
	size_t row = (size_t)size.width * 3;

	for (size_t y = 0; y < size.height; y++)
		memmove(pixels->rgb + y * row, pixels->rgb + ((top + y) * pixels->width + left) * 3,
		    row);
	pixels->width = size.width;
	pixels->height = size.height;
}

static int check_size(struct size size, bool limits)
{
	if (size.width < SIDE_MIN || size.height < SIDE_MIN)
		return PHOTO_TOO_SMALL;
	if (limits && (uint64_t)size.width * size.height > PHOTO_PIXELS_MAX)
		return PHOTO_TOO_LARGE;
	return 0;
}

/* The mean of the pixels under each new one. */
static void shrink_pixel(const struct photo_pixels *from, const struct photo_pixels *to, unsigned x,
    unsigned y, uint8_t ret_rgb[static 3])
{
	size_t left = (size_t)x * from->width / to->width;
	size_t right = (size_t)(x + 1) * from->width / to->width;
	size_t top = (size_t)y * from->height / to->height;
	size_t bottom = (size_t)(y + 1) * from->height / to->height;
	uint64_t sum[3] = {0}, n = 0;

	for (size_t row = top; row < bottom; row++)
		for (size_t column = left; column < right; column++, n++)
			for (size_t c = 0; c < 3; c++)
				sum[c] += from->rgb[(row * from->width + column) * 3 + c];
	for (size_t c = 0; c < 3; c++)
		ret_rgb[c] = n == 0 ? 0 : (uint8_t)((sum[c] + n / 2) / n);
}

/* Where a pixel of the upright picture stands in the one as it was taken (Exif 2.3, 4.6.4). */
static size_t source_of(unsigned orientation, struct size taken, unsigned x, unsigned y)
{
	bool turned = orientation >= 5;
	unsigned column = turned ? y : x, row = turned ? x : y;

	if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
		column = taken.width - 1 - column;
	if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
		row = taken.height - 1 - row;
	return (size_t)row * taken.width + column;
}

static int turn(const struct photo_pixels *from, unsigned orientation, struct photo_pixels *ret)
{
	struct size taken = {from->width, from->height};
	struct photo_pixels to = {from->width, from->height, NULL};
	size_t at = 0;

	if (orientation >= 5) {
		to.width = from->height;
		to.height = from->width;
	}
	to.rgb = malloc((size_t)to.width * to.height * 3);
	if (to.rgb == NULL)
		return PHOTO_BOUNDS;
	for (unsigned y = 0; y < to.height; y++)
		for (unsigned x = 0; x < to.width; x++, at += 3)
			memcpy(to.rgb + at, from->rgb + source_of(orientation, taken, x, y) * 3, 3);
	*ret = to;
	return 0;
}

/* Cuts and shrinks what was decoded to what is kept, and turns it upright. from is not freed. */
static int finish(struct photo_pixels *from, enum photo_frame frame, unsigned orientation,
    struct photo_pixels *ret_pixels)
{
	bool turned = orientation >= 5;
	struct size kept = framed((struct size){from->width, from->height}, frame, turned);
	struct size size = fitting(kept, turned);
	struct photo_pixels small = {size.width, size.height, NULL};
	size_t at = 0;
	int r;

	cut(from, kept);
	small.rgb = malloc((size_t)size.width * size.height * 3);
	if (small.rgb == NULL)
		return PHOTO_BOUNDS;
	for (unsigned y = 0; y < size.height; y++)
		for (unsigned x = 0; x < size.width; x++, at += 3)
			shrink_pixel(from, &small, x, y, small.rgb + at);
	r = turn(&small, orientation, ret_pixels);
	free(small.rgb);
	return r;
}

/* ---- JPEG ---- */

/* The decoder shrinks by two, four or eight for nothing: as far as it stays large enough. */
static tjscalingfactor factor_for(struct size whole, struct size wanted)
{
	tjscalingfactor factor = {1, 8};

	for (; factor.denom > 1; factor.denom /= 2)
		if ((unsigned)TJSCALED((int)whole.width, factor) >= wanted.width &&
		    (unsigned)TJSCALED((int)whole.height, factor) >= wanted.height)
			break;
	return factor;
}

static void from_cmyk(uint8_t *bytes, size_t n, bool inverted)
{
	uint8_t flip = inverted ? 0 : 0xff;

	for (size_t i = 0; i < n; i++) {
		unsigned black = bytes[i * 4 + 3] ^ flip;

		for (size_t c = 0; c < 3; c++)
			bytes[i * 3 + c] = (uint8_t)((bytes[i * 4 + c] ^ flip) * black / 255);
	}
}

static int decompress(tjhandle decoder, const uint8_t *file, size_t len, struct size size,
    bool cmyk, uint8_t **ret_bytes)
{
	size_t each = cmyk ? 4 : 3;
	uint8_t *bytes = malloc((size_t)size.width * size.height * each);

	if (bytes == NULL)
		return PHOTO_BOUNDS;
	/* A warning is a picture cut short, or one that was damaged: half a face is no face. */
	if (tjDecompress2(decoder, file, (unsigned long)len, bytes, (int)size.width, 0,
		(int)size.height, cmyk ? TJPF_CMYK : TJPF_RGB,
		TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT) != 0) {
		free(bytes);
		return PHOTO_BROKEN;
	}
	*ret_bytes = bytes;
	return 0;
}

static int read_header(
    tjhandle decoder, const uint8_t *file, size_t len, struct size *ret_size, bool *ret_cmyk)
{
	/* The library leaves them as they are for a file that has tables and no picture. */
	int width = 0, height = 0, sampling = 0, colours = 0;

	if (tjDecompressHeader3(
		decoder, file, (unsigned long)len, &width, &height, &sampling, &colours) != 0 ||
	    width < 1 || height < 1)
		return PHOTO_BROKEN;
	*ret_size = (struct size){(unsigned)width, (unsigned)height};
	*ret_cmyk = colours == TJCS_CMYK || colours == TJCS_YCCK;
	return 0;
}

static int read_jpeg(const uint8_t *file, size_t len, bool limits, enum photo_frame frame,
    struct photo_pixels *ret_pixels)
{
	struct photo_facts facts = photo_facts_jpeg(file, len);
	tjhandle decoder = tjInitDecompress();
	struct photo_pixels taken = {0};
	tjscalingfactor factor;
	struct size size;
	bool cmyk = false;
	int r = decoder == NULL ? PHOTO_BOUNDS : read_header(decoder, file, len, &size, &cmyk);

	if (r == 0)
		r = check_size(size, limits);
	if (r == 0 && limits && facts.scans > PHOTO_SCANS_MAX)
		r = PHOTO_TOO_MANY;
	if (r == 0) {
		bool turned = facts.orientation >= 5;
		struct size kept = framed(size, frame, turned);

		factor = factor_for(kept, fitting(kept, turned));
		taken.width = (unsigned)TJSCALED((int)size.width, factor);
		taken.height = (unsigned)TJSCALED((int)size.height, factor);
		r = decompress(
		    decoder, file, len, (struct size){taken.width, taken.height}, cmyk, &taken.rgb);
	}
	if (r == 0 && cmyk)
		from_cmyk(taken.rgb, (size_t)taken.width * taken.height, facts.adobe);
	if (r == 0)
		r = finish(&taken, frame, facts.orientation, ret_pixels);
	free(taken.rgb);
	if (decoder != NULL)
		tjDestroy(decoder);
	return r;
}

/* ---- PNG ---- */

static int read_png(const uint8_t *file, size_t len, bool limits, enum photo_frame frame,
    struct photo_pixels *ret_pixels)
{
	/* What is seen through is seen on white. */
	const png_color white = {255, 255, 255};
	png_image image = {.version = PNG_IMAGE_VERSION};
	struct photo_pixels taken = {0};
	int r = PHOTO_BROKEN;

	if (png_image_begin_read_from_memory(&image, file, len) == 0)
		return r;
	image.format = PNG_FORMAT_RGB;
	r = check_size((struct size){image.width, image.height}, limits);
	if (r == 0) {
		taken = (struct photo_pixels){
		    image.width, image.height, malloc((size_t)image.width * image.height * 3)};
		r = taken.rgb == NULL ? PHOTO_BOUNDS : 0;
	}
	if (r == 0 && png_image_finish_read(&image, &white, taken.rgb, 0, NULL) == 0)
		r = PHOTO_BROKEN;
	if (r == 0)
		r = finish(&taken, frame, photo_facts_png(file, len).orientation, ret_pixels);
	png_image_free(&image);
	free(taken.rgb);
	return r;
}

int photo_read(const uint8_t *file, size_t len, bool limits, enum photo_frame frame,
    struct photo_pixels *ret_pixels)
{
	if (len >= 3 && memcmp(file, "\xff\xd8\xff", 3) == 0)
		return read_jpeg(file, len, limits, frame, ret_pixels);
	if (len >= 8 && memcmp(file, "\x89PNG\r\n\x1a\n", 8) == 0)
		return read_png(file, len, limits, frame, ret_pixels);
	return PHOTO_NOT_ONE;
}
