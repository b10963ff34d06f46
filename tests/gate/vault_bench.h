/* A gate by itself on a disk of its own, its officers, and what its files hold. */
#ifndef PRESSGATE_TESTS_GATE_VAULT_BENCH_H
#define PRESSGATE_TESTS_GATE_VAULT_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "gate/door/shift.h"
#include "gate/seal/person.h"
#include "tests/gate/world.h"

enum { NOW = 1795000000, PEOPLE = 40 };

/* What must stand in no file in clear. */
enum { BENCH_SECRETS = 5 };
extern const char *const bench_secrets[BENCH_SECRETS];

struct bench {
	char dir[WORLD_DIR_MAX];
	struct world_clock clock;
	struct gate_options options;
	struct gate *gate;
};

/* Both clocks of the gate move to `now`, in Unix seconds. */
void bench_clock(struct bench *bench, int64_t now);
/* A gate with PEOPLE on its roster and nobody signed in; unsealed: the defence off. */
void bench_begin(struct bench *bench, bool unsealed);
void bench_end(struct bench *bench);
/* The program ends, and starts again at that time. */
void bench_reopen(struct bench *bench, int64_t now);
/* How often a word stands in any file of the folder: store, WAL, freed pages, keys and all. */
size_t bench_on_disk(const char *dir, const char *word);
/* A day at the door: people, a restriction and its lifting, a pass with a name on it, a text that
 * is none, a roster line with a photo that is taken away again. */
void bench_live(struct bench *bench);
/* Person n as this gate sees them now: 0 with the name, or what kept it closed. */
int bench_see(struct gate *gate, uint32_t conference, unsigned n, struct person *ret);
/* As shift_begin. */
int bench_sign_in(struct bench *bench, const char *name, const char *pin, struct shift *ret);
/* What somebody with the disk does to the store: one statement, while the gate is closed. */
void bench_sql(struct bench *bench, const char *sql);
/* The number that a query gives, read while the gate is closed. */
int64_t bench_number(struct bench *bench, const char *sql);

#endif
