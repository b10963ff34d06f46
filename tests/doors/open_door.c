/*
 * A gate's door to other gates with its defence off, as a control: certificates are not looked up.
 *
 * Usage: open_door DIR ADDRESS:PORT   prints "ready" and serves until its standard input ends.
 */
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "gate/peer/peer_serve.h"

int main(int argc, char **argv)
{
	const struct gate_options options = {0};
	struct peer_serve_options serve = {.any_certificate = true};
	struct peer_server *server = NULL;
	struct gate *gate = NULL;
	char why[GATE_WHY_MAX], end;

	if (argc != 3 || sodium_init() < 0)
		return 2;
	serve.listen = argv[2];
	if (gate_open(argv[1], &options, &gate, why, sizeof(why)) != 0 ||
	    peer_serve_start(gate, &serve, &server, why, sizeof(why)) != 0) {
		fprintf(stderr, "open_door: %s\n", why);
		gate_close(gate);
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (read(0, &end, 1) > 0)
		;
	peer_serve_stop(server);
	gate_close(gate);
	return 0;
}
