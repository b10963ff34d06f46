/*
 * side: the two programs under simulation, each a shared module with everything hidden but what
 * stands here, since both have symbols of the same names. What the machine around them is (its
 * clock, its power) comes through hooks.
 */
#ifndef TESTS_SIM_SIDE_H
#define TESTS_SIM_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_EXPORT __attribute__((visibility("default")))

enum { SIM_TEXT_MAX = 1024, SIM_WORD = 64, SIM_WHY = 600 };

/* A defence that is off: each must make seeds fail. */
enum sim_off {
	CONTROL_NONE,
	CONTROL_SYNC_OFF,     /* synchronous=OFF at every store */
	CONTROL_SHOWN_EARLY,  /* a verdict is shown before its commit */
	CONTROL_NO_MARK,      /* gates don't know a store that was set back */
	CONTROL_VERSIONS,     /* gates take older lists */
	CONTROL_RECEIPTS,     /* gates believe every receipt */
	CONTROL_REVOKED_LATE, /* revocations reach gates but are not looked at */
	CONTROL_CLOCK,	      /* a clock behind what was recorded is believed */
	CONTROL_FOLLOWING,    /* gates do not hear what others recorded */
	CONTROL_PASSBACK,     /* where a pass stands is not looked at */
	CONTROL_TWINS,	      /* gates don't mind that the registrar holds another story */
	CONTROL_PEERS,	      /* gates do not take what other gates answer */
	CONTROL_REFUSED,      /* an upload with an entry that can't be taken is not made smaller */
	CONTROL_STOPS,	      /* what stops people is not looked at */
	CONTROL_TWICE,	      /* the registrar gives no receipt for what it holds already */
	CONTROL_GAP,	      /* the registrar does not say where to go on */
	CONTROL_UNRECORDED,   /* a verdict that could not be recorded is shown */
	CONTROL_CONFLICTS,    /* two doors that contradict each other are no matter */
	CONTROL_STOLEN,	      /* whether a gate was revoked is not looked at */
	CONTROL_REPAIR,	      /* a damaged store is opened as it is */
	CONTROLS,
};

struct sim_time {
	int64_t wall_ms, boot_ms;
	uint8_t boot[16];
	bool disciplined;
};

/* The machine that code runs on at the moment. */
struct sim_hooks {
	void (*now)(struct sim_time *ret_time);
	/* An operation on a small file beside the store: false when the power is off. Before a
	 * write to one (fd) or a change of names (fd -1). */
	bool (*step)(int fd);
	/* Digests of signatures and points that are known to be good. */
	void (*know)(const uint8_t digest[16]);
	bool (*knows)(const uint8_t digest[16]);
	int control;		 /* enum sim_off of sim.h: a defence that is off */
	const char *synchronous; /* a control: of every store; NULL: FULL */
};

/* ---- a gate ---- */

struct sim_gate; /* an open gate with its sync */

struct sim_gate_make {
	const char *dir, *device, *site;
	int64_t built_s;
};

struct sim_gate_options {
	int64_t built_s;
	bool no_mark, repair; /* no_mark: a control */
};

/* What a request came to; ask returns 0 or a client_error (gate/sync/client.h). */
struct sim_answer {
	long status;
	uint8_t *body; /* malloc'd */
	size_t len;
	char object[32];
};
typedef int sim_ask(void *context, int loop, const char *path, const char *body, size_t len,
    struct sim_answer *ret_answer);

enum sim_act { SIM_SCAN, SIM_EXIT, SIM_OVERRIDE, SIM_UNDO };

struct sim_verdict {
	bool recorded, admit;
	char decision[SIM_WORD]; /* as it stands in the entry */
	char reason[SIM_WORD];
	uint64_t epoch, seq;
	int failure;
};

struct sim_gate_stands {
	bool equivocation, restored; /* alarms so far */
	uint64_t epoch, size, unsent;
	unsigned objects; /* taken in since it was opened */
	int failure;
};

SIM_EXPORT void sim_gate_start(const struct sim_hooks *hooks);
/* A folder with keys; the public journal key comes back, enrolment is finished by _enrol. */
SIM_EXPORT int sim_gate_make(const struct sim_gate_make *make, uint8_t ret_key[32]);
SIM_EXPORT int sim_gate_enrol(const struct sim_gate_make *make, const uint8_t root[32]);
/* The mark of a copied folder stands in its new place, as if it had never been elsewhere. */
SIM_EXPORT int sim_gate_settle(const char *dir);
SIM_EXPORT int sim_gate_open(const char *dir, const struct sim_gate_options *options, sim_ask *ask,
    void *context, struct sim_gate **ret_gate, char why[SIM_WHY]);
