/*
 * The device port with its defence off, as a control: certificates are not looked up. It shows that
 * the refusals the other tests see come from that look-up and from nothing else.
 *
 * Usage: open_port DIR ADDRESS:PORT   prints "ready" and serves until its standard input ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sodium.h>

#include "registrar/device/handlers.h"
#include "registrar/registrar.h"
#include "web/http.h"

int main(int argc, char **argv)
{
	struct registrar *registrar = NULL;
	struct device *device = NULL;
	struct http_server *server = NULL;
	struct tls_pair pair = {0};
	struct refusal why = {0};
	const char *news = NULL;
	char cert[512], key[512], end;

	if (argc != 3 || sodium_init() < 0)
		return 2;
	(void)snprintf(cert, sizeof(cert), "%s/tls/device.crt", argv[1]);
	(void)snprintf(key, sizeof(key), "%s/tls/device.key", argv[1]);
	if (registrar_open(argv[1], &registrar, &news, &why) != 0 ||
	    tls_load(cert, key, &pair) != 0 || device_open(registrar, &device) != 0) {
		fprintf(stderr, "open_port: %s\n", why.words);
		return 1;
	}
	device->any_certificate = true;
	const struct http_options options = {.listen = argv[2],
	    .cert = pair.cert,
	    .key = pair.key,
	    .tls13_only = true,
	    .ask_client_certificate = true,
	    .routes = {registrar_device_routes, registrar_n_device_routes, NULL},
	    .program = &device_program,
	    .context = device};
	if (http_start(&options, &server) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	while (read(0, &end, 1) > 0)
		;
	http_quiesce(server);
	http_stop(server);
	device_close(device);
	tls_pair_free(&pair);
	registrar_close(registrar);
	return 0;
}
