/*
 * control.h: one process owns a data folder; a second start of the same program hands its command
 * to the owner over a local socket in that folder.
 *
 * The socket is DIR/control.sock, mode 0600, and both sides check the other's user id
 * (SO_PEERCRED). The second start sends its arguments, its working directory and its own standard
 * input, output and error (SCM_RIGHTS); the owner runs the command with those streams in a thread
 * of its own and answers with the exit status. A command is therefore written once, as a function
 * of a struct command, and does not know on which side it runs. Where the owner stops while a
 * command reads its input, the asker is told so, and its status is COMMAND_REFUSED.
 *
 * Format of the request, one datagram-like message on a SOCK_SEQPACKET socket:
 * "pressgate-control/v1", NUL, the working directory, NUL, each argument followed by NUL; at most
 * 64 KiB and 64 arguments. Answer: one byte, the exit status.
 */
#ifndef PRESSGATE_WEB_CONTROL_H
#define PRESSGATE_WEB_CONTROL_H

#include <stdbool.h>
#include <stdio.h>

struct command {
	int argc; /* argv[0] is the subcommand's name */
	char **argv;
	const char *cwd;      /* absolute; relative paths of arguments are taken from here */
	FILE *in, *out, *err; /* in may have no file descriptor (no fileno()): it ends when the
				 asker goes away or the owner stops */
	void *owner;	      /* the program's own open state (its store, keys, ...) */
};

enum command_exit { COMMAND_OK = 0, COMMAND_REFUSED = 1, COMMAND_MISUSE = 2 };

/* A path argument as the user meant it: absolute, in malloc'd memory (caller frees), NULL: no
 * memory. */
char *command_path(const struct command *command, const char *argument);

/* Brings the first word that is no option, and not the value of --data, in front of the options
 * before it: `--data DIR list` becomes `list --data DIR`. argv[0] stays where it is. */
void command_word_first(int argc, char **argv);

typedef int command_main(struct command *command);

struct control; /* the owner's side */

enum control_result {
	CONTROL_OK = 0,
	CONTROL_NOBODY = -1, /* no owner listens there */
	CONTROL_DENIED = -2, /* another user's folder */
	CONTROL_SYSTEM = -3, /* errno says more */
	CONTROL_TOO_LONG = -4,
	CONTROL_LOST = -5, /* the owner went away before it answered */
	CONTROL_CUT = -6,  /* the owner stopped while the command still read its input */
};

/* Listens in the folder dir and runs each request through run in a thread of its own (16 at most
 * at once). A stale socket is replaced: the store's lock has already said who owns the folder. */
__attribute__((warn_unused_result)) int control_start(
    const char *dir, command_main *run, void *owner, struct control **ret_control);

/* Stops listening, waits up to 5 s for running commands, removes the socket. NULL is quiet. False:
 * a command still runs, and the owner must not free what it uses (it ends the process instead). */
bool control_stop(struct control *control);

/* The second start's side: sends the command with this process's own 0, 1 and 2, waits, and gives
 * the exit status. CONTROL_NOBODY: open the store yourself. */
__attribute__((warn_unused_result)) int control_ask(
    const char *dir, int argc, char **argv, int *ret_exit);

const char *control_strerror(int result);

#endif
