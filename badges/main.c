#include <argp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "badges/cmd.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *words;
} main_commands[] = {
    {"keygen", cmd_keygen, "make a secret key file, print its public key and key id"},
    {"sign", cmd_sign, "read claims as JSON lines, print the passes' QR texts"},
    {"open", cmd_open, "read QR texts, print what each pass says, or why it is refused"},
    {"qr", cmd_qr, "read a text, print its QR code as SVG, PNG or for a terminal"},
    {"card", cmd_card, "read badges as JSON lines, print them as one PDF, PNG or SVG"},
};

#define MAIN_COMMANDS (sizeof(main_commands) / sizeof(main_commands[0]))

static void main_usage(FILE *out)
{
	(void)fputs("Usage: badges COMMAND [OPTION...]\n\nSigned passes, as pipes.\n\n", out);
	for (size_t i = 0; i < MAIN_COMMANDS; i++)
		(void)fprintf(out, "  %-8s %s\n", main_commands[i].name, main_commands[i].words);
	(void)fputs("\n'badges COMMAND --help' tells the options of each.\n"
		    "Exit status: 0 done, 1 something was refused, 2 misuse.\n",
	    out);
}

int main(int argc, char **argv)
{
	static char title[32];
	const struct rlimit none = {0, 0};

	/* A dump of the memory would hold secrets. */
	(void)setrlimit(RLIMIT_CORE, &none);
	/* The limit does not bind a system that pipes dumps to a program. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	argp_err_exit_status = CMD_MISUSE;
	argp_program_version = "badges (Pressgate) " BADGES_VERSION;
	if (sodium_init() < 0) {
		(void)fputs("badges: the system gives no randomness\n", stderr);
		return CMD_REFUSE;
	}
	if (argc < 2) {
		main_usage(stderr);
		return CMD_MISUSE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		main_usage(stdout);
		return cmd_flush();
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts(argp_program_version);
		return cmd_flush();
	}
	for (size_t i = 0; i < MAIN_COMMANDS; i++) {
		if (strcmp(argv[1], main_commands[i].name) != 0)
			continue;
		(void)snprintf(title, sizeof(title), "badges %s", main_commands[i].name);
		argv[1] = title;
		return main_commands[i].run(argc - 1, argv + 1);
	}
	(void)fprintf(stderr, "badges: no command '%s'\n", argv[1]);
	main_usage(stderr);
	return CMD_MISUSE;
}
