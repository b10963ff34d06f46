/* sample_face: drawings that stand for the photographs of the sample's invented people. */
#ifndef REGISTRAR_SAMPLE_FACE_H
#define REGISTRAR_SAMPLE_FACE_H

#include "registrar/photo/photo.h"

/* Draws face number n: plainly a drawing, the same each time, another one for each n under 24.
 * Returns 0 (free with photo_free), PHOTO_SYSTEM or PHOTO_BOUNDS. */
int sample_face(unsigned n, struct photo *ret_photo) __attribute__((warn_unused_result));

#endif
