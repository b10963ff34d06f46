/* gate: the door. One program, a subcommand for each thing it does. */
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/stat.h>

#include "gate/commands/check.h"
#include "gate/commands/cli.h"
#include "gate/desk/command.h"
#include "gate/commands/enrol.h"
#include "gate/folder.h"
#include "gate/journal/ledger.h"
#include "gate/peer/peer.h"
#include "gate/door/scan.h"
#include "gate/commands/status.h"
#include "gate/sync/sync.h"

static const struct subcommand {
	const char *name;
	command_main *run;
	const char *summary;
} subcommands[] = {
    {"enrol", enrol_command, "make this folder a gate, with a one-time code"},
    {"sync", sync_command, "download lists and upload the journal"},
    {"desk", desk_command, "the pages for officers at the door; syncs meanwhile"},
    {"scan", scan_command, "decide on passes, one a line"},
    {"journal", journal_command, "export the journal, or verify it"},
    {"peer", peer_command, "the other gates, and where they are"},
    {"status", status_command, "how this gate stands: lists, journal, clock"},
    {"check", check_command, "look for what is wrong, and mend it"},
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

static void print_usage(FILE *out)
{
	fprintf(out, "Usage: gate SUBCOMMAND --data DIR [OPTION...]\n\n");
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		fprintf(out, "  %-8s  %s\n", subcommands[i].name, subcommands[i].summary);
	fprintf(out, "\nEach has --help. Exit: 0 done, 1 refused, 2 misused.\n");
}

int cli_dispatch(struct command *command)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (strcmp(command->argv[0], subcommands[i].name) == 0)
			return subcommands[i].run(command);
	if (command->argv[0][0] == '-')
		fprintf(command->err, "gate: say what to do.\n\n");
	else
		fprintf(command->err, "gate: there is no subcommand '%s'.\n\n", command->argv[0]);
	print_usage(command->err);
	return COMMAND_MISUSE;
}

static int run(int argc, char **argv)
{
	struct command command = {
	    .argc = argc, .argv = argv, .in = stdin, .out = stdout, .err = stderr};
	char *cwd = getcwd(NULL, 0);
	int exit;

	if (cwd == NULL) {
		perror("gate: the present folder");
		return COMMAND_REFUSED;
	}
	command.cwd = cwd;
	exit = cli_dispatch(&command);
	free(cwd);
	if (fflush(stdout) != 0 && exit == COMMAND_OK) {
		perror("gate: standard output");
		exit = COMMAND_REFUSED;
	}
	return exit;
}

int main(int argc, char **argv)
{
	(void)umask(077);
	folder_no_core();
	/* A reader that goes away is seen where it is written to. */
	signal(SIGPIPE, SIG_IGN);
	tzset();
	if (sodium_init() < 0) {
		fprintf(stderr, "gate: libsodium can't be used on this machine.\n");
		return COMMAND_REFUSED;
	}
	if (argc < 2) {
		print_usage(stderr);
		return COMMAND_MISUSE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return COMMAND_OK;
	}
	command_word_first(argc, argv);
	return run(argc - 1, argv + 1);
}
