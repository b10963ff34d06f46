/*
 * registrar: a data folder that is open, and everything the models share.
 *
 *	DIR/registrar.db	the store
 *	DIR/settings.ini	settings.h
 *	DIR/journal.mark	size of the journal at the last start and stop
 *	DIR/control.sock	while it serves
 *	DIR/keys/		secret keys, 0700
 *	DIR/tls/		device.crt, device.key of the device port
 *	DIR/mail/		mails, where no server is set
 */
#ifndef REGISTRAR_REGISTRAR_H
#define REGISTRAR_REGISTRAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/bell.h"
#include "registrar/keys/keyring.h"
#include "registrar/refusal.h"
#include "registrar/settings.h"
#include "schema/store.h"
#include "web/work.h"

struct attendance_cache;
struct journal;
struct reconcile_memory;

struct registrar {
	char *dir; /* absolute */
	struct settings settings;
	struct store *store;
	struct keyring *keyring;
	struct journal *journal;
	struct attendance_cache *attendance;
	struct reconcile_memory *reconciled;
	struct work *hashers; /* two threads for Argon2id */
	struct work *printer; /* one thread that draws badges */
	struct bell changes;  /* something a gate holds has a new version */
	struct bell pages;    /* that, and whatever an open page shows: each entry received */
	struct bell mail;     /* a mail waits in the outbox */
	char *public_url;     /* settings.url, or the address that serve listens on; never NULL */
	uint16_t device_port; /* while it serves, else 0 */
	bool texts_unchecked; /* tests' control: public texts go out without the check (R12) */
	bool journals_unchecked; /* tests' control: lists are not compared with what was signed */
};

/*
 * Opens a data folder that `registrar init` made. Returns 0; STORE_LOCKED when another process
 * owns it; or another negative code, in each case with a sentence for people in why and
 * *ret_registrar untouched. Sets the process's time zone. *ret_news: NULL, or a static sentence
 * that the person should read (the store was restored or damaged).
 */
int registrar_open(const char *dir, struct registrar **ret_registrar, const char **ret_news,
    struct refusal *why) __attribute__((warn_unused_result));

/* Where serve listens when it is told nothing else. */
#define REGISTRAR_DEFAULT_LISTEN "127.0.0.1:8080"
#define REGISTRAR_DEFAULT_URL	 "http://" REGISTRAR_DEFAULT_LISTEN

/* Replaces public_url; before there are threads that read it. */
int registrar_set_url(struct registrar *registrar, const char *url)
    __attribute__((warn_unused_result));

/* Closes everything and wipes the keys. NULL is quiet. */
void registrar_close(struct registrar *registrar);

/* To be called after each write that changed a version gates look at: keys, staff, a roster, the
 * revocations. Wakes the device port's long polls. */
void registrar_changed(struct registrar *registrar);

/* To be called after each write that pages show and gates don't hold: entries received. Wakes the
 * long polls of pages. registrar_changed() does too. */
void registrar_heard(struct registrar *registrar);

/* To be called after each write that put a mail into the outbox. */
void registrar_mail_waits(struct registrar *registrar);

/* Unix seconds and milliseconds of now. */
int64_t registrar_now(void);
int64_t registrar_now_ms(void);

/* DIR/name in malloc'd memory, NULL: no memory. */
char *registrar_path(const struct registrar *registrar, const char *name);

/* Reads or raises a counter of the table meta within tx: "keys_version", "revoked_version",
 * "staff_version". */
int registrar_counter(struct store_tx *tx, const char *key, int64_t *ret_value)
    __attribute__((warn_unused_result));
int registrar_raise(struct store_tx *tx, const char *key, int64_t *ret_value)
    __attribute__((warn_unused_result));

#endif
