/*
 * sim: one registrar and four gates in one thread. What happens when is drawn from the seed, so
 * that a seed is a whole story that can be told again.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/sim/side.h"
#include "tests/store/memdisk.h"
#include "tests/store/powercut_private.h"

enum {
	GATES = 4,
	REGISTRAR = GATES, /* its number as a machine */
	TWIN = GATES,	   /* the number as a door of a second machine with a gate's disk */
	DOORS,
	MACHINES = GATES + 1,
	PEOPLE = 12,   /* registered for the conference the gates stand at */
	ELSEWHERE = 2, /* and for another */
	PASSES_MAX = 96,
	SHOWN_MAX = 1024,
	BARS_MAX = 48,
	IMAGES_MAX = 2,
	ANSWERS_MAX = 24,
	LATE_MAX = 6,
	MARK_MAX = 4096,
};

#define SIM_SITE "media.lakemount.example"
#define SIM_SLUG "briefing"
#define SIM_TRUE INT64_C(1789236180000) /* Unix milliseconds at the beginning of each run */

/* What is done to them; the rows of the table at the end. */
enum fault {
	FAULT_NONE,
	FAULT_POWER,	     /* a gate's power cut */
	FAULT_KILL,	     /* a gate killed */
	FAULT_FSYNC,	     /* an fsync of a gate fails */
	FAULT_FULL,	     /* a gate's disk is full */
	FAULT_SET_BACK,	     /* an older copy of a gate's disk comes back */
	FAULT_CLONE,	     /* a second machine of a gate's disk goes on beside it */
	FAULT_CLOCK_BACK,    /* seconds to hours, or to 1970 */
	FAULT_CLOCK_FORWARD, /* minutes to a day, or to 2106 */
	FAULT_CUT_BEFORE,    /* no connection */
	FAULT_CUT_REQUEST,   /* a request is cut at a byte */
	FAULT_CUT_ANSWER,    /* an answer is */
	FAULT_TWICE,	     /* a request arrives twice */
	FAULT_LATE,	     /* a request arrives after later ones */
	FAULT_OLD_LIST,	     /* an older list is answered */
	FAULT_BAD_BYTES,     /* a list or a receipt with changed bytes */
	FAULT_FORGED,	     /* a receipt for what never arrived */
	FAULT_PARTITION,     /* a gate without a network for a while */
	FAULT_REGISTRAR_POWER,
	FAULT_REGISTRAR_FSYNC,
	FAULT_REGISTRAR_BACK, /* the registrar restored from an older copy */
	FAULT_GATE_REVOKED,
	FAULT_APART,  /* two gates without a network between them */
	FAULT_POISON, /* the registrar can't take an entry */
	FAULT_PAGE,   /* a page of a gate's store is damaged, and the store repaired */
	FAULTS,
};

/* The bytes of a machine: its store's files and its mark. */
struct image {
	bool taken;
	struct {
		char path[256];
		uint8_t *bytes;
		size_t size;
	} files[4];
	size_t n_files;
	uint8_t mark[MARK_MAX];
	size_t mark_len;
	unsigned when; /* the step it was taken at */
	unsigned sure; /* what the gate knew then */
};

struct machine {
	char name[24], dir[160], mark[200];
	struct memdisk *disk;
	struct powercut record; /* since the disk stands */
	int64_t clock_ms;	/* its wall clock less the true time */
	int64_t booted_ms;	/* true time of the last boot */
	uint8_t boot[16];
	uint8_t mark_before[MARK_MAX], mark_kept[MARK_MAX];
	size_t mark_before_len, mark_kept_len;
	struct image images[IMAGES_MAX];
};

/* The machine whose code runs. */
extern struct machine *sim_here;
extern int64_t sim_true_ms;
extern struct sim_hooks sim_hooks_live;
extern enum sim_off sim_control;

