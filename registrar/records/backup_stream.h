/* backup_stream: the encrypted stream of a backup; private to backup*.c and restore.c. */
#ifndef PRESSGATE_REGISTRAR_BACKUP_STREAM_H
#define PRESSGATE_REGISTRAR_BACKUP_STREAM_H

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>

#include "registrar/records/backup.h"

enum { BACKUP_CHUNK = 65536, BACKUP_LINE = 160 };

/* The first line, with its end. */
void backup_line_write(char ret[static BACKUP_LINE], int64_t made, int64_t until,
    const uint8_t key[static BACKUP_KEY]);
bool backup_line_read(const char *line, int64_t *ret_made, int64_t *ret_until, char ret_key[17]);
void backup_key_name(const uint8_t key[static BACKUP_KEY], char ret[17]);

struct backup_out {
	FILE *file;
	crypto_secretstream_xchacha20poly1305_state state;
	char line[BACKUP_LINE];
	bool begun, failed;
	size_t n;
	uint8_t plain[BACKUP_CHUNK];
};
/* false: errno. */
bool backup_out_begin(
    struct backup_out *out, FILE *file, const char *line, const uint8_t key[static BACKUP_KEY]);
void backup_out_put(struct backup_out *out, const void *bytes, size_t len);
/* Writes the last chunk; whether everything was written. */
bool backup_out_end(struct backup_out *out);

enum backup_in_error {
	BACKUP_IN_NONE,
	BACKUP_IN_SHAPE,   /* no backup */
	BACKUP_IN_KEY,	   /* made with another key */
	BACKUP_IN_CHANGED, /* does not open */
	BACKUP_IN_CUT,	   /* ends before its end */
	BACKUP_IN_MORE	   /* goes on behind its end */
};
struct backup_in {
	FILE *file;
	crypto_secretstream_xchacha20poly1305_state state;
	char line[BACKUP_LINE];
	int64_t made, until;
	bool begun, final;
	enum backup_in_error error;
	size_t n, at;
	uint8_t plain[BACKUP_CHUNK];
};
bool backup_in_begin(struct backup_in *in, FILE *file, const uint8_t key[static BACKUP_KEY]);
/* Exactly so many bytes; false: in->error. */
bool backup_in_get(struct backup_in *in, void *bytes, size_t len);
/* A line without its end, of at most size - 1 bytes. */
bool backup_in_line(struct backup_in *in, char *line, size_t size);
/* Whether nothing follows. */
bool backup_in_end(struct backup_in *in);

#endif
