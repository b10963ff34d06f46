#include "gate/peer/peer_serve.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gate/peer/peer.h"
#include "gate/peer/peer_answer.h"
#include "web/http.h"
#include "web/reply.h"
#include "web/request.h"
#include "web/tls.h"

enum {
	/* A connection for each gate of a large service, and some that are on their way out. */
	CONNECTIONS = 160,
	BODY_MAX = 64 << 10,
	ANSWER_MAX = 8 << 20,
	NAP_MS = 500,
};

struct peer_server {
	struct gate *gate;
	struct http_server *http;
	struct tls_pair pair;
	struct peer_cursor cursor;
	bool any_certificate;
	char name[BUNDLE_NAME_MAX + 1];
	const char *hosts[2];
	char address[PEER_ADDRESS_MAX + 1];
};

static int64_t mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int refuse(struct reply *rep, unsigned status, const char *token, const char *message)
{
	reply_status(rep, status);
	reply_type(rep, "application/json");
	buf_printf(reply_body(rep), "{\"error\":\"%s\",\"message\":\"%s\"}\n", token, message);
	return 0;
}

static void refusal(struct request *req, struct reply *rep, unsigned status, const char *why)
{
	(void)req;
	(void)why;
	(void)refuse(rep, status, "refused", "This can't be answered.");
}

/* Whether an active gate asks. Looked up at each request: keys change while a connection stands. */
static bool is_gate(struct request *req)
{
	struct peer_server *server = request_context(req);
	struct gate *gate = server->gate;
	const struct keyset_device *device;
	uint8_t spki[TLS_PIN_BYTES];
	bool known;

	if (server->any_certificate)
		return true;
	if (request_client_spki(req, spki) != 0)
		return false;
	gate_lock(gate);
	device = gate->keys == NULL ? NULL : keyset_by_pin(gate->keys, spki);
	known = device != NULL && strcmp(device->name, gate->identity.device) != 0;
	gate_unlock(gate);
	return known;
}

static uint64_t journal_size(struct gate *gate, uint64_t *ret_epoch)
{
	uint64_t size;

	gate_lock(gate);
	size = gate->journal.log.tree.size;
	*ret_epoch = gate->journal.epoch;
	gate_unlock(gate);
	return size;
}

/* Until the journal has grown since, or the time is up. */
static void await_entry(
    struct request *req, struct gate *gate, uint64_t epoch, uint64_t size, int64_t end)
{
	uint64_t epoch_now, count;

	while (!request_stopping(req) && mono_ms() < end) {
		int64_t left = end - mono_ms();

		count = gong_count(&gate->gong);
		if (journal_size(gate, &epoch_now) != size || epoch_now != epoch)
			return;
		(void)gong_wait(&gate->gong, count, left < NAP_MS ? (unsigned)left : NAP_MS);
	}
}

static int answer(struct request *req, struct peer_server *server,
    const struct peer_question *question, unsigned wait, char **ret_json)
{
	int64_t end = mono_ms() + (int64_t)wait * 1000;
	uint64_t size, epoch;
	int r;

	for (;;) {
		bool last = mono_ms() >= end || request_stopping(req);

		size = journal_size(server->gate, &epoch);
		r = peer_answer(server->gate, &server->cursor, question, !last, ret_json);
		if (r != 0 || *ret_json != NULL)
			return r;
		await_entry(req, server->gate, epoch, size, end);
		/* The list that revokes who asks may have come meanwhile. */
		if (!is_gate(req))
			return STORE_DENIED;
	}
}

static int handle_doors(struct request *req, struct reply *rep)
{
	struct peer_server *server = request_context(req);
	struct peer_question *question = NULL;
	char *json = NULL;
	unsigned wait = 0;
	size_t len;
	const void *body = request_body(req, &len);
	int r;

	if (!is_gate(req))
		return refuse(rep, 403, "unknown", "This is no gate of this site.");
	r = peer_question_read(body, len, &question, &wait);
	if (r == 0)
		r = answer(req, server, question, wait, &json);
	if (r == 0) {
		reply_type(rep, "application/json");
		reply_body(rep)->limit = ANSWER_MAX;
		buf_puts(reply_body(rep), json);
	} else if (r == STORE_MISUSE) {
		(void)refuse(rep, 400, "request", "This is no question for a journal.");
	} else if (r == STORE_DENIED) {
		(void)refuse(rep, 403, "revoked", "This gate has been revoked.");
	} else {
		(void)refuse(rep, 503, "store", "This gate can't read its journal now.");
	}
	free(json);
	peer_question_free(question);
	return 0;
}

static const struct route routes[] = {
    {"POST", "/peer/v1/doors", 0, ROUTE_PERSONAL | ROUTE_NO_CSRF | ROUTE_RAW | ROUTE_LONG, NULL, 0,
	NULL, 0, BODY_MAX, handle_doors},
};

static const struct http_program program = {.refusal = refusal};

/* The address of this machine on the way to the registrar: what other gates are told when it
 * listens on all. Nothing is sent. */
