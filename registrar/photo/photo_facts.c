#include "registrar/photo/photo_facts.h"

#include <string.h>

enum {
	MARKER_RST0 = 0xd0,
	MARKER_RST7 = 0xd7,
	MARKER_EOI = 0xd9,
	MARKER_SOS = 0xda,
	MARKER_APP1 = 0xe1,
	MARKER_APP14 = 0xee,
	TAG_ORIENTATION = 0x0112,
	TYPE_SHORT = 3,
	IFD_ENTRY = 12,
};

/* Bytes of an Exif block (a TIFF file), in the order that it says. */
struct tiff {
	const uint8_t *bytes;
	size_t len;
	bool big;
};

static uint32_t tiff_u16(const struct tiff *tiff, size_t at)
{
	const uint8_t *p = tiff->bytes + at;

	if (at + 2 > tiff->len)
		return 0;
	return tiff->big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t tiff_u32(const struct tiff *tiff, size_t at)
{
	uint32_t first = tiff_u16(tiff, at), second = tiff_u16(tiff, at + 2);

	return tiff->big ? first << 16 | second : second << 16 | first;
}

static unsigned exif_orientation(const uint8_t *bytes, size_t len)
{
	struct tiff tiff = {bytes, len, len > 0 && bytes[0] == 'M'};
	size_t ifd, n;

	if (len < 8 || tiff_u16(&tiff, 2) != 42)
		return 1;
	ifd = tiff_u32(&tiff, 4);
	if (ifd > len)
		return 1;
	n = tiff_u16(&tiff, ifd);
	for (size_t i = 0; i < n; i++) {
		size_t at = ifd + 2 + i * IFD_ENTRY;
		uint32_t value;

		if (at + IFD_ENTRY > len)
			break;
		if (tiff_u16(&tiff, at) != TAG_ORIENTATION || tiff_u16(&tiff, at + 2) != TYPE_SHORT)
			continue;
		value = tiff_u16(&tiff, at + 8);
		return value >= 1 && value <= 8 ? value : 1;
	}
	return 1;
}

static void note_segment(
    struct photo_facts *facts, unsigned marker, const uint8_t *bytes, size_t len)
{
	if (marker == MARKER_SOS)
		facts->scans++;
	else if (marker == MARKER_APP14 && len >= 5 && memcmp(bytes, "Adobe", 5) == 0)
		facts->adobe = true;
	else if (marker == MARKER_APP1 && len >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0)
		facts->orientation = exif_orientation(bytes + 6, len - 6);
}

struct photo_facts photo_facts_jpeg(const uint8_t *file, size_t len)
{
	struct photo_facts facts = {.orientation = 1};
	size_t at = 2;

	/* A zero after FF is data of a scan; a restart stands in it, without a length. */
	while (at + 1 < len) {
		unsigned marker = file[at + 1];
		size_t length;

		if (file[at] != 0xff || marker == 0xff) {
			at++;
			continue;
		}
		at += 2;
		if (marker <= 1 || (marker >= MARKER_RST0 && marker <= MARKER_RST7))
			continue;
		if (marker == MARKER_EOI || at + 2 > len)
			break;
		length = (size_t)file[at] << 8 | file[at + 1];
		if (length < 2 || length > len - at)
			break;
		note_segment(&facts, marker, file + at + 2, length - 2);
		at += length;
	}
	return facts;
}

struct photo_facts photo_facts_png(const uint8_t *file, size_t len)
{
	struct photo_facts facts = {.orientation = 1};
	size_t at = 8;

	while (at + 12 <= len) {
		size_t length = (size_t)file[at] << 24 | (size_t)file[at + 1] << 16 |
				(size_t)file[at + 2] << 8 | file[at + 3];

		if (length > len - at - 12)
			break;
		if (memcmp(file + at + 4, "eXIf", 4) == 0)
			facts.orientation = exif_orientation(file + at + 8, length);
		at += length + 12;
	}
	return facts;
}
