/* The subcommand desk: one process for a whole shift. */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gate/commands/cli.h"
#include "gate/desk/command.h"
#include "gate/desk/desk.h"
#include "gate/peer/peer_serve.h"
#include "gate/sync/resident.h"
#include "gate/sync/sync.h"
#include "web/asset.h"

extern const struct asset_set desk_assets;

enum { KEY_LISTEN = 0x100, KEY_LAN, KEY_CONFERENCE, KEY_LOCK_AFTER };

enum { LOCK_MINUTES_MAX = 240, CONNECTIONS = 128 };

struct input {
	const char *listen, *lan, *conference;
	const struct desk_test *test;
	struct peer_serve_options peers;
	unsigned lock_minutes;
	bool verbose;
};

static const struct argp_option options[] = {
    {"listen", KEY_LISTEN, "ADDRESS:PORT", 0,
	"for the browser on this machine; 127.0.0.1:8090 by default, and only a loopback address",
	0},
    {"lan", KEY_LAN, "ADDRESS:PORT", 0, "for paired tablets and phones, over TLS", 0},
    PEER_SERVE_OPTIONS,
    {"conference", KEY_CONFERENCE, "SLUG", 0, "the one that is chosen first", 0},
    {"lock-after", KEY_LOCK_AFTER, "MINUTES", 0,
	"without an act until a screen locks itself; 15 by default", 0},
    {"verbose", 'v', NULL, 0, "log each request too: method, route, status, time", 0},
    {0},
};

static int parse_minutes(struct argp_state *state, const char *value, unsigned *ret_minutes)
{
	char *end = NULL;
	unsigned long minutes = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end != '\0' || minutes < 1 ||
	    minutes > LOCK_MINUTES_MAX)
		return cli_misuse(
		    state, "--lock-after %s: give minutes, from 1 to %d", value, LOCK_MINUTES_MAX);
	*ret_minutes = (unsigned)minutes;
	return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct input *input = state->input;

	switch (key) {
	case KEY_LISTEN:
		input->listen = value;
		return 0;
	case KEY_LAN:
		input->lan = value;
		return 0;
	case KEY_CONFERENCE:
		input->conference = value;
		return 0;
	case KEY_LOCK_AFTER:
		return parse_minutes(state, value, &input->lock_minutes);
	case 'v':
		input->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is not an option", value);
	default:
		return peer_serve_parse(key, value, &input->peers);
	}
}

static const struct argp argp = {options, parse, NULL,
    "Serves the desk's pages to the browser on this machine, and to paired devices on the local "
    "network; syncs meanwhile.\v"
    "It goes on until it is stopped (SIGTERM). Other gate commands on the same folder run inside "
    "it.",
    NULL, NULL, NULL};

/* Everything that runs, in the order of its end. */
struct serving {
	struct command *command;
	const struct input *input;
	struct gate *gate;
	struct desk *desk;
	struct desk_side here_side, lan_side;
	struct http_program program;
	struct http_server *here, *lan;
	struct peer_server *peers;
	struct tls_pair tls;
	char lan_url[100];
	uint8_t csrf_key[TOKEN_BYTES];
};

static int refuse(struct serving *serving, const char *what, const char *value, const char *why)
{
	fprintf(serving->command->err, "gate desk: %s%s%s: %s\n", what, value[0] != '\0' ? " " : "",
	    value, why);
	return COMMAND_REFUSED;
}

/* ---- the log ---- */

static bool log_requests;

static void log_line(void *context, enum http_log kind, const char *line)
{
	(void)context;
	if (kind != HTTP_LOG_ACCESS || log_requests)
		http_log_print(kind, line);
}

/* ---- the certificate towards the local network ---- */

/* The host of ADDRESS:PORT, without brackets. */
static int host_of(const char *listen, char *ret_host, size_t size)
{
	const char *end = strrchr(listen, ':');
	size_t len;

	if (end == NULL || end == listen)
		return -1;
	if (listen[0] == '[' && end[-1] == ']') {
		listen++;
		end--;
	}
	len = (size_t)(end - listen);
	if (len == 0 || len >= size)
		return -1;
	memcpy(ret_host, listen, len);
	ret_host[len] = '\0';
	return 0;
}

