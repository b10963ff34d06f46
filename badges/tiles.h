#ifndef BADGES_TILES_H
#define BADGES_TILES_H

#include <stddef.h>
#include <stdint.h>

#include "badges/checkpoint.h"

/*
 * A log as a folder of files, c2sp.org/tlog-tiles, which programs that this project did not write
 * can check:
 *
 *	DIR/<device>/<epoch>/checkpoint		signed note, cosignatures behind it
 *	                     vkey		the log's public key
 *	                     witness-vkey	the witness's, when cosignatures were given
 *	                     tile/0/000		256 leaf hashes
 *	                     tile/0/001.p/44	44 leaf hashes
 *	                     tile/1/000.p/1	roots of the full tiles below
 *	                     tile/entries/000	256 entries, each behind its length in 2 bytes
 *	                     tile/entries/001.p/44
 *
 * Tile 1234067 is x001/x234/067. Every file is written beside its place, synced and renamed, and
 * the checkpoint comes last, so a reader never sees a head without its tiles. Writing again, after
 * growth or a crash, completes the folder; a file that is there with other bytes is evidence and is
 * never overwritten: TILES_CONFLICT.
 */

enum { TILES_WIDTH = 256, TILES_PATH_MAX = 4096 };

enum tiles_error {
	TILES_BAD_PATH = -60, /* the folder's name is too long, or the origin has no folder */
	TILES_IO = -61,	      /* errno says what */
	TILES_MEMORY = -62,
	TILES_BAD_VKEY = -63,	    /* missing or malformed */
	TILES_WRONG_VKEY = -64,	    /* not the key that was asked for */
	TILES_BAD_CHECKPOINT = -65, /* missing, malformed or of another origin */
	TILES_BAD_SIGNATURE = -66,
	TILES_BAD_COSIGNATURE = -67, /* missing or wrong though a witness-vkey is there */
	TILES_BAD_ENTRY = -68,	     /* malformed, or its seq is not its index */
	TILES_BAD_BUNDLE = -69,	     /* an entry bundle is missing or misshapen */
	TILES_BAD_TILE = -70,	     /* a hash tile is missing or has other hashes */
	TILES_WRONG_ROOT = -71,	     /* the entries do not have the checkpoint's root */
	TILES_UNEXPECTED = -72,	     /* a file that does not belong to the log */
	TILES_CONFLICT = -73,	     /* the folder already holds other bytes in this place */
	TILES_NO_ENTRY = -74,	     /* the caller's reader failed */
};

/* Where it went wrong: the file, relative to the log's folder, and the entry where it is one. */
struct tiles_fault {
	char path[TILES_PATH_MAX];
	uint64_t
	    index;  /* counts with TILES_BAD_ENTRY, TILES_NO_ENTRY, and a level 0 TILES_BAD_TILE */
	int system; /* errno with TILES_IO, else 0 */
};

/*
 * tiles_reader: gives the text of entry index. Asked for 0, 1, 2, ... in order, and then for all of
 * them again from 0: the root is held against the checkpoint before a single file is written.
 * *ret_text stays valid until the next call. Returns 0; anything else stops the export.
 */
typedef int tiles_reader(void *context, uint64_t index, const char **ret_text, size_t *ret_len);

/* What is written out. Texts are NUL-terminated. */
struct tiles_source {
	const char *checkpoint;		/* signed; its size says how many entries are read */
	const struct note_key *key;	/* the log's, type 01 */
	const char *cosignatures;	/* signature lines for the checkpoint, or NULL */
	const struct note_key *witness; /* type 04; given exactly when cosignatures are */
	tiles_reader *read;
	void *context;
};

/* tiles_error_word: a machine word for a code: "bad-tile", "wrong-root", ... */
const char *tiles_error_word(int code);

/*
 * tiles_path: the path of a tile within the log's folder. level 0..7 is a hash tile, -1 an entry
 * bundle; width is 1..256. Returns the length, less than TILES_PATH_MAX.
 */
size_t tiles_path(int level, uint64_t number, unsigned width, char ret_path[static TILES_PATH_MAX]);

/*
 * tiles_folder: "base/<device>/<epoch>" for an origin "<site>/presslog/<device>/<epoch>". Returns
 * 0, or TILES_BAD_PATH.
 */
int tiles_folder(const char *base, const char *origin, char ret_path[static TILES_PATH_MAX])
    __attribute__((warn_unused_result));

/*
 * tiles_write: writes the log into its folder under base (tiles_folder()), making what is missing.
 * Verifies the checkpoint, the cosignature and the root first: a source that is wrong leaves no
 * file. A checkpoint that is there already is replaced when it is of this log and these entries
 * begin with its own; otherwise TILES_CONFLICT. A witness-vkey without a cosignature for the new
 * checkpoint is removed. Returns 0, or a TILES_ code and then fills *ret_fault, which may be NULL.
 */
int tiles_write(const char *base, const struct tiles_source *source, struct tiles_fault *ret_fault)
    __attribute__((warn_unused_result));

/* Given the folder of a log; anything but 0 ends the search. */
typedef int tiles_found(void *context, const char *folder);

/*
 * tiles_find: every log in a folder, which is itself a log's or holds DIR/<device>/<epoch> as
 * tiles_write() makes them, by name. Returns 0, what found returned, or TILES_IO (errno) or
 * TILES_BAD_PATH.
 */
int tiles_find(const char *folder, tiles_found *found, void *context)
    __attribute__((warn_unused_result));

/*
 * tiles_verify: rereads a log's folder (the one that holds `checkpoint`) and checks everything: the
 * keys, the signature, the cosignature where there is a witness-vkey, every entry, every tile, the
 * root, and that no other file lies there but narrower partial tiles of earlier exports, which must
 * agree with the wider. vkey is the key's text the caller trusts, or NULL to
 * take the folder's own word for it. Returns 0 and fills *ret_checkpoint; or the code of the first
 * damage and fills *ret_fault. Both may be NULL.
 */
int tiles_verify(const char *folder, const char *vkey, struct checkpoint *ret_checkpoint,
    struct tiles_fault *ret_fault) __attribute__((warn_unused_result));

#endif
