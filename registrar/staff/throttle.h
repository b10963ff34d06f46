/*
 * throttle: makes whoever tries often wait longer and longer. It knows keys (made of an address, or
 * of an account and an address), not people, so that nobody can use it to lock another out: what a
 * stranger does counts against the stranger's own keys.
 *
 * A fixed table in memory, keyed by a secret; an old entry makes room for a new one. A restart
 * forgets it. Safe from any thread.
 */
#ifndef PRESSGATE_REGISTRAR_THROTTLE_H
#define PRESSGATE_REGISTRAR_THROTTLE_H

#include <stdint.h>

struct throttle;

struct throttle_rule {
	unsigned free;	/* tries before any wait */
	unsigned first; /* seconds after the first one too many; doubles with each more */
	unsigned most;	/* seconds */
	/* So many seconds make one try good; 0: only THROTTLE_FORGET does. For what many people
	 * behind one address do all day long; of guesses only for those of many networks together.
	 */
	unsigned forgive;
};

/* An entry is forgotten after so many quiet seconds. */
#define THROTTLE_FORGET 3600

/* NULL: no memory. */
struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle); /* NULL is quiet */

/* Seconds to wait before the next try of this key: 0 means go on. kind keeps rules apart. */
int64_t throttle_wait(struct throttle *throttle, const struct throttle_rule *rule, char kind,
    const char *key, int64_t now);

/* Counts a try. */
void throttle_count(struct throttle *throttle, char kind, const char *key, int64_t now);

/* Forgets a key (it signed in). */
void throttle_clear(struct throttle *throttle, char kind, const char *key);

/* The part of a network address that one party has: all of an IPv4 one, the /64 of an IPv6 one. */
void throttle_network(const char *address, char ret_network[64]);

/* The /48 of an IPv6 address, of which one party may have all 65,536 networks; "" for others. */
void throttle_site(const char *address, char ret_site[64]);

#endif
