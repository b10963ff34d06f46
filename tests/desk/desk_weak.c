/*
 * desk_weak: `gate desk` for tests alone, with other times or one defence off.
 *
 *     desk_weak [NAME=NUMBER...] desk --data DIR [OPTION...]
 *
 * NAME is a member of struct desk_test or of struct http_defences.
 */
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/commands/cli.h"
#include "gate/desk/command.h"
#include "gate/journal/ledger.h"

static struct desk_test test;

static const struct {
	const char *name;
	bool *off;
	uint64_t *time;
} members[] = {
    {"any_look", &test.any_look, NULL},
    {"unpaired", &test.unpaired, NULL},
    {"no_enter", &test.no_enter, NULL},
    {"links_stay", &test.links_stay, NULL},
    {"any_officer", &test.any_officer, NULL},
    {"through_stop", &test.through_stop, NULL},
    {"no_csrf", &test.http.no_csrf, NULL},
    {"no_host", &test.http.no_host, NULL},
    {"lock_ms", NULL, &test.lock_ms},
    {"shift_ms", NULL, &test.shift_ms},
    {"link_ms", NULL, &test.link_ms},
};

static bool set(const char *word)
{
	size_t len = strcspn(word, "=");
	unsigned long number = word[len] == '=' ? strtoul(word + len + 1, NULL, 10) : 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		if (strlen(members[i].name) != len || strncmp(members[i].name, word, len) != 0)
			continue;
		if (members[i].off != NULL)
			*members[i].off = number != 0;
		else
			*members[i].time = number;
		return true;
	}
	if (len != strlen("undo_ms") || strncmp(word, "undo_ms", len) != 0)
		return false;
	test.undo_ms = (unsigned)number;
	return true;
}

int cli_dispatch(struct command *command)
{
	if (strcmp(command->argv[0], "journal") == 0)
		return journal_command(command);
	return desk_command_as(command, &test);
}

int main(int argc, char **argv)
{
	struct command command = {.in = stdin, .out = stdout, .err = stderr};
	int at = 1, exit;
	char *cwd;

	signal(SIGPIPE, SIG_IGN);
	while (at < argc && strchr(argv[at], '=') != NULL)
		if (!set(argv[at++])) {
			fprintf(stderr, "desk_weak: %s is no member\n", argv[at - 1]);
			return COMMAND_MISUSE;
		}
	if (sodium_init() < 0 || at >= argc)
		return COMMAND_MISUSE;
	command_word_first(argc - at + 1, argv + at - 1);
	command.argc = argc - at;
	command.argv = argv + at;
	cwd = getcwd(NULL, 0);
	command.cwd = cwd;
	exit = cwd == NULL ? COMMAND_REFUSED : cli_dispatch(&command);
	free(cwd);
	return exit;
}