/* Made once for an address: a device that knows it goes on knowing it. */
static int make_certificate(
    struct serving *serving, const char *host, const char *cert, const char *key)
{
	const char *const names[] = {host, NULL};
	int r = tls_make(serving->gate->identity.device, names, &serving->tls);

	/* Half a pair is left where a start was cut off in between. */
	(void)unlink(cert);
	(void)unlink(key);
	return r == 0 ? tls_save(&serving->tls, cert, key) : r;
}

static int load_certificate(struct serving *serving, const char *host)
{
	char name[128], *cert, *key;
	int r;

	snprintf(name, sizeof(name), "keys/desk-%s.crt", host);
	cert = gate_path(serving->gate, name);
	snprintf(name, sizeof(name), "keys/desk-%s.key", host);
	key = gate_path(serving->gate, name);
	if (cert == NULL || key == NULL)
		r = TLS_NOMEM;
	else if (access(cert, F_OK) != 0 || access(key, F_OK) != 0)
		r = make_certificate(serving, host, cert, key);
	else
		r = tls_load(cert, key, &serving->tls);
	/* The folder's rule: nothing in keys/ is for others. */
	if (r == 0 && chmod(cert, 0600) != 0)
		r = TLS_FILE;
	free(cert);
	free(key);
	return r == 0 ? tls_fingerprint(serving->tls.cert, serving->desk->fingerprint) : r;
}

/* ---- listening ---- */

static bool is_loopback(const char *listen)
{
	return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]:", 6) == 0;
}

static struct http_options options_of(struct serving *serving, struct desk_side *side)
{
	return (struct http_options){.connections = CONNECTIONS,
	    .routes = {desk_routes, desk_n_routes, NULL},
	    .program = &serving->program,
	    .context = side,
	    .cookie_prefix = "gate-",
	    .defences = &serving->input->test->http,
	    .csrf_key = serving->csrf_key};
}

static int start_here(struct serving *serving)
{
	struct http_options here = options_of(serving, &serving->here_side);
	const char *listen = serving->input->listen;
	int r;

	here.listen = listen;
	if (!is_loopback(listen))
		return refuse(serving, "--listen", listen,
		    "names and PINs would cross the network in the clear. Give an address of this "
		    "machine alone, like 127.0.0.1:8090; for tablets and phones there is --lan.");
	r = http_start(&here, &serving->here);
	return r == 0 ? COMMAND_OK : refuse(serving, "--listen", listen, http_error_text(r));
}

static int start_lan(struct serving *serving)
{
	struct http_options lan = options_of(serving, &serving->lan_side);
	const char *listen = serving->input->lan;
	char host[64];
	int r;

	if (host_of(listen, host, sizeof(host)) != 0 || strcmp(host, "0.0.0.0") == 0 ||
	    strcmp(host, "::") == 0)
		return refuse(serving, "--lan", listen,
		    "name the address that devices reach, like 192.0.2.10:8443.");
	r = load_certificate(serving, host);
	if (r != 0)
		return refuse(serving, "--lan", listen, tls_error_text(r));
	lan.listen = listen;
	lan.cert = serving->tls.cert;
	lan.key = serving->tls.key;
	r = http_start(&lan, &serving->lan);
	if (r != 0)
		return refuse(serving, "--lan", listen, http_error_text(r));
	snprintf(serving->lan_url, sizeof(serving->lan_url), "%s", http_url(serving->lan));
	serving->desk->lan_url = serving->lan_url;
	return COMMAND_OK;
}

/* ---- until the end ---- */

static sem_t ended;

static void on_signal(int number)
{
	int saved = errno;

	(void)number;
	sem_post(&ended);
	errno = saved;
}

static bool wait_second(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	return sem_timedwait(&ended, &until) != 0;
}

