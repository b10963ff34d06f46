#include "tests/photo/images.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <turbojpeg.h>
#include <zlib.h>

static uint8_t *quarters(unsigned width, unsigned height)
{
	static const uint8_t colours[4][3] = {
	    {220, 20, 20}, {20, 200, 20}, {20, 20, 220}, {250, 250, 250}};
	uint8_t *rgb = malloc((size_t)width * height * 3);

	assert(rgb != NULL);
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			memcpy(rgb + ((size_t)y * width + x) * 3,
			    colours[(y >= height / 2) * 2 + (x >= width / 2)], 3);
	return rgb;
}

static struct image pack_jpeg(
    const uint8_t *pixels, unsigned width, unsigned height, int format, int sampling, int flags)
{
	tjhandle encoder = tjInitCompress();
	unsigned char *bytes = NULL;
	unsigned long len = 0;
	struct image image;

	assert(tjCompress2(encoder, pixels, (int)width, 0, (int)height, format, &bytes, &len,
		   sampling, 90, flags) == 0);
	image = (struct image){malloc(len), len};
	memcpy(image.bytes, bytes, len);
	tjFree(bytes);
	tjDestroy(encoder);
	return image;
}

struct image image_jpeg(unsigned width, unsigned height, bool progressive)
{
	uint8_t *rgb = quarters(width, height);
	struct image image = pack_jpeg(
	    rgb, width, height, TJPF_RGB, TJSAMP_420, progressive ? TJFLAG_PROGRESSIVE : 0);

	free(rgb);
	return image;
}

struct image image_noise(unsigned width, unsigned height)
{
	uint8_t *grey = malloc((size_t)width * height);
	uint32_t state = 1;
	struct image image;

	for (size_t i = 0; i < (size_t)width * height; i++) {
		state = state * 1664525 + 1013904223;
		grey[i] = (uint8_t)(state >> 24);
	}
	image = pack_jpeg(grey, width, height, TJPF_GRAY, TJSAMP_GRAY, 0);
	free(grey);
	return image;
}

struct image image_png(unsigned width, unsigned height)
{
	png_image png = {.version = PNG_IMAGE_VERSION,
	    .width = width,
	    .height = height,
	    .format = PNG_FORMAT_RGB};
	uint8_t *rgb = quarters(width, height);
	png_alloc_size_t len = 0;
	struct image image;

	assert(png_image_write_to_memory(&png, NULL, &len, 0, rgb, 0, NULL));
	image = (struct image){malloc(len), len};
	assert(png_image_write_to_memory(&png, image.bytes, &len, 0, rgb, 0, NULL));
	free(rgb);
	return image;
}

/* ---- by libjpeg itself: what turbojpeg does not write ---- */

/* The memory grows while it is written: where it is, is known at the end. */
static struct image finish(
    struct jpeg_compress_struct *jpeg, unsigned char **bytes, const unsigned long *len)
{
	struct image image;

	jpeg_finish_compress(jpeg);
	jpeg_destroy_compress(jpeg);
	image = (struct image){malloc(*len), *len};
	memcpy(image.bytes, *bytes, *len);
	free(*bytes);
	return image;
}

struct image image_cmyk(unsigned width, unsigned height)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	unsigned char *bytes = NULL;
	unsigned long len = 0;
	JSAMPROW row = malloc((size_t)width * 4);

	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &bytes, &len);
	jpeg.image_width = width;
	jpeg.image_height = height;
	jpeg.input_components = 4;
	jpeg.in_color_space = JCS_CMYK;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 95, TRUE);
	jpeg.write_Adobe_marker = TRUE;
	jpeg_start_compress(&jpeg, TRUE);
	/* Pure red: no cyan, all magenta, all yellow, no black; stored inverted. */
	for (unsigned x = 0; x < width; x++)
		memcpy(row + (size_t)x * 4, "\xff\x00\x00\xff", 4);
	for (unsigned y = 0; y < height; y++)
		jpeg_write_scanlines(&jpeg, &row, 1);
	free(row);
	return finish(&jpeg, &bytes, &len);
}

enum { BITS = 6, SCANS = 1 + 3 * 63 * BITS };

