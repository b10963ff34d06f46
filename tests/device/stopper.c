/*
 * A door whose supervisor stops and lifts on command, while it syncs as any gate does.
 *
 * Usage: stopper DIR   reads lines: "stop WORDS", "lift WORDS", each for the building; "bar SLUG
 * HEX WORDS" and "unbar SLUG HEX WORDS" for one pass; prints "done SEQ" or what kept it from it.
 * With "offline" after DIR it has no network.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "gate/gate.h"
#include "gate/sync/resident.h"
#include "gate/door/stop.h"

static int act(struct gate *gate, char *line)
{
	struct stop_order order = {
	    .scope = REVOKED_SCOPE_BUILDING, .staff = "boss1", .role = STAFF_SUPERVISOR};
	char *rest = NULL, *verb = strtok_r(line, " \n", &rest);
	uint8_t pass[16];
	uint64_t seq = 0;
	int r;

	if (verb == NULL)
		return -1;
	if (strstr(verb, "bar") != NULL) {
		const char *hex;

		order.scope = REVOKED_SCOPE_PASS;
		order.slug = strtok_r(NULL, " \n", &rest);
		hex = strtok_r(NULL, " \n", &rest);
		if (hex == NULL || bytes_unhex(hex, strlen(hex), pass, sizeof(pass)) != 0)
			return -1;
		order.pass = pass;
	}
	order.words = strtok_r(NULL, "\n", &rest);
	r = strcmp(verb, "stop") == 0 || strcmp(verb, "bar") == 0 ? stop_make(gate, &order, &seq)
								  : stop_lift(gate, &order, &seq);
	if (r == 0)
		printf("done %llu\n", (unsigned long long)seq);
	else
		printf("%s\n", stop_strerror(r));
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	const struct gate_options options = {.create = false};
	struct gate *gate = NULL;
	char why[GATE_WHY_MAX] = "", line[512];
	bool online = argc == 2;

	if (argc < 2 || sodium_init() < 0)
		return 2;
	if (gate_open(argv[1], &options, &gate, why, sizeof(why)) != 0) {
		fprintf(stderr, "stopper: %s\n", why);
		return 1;
	}
	if (online && resident_start(gate) != 0) {
		gate_close(gate);
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL)
		if (act(gate, line) != 0)
			break;
	if (online)
		resident_stop(gate);
	gate_close(gate);
	return 0;
}
