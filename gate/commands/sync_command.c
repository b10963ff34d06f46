#include <errno.h>
#include <inttypes.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gate/commands/cli.h"
#include "gate/peer/peer_serve.h"
#include "gate/sync/resident.h"
#include "gate/sync/sync.h"

enum { AGAIN_MAX = 3 }; /* times that lists are asked for anew in one go */

struct input {
	bool once;
	struct peer_serve_options peers;
};

static const struct argp_option option_table[] = {
    {"once", 'o', 0, 0, "Download and upload once, say what was done, and end", 0},
    PEER_SERVE_OPTIONS, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;

	switch (key) {
	case 'o':
		in->once = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "\"%s\" is too much", arg);
	default:
		return peer_serve_parse(key, arg, &in->peers);
	}
}

static const struct argp argp = {option_table, parse, NULL,
    "Downloads lists from the registrar and uploads the journal.\v"
    "Without --once it goes on until it is stopped (SIGTERM); other gate commands on the same "
    "folder run inside it meanwhile. Neither direction waits for the other, and nothing that was "
    "recorded is ever removed.\n\n"
    "With --once the exit status is 1 when something did not go that should have. An epoch whose "
    "upload was stopped by an alarm before is said on standard error, and is no failure.",
    NULL, NULL, NULL};

/* One more log line goes to the command's own standard error. */
struct once {
	struct sync_setup inner;
	FILE *err;
};

static void changed(void *context, const struct lists_change *change)
{
	struct once *once = context;

	fprintf(once->err, "received: %s", lists_kind_word(change->kind));
	if (change->conference != 0)
		fprintf(once->err, " of conference %" PRIu32, change->conference);
	fprintf(once->err, ", version %" PRIu64 "%s\n", change->version,
	    change->renewed ? " (renewed)" : "");
	if (once->inner.changed != NULL)
		once->inner.changed(once->inner.context, change);
}

static void say(void *context, const char *line)
{
	const struct once *once = context;

	fprintf(once->err, "gate sync: %s\n", line);
}

static void complain(struct command *command, const char *which, int result, int lists_error)
{
	if (result == 0)
		return;
	fprintf(command->err, "gate sync: %s: %s", which, sync_strerror(result));
	if (result == SYNC_LISTS && lists_error != 0)
		fprintf(command->err, " (%s)", lists_strerror(lists_error));
	fprintf(command->err, ".\n");
}

/* What a person has been told to look into keeps no script waiting. */
static bool is_done(int result)
{
	return result == 0 || result == SYNC_STOPPED;
}

/* One that enrolled after our lists came may have recorded something already: its key has come
 * since. */
static int run_again(struct sync *sync)
{
	int r = sync_run(sync, SYNC_DOWN);

	return r == 0 ? sync_run(sync, SYNC_DOORS) : r;
}

static int run(struct sync *sync, enum sync_loop loop)
{
	int r = sync_run(sync, loop);

	for (unsigned i = 0; i < AGAIN_MAX && loop == SYNC_DOORS && r == SYNC_BEHIND; i++)
		r = run_again(sync);
	return r;
}

static int once(struct command *command, struct gate *gate)
{
	struct once around = {.err = command->err};
	struct sync_setup setup = {
	    .gate = gate, .changed = changed, .log = say, .context = &around};
	struct sync_status status;
	struct sync *sync = NULL;
	bool well = true;
	int r;

	resident_setup(gate, &around.inner);
	r = sync_open(&setup, &sync);
	if (r != 0) {
		complain(command, "can't begin", r, 0);
		return COMMAND_REFUSED;
	}
	/* Whatever came of the one, the others are tried. */
	for (enum sync_loop loop = 0; loop < SYNC_LOOPS; loop++)
		if (!is_done(run(sync, loop)))
			well = false;
	sync_status(sync, &status);
	sync_close(sync);
	for (enum sync_loop loop = 0; loop < SYNC_LOOPS; loop++)
		complain(command, sync_loop_name(loop), status.side[loop].result,
		    status.side[loop].lists_error);
	fprintf(command->out, "objects %u\nsent %" PRIu64 "\nunsent %" PRIu64 "\n", status.objects,
	    status.sent, status.unsent);
	if (status.stopped > 0)
		fprintf(command->out, "stopped %" PRIu64 "\n", status.stopped);
	return well ? COMMAND_OK : COMMAND_REFUSED;
}

static sem_t ended;

static void on_signal(int number)
{
	int saved = errno;

	(void)number;
	sem_post(&ended);
	errno = saved;
}

static void say_time(FILE *out)
{
	char text[16] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL && strftime(text, sizeof(text), "%H:%M:%S", &tm) > 0)
		fprintf(out, "%s ", text);
}

/* Says when a direction begins to fail, fails otherwise, or is well again. */
static void report(
    struct command *command, const char *which, const struct sync_side *side, int *last)
{
	if (side->tried == 0 || side->result == *last)
		return;
	*last = side->result;
	say_time(command->err);
	if (side->result == 0)
		fprintf(command->err, "%s: well\n", which);
	else
		complain(command, which, side->result, side->lists_error);
	fflush(command->err);
}

static bool wait_second(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	return sem_timedwait(&ended, &until) != 0;
}

static int stay(
    struct command *command, struct gate *gate, const struct peer_serve_options *options)
{
	struct sigaction action = {.sa_handler = on_signal}, old_term, old_int;
	struct peer_server *peers = NULL;
	struct sync_status status = {0};
	int last[SYNC_LOOPS], r;

	if (!peer_serve_begin(command, gate, options, &peers))
		return COMMAND_REFUSED;
	if (sem_init(&ended, 0, 0) != 0) {
		peer_serve_stop(peers);
		return COMMAND_REFUSED;
	}
	for (size_t i = 0; i < SYNC_LOOPS; i++)
		last[i] = -1;
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, &old_term);
	sigaction(SIGINT, &action, &old_int);
	r = resident_start(gate);
	if (r == 0) {
		fprintf(command->err, "gate sync: running; SIGTERM ends it.\n");
		while (wait_second()) {
			gate_lock(gate);
			if (gate->sync != NULL)
				sync_status(gate->sync, &status);
			gate_unlock(gate);
			for (enum sync_loop loop = 0; loop < SYNC_LOOPS; loop++)
				report(
				    command, sync_loop_name(loop), &status.side[loop], &last[loop]);
		}
		resident_stop(gate);
	} else {
		complain(command, "can't begin", r, 0);
	}
	peer_serve_stop(peers);
	sigaction(SIGTERM, &old_term, NULL);
	sigaction(SIGINT, &old_int, NULL);
	sem_destroy(&ended);
	return r == 0 ? COMMAND_OK : COMMAND_REFUSED;
}

static int work(struct command *command, struct gate *gate, void *input)
{
	const struct input *in = input;

	if (in->once)
		return once(command, gate);
	if (command->owner == NULL)
		return stay(command, gate, &in->peers);
	/* Another process has the folder open, and this runs inside it. */
	gate_lock(gate);
	if (gate->sync != NULL)
		fprintf(command->err, "gate sync: it is running already.\n");
	else
		fprintf(command->err, "gate sync: another gate command has this folder open and "
				      "does not sync; end it "
				      "first.\n");
	gate_unlock(gate);
	return COMMAND_REFUSED;
}

int sync_command(struct command *command)
{
	struct input in = {0};
	int r = cli_parse(command, &argp, &in);

	if (r != 0)
		return cli_exit(r);
	return cli_with_gate(command, work, &in);
}