/* Each coefficient of each component on its own, and each of its bits on its own. */
static void script(jpeg_scan_info *scans)
{
	*scans++ = (jpeg_scan_info){3, {0, 1, 2}, 0, 0, 0, 0};
	for (int component = 0; component < 3; component++)
		for (int k = 1; k <= 63; k++)
			for (int bit = BITS - 1; bit >= 0; bit--)
				*scans++ = (jpeg_scan_info){
				    1, {component}, k, k, bit == BITS - 1 ? 0 : bit + 1, bit};
}

struct image image_scan_bomb(unsigned width, unsigned height)
{
	static jpeg_scan_info scans[SCANS];
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	unsigned char *bytes = NULL;
	unsigned long len = 0;
	JSAMPROW row = calloc(width, 3);

	script(scans);
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &bytes, &len);
	jpeg.image_width = width;
	jpeg.image_height = height;
	jpeg.input_components = 3;
	jpeg.in_color_space = JCS_RGB;
	jpeg_set_defaults(&jpeg);
	jpeg.scan_info = scans;
	jpeg.num_scans = SCANS;
	jpeg_start_compress(&jpeg, TRUE);
	for (unsigned y = 0; y < height; y++)
		jpeg_write_scanlines(&jpeg, &row, 1);
	free(row);
	return finish(&jpeg, &bytes, &len);
}

/* ---- by hand ---- */

static void put_u32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

static void put_chunk(struct image *image, const char *type, const uint8_t *bytes, size_t len)
{
	uint8_t *at = image->bytes + image->len;

	put_u32(at, (uint32_t)len);
	memcpy(at + 4, type, 4);
	if (len > 0)
		memcpy(at + 8, bytes, len);
	put_u32(at + 8 + len, (uint32_t)crc32(crc32(0, NULL, 0), at + 4, (unsigned)len + 4));
	image->len += len + 12;
}

struct image image_png_bomb(unsigned width, unsigned height)
{
	uint8_t head[13] = {[8] = 8, [9] = 2}, *row = calloc(1, (size_t)width * 3 + 1);
	size_t room = ((size_t)width * 3 + 1) * height / 900 + 65536;
	uint8_t *packed = malloc(room);
	z_stream stream = {.next_out = packed, .avail_out = (unsigned)room};
	struct image image = {malloc(room + 200), 8};

	memcpy(image.bytes, "\x89PNG\r\n\x1a\n", 8);
	put_u32(head, width);
	put_u32(head + 4, height);
	put_chunk(&image, "IHDR", head, sizeof(head));
	assert(deflateInit(&stream, 9) == Z_OK);
	for (unsigned y = 0; y < height; y++) {
		stream.next_in = row;
		stream.avail_in = width * 3 + 1;
		assert(deflate(&stream, y + 1 == height ? Z_FINISH : Z_NO_FLUSH) >= Z_OK);
	}
	put_chunk(&image, "IDAT", packed, room - stream.avail_out);
	put_chunk(&image, "IEND", NULL, 0);
	deflateEnd(&stream);
	free(packed);
	free(row);
	return image;
}

void image_insert(struct image *image, size_t at, const void *bytes, size_t len)
{
	uint8_t *longer = malloc(image->len + len);

	if (at > image->len)
		at = image->len;
	memcpy(longer, image->bytes, at);
	memcpy(longer + at, bytes, len);
	memcpy(longer + at + len, image->bytes + at, image->len - at);
	free(image->bytes);
	image->bytes = longer;
	image->len += len;
}

void image_add_exif(struct image *image, unsigned orientation)
{
	uint8_t segment[] = "\xff\xe1\x00\x3e"
			    "Exif\0\0"
			    "MM\0\x2a\0\0\0\x08"
			    "\0\x02"
			    "\x01\x12\0\x03\0\0\0\x01\0\x01\0\0"
			    "\x01\x0f\0\x02\0\0\0\x0b\0\0\0\x26"
			    "\0\0\0\0"
			    "Exif-place";

	segment[4 + 6 + 8 + 2 + 9] = (uint8_t)orientation;
	segment[3] = (uint8_t)(sizeof(segment) - 1 - 2);
	image_insert(image, 2, segment, sizeof(segment) - 1);
}
