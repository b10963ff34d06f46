#include "gate/sync/client.h"

#include <stdlib.h>

struct client {
	const struct client_transport *transport;
	void *context;
};

int client_wrap(const struct client_transport *transport, void *context, struct client **ret_client)
{
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return CLIENT_MEMORY;
	client->transport = transport;
	client->context = context;
	*ret_client = client;
	return 0;
}

void client_close(struct client *client)
{
	if (client == NULL)
		return;
	client->transport->close(client->context);
	free(client);
}

int client_ask(struct client *client, const char *path, const char *body, size_t len,
    unsigned wait_seconds, struct client_answer *ret_answer)
{
	return client->transport->ask(client->context, path, body, len, wait_seconds, ret_answer);
}

void client_stop(struct client *client)
{
	client->transport->stop(client->context);
}

void client_answer_free(struct client_answer *answer)
{
	free(answer->body);
	*answer = (struct client_answer){0};
}

const char *client_strerror(int error)
{
	switch (error) {
	case CLIENT_MEMORY:
		return "out of memory";
	case CLIENT_URL:
		return "the registrar's address must look like https://HOST:PORT";
	case CLIENT_UNREACHABLE:
		return "the registrar can't be reached: check its address and the network";
	case CLIENT_PIN:
		return "another server answered: its key is not the pinned one; compare the pin "
		       "that "
		       "`registrar gate code` printed";
	case CLIENT_TLS:
		return "no TLS 1.3 connection: check that the address is the registrar's device "
		       "port";
	case CLIENT_LOST:
		return "the connection broke; it will be tried again";
	case CLIENT_TOO_LONG:
		return "the answer is larger than any list can be";
	case CLIENT_STOPPED:
		return "stopped";
	case CLIENT_KEY:
		return "keys/tls.pem can't be used: enrol this gate again in a new folder";
	default:
		return "unknown error";
	}
}
