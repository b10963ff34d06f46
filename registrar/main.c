/* The registrar's program: finds the data folder, and who owns it, and runs a subcommand. */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/commands/folder_commands.h"
#include "registrar/photo/photo_child.h"
#include "registrar/registrar.h"
#include "web/control.h"

#define VERSION "pressgate registrar 0.1.0"

enum where {
	IN_FOLDER, /* opens the data folder itself, if it does */
	ON_OPEN,   /* runs on an open registrar, perhaps in another process */
	ANYWHERE   /* needs no folder */
};

static const struct subcommand {
	const char *name;
	command_main *run;
	enum where where;
	const char *words;
} subcommands[] = {
    {"init", command_init, IN_FOLDER, "make a data folder"},
    {"serve", command_serve, IN_FOLDER, "answer browsers and gates"},
    {"conference", command_conference, ON_OPEN, "list, add and show conferences"},
    {"allocation", command_allocation, ON_OPEN, "who gets a place, and why"},
    {"accreditation", command_accreditation, ON_OPEN, "suspend one, and restore it"},
    {"staff", command_staff, ON_OPEN, "accounts of the Service's people"},
    {"gate", command_gate, ON_OPEN, "the doors: enrolment codes, list, revoke"},
    {"export", command_export, ON_OPEN, "passes, attendance, entries, denials"},
    {"journal", command_journal, ON_OPEN, "verify and export the journals"},
    {"badges", command_badges, ON_OPEN, "print the badges of a conference"},
    {"outlet", command_outlet, ON_OPEN, "the registry of outlets and their other names"},
    {"photo", command_photo, ON_OPEN, "photographs of accredited people"},
    {"announce", command_announce, ON_OPEN, "tell those who asked for announcements"},
    {"mail", command_mail, ON_OPEN, "note mail that came back"},
    {"restrict", command_restrict, ON_OPEN, "restrict entry, and lift it again"},
    {"import", command_import, ON_OPEN, "outlets and reporters out of a CSV file"},
    {"webhook", command_webhook, ON_OPEN, "addresses that are told of events"},
    {"token", command_token, ON_OPEN, "tokens of the JSON API"},
    {"keys", command_keys, ON_OPEN, "signing keys"},
    {"purge", command_purge, ON_OPEN, "destroy what is past its term"},
    {"hold", command_hold, ON_OPEN, "legal holds: what may not be destroyed"},
    {"subject", command_subject, ON_OPEN, "everything about one person, and its end"},
    {"backup", command_backup, ON_OPEN, "an encrypted copy of the whole folder"},
    {"restore", command_restore, IN_FOLDER, "a folder out of a backup"},
    {"routes", command_routes, ANYWHERE, "every page with the roles it is for"},
    {"check", command_check, ON_OPEN, "look for what is wrong, and say what to do"},
};

enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

static void usage(FILE *out)
{
	fprintf(out, "Usage: registrar COMMAND --data DIR ...\n\n");
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		fprintf(out, "  %-13s %s\n", subcommands[i].name, subcommands[i].words);
	fprintf(out,
	    "\nregistrar COMMAND --help says more. Exit status: 0 done, 1 refused, 2 misused.\n");
}

/* The value of --data, wherever it stands; NULL where there is none. */
static const char *find_data(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--data=", 7) == 0)
			return argv[i] + 7;
		if (strcmp(argv[i], "--data") == 0)
			return i + 1 < argc ? argv[i + 1] : NULL;
	}
	return NULL;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

/* The folder's absolute path; it need not exist. */
static bool absolute(const char *given, char ret[PATH_MAX])
{
	char cwd[PATH_MAX];

	if (realpath(given, ret))
		return true;
	if (*given == '/')
		return snprintf(ret, PATH_MAX, "%s", given) < PATH_MAX;
	return getcwd(cwd, sizeof cwd) && snprintf(ret, PATH_MAX, "%s/%s", cwd, given) < PATH_MAX;
}

