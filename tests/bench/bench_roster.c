/*
 * Building and signing a roster out of the store: CPU seconds of this process.
 *
 * Usage: bench_roster DATA NUMBER ROWS ROOT; the conference NUMBER must have ROWS passes, and ROOT
 * is the root public key in hex.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "badges/keyset.h"
#include "badges/roster.h"
#include "registrar/doors/bundles.h"
#include "registrar/registrar.h"
#include "tests/bench/bench.h"

static bool rows_of(struct bundles *bundles, const struct bundles_object *roster,
    const uint8_t *root, uint32_t *ret_rows)
{
	struct bundles_object *object = NULL;
	struct keyset *keys = NULL;
	struct roster opened;
	bool good = bundles_keys(bundles, &object) == 0 &&
		    keyset_open(object->bytes, object->len, root, registrar_now(), &keys) == 0 &&
		    roster_open(roster->bytes, roster->len, keys, &opened) == 0;

	if (good)
		*ret_rows = opened.row_count;
	keyset_free(keys);
	bundles_put(bundles, object);
	return good;
}

int main(int argc, char **argv)
{
	struct registrar *registrar = NULL;
	struct bundles *bundles = NULL;
	struct bundles_object *roster = NULL;
	struct refusal why = {.words = ""};
	uint32_t number, wanted, rows = 0;
	uint8_t root[32];
	double cpu;
	char details[96];
	int code = 1;

	if (argc != 5 || sodium_init() < 0 ||
	    sodium_hex2bin(root, sizeof root, argv[4], 64, NULL, NULL, NULL) != 0)
		return 2;
	number = (uint32_t)strtoul(argv[2], NULL, 10);
	wanted = (uint32_t)strtoul(argv[3], NULL, 10);
	if (registrar_open(argv[1], &registrar, NULL, &why) != 0 ||
	    bundles_open(registrar, &bundles) != 0) {
		fprintf(stderr, "bench_roster: could not begin: %s\n", why.words);
		goto done;
	}
	cpu = bench_cpu();
	if (bundles_roster(bundles, number, 0, &roster) != 0) {
		fputs("bench_roster: no roster came\n", stderr);
		goto done;
	}
	cpu = bench_cpu() - cpu;
	if (!rows_of(bundles, roster, root, &rows) || rows < wanted) {
		fprintf(stderr, "bench_roster: %" PRIu32 " rows, not %" PRIu32 "\n", rows, wanted);
		goto done;
	}
	snprintf(details, sizeof details, "%" PRIu32 " rows, %zu bytes", rows, roster->len);
	bench_row("building and signing a roster of 25,000, CPU", cpu, 1, false, "s", details);
	code = 0;
done:
	bundles_put(bundles, roster);
	bundles_close(bundles);
	registrar_close(registrar);
	return code;
}
