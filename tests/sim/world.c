/* The world each run begins in, made once: gates enrolled, people registered, passes issued. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "tests/sim/sim.h"

static const char *const names[MACHINES] = {"north", "south", "east", "west", "registrar"};

static int fail(const char *what, int r, const char *why)
{
	fprintf(stderr, "sim: %s: %d %s\n", what, r, why);
	return -1;
}

/* What stands beside a gate's store, for its twin. */
static int copy_folder(const char *dir)
{
	char command[400];

	(void)snprintf(command, sizeof(command), "cp -r '%s' '%s-twin'", dir, dir);
	return system(command) == 0 ? 0 : fail("copy", -1, dir);
}

static int enrol(struct sim_registrar *registrar, struct world *world, struct machine *gates,
    int number, const uint8_t root[32])
{
	struct sim_gate_make make = {.dir = gates[number].dir,
	    .device = names[number],
	    .site = SIM_SITE,
	    .built_s = SIM_TRUE / 1000 - 86400};
	uint8_t key[32];
	int r;

	sim_here = &gates[number];
	r = sim_gate_make(&make, key);
	if (r != 0)
		return fail("gate", r, names[number]);
	crypto_hash_sha256(world->spki[number], key, sizeof(key));
	sim_here = &gates[REGISTRAR];
	r = sim_registrar_enrol(registrar, names[number], key, world->spki[number]);
	if (r != 0)
		return fail("enrol", r, names[number]);
	sim_here = &gates[number];
	r = sim_gate_enrol(&make, root);
	return r == 0 ? 0 : fail("identity", r, names[number]);
}

static int people(struct sim_registrar *registrar, struct world *world)
{
	int r = sim_registrar_supervisor(registrar, "super1", SIM_TRUE / 1000);

	if (r == 0)
		r = sim_registrar_conference(
		    registrar, SIM_SLUG, SIM_TRUE / 1000, &world->conference);
	if (r == 0)
		r = sim_registrar_conference(
		    registrar, "hearing", SIM_TRUE / 1000, &world->elsewhere);
	for (unsigned i = 0; r == 0 && i < PEOPLE + ELSEWHERE; i++)
		r = sim_registrar_register(registrar,
		    i < PEOPLE ? world->conference : world->elsewhere, i, SIM_TRUE / 1000,
		    &world->passes[i]);
	if (r == 0)
		r = sim_registrar_register(registrar, world->conference, PEOPLE + ELSEWHERE,
		    SIM_TRUE / 1000, &world->rehearsal);
	return r;
}

/* A new registrar is made beside its place and then renamed; the disk in memory is told here. */
static void move_in(void *context, const char *path, const uint8_t *bytes, size_t size)
{
	struct machine *registrar = context;
	const char *name = strrchr(path, '/');
	char moved[256];
	uint8_t *copy = malloc(size + 1);

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, size);
	(void)snprintf(moved, sizeof(moved), "%s%s", registrar->dir, name);
	memdisk_put(registrar->disk, moved, copy, size);
}

static int build(struct world *world, struct machine *machines, struct memdisk *beside)
{
	struct sim_registrar *registrar = NULL;
	char why[SIM_WHY];
	uint8_t root[32];
	int r;

	sim_here = &machines[REGISTRAR];
	r = sim_registrar_make(machines[REGISTRAR].dir, SIM_SITE, why);
	memdisk_each(beside, move_in, &machines[REGISTRAR]);
	if (r == 0)
		r = sim_registrar_open(machines[REGISTRAR].dir, &registrar, why);
	if (r != 0)
		return fail("registrar", r, why);
	r = people(registrar, world);
	if (r == 0)
		r = sim_registrar_root(registrar, root);
	for (int i = 0; r == 0 && i < GATES; i++)
		r = enrol(registrar, world, machines, i, root);
	sim_here = &machines[REGISTRAR];
	sim_registrar_close(registrar);
	return r;
}

/* Each gate's first download, so that runs begin with lists at the doors. */
int world_build(struct world *world)
{
	static struct machine machines[MACHINES];
	struct memdisk *beside = memdisk_new();
	int r = 0;

	(void)snprintf(world->folder, sizeof(world->folder), "%s/pressgate-sim-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(world->folder) == NULL)
		return fail("folder", -1, world->folder);
	for (int i = 0; i < MACHINES; i++) {
		machine_init(&machines[i], world->folder, names[i],
		    i == REGISTRAR ? "journal.mark" : "epoch.mark");
		machine_empty(&machines[i]);
	}
	memdisk_use(beside, true);
	sim_beside = beside;
	sim_gate_start(&sim_hooks_live);
	sim_registrar_start(&sim_hooks_live);
	r = build(world, machines, beside);
	for (int i = 0; r == 0 && i < MACHINES; i++)
		machine_take(&machines[i], &world->images[i]);
	for (int i = 0; r == 0 && i < GATES; i++)
		r = copy_folder(machines[i].dir);
	return r;
}

void world_remove(struct world *world)
{
	char command[200];

	for (int i = 0; i < MACHINES; i++)
		image_free(&world->images[i]);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", world->folder);
	if (system(command) != 0)
		fprintf(stderr, "sim: %s could not be removed\n", world->folder);
}
