#ifndef GATE_GATE_H
#define GATE_GATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/key.h"
#include "badges/keyset.h"
#include "gate/clock.h"
#include "gate/door/gong.h"
#include "gate/journal/journal.h"
#include "gate/seal/vault.h"
#include "schema/store.h"

/*
 * One gate: a data folder, opened by one process.
 *
 *	DIR/			0700
 *	DIR/gate.db		the store (schema/gate)
 *	DIR/epoch.mark		see journal.h
 *	DIR/control.sock	while a process has it open
 *	DIR/keys/		0700
 *	DIR/keys/journal.key	0600, signs the journal; born here, never leaves
 *	DIR/keys/tls.pem	0600, key and certificate towards the registrar and other gates
 *	DIR/keys/desk-HOST.key	0600, and .crt: of the desk towards paired devices at that address
 *	DIR/identity.json	what enrolment gave, kept beside the store for its repair
 *
 * Rosters and revocations stay in the store and are looked up there by pass id, so the memory a
 * gate takes does not grow with its lists, and a delta of one changes one row. Only the keys object
 * is kept parsed.
 */

enum {
	GATE_URL_MAX = 255,
	GATE_PIN_MAX = 63,  /* "sha256//" and 44 characters of base64 */
	GATE_WHY_MAX = 512, /* room for a sentence about a failure */
};

enum gate_error {
	GATE_NOT_ENROLLED = -301, /* no store in the folder, or enrolment was not finished */
	GATE_NO_FOLDER = -302,	  /* the folder can't be made or used */
	GATE_BAD_KEY = -303,	  /* a file in keys/ is missing, damaged or open to others */
	GATE_BAD_KEYS = -304,	  /* the keys object held does not verify */
	GATE_DAMAGED = -305,	  /* the store is damaged: gate check --repair */
	GATE_BUSY = -306,	  /* another process has the folder open */
	GATE_MEMORY = -307,
};

/* What enrolment gave. All empty before. */
struct gate_identity {
	char device[BUNDLE_NAME_MAX + 1]; /* the name the registrar knows it by */
	char site[BUNDLE_NAME_MAX + 1];
	char url[GATE_URL_MAX + 1]; /* https://host:port of the registrar's device listener */
	char pin[GATE_PIN_MAX + 1]; /* sha256//... of the registrar's TLS key */
	uint8_t root[KEY_PUBLIC_SIZE];
};

/* {0} is right outside tests. */
struct gate_options {
	bool create;	 /* for enrolment: make folder, store and journal key where missing */
	bool repair;	 /* set a damaged store aside and begin a new one with a new epoch */
	const char *vfs; /* tests, as in struct store_options */
	const char *synchronous;
	clock_source *clock_source; /* tests */
	void *clock_context;
	int64_t built_s;	/* tests: another build time; 0: the program's own */
	bool no_mark;		/* tests of the store's files alone */
	bool no_salvage;	/* tests' control: a repair takes nothing of the damaged store */
	bool unsealed;		/* tests' control: what is sealed is kept in the clear */
	unsigned undo_ms;	/* tests: other than DOOR_UNDO_MS; 0: that */
	bool through_stop;	/* tests' control: an answer lets in at a stopped door */
	bool follow_unverified; /* tests' control: other gates' journals are taken as they come */
};

struct sync;
struct peers;
struct peer_loops;

