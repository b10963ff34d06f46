#ifndef GATE_PEER_LOOP_H
#define GATE_PEER_LOOP_H

#include "gate/sync/client.h"
#include "gate/gate.h"

/*
 * The loops that follow other gates straight: a thread for each active gate whose address is known,
 * which asks when peer_is_needed says so. While the registrar answers they only look now and then
 * whether the other can be reached.
 */

enum {
	PEER_POLL_SECONDS = 5,	  /* a quiet question is answered after so long */
	PEER_STALL_SECONDS = 4,	  /* without a byte beyond that: not heard */
	PEER_RETRY_MS = 1000,	  /* first wait after a failure, doubled up to: */
	PEER_RETRY_MAX_MS = 4000, /* so that gates that meet again know of it within 5 s */
	PEER_LOOPS_MAX = 128,
};

struct peer_loops; /* opaque */

struct peer_loops_setup {
	struct gate *gate;
	/* Opens a connection, as client_open does; NULL: client_open. */
	int (*connect)(void *context, const struct client_setup *setup, struct client **ret_client);
	void *connect_context;
};

/* peer_loops_start: returns 0, or STORE_NO_MEMORY and then nothing runs. */
int peer_loops_start(const struct peer_loops_setup *setup, struct peer_loops **ret_loops)
    __attribute__((warn_unused_result));

/* Ends them (a running request is cut short) and frees. NULL is quiet. */
void peer_loops_stop(struct peer_loops *loops);

/*
 * peer_ask: one question to a gate over a connection with it, and its answer. wait: seconds it may
 * wait for news. Returns 0, a client_error, STORE_MISUSE for an answer that is none, or another
 * store_result.
 */
int peer_ask(struct gate *gate, struct client *client, const char *device, unsigned wait)
    __attribute__((warn_unused_result));

/* peer_dial: what a connection with a device needs: its address, its pin and this gate's own
 * certificate. */
struct peer_dial {
	char device[BUNDLE_NAME_MAX + 1];
	char url[GATE_URL_MAX + 1];
	char pin[GATE_PIN_MAX + 1];
};

/* peer_dial_of: false when it is no active gate with a pin and an address. The lock is held. */
bool peer_dial_of(struct gate *gate, struct store_tx *tx, const char *device,
    struct peer_dial *ret_dial) __attribute__((warn_unused_result));

#endif
