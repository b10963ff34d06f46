/*
 * A world for scripts that drive the real program.
 *
 *	world make DIR COUNT			a gate in DIR (which exists) with COUNT persons
 *	world details-key			public and secret half of the key for details
 *	world code N				the typed code of person N
 *	world pass N [key=value ...]		a pass text: conference, class, nbf, exp (seconds
 *from now), flags, key (0 here, 1 there, 2 stranger, 3 forged), named world set DIR WHAT [values
 *...]		revoke N REASON | person N CLASS STATUS | drop N restrict SCOPE N | unrestrict |
 *presence N INSIDE ENTRIES capacity N | classes MASK | preregistration 0/1 | reentry 0/1 | idcheck
 *0..2 SHARE | checked AGE | newest SECONDS-FROM-NOW
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "tests/gate/world.h"

static int64_t number(const char *text)
{
	return strtoll(text, NULL, 0);
}

static int print_pass(int argc, char **argv)
{
	int64_t now = (int64_t)time(NULL);
	struct world_pass pass = world_usual((unsigned)number(argv[0]), now);
	char text[PASS_TEXT_MAX + 1];

	for (int i = 1; i < argc; i++) {
		char *equals = strchr(argv[i], '=');
		int64_t value;

		if (equals == NULL)
			return 2;
		value = number(equals + 1);
		*equals = '\0';
		if (strcmp(argv[i], "conference") == 0)
			pass.conference = (uint32_t)value;
		else if (strcmp(argv[i], "class") == 0)
			pass.pass_class = (uint8_t)value;
		else if (strcmp(argv[i], "nbf") == 0)
			pass.nbf = now + value;
		else if (strcmp(argv[i], "exp") == 0)
			pass.exp = now + value;
		else if (strcmp(argv[i], "flags") == 0)
			pass.flags = (uint16_t)value;
		else if (strcmp(argv[i], "key") == 0)
			pass.key = (enum world_key)value;
		else if (strcmp(argv[i], "named") == 0)
			pass.named = value != 0;
		else
			return 2;
	}
	world_text(&pass, text);
	printf("%s\n", text);
	return 0;
}

static void print_details_key(void)
{
	uint8_t public[32], secret[32];
	char hex[2][65];

	world_details_key(public, secret);
	bytes_hex(public, sizeof(public), hex[0]);
	bytes_hex(secret, sizeof(secret), hex[1]);
	printf("%s %s\n", hex[0], hex[1]);
}

static int newest_body(struct store_tx *tx, void *context)
{
	return gate_meta_set(tx, "newest_time_ms", store_i64(*(const int64_t *)context));
}

static int set_conference(struct gate *gate, int64_t now, int argc, char **argv)
{
	struct world_conference here = world_conference(now);
	int64_t value = number(argv[1]);

	if (strcmp(argv[0], "capacity") == 0)
		here.capacity = (uint32_t)value;
	else if (strcmp(argv[0], "classes") == 0)
		here.classes = (uint32_t)value;
	else if (strcmp(argv[0], "preregistration") == 0)
		here.registration_required = value != 0;
	else if (strcmp(argv[0], "reentry") == 0)
		here.reentry = value != 0;
	else if (strcmp(argv[0], "idcheck") == 0)
		here.id_check = (int)value;
	else if (strcmp(argv[0], "checked") == 0)
		here.checked = now - value;
	else
		return 2;
	if (argc > 2)
		here.id_share = (int)number(argv[2]);
	if (strcmp(argv[0], "checked") == 0)
		world_revoked_state(gate, now - value, now + 7 * 86400);
	world_put_conference(gate, &here);
	return 0;
}

static int set(struct gate *gate, int64_t now, int argc, char **argv)
{
	unsigned n = argc > 1 ? (unsigned)number(argv[1]) : 0;

	if (strcmp(argv[0], "revoke") == 0 && argc == 3)
		world_revoke(gate, n, (uint8_t)number(argv[2]));
	else if (strcmp(argv[0], "person") == 0 && argc == 4)
		world_put_person(
		    gate, WORLD_HERE, n, (uint8_t)number(argv[2]), (uint8_t)number(argv[3]));
	else if (strcmp(argv[0], "drop") == 0)
		world_drop_person(gate, WORLD_HERE, n);
	else if (strcmp(argv[0], "restrict") == 0 && argc == 3)
		world_restrict(gate, (int)n, n == 1 ? 0 : WORLD_HERE, (unsigned)number(argv[2]),
		    CLASS_REPORTER, now - 60, 0);
	else if (strcmp(argv[0], "unrestrict") == 0)
		world_unrestrict(gate);
	else if (strcmp(argv[0], "presence") == 0 && argc == 4)
		world_presence(gate, n, number(argv[2]) != 0, number(argv[3]), (now - 600) * 1000);
	else if (strcmp(argv[0], "newest") == 0 && argc == 2) {
		int64_t newest = (now + number(argv[1])) * 1000;

		return store_write(gate->store, newest_body, &newest) == 0 ? 0 : 1;
	} else
		return argc > 1 ? set_conference(gate, now, argc, argv) : 2;
	return 0;
}

int main(int argc, char **argv)
{
	const struct gate_options options = {0};
	struct gate *gate = NULL;
	int64_t now = (int64_t)time(NULL);
	char code[10];
	int r = 2;

	if (sodium_init() < 0 || argc < 2 || (argc < 3 && strcmp(argv[1], "details-key") != 0))
		return 2;
	if (strcmp(argv[1], "make") == 0 && argc == 4) {
		gate = world_make(argv[2], (unsigned)number(argv[3]), now, &options);
		r = 0;
	} else if (strcmp(argv[1], "code") == 0) {
		world_code((unsigned)number(argv[2]), code);
		printf("%s\n", code);
		r = 0;
	} else if (strcmp(argv[1], "details-key") == 0) {
		print_details_key();
		r = 0;
	} else if (strcmp(argv[1], "pass") == 0) {
		r = print_pass(argc - 2, argv + 2);
	} else if (strcmp(argv[1], "set") == 0 && argc > 3) {
		gate = world_open(argv[2], &options);
		r = set(gate, now, argc - 3, argv + 3);
	}
	gate_close(gate);
	return r;
}