struct gate {
	char *dir;
	pthread_mutex_t lock; /* guards everything below */
	struct store *store;  /* NULL while it can't be opened again after a failure */
	bool enrolled;
	struct gate_identity identity;
	struct key_secret *journal_key;
	struct keyset *keys; /* NULL until the first keys object came */
	struct clock clock;
	struct journal journal;
	struct vault vault;
	struct sync *sync;		 /* loops running in this process (resident.h), or NULL */
	void (*poke)(struct gate *gate); /* tells the upload loop of a new entry, or NULL */
	bool keys_behind;		 /* newer keys are stored than could be read into memory */
	bool lists_damaged;		 /* digest.h found one: the download asks for it at once */
	bool ending;			 /* commands that run inside this process are being ended */
	bool booted;			 /* this process has written its boot entry */
	uint32_t tally_conference;	 /* presence.c: the conference counted, 0: none */
	int64_t tally_inside;
	struct gong gong;	       /* rings when what screens show has changed */
	struct peer_loops *peer_loops; /* running in this process (resident.h), or NULL */
	char peer_address[129];	       /* of this gate's door to other gates, "": it has none */
	struct peers *peers;	       /* peer.c: when the other gates were heard */
	struct gate_options options;   /* as opened: the store may have to be opened again */
};

/*
 * gate_open: opens the folder dir (absolute path). Without options->create a folder that was never
 * enrolled is GATE_NOT_ENROLLED. Checks the modes of folder and keys, the keys object and the
 * journal's head; begins a new epoch where one is needed; forgets the rosters of conferences that
 * are over (forget.h). Returns 0 (free with gate_close), a
 * gate_error or a store_result; then a sentence with the remedy is in why, nothing is left open and
 * *ret_gate is untouched.
 */
int gate_open(const char *dir, const struct gate_options *options, struct gate **ret_gate,
    char *why, size_t why_size) __attribute__((warn_unused_result));

/* gate_close: NULL is quiet. No other thread may be using it any more. */
void gate_close(struct gate *gate);

/*
 * gate_lock, gate_unlock: whoever uses gate->store, gate->keys or any other field holds the lock,
 * for short: a scan waits on it. The store may be another one, or NULL, after each time it was let
 * go. journal_write takes the lock itself; what it calls already has it.
 */
void gate_lock(struct gate *gate);
void gate_unlock(struct gate *gate);

/* gate_look: locks, and opens a snapshot of the store; gate_look_end closes it and unlocks. Returns
 * 0 or a store_result, and then the lock is not held. */
int gate_look(struct gate *gate, struct store_tx **ret_tx) __attribute__((warn_unused_result));
/* The same with the clock's reading; STORE_CLOSED too where the clock can't be read. */
int gate_look_now(struct gate *gate, struct clock_reading *ret_now, struct store_tx **ret_tx)
    __attribute__((warn_unused_result));
void gate_look_end(struct gate *gate, struct store_tx *tx);

/*
 * gate_set_identity: the end of enrolment: writes the identity and when, durably, and begins the
 * first epoch. Takes the lock. Returns 0 or a store_result or journal_error.
 */
int gate_set_identity(struct gate *gate, const struct gate_identity *identity)
    __attribute__((warn_unused_result));

/*
 * gate_load_keys: parses the keys object of the store into gate->keys (frees the old one), and
 * takes the details key: at start, and by lists.c after a new one was committed. The lock is held
 * by the caller. Returns 0 also when there is none, GATE_BAD_KEYS, GATE_MEMORY or a store_result;
 * then gate->keys is as before.
 */
int gate_load_keys(struct gate *gate) __attribute__((warn_unused_result));

/* gate_open_store: opens the store into gate->store as the options say; for gate_open and repair.
 */
int gate_open_store(struct gate *gate, char *why, size_t why_size)
    __attribute__((warn_unused_result));

/* gate_path: dir/name in malloc'd memory (caller frees), NULL: no memory. */
char *gate_path(const struct gate *gate, const char *name);

/* One fact of the table meta. Reading: STORE_ROW, STORE_NOT_FOUND or another negative. */
int gate_meta_i64(struct store_tx *tx, const char *key, int64_t *ret_value)
    __attribute__((warn_unused_result));
int gate_meta_text(struct store_tx *tx, const char *key, char *ret_text, size_t size)
    __attribute__((warn_unused_result));
int gate_meta_set(struct store_tx *tx, const char *key, struct store_value value)
    __attribute__((warn_unused_result));

#endif
