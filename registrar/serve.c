#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "registrar/api/api.h"
#include "registrar/api/meter.h"
#include "registrar/doors/bundles.h"
#include "registrar/commands/cli.h"
#include "registrar/device/device.h"
#include "registrar/commands/folder_commands.h"
#include "registrar/journal/journal.h"
#include "registrar/serve_log.h"
#include "registrar/mail/mail.h"
#include "registrar/press/allocation_run.h"
#include "registrar/records/later.h"
#include "registrar/records/purge.h"
#include "registrar/registrar.h"
#include "registrar/staff/authority.h"
#include "registrar/web/site.h"
#include "registrar/webhook/webhook.h"
#include "web/control.h"
#include "web/http.h"

struct input {
	const char *listen, *device_listen;
	char *cert, *key;
	bool verbose;
};

struct serving {
	struct command *command;
	struct input input;
	struct registrar *registrar;
	struct site *site;
	struct device *device;
	struct mail *mail;
	struct purge_daily *daily;
	struct courier *courier;
	struct control *control;
	struct http_program site_program, device_program;
	struct http_server *pages, *gates;
	struct tls_pair device_tls, page_tls;
};

enum { KEY_LISTEN = 0x100, KEY_DEVICE, KEY_CERT, KEY_TLS_KEY };