static bool own_address(const char *url, char *ret_host, size_t size)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found = NULL;
	struct sockaddr_storage own;
	socklen_t len = sizeof(own);
	char host[GATE_URL_MAX + 1], *port;
	bool is = false;
	int line = -1;

	if (strncmp(url, "https://", 8) != 0)
		return false;
	(void)snprintf(host, sizeof(host), "%s", url + 8);
	port = strrchr(host, ':');
	if (port == NULL)
		return false;
	*port++ = '\0';
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		memmove(host, host + 1, strlen(host));
		host[strlen(host) - 1] = '\0';
	}
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return false;
	line = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (line >= 0 && connect(line, found->ai_addr, found->ai_addrlen) == 0 &&
	    getsockname(line, (struct sockaddr *)&own, &len) == 0)
		is = getnameinfo((struct sockaddr *)&own, len, ret_host, (socklen_t)size, NULL, 0,
			 NI_NUMERICHOST) == 0;
	if (line >= 0)
		close(line);
	freeaddrinfo(found);
	return is;
}

/* What other gates are told: as given, or the address listened on, or that of this machine. */
static void find_address(
    struct peer_server *server, const struct peer_serve_options *options, const char *url)
{
	const char *colon = strrchr(options->listen, ':');
	size_t len = (size_t)(colon - options->listen);
	unsigned port = http_port(server->http);
	char host[64];

	if (options->address != NULL) {
		(void)snprintf(server->address, sizeof(server->address), "%s", options->address);
		return;
	}
	if ((len == 7 && strncmp(options->listen, "0.0.0.0", 7) == 0) ||
	    (len == 4 && strncmp(options->listen, "[::]", 4) == 0)) {
		if (own_address(url, host, sizeof(host)))
			(void)snprintf(server->address, sizeof(server->address),
			    strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
		return;
	}
	(void)snprintf(
	    server->address, sizeof(server->address), "%.*s:%u", (int)len, options->listen, port);
}

static int listen_there(
    struct peer_server *server, const struct peer_serve_options *options, char *why, size_t size)
{
	char *path = gate_path(server->gate, "keys/tls.pem");
	int r = path == NULL ? TLS_NOMEM : tls_load(path, path, &server->pair);

	free(path);
	if (r != 0) {
		(void)snprintf(why, size, "%s", tls_error_text(r));
		return -1;
	}
	const struct http_options http = {.listen = options->listen,
	    .cert = server->pair.cert,
	    .key = server->pair.key,
	    .tls13_only = true,
	    .ask_client_certificate = true,
	    .hosts = server->hosts,
	    .connections = CONNECTIONS,
	    .per_address = CONNECTIONS,
	    .routes = {routes, sizeof(routes) / sizeof(routes[0]), NULL},
	    .program = &program,
	    .context = server};

	r = http_start(&http, &server->http);
	if (r != 0)
		(void)snprintf(why, size, "%s", http_error_text(r));
	return r == 0 ? 0 : -1;
}

static bool options_hold(const struct peer_serve_options *options, char *why, size_t size)
{
	if (strrchr(options->listen, ':') == NULL) {
		(void)snprintf(why, size, "%s", http_error_text(HTTP_ADDRESS));
		return false;
	}
	if (options->address != NULL && !peer_address_is_good(options->address)) {
		(void)snprintf(why, size, "\"%s\" is not HOST:PORT.", options->address);
		return false;
	}
	return true;
}

int peer_serve_start(struct gate *gate, const struct peer_serve_options *options,
    struct peer_server **ret_server, char *why, size_t why_size)
{
	struct peer_server *server;
	char url[GATE_URL_MAX + 1];

	if (!options_hold(options, why, why_size))
		return -1;
	server = calloc(1, sizeof(*server));
	if (server == NULL || pthread_mutex_init(&server->cursor.mutex, NULL) != 0) {
		free(server);
		(void)snprintf(why, why_size, "There is no memory left.");
		return -1;
	}
	server->gate = gate;
	server->any_certificate = options->any_certificate;
	gate_lock(gate);
	memcpy(server->name, gate->identity.device, sizeof(server->name));
	memcpy(url, gate->identity.url, sizeof(url));
	gate_unlock(gate);
	server->hosts[0] = server->name;
	if (listen_there(server, options, why, why_size) != 0) {
		peer_serve_stop(server);
		return -1;
	}
	find_address(server, options, url);
	gate_lock(gate);
	memcpy(gate->peer_address, server->address, sizeof(gate->peer_address));
	gate_unlock(gate);
	*ret_server = server;
	return 0;
}

void peer_serve_stop(struct peer_server *server)
{
	if (server == NULL)
		return;
	if (server->http != NULL) {
		http_quiesce(server->http);
		gong_ring(&server->gate->gong);
		http_stop(server->http);
	}
	tls_pair_free(&server->pair);
	pthread_mutex_destroy(&server->cursor.mutex);
	free(server);
}

const char *peer_serve_address(const struct peer_server *server)
{
	return server->address;
}

error_t peer_serve_parse(int key, char *value, struct peer_serve_options *options)
{
	if (key == PEER_SERVE_LISTEN)
		options->listen = value;
	else if (key == PEER_SERVE_ADDRESS)
		options->address = value;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

bool peer_serve_begin(struct command *command, struct gate *gate,
    const struct peer_serve_options *options, struct peer_server **ret_server)
{
	char why[GATE_WHY_MAX];

	if (options->listen == NULL)
		return true;
	if (peer_serve_start(gate, options, ret_server, why, sizeof(why)) != 0) {
		fprintf(command->err, "gate %s: --peer-listen: %s\n", command->argv[0], why);
		return false;
	}
	fprintf(command->err, "gate %s: other gates are answered at %s.\n", command->argv[0],
	    (*ret_server)->address[0] == '\0' ? options->listen : (*ret_server)->address);
	return true;
}
