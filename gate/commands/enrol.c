#include "gate/commands/enrol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <sodium.h>

#include "badges/bytes.h"
#include "badges/fingerprint.h"
#include "badges/text.h"
#include "gate/commands/cli.h"
#include "gate/sync/client.h"
#include "web/tls.h"

struct input {
	const char *url, *code, *pin;
};

static const struct argp_option options[] = {
    {"url", 'u', "URL", 0, "The registrar's device port: https://HOST:PORT", 0},
    {"code", 'c', "CODE", 0, "The one-time code of `registrar gate code NAME`", 0},
    {"pin", 'p', "PIN", 0, "The pin printed with the code: sha256//...", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;
	uint8_t pin[TLS_PIN_BYTES];

	switch (key) {
	case 'u':
		if (strlen(arg) > GATE_URL_MAX || strncmp(arg, "https://", 8) != 0)
			return cli_misuse(state, "--url must look like https://HOST:PORT");
		in->url = arg;
		return 0;
	case 'c':
		if (arg[0] == '\0' || strlen(arg) > 64)
			return cli_misuse(state, "--code must look like XXXX-XXXX-XXXX-XXXX");
		in->code = arg;
		return 0;
	case 'p':
		if (tls_pin_parse(arg, pin) != 0)
			return cli_misuse(state,
			    "--pin must be the text sha256//... that was printed "
			    "with the code, 52 characters");
		in->pin = arg;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "\"%s\" is too much", arg);
	case ARGP_KEY_END:
		if (in->url == NULL || in->code == NULL || in->pin == NULL)
			return cli_misuse(state, "--url, --code and --pin are all needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {options, parse, NULL,
    "Makes the folder a gate of a registrar.\v"
    "The gate's keys are made here and never leave. Compare the fingerprint it prints with the "
    "one `registrar gate list` shows.",
    NULL, NULL, NULL};

static bool write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

/* Key and certificate in one file, complete or absent. */
static int write_identity(const char *path, const struct tls_pair *pair)
{
	char beside[4096];
	bool written;
	int fd;

	if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside))
		return TLS_FILE;
	/* What a try before this one left is no one's key. */
	if (unlink(beside) != 0 && errno != ENOENT)
		return TLS_FILE;
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return TLS_FILE;
	written = write_all(fd, pair->key) && write_all(fd, pair->cert) && fsync(fd) == 0;
	if (close(fd) != 0 || !written || rename(beside, path) != 0) {
		unlink(beside);
		return TLS_FILE;
	}
	return 0;
}

/* This gate's TLS identity, made when there is none; gives the hash of its public key. */
static int identity(const char *path, uint8_t ret_spki[static TLS_PIN_BYTES])
{
	struct tls_pair pair = {0};
	int r = TLS_FILE;

	if (access(path, F_OK) == 0) {
		r = tls_load(path, path, &pair);
	} else if (errno == ENOENT) {
		r = tls_make("pressgate gate", NULL, &pair);
		if (r == 0)
			r = write_identity(path, &pair);
	}
	if (r == 0)
		r = tls_pin(pair.cert, ret_spki);
	tls_pair_free(&pair);
	return r;
}

static int refused(struct command *command, const char *words)
{
	fprintf(command->err, "gate enrol: %s.\n", words);
	return COMMAND_REFUSED;
}

/* The registrar's no, by the token it gave, in words for who stands at the gate. */
static int say_no(struct command *command, const struct client_answer *answer)
{
	static const struct {
		const char *token, *words;
	} table[] = {
	    {"code", "this code is wrong, used or older than ten minutes: have a new one made with "
		     "`registrar gate code NAME`"},
	    {"busy", "too many wrong codes have been tried: wait a minute and try again"},
	    {"key", "the registrar knows another gate with these keys, so this folder is a copy: "
		    "enrol an empty folder"},
	    {"root", "the registrar's root key is not there: ask its administrator to bring it"},
	};
	json_t *json = json_loadb((const char *)answer->body, answer->len, 0, NULL);
	const char *token = "";
	int exit;

	if (json == NULL || json_unpack(json, "{s:s}", "error", &token) != 0)
		token = "";
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(token, table[i].token) == 0) {
			json_decref(json);
			return refused(command, table[i].words);
		}
	}
	fprintf(command->err, "gate enrol: the registrar answers %ld; is --url its device port?\n",
	    answer->status);
	exit = COMMAND_REFUSED;
	json_decref(json);
	return exit;
}

