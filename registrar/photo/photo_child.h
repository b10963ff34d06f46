/*
 * photo_child: the process in which photographs are decoded.
 *
 * It is this program itself, started anew with one argument, the word of a photo_frame, and an empty
 * environment, so that no memory of the server comes along. Standard input is the file until its
 * end, standard output the answer; no other descriptor is open. Before it reads a byte it bounds
 * its memory, its time and its system calls (read from 0, write to 1, take and give back memory,
 * end; anything else kills it).
 *
 *	answer = "PGPX" width[2] height[2] rgb[3 * width * height]     ; big-endian, exit status 0
 *
 * With any other exit status there is no picture: PHOTO_CHILD_REFUSED plus a distance from
 * PHOTO_TOO_LONG says which photo_result it is.
 */
#ifndef REGISTRAR_PHOTO_CHILD_H
#define REGISTRAR_PHOTO_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/photo/photo.h"

#define PHOTO_CHILD_WHOLE    "photo-decode"
#define PHOTO_CHILD_PORTRAIT "photo-portrait"

enum {
	PHOTO_CHILD_HEAD = 8, /* bytes before the pixels */
	PHOTO_CHILD_REFUSED = 40,
	PHOTO_CHILD_MEMORY = 400 << 20, /* bytes of address space: 24 MP progressive, and room */
	PHOTO_CHILD_CPU_SECONDS = 5,
	PHOTO_CHILD_SECONDS = 10, /* by the parent's clock */
};

/* Whether these are the child's arguments: then main returns photo_child() before anything else. */
bool photo_child_is(int argc, char **argv);
int photo_child(char **argv);

/* Bounds this process: memory, time, system calls. For good. Returns 0 or -1. */
int photo_child_shut(void) __attribute__((warn_unused_result));

/* What the child does with the file (photo_read.c). limits false: the tests' control, without the
 * checks of pixels and scans before decoding. As photo_decode. */
int photo_read(const uint8_t *file, size_t len, bool limits, enum photo_frame frame,
    struct photo_pixels *ret_pixels) __attribute__((warn_unused_result));

#endif