static int run_here(const struct subcommand *subcommand, struct command *command, const char *dir)
{
	struct registrar *registrar = NULL;
	const char *news = NULL;
	struct refusal why = {0};
	int result = registrar_open(dir, &registrar, &news, &why);

	if (result == STORE_LOCKED)
		return -1;
	if (result)
		return cli_refused(command, "%s%s%s", why.field, *why.field ? ": " : "",
		    *why.words ? why.words : model_words(result));
	if (news)
		fprintf(command->err, "registrar: %s\n", news);
	command->owner = registrar;
	int status = subcommand->run(command);
	registrar_close(registrar);
	return status;
}

/* Asks the process that serves the folder; where there is none, opens it. In between (it starts,
 * it stops, another short command runs) it is tried again for a while. */
static int run_open(const struct subcommand *subcommand, struct command *command, const char *dir)
{
	for (int tries = 0; tries < 50; tries++) {
		int status = 0;
		int result = control_ask(dir, command->argc, command->argv, &status);
		if (result == CONTROL_OK)
			return status;
		if (result != CONTROL_NOBODY)
			return cli_refused(command, "%s: %s", dir, control_strerror(result));
		status = run_here(subcommand, command, dir);
		if (status >= 0)
			return status;
		nanosleep(&(struct timespec){0, 100000000}, NULL);
	}
	return cli_refused(command,
	    "another process works on %s and does not answer. Wait until it is through, or end it.",
	    dir);
}

static const struct subcommand *find(const char *name)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

/* What the process that serves runs for others. */
int command_any(struct command *command)
{
	const struct subcommand *subcommand = find(command->argv[0]);

	if (subcommand && subcommand->where == ON_OPEN)
		return subcommand->run(command);
	fprintf(command->err, "registrar: this process serves the folder and can't run '%s'\n",
	    command->argv[0]);
	return COMMAND_MISUSE;
}

/* journal verify DIR: exported files need no registrar, and can be anybody's. */
static bool is_verify_dir(int argc, char **argv)
{
	return argc == 4 && strcmp(argv[2], "verify") == 0 && argv[3][0] != '-';
}

static int run(int argc, char **argv)
{
	char cwd[PATH_MAX] = "/", dir[PATH_MAX] = "";
	const struct subcommand *subcommand = find(argv[1]);
	const char *data = find_data(argc, argv);
	struct command command = {.argc = argc - 1,
	    .argv = argv + 1,
	    .cwd = cwd,
	    .in = stdin,
	    .out = stdout,
	    .err = stderr};

	if (!subcommand) {
		if (argv[1][0] == '-')
			fprintf(stderr, "registrar: say what to do\n");
		else
			fprintf(stderr, "registrar: there is no command '%s'\n", argv[1]);
		usage(stderr);
		return COMMAND_MISUSE;
	}
	if (wants_help(argc, argv) || subcommand->where == ANYWHERE)
		return subcommand->run(&command);
	if (subcommand->run == command_journal && !data && getcwd(cwd, sizeof cwd) &&
	    is_verify_dir(argc, argv))
		return subcommand->run(&command);
	if (!data || !*data || !absolute(data, dir) || !getcwd(cwd, sizeof cwd)) {
		fprintf(stderr, "registrar %s: say which data folder: --data DIR\n", argv[1]);
		return COMMAND_MISUSE;
	}
	command.owner = dir;
	return subcommand->where == ON_OPEN ? run_open(subcommand, &command, dir)
					    : subcommand->run(&command);
}

int main(int argc, char **argv)
{
	if (photo_child_is(argc, argv))
		return photo_child(argv);
	setlocale(LC_CTYPE, "C.UTF-8");
	umask(077);
	/* The limit alone does not bind a system that pipes dumps to a program. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPIPE, SIG_IGN);
	if (sodium_init() < 0) {
		fprintf(stderr, "registrar: libsodium does not start on this machine\n");
		return COMMAND_REFUSED;
	}
	if (argc < 2) {
		usage(stderr);
		return COMMAND_MISUSE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return COMMAND_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts(VERSION);
		return COMMAND_OK;
	}
	command_word_first(argc, argv);
	int status = run(argc, argv);
	if (fflush(stdout) && status == COMMAND_OK) {
		fprintf(
		    stderr, "registrar: the output could not be written: %s\n", strerror(errno));
		status = COMMAND_REFUSED;
	}
	return status;
}
