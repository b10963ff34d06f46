#ifndef GATE_PEER_SERVE_H
#define GATE_PEER_SERVE_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "gate/gate.h"
#include "web/control.h"

/*
 * The door to other gates: POST /peer/v1/doors, over TLS 1.3 with this gate's own certificate, for
 * active gates of the keys object held and nobody else. Each is known by the SHA-256 of its TLS
 * key; a revoked one is refused as soon as the list that says so is here. The Host asked for is
 * this gate's name. What is answered: gate/peer/peer_answer.h. It works with the registrar away.
 */

struct peer_server; /* opaque */

struct peer_serve_options {
	const char *listen;   /* ADDRESS:PORT */
	const char *address;  /* HOST:PORT that other gates are told; NULL: found out */
	bool any_certificate; /* tests' control: certificates are not looked up */
};

/* The options of every subcommand that can listen for other gates: two rows for argp, and what its
 * parser leaves the keys that it does not know to: 0, or ARGP_ERR_UNKNOWN for others. */
enum { PEER_SERVE_LISTEN = 0x7001, PEER_SERVE_ADDRESS };
#define PEER_SERVE_OPTIONS                                                                         \
	{"peer-listen", PEER_SERVE_LISTEN, "ADDRESS:PORT", 0,                                      \
	    "answer other gates there, so that doors know of each other without the registrar",    \
	    0},                                                                                    \
	{                                                                                          \
		"peer-address", PEER_SERVE_ADDRESS, "HOST:PORT", 0,                                \
		    "what other gates are told, when it is not the address listened on", 0         \
	}
error_t peer_serve_parse(int key, char *value, struct peer_serve_options *options);

/*
 * peer_serve_start: listens, and notes in the gate what other gates are to be told (the next state
 * question says it to the registrar). Takes the lock. Returns 0, or -1 with a sentence in why.
 */
int peer_serve_start(struct gate *gate, const struct peer_serve_options *options,
    struct peer_server **ret_server, char *why, size_t why_size)
    __attribute__((warn_unused_result));

/*
 * peer_serve_begin: peer_serve_start for a subcommand: nothing where no --peer-listen was given; a
 * failure is said on the command's err. Returns whether to go on.
 */
bool peer_serve_begin(struct command *command, struct gate *gate,
    const struct peer_serve_options *options, struct peer_server **ret_server)
    __attribute__((warn_unused_result));

/* Waits for the handlers that run. The lock is not held. NULL is quiet. */
void peer_serve_stop(struct peer_server *server);

/* The address that other gates are told. */
const char *peer_serve_address(const struct peer_server *server);

#endif