static bool read_yes(const struct client_answer *answer, struct gate_identity *ret_identity,
    char *ret_fingerprint, size_t size)
{
	json_t *json =
	    json_loadb((const char *)answer->body, answer->len, JSON_REJECT_DUPLICATES, NULL);
	const char *device, *site, *root, *fingerprint;
	bool read = json != NULL &&
		    json_unpack(json, "{s:s, s:s, s:s, s:s}", "device", &device, "site", &site,
			"root", &root, "fingerprint", &fingerprint) == 0 &&
		    text_is_name(device, strlen(device), BUNDLE_NAME_MAX) &&
		    text_is_name(site, strlen(site), BUNDLE_NAME_MAX) &&
		    bytes_unhex(root, strlen(root), ret_identity->root, KEY_PUBLIC_SIZE) == 0 &&
		    key_is_point(ret_identity->root);

	if (read) {
		(void)snprintf(ret_identity->device, sizeof(ret_identity->device), "%s", device);
		(void)snprintf(ret_identity->site, sizeof(ret_identity->site), "%s", site);
		(void)snprintf(ret_fingerprint, size, "%s", fingerprint);
	}
	json_decref(json);
	return read;
}

static int finish(struct command *command, struct gate *gate, const struct input *in,
    const struct client_answer *answer, const char *fingerprint)
{
	struct gate_identity found = {0};
	char theirs[FINGERPRINT_TEXT + 2];
	int r;

	if (!read_yes(answer, &found, theirs, sizeof(theirs)))
		return refused(command, "the registrar's answer was not understood");
	if (strcmp(theirs, fingerprint) != 0)
		return refused(command,
		    "the registrar enrolled other keys than this gate's: revoke "
		    "that gate and begin again with an empty folder");
	(void)snprintf(found.url, sizeof(found.url), "%s", in->url);
	(void)snprintf(found.pin, sizeof(found.pin), "%s", in->pin);
	r = gate_set_identity(gate, &found);
	if (r != 0) {
		fprintf(command->err, "gate enrol: %s. The same command again completes it.\n",
		    journal_strerror(r));
		return COMMAND_REFUSED;
	}
	fprintf(command->out, "device %s\nsite %s\nfingerprint %s\n", found.device, found.site,
	    fingerprint);
	fprintf(command->err,
	    "Compare the fingerprint with `registrar gate list`, then run: gate sync\n");
	return COMMAND_OK;
}

static int ask(struct command *command, struct gate *gate, const struct input *in, const char *path,
    const char *fingerprint)
{
	struct client_setup setup = {.url = in->url, .pin = in->pin, .identity = path};
	struct client_answer answer = {0};
	struct client *client = NULL;
	char hex[2 * KEY_PUBLIC_SIZE + 1];
	char *body = NULL;
	json_t *json;
	int r, exit;

	bytes_hex(gate->journal_key->public, KEY_PUBLIC_SIZE, hex);
	json = json_pack("{s:s, s:s}", "code", in->code, "journal_key", hex);
	body = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (body == NULL)
		return refused(command, "--code is no text");
	r = client_open(&setup, &client);
	if (r == 0)
		r = client_ask(client, "/device/v1/enrol", body, strlen(body), 0, &answer);
	if (r != 0)
		exit = refused(command, client_strerror(r));
	else if (answer.status != 200)
		exit = say_no(command, &answer);
	else
		exit = finish(command, gate, in, &answer, fingerprint);
	client_answer_free(&answer);
	client_close(client);
	sodium_memzero(body, strlen(body));
	free(body);
	return exit;
}

static int work(struct command *command, struct gate *gate, void *input)
{
	char fingerprint[FINGERPRINT_TEXT + 1];
	uint8_t spki[TLS_PIN_BYTES];
	char *path;
	int r, exit;

	if (gate->enrolled) {
		fprintf(command->err,
		    "gate enrol: this folder is the gate \"%s\" already; a new gate begins in an "
		    "empty folder.\n",
		    gate->identity.device);
		return COMMAND_REFUSED;
	}
	path = gate_path(gate, "keys/tls.pem");
	if (path == NULL)
		return refused(command, "out of memory");
	r = identity(path, spki);
	if (r == 0) {
		fingerprint_gate(spki, gate->journal_key->public, fingerprint);
		exit = ask(command, gate, input, path, fingerprint);
	} else {
		fprintf(command->err, "gate enrol: %s: %s%s%s.\n", path, tls_error_text(r),
		    r == TLS_FILE ? ": " : "", r == TLS_FILE ? strerror(errno) : "");
		exit = COMMAND_REFUSED;
	}
	free(path);
	return exit;
}

int enrol_command(struct command *command)
{
	const struct gate_options create = {.create = true};
	struct input in = {0};
	int r = cli_parse(command, &argp, &in);

	if (r != 0)
		return cli_exit(r);
	return cli_with_gate_as(command, &create, work, &in);
}
