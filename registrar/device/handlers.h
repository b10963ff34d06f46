/*
 * handlers: what the files of the device port share.
 *
 * Every route but enrolment looks the certificate's key up among the enrolled gates itself.
 */
#ifndef REGISTRAR_DEVICE_HANDLERS_H
#define REGISTRAR_DEVICE_HANDLERS_H

#include "registrar/doors/bundles.h"
#include "registrar/device/device.h"
#include "registrar/doors/doors.h"
#include "registrar/doors/gates.h"

struct device {
	struct registrar *registrar;
	struct bundles *bundles;
	struct doors *doors;
	struct gates_guard guard;
	bool any_certificate; /* tests' control: certificates are not looked up */
};

/* The gate that asks. False: the refusal stands in the reply already. */
bool device_gate(struct request *req, struct reply *rep, struct gates_gate *ret_gate)
    __attribute__((warn_unused_result));

/* Answers {"error":"token","message":"sentence"} with a status. Returns 0, for the handler. */
int device_refuse(struct reply *rep, unsigned status, const char *token, const char *message);

/* Answers a store_result or another fault of ours: 503 when the disk is full or the store closes,
 * else the dispatcher's 500. */
int device_fault(struct reply *rep, int result);

int device_enrol(struct request *req, struct reply *rep);    /* POST enrol */
int device_state(struct request *req, struct reply *rep);    /* GET state */
int device_keys(struct request *req, struct reply *rep);     /* GET keys */
int device_staff(struct request *req, struct reply *rep);    /* GET staff */
int device_roster(struct request *req, struct reply *rep);   /* GET roster/:number */
int device_revoked(struct request *req, struct reply *rep);  /* GET revoked */
int device_health(struct request *req, struct reply *rep);   /* POST health */
int device_photo(struct request *req, struct reply *rep);    /* GET photo/:hash */
int device_journal(struct request *req, struct reply *rep);  /* POST journal/:epoch */
int device_doors(struct request *req, struct reply *rep);    /* POST doors */
int device_referral(struct request *req, struct reply *rep); /* POST referral */
int device_answers(struct request *req, struct reply *rep);  /* GET answers */

/* Query parameters of state, roster and revoked. */
enum { DEVICE_WAIT, DEVICE_SEEN, DEVICE_PEER, DEVICE_STATE_QUERY };
enum { DEVICE_HAVE, DEVICE_LIST_QUERY };
enum { DEVICE_SINCE, DEVICE_ANSWERS_QUERY };

#endif
