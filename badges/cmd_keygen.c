#include "badges/cmd.h"

#include <argp.h>
#include <errno.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/key.h"

struct keygen_options {
	const char *secret;
	enum key_use use;
};

static error_t keygen_option(int key, char *arg, struct argp_state *state)
{
	struct keygen_options *options = state->input;

	switch (key) {
	case 's':
		options->secret = arg;
		return 0;
	case 'u':
		if (key_use_find(arg, &options->use) != 0)
			argp_error(state,
			    "--use: '%s' is none of root, pass, bundle, witness, device", arg);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': no arguments are taken", arg);
		return 0;
	case ARGP_KEY_END:
		if (options->secret == NULL)
			argp_error(state, "--secret FILE is missing: where the secret key goes");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option keygen_options[] = {
    {.name = "secret", .key = 's', .arg = "FILE", .doc = "the new key file, mode 0600"},
    {.name = "use",
	.key = 'u',
	.arg = "USE",
	.doc = "what it may sign: root, pass (the default), bundle, witness or device"},
    {0},
};

static const struct argp keygen_argp = {
    .options = keygen_options,
    .parser = keygen_option,
    .doc = "Makes an Ed25519 key. Its secret goes to a new file (never over one that exists); its "
	   "public key and key id are printed, as 'public HEX' and 'kid HEX'.",
};

int cmd_keygen(int argc, char **argv)
{
	struct keygen_options options = {.use = KEY_USE_PASS};
	char public[2 * KEY_PUBLIC_SIZE + 1], kid[2 * KEY_KID_SIZE + 1];
	struct key_secret *key = NULL;
	int r;

	if (argp_parse(&keygen_argp, argc, argv, 0, NULL, &options) != 0)
		return CMD_MISUSE;
	r = key_new(options.use, &key);
	if (r == 0)
		r = key_save(key, options.secret);
	if (r != 0) {
		cmd_say("keygen: %s: %s%s%s", options.secret, key_error_words(r),
		    r == KEY_E_WRITE ? ": " : "", r == KEY_E_WRITE ? strerror(errno) : "");
		key_free(key);
		return CMD_REFUSE;
	}
	bytes_hex(key->public, KEY_PUBLIC_SIZE, public);
	bytes_hex(key->kid, KEY_KID_SIZE, kid);
	(void)printf("public %s\nkid %s\n", public, kid);
	key_free(key);
	return cmd_flush();
}
