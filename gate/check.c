#include "gate/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/statvfs.h>

#include "gate/cli.h"
#include "gate/conference.h"
#include "gate/ledger.h"
#include "schema/gate_db.h"

enum {
	KEY_REPAIR = 1,
	KEY_ACCEPT_CLOCK,
	ROOM_MIN_MIB = 64, /* about 50,000 entries with their details */
};

struct options {
	bool repair, accept_clock;
};

/* What a check tells, and whether anything was wrong. */
struct checking {
	struct command *command;
	struct gate *gate;
	bool wrong;
};

static void well(struct checking *checking, const char *what)
{
	fprintf(checking->command->out, "well   %s\n", what);
}

static void __attribute__((format(printf, 2, 3)))
wrong(struct checking *checking, const char *format, ...)
{
	va_list values;

	checking->wrong = true;
	fputs("WRONG  ", checking->command->out);
	va_start(values, format);
	vfprintf(checking->command->out, format, values);
	va_end(values);
	fputc('\n', checking->command->out);
}

static void check_store(struct checking *checking)
{
	struct gate *gate = checking->gate;
	char why[GATE_WHY_MAX] = "";
	int r;

	gate_lock(gate);
	r = gate->store == NULL ? STORE_CLOSED : store_verify(gate->store, why, sizeof(why));
	gate_unlock(gate);
	if (r == 0)
		well(checking, "the store is whole");
	else if (r == STORE_CORRUPT)
		wrong(checking,
		    "the store is damaged (%s). Use the paper list; end every gate "
		    "program; run: gate check --repair",
		    why);
	else
		wrong(checking, "the store can't be read. %s", journal_strerror(r));
}

static int check_finding(void *context, const struct ledger_finding *finding)
{
	struct checking *checking = context;

	if (finding->damage[0] == '\0')
		fprintf(checking->command->out,
		    "well   journal %s: %" PRIu64 " entries verify, %" PRIu64 " details kept\n",
		    finding->origin, finding->size, finding->details);
	else
		wrong(checking,
		    "journal %s: %s. Keep this folder as it is, and call the people who "
		    "run Pressgate",
		    finding->origin, finding->damage);
	return 0;
}

static void check_journal(struct checking *checking)
{
	int r = ledger_verify(checking->gate, check_finding, checking);

	if (r != 0)
		wrong(checking, "the journal can't be read. %s", journal_strerror(r));
}

static void check_clock(struct checking *checking)
{
	struct gate *gate = checking->gate;
	struct clock_floor floor = {0};
	struct clock_reading now;
	bool suspect = true;

	gate_lock(gate);
	floor.entry_ms = gate->journal.newest_ms;
	if (gate->keys != NULL)
		floor.bundle_ms = gate->keys->head.issued * 1000;
	if (clock_read(&gate->clock, &now) == 0)
		suspect = clock_suspect(&gate->clock, &now, &floor);
	gate_unlock(gate);
	if (!suspect)
		well(checking, "the clock is not behind what is recorded");
	else
		wrong(checking, "the clock is behind what is recorded. Set it. If it is right now "
				"and was wrong before, run: gate check --accept-clock");
}

static void check_room(struct checking *checking)
{
	struct statvfs room;
	uint64_t mib;

	if (statvfs(checking->gate->dir, &room) != 0) {
		wrong(checking, "%s can't be looked at: %s", checking->gate->dir, strerror(errno));
		return;
	}
	mib = (uint64_t)room.f_bavail * room.f_frsize >> 20;
	if (mib >= ROOM_MIN_MIB)
		well(checking, "the disk has room");
	else
		wrong(checking,
		    "the disk has room for %" PRIu64 " MiB only. Make room: without it "
		    "nothing is recorded, and nobody admitted",
		    mib);
}

static int count_conference(void *context, const struct conference *conference)
{
	(void)conference;
	++*(int *)context;
	return 0;
}

static void check_lists(struct checking *checking)
{
	struct gate *gate = checking->gate;
	struct store_tx *tx = NULL;
	int count = 0;
	bool keys;

	gate_lock(gate);
	keys = gate->keys != NULL && !gate->keys_behind;
	if (gate->store != NULL && store_read_begin(gate->store, &tx) == 0 &&
	    conference_each(tx, count_conference, &count) != 0)
		count = 0;
	store_read_end(tx);
	gate_unlock(gate);
	if (!keys)
		wrong(
		    checking, "this gate holds no keys, or not the newest. Run: gate sync --once");
	if (count == 0)
		wrong(checking, "this gate holds no roster. Run: gate sync --once");
	if (keys && count > 0)
		well(checking, "keys and rosters are here; gate status tells how old");
}

static int check_work(struct command *command, struct gate *gate, void *input)
{
	const struct options *options = input;
	struct checking checking = {.command = command, .gate = gate};
	int r = 0;

	if (options->accept_clock)
		r = journal_accept_clock(gate);
	if (r != 0) {
		fprintf(command->err, "gate check: %s\n", journal_strerror(r));
		return COMMAND_REFUSED;
	}
	well(&checking, "the folder and its keys are open to nobody else");
	check_store(&checking);
	check_journal(&checking);
	check_clock(&checking);
	check_lists(&checking);
	check_room(&checking);
	return checking.wrong ? COMMAND_REFUSED : COMMAND_OK;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_REPAIR:
		options->repair = true;
		return 0;
	case KEY_ACCEPT_CLOCK:
		options->accept_clock = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is one argument too many", value);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int check_command(struct command *command)
{
	static const struct argp_option table[] = {
	    {"repair", KEY_REPAIR, NULL, 0,
		"set a damaged store aside and begin a new one with a new epoch", 0},
	    {"accept-clock", KEY_ACCEPT_CLOCK, NULL, 0,
		"the clock is right now, and was ahead before: record that", 0},
	    {0}};
	static const struct argp argp = {table, parse, "",
	    "Looks for what is wrong with this gate, and says what to do.", NULL, NULL, NULL};
	struct options options = {0};
	struct gate_options opening = {0};
	int parsed = cli_parse(command, &argp, &options);

	if (parsed != 0)
		return cli_exit(parsed);
	opening.repair = options.repair;
	return cli_with_gate_as(command, &opening, check_work, &options);
}
