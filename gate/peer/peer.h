#ifndef GATE_PEER_H
#define GATE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "gate/gate.h"
#include "web/control.h"

/*
 * peer: the other gates: where they are on the local network, and when each was heard last.
 *
 * Who they are, with which journal key and which TLS key, is in the signed keys object and nowhere
 * else; an address only says where to knock, and a wrong one reaches nobody, since both sides pin
 * the other's key. Addresses come with the registrar's state answer, or by hand (`gate peer add`),
 * which the registrar does not change.
 *
 * A gate is heard when its own answer came, or when the registrar said how long ago it heard it.
 */

enum {
	PEER_ADDRESS_MAX = 128,	 /* HOST:PORT */
	PEER_HEARD_SECONDS = 15, /* heard longer ago than this: not heard now */
	PEER_PROBE_SECONDS = 60,
	PEER_NAMES_MAX = 200, /* room for the names of those not heard */
};

struct peer {
	char device[BUNDLE_NAME_MAX + 1];
	char address[PEER_ADDRESS_MAX + 1]; /* "": not known */
	bool by_hand;
	bool active;	    /* an active gate of the keys object held */
	int64_t heard_age;  /* seconds, -1: never; over the registrar or straight */
	int64_t direct_age; /* seconds since its own answer, -1: never in this process */
};
typedef int peer_visit(void *context, const struct peer *peer);

/* peer_each: every other gate that is active or has an address, by name. The lock is held. 0,
 * visit's value or a store_result. */
int peer_each(struct gate *gate, struct store_tx *tx, peer_visit *visit, void *context)
    __attribute__((warn_unused_result));

/* peer_json: as `gate peer list --json` and `gate status --json` show one; NULL: no memory. */
json_t *peer_json(const struct peer *peer);

/* peer_put: an address; by_hand false changes none that was set by hand. "" takes it away. 0,
 * STORE_MISUSE for an address that is no HOST:PORT, or another store_result. */
int peer_put(struct store_tx *tx, const char *device, const char *address, bool by_hand)
    __attribute__((warn_unused_result));

/* peer_address: where a device is, "": not known. STORE_ROW, STORE_NOT_FOUND or another
 * store_result. */
int peer_address(struct store_tx *tx, const char *device,
    char ret_address[static PEER_ADDRESS_MAX + 1]) __attribute__((warn_unused_result));

/* peer_address_is_good: HOST:PORT, HOST a name, an IPv4 address or an IPv6 one in brackets. */
bool peer_address_is_good(const char *address);

/* peer_heard: a gate was heard so many seconds ago, straight or not; the registrar was. Both take
 * the lock. */
void peer_heard(struct gate *gate, const char *device, int64_t ago, bool direct);
void peer_registrar_heard(struct gate *gate);

/* peer_registrar_lost: it did not answer: from now on other gates are asked themselves. Takes the
 * lock. */
void peer_registrar_lost(struct gate *gate);

/* peer_registrar_is_heard: the registrar's own answer came within PEER_HEARD_SECONDS. The lock is
 * held. */
bool peer_registrar_is_heard(struct gate *gate, const struct clock_reading *now);

/*
 * peer_unheard: how many other gates may be letting people in that this one does not hear now; an
 * admission says that their entries were not checked. It is an active gate, not heard now, that
 *
 *	- was heard since `since` (Unix seconds: two hours before doors): it is in use today, or it
 *	  could be, with lists of today; or
 *	- was ever heard, where neither the registrar nor any gate is heard now or was since then:
 *	  nothing is known of today, so none of them can be ruled out.
 *
 * A gate that was enrolled and never heard of again is not missed: without its first contact with
 * the registrar it has no list to admit by, and after it the registrar tells of it. ret_names:
 * theirs, with commas, as far as there is room. The lock is held. 0 or a store_result.
 */
int peer_unheard(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    int64_t since, unsigned *ret_count, char ret_names[static PEER_NAMES_MAX])
    __attribute__((warn_unused_result));

/*
 * peer_is_needed: whether a gate is to be asked itself: while the registrar is not heard, or says
 * nothing of that gate; and once in PEER_PROBE_SECONDS in any case, so that it is known before it
 * is needed whether it can be reached. The lock is held.
 */
bool peer_is_needed(struct gate *gate, const char *device, const struct clock_reading *now);

/* peer_save: writes down when each was heard last, at most once a minute; for the loop that hears.
 * Takes the lock. 0 or a store_result. */
int peer_save(struct gate *gate) __attribute__((warn_unused_result));

/* peer_free: what is kept of them in memory; for gate_close. */
void peer_free(struct gate *gate);

/* gate peer list [--json] | add NAME HOST:PORT | forget NAME, --data G */
int peer_command(struct command *command);

#endif
