/*
 * backup: a copy of a whole data folder (store, keys, settings, receipts and what else stands in
 * it; not the mails in files) as one encrypted file, and its way back.
 *
 *	pressgate-backup/v1 made=UNIX until=UNIX key=HEX\n	in the clear; bound to what follows
 *	24 bytes of header, then chunks of crypto_secretstream_xchacha20poly1305, of 65,536 bytes
 *each but the last, which alone has TAG_FINAL inside: "file MODE SIZE NAME\n" and its bytes, for
 *each file; at the end "end COUNT\n"
 *
 * The store is copied by SQLite's backup while others go on writing, and verified. `until` is the
 * end of its term ([retention] backup): what was purged leaves a backup with it.
 */
#ifndef PRESSGATE_REGISTRAR_BACKUP_H
#define PRESSGATE_REGISTRAR_BACKUP_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"

struct registrar;

#define BACKUP_KEY 32

struct backup_facts {
	int64_t made, until;
	size_t files;
	int64_t bytes;
};

/* Makes a key's file (mode 0600): 64 hexadecimal digits. MODEL_REFUSED where there is one. */
int backup_key_make(const char *path, struct refusal *why) __attribute__((warn_unused_result));

/* Reads one that nobody else may read. */
int backup_key_read(const char *path, uint8_t ret_key[static BACKUP_KEY], struct refusal *why)
    __attribute__((warn_unused_result));

/* Writes it to a new file (mode 0600), durably; nothing is left on failure. */
int backup_make(struct registrar *registrar, const char *path, const uint8_t key[static BACKUP_KEY],
    int64_t now, struct backup_facts *ret, struct refusal *why) __attribute__((warn_unused_result));

/* Puts a backup back as a folder that is not there yet. What is cut off, changed or made with
 * another key is refused in words, and nothing is left. */
int backup_restore(const char *path, const uint8_t key[static BACKUP_KEY], const char *dir,
    struct backup_facts *ret, struct refusal *why) __attribute__((warn_unused_result));

/* Removes the backups of a folder whose term is over; other files stay. */
int backup_prune(const char *folder, int64_t now, size_t *ret_removed, size_t *ret_kept,
    struct refusal *why) __attribute__((warn_unused_result));

#endif