static void say_ready(struct serving *serving)
{
	fprintf(serving->command->out, "desk %s\n", http_url(serving->here));
	if (serving->lan != NULL)
		fprintf(serving->command->out, "lan %s\nfingerprint %s\n", serving->lan_url,
		    serving->desk->fingerprint);
	fflush(serving->command->out);
	fprintf(serving->command->err, "gate desk: running; SIGTERM ends it.\n");
}

static int serve(struct serving *serving)
{
	struct sigaction action = {.sa_handler = on_signal}, old_term, old_int;

	if (sem_init(&ended, 0, 0) != 0)
		return COMMAND_REFUSED;
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, &old_term);
	sigaction(SIGINT, &action, &old_int);
	say_ready(serving);
	while (wait_second())
		session_sweep(serving->desk);
	sigaction(SIGTERM, &old_term, NULL);
	sigaction(SIGINT, &old_int, NULL);
	sem_destroy(&ended);
	return COMMAND_OK;
}

static void stop(struct serving *serving)
{
	if (serving->here != NULL)
		http_quiesce(serving->here);
	if (serving->lan != NULL)
		http_quiesce(serving->lan);
	gong_ring(&serving->gate->gong);
	http_stop(serving->here);
	http_stop(serving->lan);
	peer_serve_stop(serving->peers);
	resident_stop(serving->gate);
	desk_close(serving->desk);
	tls_pair_free(&serving->tls);
}

static uint64_t or_own(uint64_t test, uint64_t own)
{
	return test != 0 ? test : own;
}

static int start(struct serving *serving)
{
	const struct desk_test *test = serving->input->test;
	const struct desk_options desk_options = {
	    .lock_ms = or_own(test->lock_ms, (uint64_t)serving->input->lock_minutes * 60000),
	    .shift_ms = or_own(test->shift_ms, (uint64_t)DESK_SHIFT_SECONDS * 1000),
	    .link_ms = or_own(test->link_ms, (uint64_t)DESK_LINK_SECONDS * 1000),
	    .conference = serving->input->conference,
	    .test = *test};
	int r;

	if (asset_add(&desk_assets) != 0 ||
	    desk_open(serving->gate, &desk_options, &serving->desk) != 0)
		return refuse(serving, "start", "", "there is no memory left.");
	serving->here_side = (struct desk_side){serving->desk, false};
	serving->lan_side = (struct desk_side){serving->desk, true};
	serving->program = desk_program;
	serving->program.log = log_line;
	randombytes_buf(serving->csrf_key, sizeof(serving->csrf_key));
	r = start_here(serving);
	if (r == COMMAND_OK && serving->input->lan != NULL)
		r = start_lan(serving);
	if (r != COMMAND_OK)
		return r;
	if (!peer_serve_begin(
		serving->command, serving->gate, &serving->input->peers, &serving->peers))
		return COMMAND_REFUSED;
	r = resident_start(serving->gate);
	return r == 0 ? COMMAND_OK : refuse(serving, "sync", "", sync_strerror(r));
}

static int work(struct command *command, struct gate *gate, void *input)
{
	struct serving serving = {.command = command, .input = input, .gate = gate};
	int r;

	if (command->owner != NULL) {
		fprintf(command->err, "gate desk: another gate command has this folder open; end "
				      "it first.\n");
		return COMMAND_REFUSED;
	}
	log_requests = serving.input->verbose;
	gate->options.undo_ms = serving.input->test->undo_ms;
	gate->options.through_stop = serving.input->test->through_stop;
	r = start(&serving);
	if (r == COMMAND_OK)
		r = serve(&serving);
	stop(&serving);
	return r;
}

int desk_command(struct command *command)
{
	static const struct desk_test none;

	return desk_command_as(command, &none);
}

int desk_command_as(struct command *command, const struct desk_test *test)
{
	struct input input = {
	    .listen = "127.0.0.1:8090", .lock_minutes = DESK_LOCK_MINUTES, .test = test};
	int parsed = cli_parse(command, &argp, &input);

	return parsed != 0 ? cli_exit(parsed) : cli_with_gate(command, work, &input);
}