/* ---- disk.c ---- */
void machine_init(struct machine *machine, const char *folder, const char *name, const char *mark);
int64_t machine_now_ms(void); /* of the machine whose code runs */
void machine_empty(struct machine *machine);
/* The mark as it stands now, and back to it: the very file, whatever was put in its place. */
void machine_keep_mark(struct machine *machine);
void machine_return_mark(struct machine *machine);
void machine_take(struct machine *machine, struct image *image);
void machine_put(struct machine *machine, const struct image *image);
void machine_boot(struct machine *machine, uint64_t *seed);
/* The disk as a power cut now leaves it. The store must be closed. */
void machine_power_cut(struct machine *machine, uint64_t *seed);
void image_free(struct image *image);
/* Has act work on the files of image as a real file system has them, in the machine's folder, and
 * puts what is there then on the machine's disk. The store must be closed. */
void machine_outside(
    struct machine *machine, struct image *image, void (*act)(void *), void *context);
extern struct memdisk *sim_beside; /* the disk of all that is no machine's */

/* ---- known.c ---- */
void known_add(const uint8_t digest[16]);
bool known_has(const uint8_t digest[16]);

/* ---- world.c ---- */
struct world {
	char folder[128];
	struct image images[MACHINES];
	uint8_t spki[GATES][32];
	struct sim_pass passes[PEOPLE + ELSEWHERE], rehearsal;
	int64_t conference, elsewhere;
};
int world_build(struct world *world);
void world_remove(struct world *world);

/* ---- what the model knows ---- */

struct known_pass {
	struct sim_pass pass;
	unsigned person;
	unsigned moved; /* bit of each gate that tried an exit, an undo or an override of it */
	bool elsewhere;
	unsigned made, ended; /* steps; ended 0: it stands */
	uint64_t ended_rev;   /* the list of what has ended that says so first */
	bool open;	      /* whether it stands is not known any more */
};

/* A restriction. */
struct bar {
	int64_t id;
	int pass; /* -1: the conference */
	int gate; /* made there; -1: at the registrar */
	unsigned made, lifted;
	bool open;
};

/* A verdict somebody read. */
struct shown {
	int gate;
	int pass; /* -1: no pass */
	char decision[12];
	uint64_t epoch, seq;
	unsigned step;
	bool right;   /* by a clock that was */
	bool excused; /* it stood only on a disk that is gone */
	bool twin;    /* recorded by the second of two machines */
};

struct door {
	struct sim_gate *side;
	struct machine machine;
	bool cut_off; /* no network */
	bool revoked; /* the registrar has ended it */
	bool full;    /* its disk is */
	bool alarmed; /* an alarm about its journal is expected */
	bool down;
	unsigned sure, maybe; /* everything up to that step is known here, nothing after this */
	int64_t sure_ms;      /* true time of the last whole download */
	int64_t newest_ms;    /* the newest time that was recorded and shown */
	int64_t floor_ms;     /* and the newest that may be recorded */
	uint8_t inside[PASSES_MAX]; /* 0 no, 1 yes, 2 not known */
	unsigned sent;	      /* up to that step all that was shown here is at the registrar */
	bool spoiled;	      /* its journal need not be whole at the registrar */
	bool said;	      /* it has raised an alarm */
	unsigned told[DOORS]; /* up to that step it knows what was shown there */
	bool revoked_open;    /* or a registrar that was set back has forgotten it */
	bool mute;	      /* the registrar refuses it since */
};

struct late {
	int gate;
	char path[96];
	char *body;
	size_t len;
};

struct old_answer {
	char path[64];
	struct sim_answer answer;
	unsigned step;
};

struct counts {
	uint64_t tries[FAULTS], lost[FAULTS], corrupt[FAULTS], wrong[FAULTS];
};

/* What is to happen to one request of the pass that runs. */
struct plan {
	enum fault fault;
	unsigned at; /* from which request of the pass on, counted from 0 */
	bool done;
	uint64_t chance;
};

