/*
 * world.h: a gate made by hand, without a registrar: a folder with keys, an enrolled store, a keys
 * object, officers, two conferences, and as many roster lines and passes as a test asks for. Keys
 * come from fixed seeds, so that a second process of a test makes passes for the same world.
 */
#ifndef PRESSGATE_TESTS_GATE_WORLD_H
#define PRESSGATE_TESTS_GATE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/pass.h"
#include "gate/gate.h"
#include "gate/seal/person.h"
#include "gate/door/shift.h"

enum {
	WORLD_HERE = 7,	      /* the conference this gate stands at: slug "briefing" */
	WORLD_THERE = 8,      /* another one it knows: slug "hearing" */
	WORLD_ELSEWHERE = 99, /* one it does not know */
	WORLD_DIR_MAX = 200,
};

#define WORLD_DEVICE "north-door"
#define WORLD_SITE   "media.lakemount.example"
#define WORLD_PIN    "4711"
#define WORLD_WORDS  "river lantern copper ninety" /* the supervisor's passphrase */
#define WORLD_OUTLET 31				   /* number of everybody's outlet */

/* Which key signs a pass. */
enum world_key { WORLD_KEY_HERE, WORLD_KEY_THERE, WORLD_KEY_STRANGER, WORLD_KEY_FORGED };

struct world_clock {
	int64_t time_ms;
	uint64_t mono_ms;
	int64_t advance_ms; /* added to both at each reading */
	bool disciplined;
};

/* A conference as put into the store; {0} fields take what world_conference says. */
struct world_conference {
	uint32_t number;
	const char *slug, *title;
	int64_t doors, starts, ends;
	uint32_t capacity, classes;
	int id_check, id_share;
	bool reentry, registration_required;
	int64_t amber, red;
	int64_t issued, not_after, checked;
};

struct world_pass {
	unsigned n; /* which person */
	uint32_t conference;
	uint8_t pass_class;
	int64_t nbf, exp;
	uint16_t flags;
	enum world_key key;
	bool named; /* carries name and outlet */
};

/* world_dir: a new folder /tmp/pressgate-gate-XXXXXX. */
void world_dir(char ret_dir[static WORLD_DIR_MAX]);

/* world_remove: the folder and all in it. */
void world_remove(const char *dir);

/* world_make: makes the gate in dir with count roster lines (persons 0..count-1, confirmed, class
 * reporter) as of now (Unix seconds), and gives it open. Ends the test on failure. */
struct gate *world_make(
    const char *dir, unsigned count, int64_t now, const struct gate_options *options);

/* world_open: opens the gate again. */
/* world_lists: keys, staff, both conferences and count roster lines, as world_make puts them. */
void world_lists(struct gate *gate, unsigned count, int64_t now);

struct gate *world_open(const char *dir, const struct gate_options *options);

/* A clock that a test sets; for struct gate_options. */
clock_source world_time;

/* world_conference: the usual record of HERE at now: doors an hour ago, ends in eight. */
struct world_conference world_conference(int64_t now);

/* Facts put into the store, each in a transaction of its own. */
void world_put_conference(struct gate *gate, const struct world_conference *conference);
void world_put_person(
    struct gate *gate, uint32_t conference, unsigned n, uint8_t pass_class, uint8_t status);
/* count of them from n on, in one transaction. */
void world_put_people(struct gate *gate, uint32_t conference, unsigned n, unsigned count);
/* One line as given; one in a transaction that is rolled back. */
void world_put(struct gate *gate, uint32_t conference, const struct person *person);
void world_put_failing(struct gate *gate, uint32_t conference, unsigned n);
void world_drop_person(struct gate *gate, uint32_t conference, unsigned n);
void world_revoke(struct gate *gate, unsigned n, uint8_t reason);
/* scope of revoked.h; n counts for scope 5, pass_class for 3, the outlet is person 0's for 4. */
void world_restrict(struct gate *gate, int scope, uint32_t conference, unsigned n,
    uint8_t pass_class, int64_t from, int64_t until);
void world_unrestrict(struct gate *gate);
void world_presence(struct gate *gate, unsigned n, bool inside, int64_t entries, int64_t time_ms);
/* When the registrar last confirmed the revocations, and their not-after. */
void world_revoked_state(struct gate *gate, int64_t checked, int64_t not_after);

/* The officers from a version of the staff object on, applied as it comes from the registrar; names
 * rise. Returns what lists_apply does. world_make puts officer1 and super1 in as version 1. */
struct world_officer {
	const char *name, *pin;
	enum staff_role role;
};
int world_staff(struct gate *gate, uint64_t version, const struct world_officer *list, size_t count,
    int64_t now);

/* The key to which details are sealed. */
void world_details_key(uint8_t ret_public[static 32], uint8_t ret_secret[static 32]);

/* officer1 signed in: names can be read until shift_end. */
struct shift world_shift(struct gate *gate);

/* Other gates of the site: the keys object is put anew, with them. */
enum { WORLD_GATES_MAX = 8 };
struct world_gate {
	const char *name;
	uint8_t public[KEY_PUBLIC_SIZE]; /* of its journal's key */
	uint8_t pin[KEYSET_PIN_SIZE];	 /* of its TLS key */
};
void world_put_gates(struct gate *gate, int64_t now, const struct world_gate *others, size_t count);

/* world_id: the pass id of person n. world_code: its typed code. world_text: its QR text. */
void world_id(unsigned n, uint8_t ret_id[static 16]);
void world_code(unsigned n, char ret_code[static 10]);
void world_text(const struct world_pass *pass, char ret_text[static PASS_TEXT_MAX + 1]);

/* world_usual: person n's pass for HERE, valid at now. */
struct world_pass world_usual(unsigned n, int64_t now);

#endif