static const struct argp_option options[] = {
    {"listen", KEY_LISTEN, "ADDRESS:PORT", 0, "For browsers; 127.0.0.1:8080 by default", 0},
    {"device-listen", KEY_DEVICE, "ADDRESS:PORT", 0, "For gates; 127.0.0.1:8490 by default", 0},
    {"tls-cert", KEY_CERT, "FILE", 0, "Certificate (PEM) for browsers", 0},
    {"tls-key", KEY_TLS_KEY, "FILE", 0, "Its key, mode 0600", 0},
    {"verbose", 'v', NULL, 0, "Log each request too: method, route, status, time", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	switch (key) {
	case KEY_LISTEN:
		input->listen = argument;
		return 0;
	case KEY_DEVICE:
		input->device_listen = argument;
		return 0;
	case KEY_CERT:
		input->cert = argument;
		return 0;
	case KEY_TLS_KEY:
		input->key = argument;
		return 0;
	case 'v':
		input->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is no option", argument);
	case ARGP_KEY_END:
		return !input->cert != !input->key
			   ? cli_misuse(state, "--tls-cert and --tls-key go together")
			   : 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void answered_page(void *context, const struct http_answered *answered)
{
	(void)context;
	meter_count(answered, false);
	serve_log_answered("pages", answered);
}

static void answered_gate(void *context, const struct http_answered *answered)
{
	(void)context;
	meter_count(answered, true);
	serve_log_answered("gates", answered);
}

static bool is_loopback(const char *listen)
{
	return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]:", 6) == 0;
}

static int start_pages(struct serving *serving)
{
	const struct settings *settings = &serving->registrar->settings;
	const struct http_options options_pages = {.listen = serving->input.listen,
	    .cert = serving->page_tls.cert,
	    .key = serving->page_tls.key,
	    .hosts = settings->hosts,
	    .proxy = settings->proxy,
	    .routes = {registrar_routes, registrar_n_routes, &api_routes},
	    .program = &serving->site_program,
	    .context = serving->site};

	if (!serving->input.cert && !settings->proxy && !is_loopback(serving->input.listen))
		return cli_refused(serving->command,
		    "listen: %s would send passes and passwords in the clear. Give --tls-cert and "
		    "--tls-key, or listen on 127.0.0.1 behind a proxy that ends the TLS ([web] "
		    "proxy = "
		    "yes).",
		    serving->input.listen);
	int bad = http_start(&options_pages, &serving->pages);
	return bad ? cli_refused(serving->command, "listen: %s: %s", serving->input.listen,
			 http_error_text(bad))
		   : COMMAND_OK;
}

static int start_gates(struct serving *serving)
{
	const struct http_options options_gates = {.listen = serving->input.device_listen,
	    .cert = serving->device_tls.cert,
	    .key = serving->device_tls.key,
	    .tls13_only = true,
	    .ask_client_certificate = true,
	    .hosts = serving->registrar->settings.hosts,
	    .connections = HTTP_CONNECTIONS_DEVICES,
	    .per_address = HTTP_PER_ADDRESS_DEVICES,
	    .routes = {registrar_device_routes, registrar_n_device_routes, NULL},
	    .program = &serving->device_program,
	    .context = serving->device};
	int bad = http_start(&options_gates, &serving->gates);

	return bad ? cli_refused(serving->command, "device-listen: %s: %s",
			 serving->input.device_listen, http_error_text(bad))
		   : COMMAND_OK;
}

/* Where links in pages and mail lead, when the settings do not say it: the address asked for, or,
 * once it is known, the one that port 0 became. */
static int set_url(struct serving *serving)
{
	struct registrar *registrar = serving->registrar;
	const char *listen = serving->input.listen;
	char url[300];

	if (*registrar->settings.url)
		return COMMAND_OK;
	snprintf(url, sizeof url, "http%s://%s", serving->input.cert ? "s" : "", listen);
	return registrar_set_url(registrar, serving->pages ? http_url(serving->pages) : url)
		   ? cli_refused(serving->command, "no memory")
		   : COMMAND_OK;
}

static bool is_any_port(const char *listen)
{
	const char *port = strrchr(listen, ':');

	return port && strcmp(port, ":0") == 0;
}

static int open_folder(struct serving *serving, const char *dir)
{
	const char *news = NULL;
	struct refusal why = {0};
	int result = registrar_open(dir, &serving->registrar, &news, &why);

	if (result == STORE_LOCKED)
		return cli_refused(serving->command,
		    "%s is in use: another `registrar serve` or a command runs on it. Stop that "
		    "one "
		    "first.",
		    dir);
	if (result)
		return cli_refused(serving->command, "%s%s%s", why.field, *why.field ? ": " : "",
		    *why.words ? why.words : model_words(result));
	serve_log_begin(serving->registrar->settings.log_json, serving->input.verbose);
	if (news)
		serve_log_say("registrar: %s", news);
	result = journal_boot(serving->registrar);
	if (!result)
		result = bundles_renew(serving->registrar, registrar_now());
	if (!result)
		result = site_open(serving->registrar, &serving->site, &why);
	if (!result)
		result = device_open(serving->registrar, &serving->device);
	return cli_result(serving->command, result, &why);
}

static int load_pair(
    struct serving *serving, const char *cert, const char *key, struct tls_pair *ret)
{
	int bad = cert && key ? tls_load(cert, key, ret) : TLS_NOMEM;

	return bad ? cli_refused(
			 serving->command, "%s: %s", cert ? cert : "tls", tls_error_text(bad))
		   : COMMAND_OK;
}

static int load_tls(struct serving *serving)
{
	char *cert = registrar_path(serving->registrar, "tls/device.crt");
	char *key = registrar_path(serving->registrar, "tls/device.key");
	int status = load_pair(serving, cert, key, &serving->device_tls);

	free(cert);
	free(key);
	if (status || !serving->input.cert)
		return status;
	cert = command_path(serving->command, serving->input.cert);
	key = command_path(serving->command, serving->input.key);
	status = load_pair(serving, cert, key, &serving->page_tls);
	free(cert);
	free(key);
	return status;
}

static int start(struct serving *serving, const char *dir)
{
	int status = open_folder(serving, dir);

	if (status)
		return status;
	serving->site_program = site_program;
	serving->device_program = device_program;
	serving->site_program.log = serving->device_program.log = serve_log_line;
	serving->site_program.answered = answered_page;
	serving->device_program.answered = answered_gate;
	status = load_tls(serving);
	if (!status)
		status = set_url(serving);
	if (!status)
		status = start_gates(serving);
	if (!status) {
		serving->registrar->device_port = http_port(serving->gates);
		status = start_pages(serving);
	}
	if (!status && is_any_port(serving->input.listen))
		status = set_url(serving);
	if (status)
		return status;
	if (mail_start(serving->registrar, &serving->mail))
		return cli_refused(serving->command,
		    "the mail thread can't start: %s. See [mail] in settings.ini.",
		    strerror(errno));
	serving->daily = purge_daily_start(serving->registrar);
	if (!serving->daily)
		return cli_refused(serving->command, "the thread of the daily purge can't start");
	if (courier_start(serving->registrar, &serving->courier))
		return cli_refused(serving->command, "the thread of the webhooks can't start: %s",
		    strerror(errno));
	int result = control_start(dir, command_any, serving->registrar, &serving->control);
	return result ? cli_refused(serving->command, "%s/control.sock: %s: %s", dir,
			    control_strerror(result), strerror(errno))
		      : COMMAND_OK;
}

/* Nobody is cut off: what runs is answered, what waits is woken. */
static void stop(struct serving *serving)
{
	bool idle = control_stop(serving->control);

	if (serving->pages)
		http_quiesce(serving->pages);
	if (serving->gates)
		http_quiesce(serving->gates);
	if (serving->registrar)
		registrar_changed(serving->registrar);
	http_stop(serving->pages);
	http_stop(serving->gates);
	mail_stop(serving->mail);
	purge_daily_stop(serving->daily);
	later_wait();
	courier_stop(serving->courier);
	if (!idle) {
		/* A command that another process asked for still uses the store. */
		serve_log_say("registrar serve: a command did not end in time; leaving it");
		_exit(COMMAND_OK);
	}
	device_close(serving->device);
	site_close(serving->site);
	registrar_close(serving->registrar);
	tls_pair_free(&serving->device_tls);
	tls_pair_free(&serving->page_tls);
}

/* Does what is to be done at a time, until somebody says to stop, or the store can't be trusted any
 * more: then it is not tried again, and looked at when it is opened the next time. */
static int wait_for_end(const struct serving *serving, const sigset_t *ends)
{
	const struct timespec second = {1, 0};
	int failed = 0; /* said once */
	int64_t dates = registrar_now();

	for (;;) {
		if (sigtimedwait(ends, NULL, &second) >= 0)
			return COMMAND_OK;
		int made = allocation_tick(serving->registrar, registrar_now());
		if (made && made != failed)
			serve_log_say("registrar serve: an allocation could not be made: %s",
			    model_words(made));
		failed = made;
		/* What it can't tell the gates now it tells them a second later. */
		(void)(authority_clock(serving->registrar, &dates, registrar_now()) == 0);
		int failure = store_failure(serving->registrar->store);
		if (failure)
			return cli_refused(serving->command, "%s (%s)", store_strerror(failure),
			    store_detail(serving->registrar->store));
	}
}

int command_serve(struct command *command)
{
	struct serving serving = {.command = command,
	    .input = {.listen = REGISTRAR_DEFAULT_LISTEN, .device_listen = "127.0.0.1:8490"}};
	sigset_t ends;
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "--data DIR",
		    "Answers browsers and gates until it is told to stop (SIGTERM).", NULL, NULL,
		    NULL},
		&serving.input, &status))
		return status;
	/* Before there are threads, so that none of them takes these. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	status = start(&serving, command->owner);
	if (!status) {
		fprintf(command->out, "pages %s\ngates https://%s\n", http_url(serving.pages),
		    strchr(http_url(serving.gates), '/') + 2);
		fflush(command->out);
		status = wait_for_end(&serving, &ends);
	}
	stop(&serving);
	return status;
}