struct run {
	struct world *world;
	uint64_t seed, state; /* state: of the generator */
	bool verbose;
	uint64_t trace; /* hash of all lines */
	unsigned step, steps;
	struct door doors[DOORS];
	int twin_of; /* a gate; -1: there is no twin */
	bool apart[DOORS][DOORS];
	bool more;     /* gates have each other, clones, STOPs: what more.c has */
	bool odd_lift; /* a STOP was lifted by a clock that was not right */
	struct {
		int gate; /* -1: none */
		uint64_t epoch, seq;
	} poison;
	struct machine machine; /* the registrar's */
	struct sim_registrar *registrar;
	unsigned registrar_back; /* step at which it lost what came after its copy */
	struct known_pass passes[PASSES_MAX];
	size_t n_passes;
	struct bar bars[BARS_MAX];
	size_t n_bars;
	struct shown shown[SHOWN_MAX];
	size_t n_shown;
	struct plan plan;
	unsigned asked;
	struct late late[LATE_MAX];
	struct old_answer old[ANSWERS_MAX];
	size_t n_old;
	struct counts counts;
	bool injected[FAULTS];
	uint64_t lost, corrupt, wrong;
	uint64_t admits, denials, checks, doubles;
	uint64_t stale; /* admissions of what had ended */
	char why[400];	/* the first thing that was not right */
};

/* ---- simulate.c ---- */
uint64_t run_random(struct run *run, uint64_t below);
void run_say(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
void run_fault(struct run *run, enum fault fault);
enum harm { HARM_LOST, HARM_CORRUPT, HARM_WRONG };
void run_harm(struct run *run, enum harm harm, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- net.c ---- */
int net_ask(void *context, int loop, const char *path, const char *body, size_t len,
    struct sim_answer *ret_answer);
void net_deliver_late(struct run *run);
void net_forget(struct run *run);
/* The context of a gate's requests. */
struct net_end {
	struct run *run;
	int gate;
};
extern struct net_end net_ends[DOORS];
int net_ask_peer(void *context, int loop, const char *path, const char *body, size_t len,
    struct sim_answer *ret_answer);
/* The context of one gate's question to another. */
struct peer_end {
	struct run *run;
	int from, to;
	bool news; /* the newest answer had a log */
};

/* ---- gates.c ---- */
bool door_open(struct run *run, int gate);
void door_close(struct run *run, int gate);
void door_scan(struct run *run, int gate, int pass, bool garbage);
void door_act(struct run *run, int gate, enum sim_act act, int pass, const struct shown *undone);
int door_sync(struct run *run, int gate, int loop);
int door_ask_peer(struct run *run, int gate, int other);
bool registrar_open_side(struct run *run);
/* After each call into a machine: whether its power went meanwhile, and then it was restarted. */
bool door_settle_power(struct run *run, int gate, bool killed);
bool registrar_settle_power(struct run *run);

/* ---- story.c ---- */
void run_begin(struct run *run, struct world *world);
void run_start(struct run *run, uint64_t seed, uint64_t state);
void run_end(struct run *run);

/* ---- step.c ---- */
void run_step(struct run *run);
int some_gate(struct run *run);
void scan(struct run *run, int gate); /* or another act, of some pass */

/* ---- office.c ---- */
void office(struct run *run);
void after_office(struct run *run); /* a registrar whose power went, or store failed, comes back */
void revoke_gate(struct run *run);
void cancel(struct run *run);
void reissue(struct run *run);

/* ---- trouble.c ---- */
void lose_gate(struct run *run, bool killed);
void lose_registrar(struct run *run);
void fail_fsync(struct run *run);
void fail_registrar_fsync(struct run *run);
void fill_disk(struct run *run);
void damage_page(struct run *run);
void keep_copy(struct run *run);
void set_back_gate(struct run *run);
void set_back_registrar(struct run *run);
void set_clock(struct run *run);
void right_clock(struct run *run);

/* ---- more.c: what happens with more than one gate ---- */
void more_ask(struct run *run);
void more_part(struct run *run);
void more_stop(struct run *run);
void more_lift(struct run *run);
void more_clone(struct run *run);
void more_twin(struct run *run);
void more_poison(struct run *run);
void more_refused(struct run *run); /* before everything is healed */
void more_agree(struct run *run);   /* after everything is healed */

/* ---- judge.c ---- */
void check_verdict(struct run *run, int gate, int pass, const struct sim_verdict *verdict);

/* ---- check.c ---- */
void check_all(struct run *run);

#endif
