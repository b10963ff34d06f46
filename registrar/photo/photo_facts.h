/* photo_facts: what a picture file says of itself, read without decoding it. */
#ifndef REGISTRAR_PHOTO_FACTS_H
#define REGISTRAR_PHOTO_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct photo_facts {
	unsigned scans;	      /* of a JPEG: start-of-scan markers */
	unsigned orientation; /* Exif 1..8; 1 where it says nothing that holds */
	bool adobe;	      /* a JPEG with Adobe's marker: its CMYK is inverted */
};

/* Walks over a JPEG's markers (ITU-T T.81 annex B) or a PNG's chunks, whatever they hold. Never
 * fails: what is not understood ends the walk. */
struct photo_facts photo_facts_jpeg(const uint8_t *file, size_t len);
struct photo_facts photo_facts_png(const uint8_t *file, size_t len);

#endif