SIM_EXPORT void sim_gate_close(struct sim_gate *gate);
SIM_EXPORT int sim_gate_sync(struct sim_gate *gate, int loop);
SIM_EXPORT int sim_gate_loops(void);
SIM_EXPORT void sim_gate_scan(
    struct sim_gate *gate, const char *slug, const char *text, struct sim_verdict *ret_verdict);
/* A step at the door; SIM_UNDO takes back entry (epoch, seq). */
SIM_EXPORT void sim_gate_act(struct sim_gate *gate, const char *slug, enum sim_act act,
    const char *text, uint64_t epoch, uint64_t seq, struct sim_verdict *ret_verdict);
SIM_EXPORT const char *sim_gate_loop_name(int loop);
/* A question to another gate over ask, and what that gate answers. */
SIM_EXPORT int sim_gate_ask_peer(
    struct sim_gate *gate, const char *device, sim_ask *ask, void *context);
SIM_EXPORT int sim_gate_answer_peer(
    struct sim_gate *gate, const char *body, size_t len, struct sim_answer *ret_answer);
/* A supervisor's STOP of a conference, or of one pass (16 bytes, NULL: none), or its end. */
SIM_EXPORT int sim_gate_stop(
    struct sim_gate *gate, const char *slug, const uint8_t *pass, bool lift);
/* Who is inside, over all doors, and a digest of what stops anybody. */
SIM_EXPORT int sim_gate_sums(
    struct sim_gate *gate, const char *slug, int64_t *ret_inside, uint64_t *ret_stops);
SIM_EXPORT int sim_gate_accept_clock(struct sim_gate *gate);
SIM_EXPORT void sim_gate_stands(struct sim_gate *gate, struct sim_gate_stands *ret_stands);
SIM_EXPORT const char *sim_gate_words(int result);

/* ---- the registrar ---- */

struct sim_registrar;

struct sim_pass {
	char text[SIM_TEXT_MAX];
	uint8_t id[16];
	char reference[24];
};

SIM_EXPORT void sim_registrar_start(const struct sim_hooks *hooks);
SIM_EXPORT int sim_registrar_make(const char *dir, const char *site, char why[SIM_WHY]);
SIM_EXPORT int sim_registrar_settle(const char *dir);
SIM_EXPORT int sim_registrar_open(
    const char *dir, struct sim_registrar **ret_registrar, char why[SIM_WHY]);
SIM_EXPORT void sim_registrar_close(struct sim_registrar *registrar);
SIM_EXPORT int sim_registrar_root(struct sim_registrar *registrar, uint8_t ret_root[32]);
/* A supervisor on the list of officers. */
SIM_EXPORT int sim_registrar_supervisor(struct sim_registrar *side, const char *name, int64_t now);
SIM_EXPORT int sim_registrar_conference(
    struct sim_registrar *registrar, const char *slug, int64_t now, int64_t *ret_id);
SIM_EXPORT int sim_registrar_register(struct sim_registrar *registrar, int64_t conference,
    unsigned person, int64_t now, struct sim_pass *ret_pass);
SIM_EXPORT int sim_registrar_enrol(struct sim_registrar *registrar, const char *name,
    const uint8_t key[32], const uint8_t spki[32]);
SIM_EXPORT int sim_registrar_ask(struct sim_registrar *registrar, const uint8_t spki[32],
    const char *path, const char *body, size_t len, struct sim_answer *ret_answer);
SIM_EXPORT int sim_registrar_reissue(
    struct sim_registrar *registrar, const char *reference, struct sim_pass *ret_pass);
SIM_EXPORT int sim_registrar_cancel(struct sim_registrar *registrar, const char *reference);
SIM_EXPORT int sim_registrar_restrict(
    struct sim_registrar *registrar, int64_t conference, const uint8_t *pass, int64_t *ret_id);
SIM_EXPORT int sim_registrar_lift(struct sim_registrar *registrar, int64_t id);
/* The number of the newest list of what has ended; 0 on failure. */
SIM_EXPORT uint64_t sim_registrar_revision(struct sim_registrar *registrar);
SIM_EXPORT bool sim_registrar_failed(struct sim_registrar *registrar);
SIM_EXPORT int sim_registrar_revoke(struct sim_registrar *registrar, const char *device);

#endif
