#include "gate/commands/status.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "badges/pass.h"
#include "gate/commands/cli.h"
#include "gate/sync/follow.h"
#include "gate/peer/peer.h"
#include "gate/door/presence.h"
#include "gate/sync/sync.h"
#include "gate/door/words.h"
#include "schema/gate_db.h"

enum { AMBER_PART = 4 }; /* with a quarter of an object's life left, a newer one is overdue */

enum status_colour status_colour(
    int64_t age, int64_t amber, int64_t red, int64_t not_after, int64_t now)
{
	if (age < 0 || now >= not_after || (red > 0 && age > red))
		return STATUS_RED;
	return amber > 0 && age > amber ? STATUS_AMBER : STATUS_GREEN;
}

const char *status_colour_word(enum status_colour colour)
{
	static const char *const words[] = {"green", "amber", "red"};

	return words[colour];
}

/* Everything is gathered as JSON, and told from there. */
struct gathering {
	struct gate *gate;
	struct store_tx *tx;
	struct clock_reading now;
	int64_t now_s;
	int64_t amber, red; /* the strictest of the conferences */
	json_t *lists;
};

static int64_t age_of(int64_t checked, int64_t now)
{
	/* As decide sees it: a confirmation in the future says nothing. */
	if (checked == 0 || checked > now + PASS_SKEW)
		return -1;
	return now > checked ? now - checked : 0;
}

static void add_list(struct gathering *all, const char *list, const char *conference,
    int64_t version, int64_t rows, int64_t age, enum status_colour colour)
{
	json_t *json = json_pack("{s:s s:s* s:I s:I s:o s:s}", "list", list, "conference",
	    conference, "version", (json_int_t)version, "rows", (json_int_t)rows, "age",
	    age < 0 ? json_null() : json_integer(age), "state", status_colour_word(colour));

	json_array_append_new(all->lists, json);
}

static int64_t count_of(
    struct gathering *all, unsigned query, const struct store_value *args, size_t n_args)
{
	struct store_rows *rows = NULL;
	int64_t count = -1;

	if (store_one(all->tx, query, args, n_args, &rows) == STORE_ROW)
		count = store_get_i64(rows, 0);
	store_done(rows);
	return count;
}

static int64_t stricter(int64_t one, int64_t other)
{
	if (one == 0 || other == 0)
		return one + other;
	return one < other ? one : other;
}

static int add_roster(void *context, const struct conference *conference)
{
	struct gathering *all = context;
	int64_t age = age_of(conference->checked, all->now_s);

	all->amber = stricter(all->amber, conference->amber);
	all->red = stricter(all->red, conference->red);
	add_list(all, "roster", conference->slug, (int64_t)conference->version,
	    count_of(all, GATE_Q_ROSTER_COUNT, STORE_ARGS(store_i64(conference->number))), age,
	    status_colour(
		age, conference->amber, conference->red, conference->not_after, all->now_s));
	return 0;
}

static int add_revocations(struct gathering *all)
{
	struct store_rows *rows = NULL;
	int64_t version, not_after, age;
	int r = store_one(all->tx, GATE_Q_REVOKED_STATE, STORE_NO_ARGS, &rows);

	if (r != STORE_ROW)
		return r;
	version = store_get_i64(rows, 0);
	not_after = store_get_i64(rows, 2);
	age = age_of(store_get_i64(rows, 3), all->now_s);
	store_done(rows);
	add_list(all, "revocations", NULL, version,
	    count_of(all, GATE_Q_REVOCATION_COUNT, STORE_NO_ARGS), age,
	    status_colour(age, all->amber, all->red, not_after, all->now_s));
	return 0;
}

/* Keys and officers have no age that matters, only an end. */
static int add_object(struct gathering *all, const char *kind)
{
	struct store_rows *rows = NULL;
	enum status_colour colour = STATUS_RED;
	int64_t version = 0, left, life;
	int r = store_one(all->tx, GATE_Q_OBJECT_GET, STORE_ARGS(store_text(kind)), &rows);

	if (r == STORE_ROW) {
		version = store_get_i64(rows, 1);
		left = store_get_i64(rows, 3) - all->now_s;
		life = store_get_i64(rows, 3) - store_get_i64(rows, 2);
		colour = left <= 0		    ? STATUS_RED
			 : left < life / AMBER_PART ? STATUS_AMBER
						    : STATUS_GREEN;
		add_list(all, kind, NULL, version, -1, all->now_s - store_get_i64(rows, 2), colour);
	} else if (r == STORE_NOT_FOUND) {
		add_list(all, kind, NULL, 0, -1, -1, STATUS_RED);
	}
	store_done(rows);
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

static int add_totals(struct gathering *all, json_t *status)
{
	struct store_rows *rows = NULL;
	int64_t entries, received, stopped;
	int r = store_one(all->tx, GATE_Q_JOURNAL_TOTALS, STORE_NO_ARGS, &rows);

	if (r != STORE_ROW)
		return r;
	entries = store_get_i64(rows, 0);
	received = store_get_i64(rows, 1);
	stopped = store_get_i64(rows, 3);
	json_object_set_new(status, "entries", json_integer(entries));
	json_object_set_new(status, "received", json_integer(received));
	json_object_set_new(status, "unsent", json_integer(entries - received - stopped));
	json_object_set_new(status, "stopped", json_integer(stopped));
	json_object_set_new(status, "epochs", json_integer(store_get_i64(rows, 2)));
	store_done(rows);
	return 0;
}

static int add_peer(void *context, const struct peer *peer)
{
	json_t *json = peer_json(peer);

	return json != NULL && json_array_append_new(context, json) == 0 ? 0 : STORE_NO_MEMORY;
}

static int add_alarm(void *context, const struct follow_log *log)
{
	if (log->alarm[0] == '\0')
		return 0;
	return json_array_append_new(
		   context, json_pack("{s:s, s:I, s:I, s:s}", "device", log->device, "epoch",
				(json_int_t)log->epoch, "size", (json_int_t)log->size, "alarm",
				log->alarm)) == 0
		   ? 0
		   : STORE_NO_MEMORY;
}

/* The other gates, when they were heard, and which journals of theirs did not verify. */
static int gather_doors(struct gathering *all, json_t *status)
{
	json_t *peers = json_array(), *alarms = json_array();
	int64_t conflicts = 0;
	int r = peers == NULL || alarms == NULL ? STORE_NO_MEMORY
						: peer_each(all->gate, all->tx, add_peer, peers);

	if (r == 0)
		r = follow_each(all->tx, add_alarm, alarms);
	if (r == 0)
		r = presence_conflict_count(all->tx, 0, &conflicts);
	json_object_set_new(status, "peers", peers);
	json_object_set_new(status, "alarms", alarms);
	json_object_set_new(status, "conflicts", json_integer(conflicts));
	json_object_set_new(
	    status, "registrar-heard", json_boolean(peer_registrar_is_heard(all->gate, &all->now)));
	return r;
}

static int gather_lists(struct gathering *all, json_t *status)
{
	int r = store_read_begin(all->gate->store, &all->tx);

	if (r == 0)
		r = add_totals(all, status);
	if (r == 0)
		r = conference_each(all->tx, add_roster, all);
	if (r == 0)
		r = add_revocations(all);
	if (r == 0)
		r = add_object(all, "keys");
	if (r == 0)
		r = add_object(all, "staff");
	if (r == 0)
		r = gather_doors(all, status);
	store_read_end(all->tx);
	return r;
}

static void gather_clock(struct gathering *all, json_t *status)
{
	struct clock_floor floor = {.entry_ms = all->gate->journal.newest_ms};

	if (all->gate->keys != NULL)
		floor.bundle_ms = all->gate->keys->head.issued * 1000;
	json_object_set_new(status, "clock", json_string(entry_clock_word(all->now.state)));
	json_object_set_new(status, "clock-suspect",
	    json_boolean(clock_suspect(&all->gate->clock, &all->now, &floor)));
}

static bool is_reached(const struct sync_side *down)
{
	return down->result == SYNC_LISTS || (down->good != 0 && down->failures == 0);
}

static void gather_sync(struct gathering *all, json_t *status)
{
	struct sync_status sync = {0};
	const struct sync_side *down, *up;

	json_object_set_new(status, "syncing", json_boolean(all->gate->sync != NULL));
	if (all->gate->sync == NULL)
		return;
	sync_status(all->gate->sync, &sync);
	down = &sync.side[SYNC_DOWN];
	up = &sync.side[SYNC_UP];
	json_object_set_new(status, "reachable", json_boolean(is_reached(down)));
	if (down->good != 0)
		json_object_set_new(status, "reached", json_integer(down->good));
	if (sync.clock_known)
		json_object_set_new(status, "clock-ahead-ms", json_integer(sync.clock_ahead_ms));
	if (down->result != 0)
		json_object_set_new(status, "download-problem",
		    json_string(down->result == SYNC_LISTS ? lists_strerror(down->lists_error)
							   : sync_strerror(down->result)));
	if (up->result != 0)
		json_object_set_new(
		    status, "upload-problem", json_string(sync_strerror(up->result)));
}

/* NULL: no memory, or no time. The lock is held. */
static json_t *gather(struct gate *gate)
{
	struct gathering all = {.gate = gate, .lists = json_array()};
	json_t *status = json_pack("{s:s s:s s:I s:I s:o}", "device", gate->identity.device, "site",
	    gate->identity.site, "epoch", (json_int_t)gate->journal.epoch, "size",
	    (json_int_t)gate->journal.log.tree.size, "lists", all.lists);
	int r = STORE_CLOSED;

	if (status == NULL || clock_read(&gate->clock, &all.now) != 0) {
		json_decref(status);
		return NULL;
	}
	all.now_s = all.now.time_ms / 1000;
	gather_clock(&all, status);
	gather_sync(&all, status);
	if (gate->store != NULL)
		r = gather_lists(&all, status);
	if (gate->journal.failed != 0)
		r = gate->journal.failed;
	if (r != 0)
		json_object_set_new(status, "problem", json_string(journal_strerror(r)));
	return status;
}

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text == NULL ? "" : text;
}

static json_int_t number_of(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static void print_list(FILE *out, const json_t *list)
{
	const json_t *age = json_object_get(list, "age");
	char words[WORDS_AGE_MAX] = "";

	if (json_is_integer(age))
		words_age(json_integer_value(age), words);
	fprintf(out, "%-6s %s", text_of(list, "state"), text_of(list, "list"));
	if (text_of(list, "conference")[0] != '\0')
		fprintf(out, " of %s", text_of(list, "conference"));
	if (number_of(list, "rows") >= 0 && json_is_integer(json_object_get(list, "rows")))
		fprintf(out, ", %" JSON_INTEGER_FORMAT " lines", number_of(list, "rows"));
	if (words[0] == '\0')
		fprintf(out, ": never received\n");
	else
		fprintf(out, ": %s old\n", words);
}

static void print_link(FILE *out, const json_t *status)
{
	int64_t reached = number_of(status, "reached");
	char when[WORDS_TIME_MAX];

	if (!json_is_true(json_object_get(status, "syncing"))) {
		fprintf(out, "registrar: nothing syncs now; run gate sync\n");
		return;
	}
	words_time(reached, reached, when);
	if (json_is_true(json_object_get(status, "reachable")))
		fprintf(out, "registrar: reached at %s\n", when);
	else if (reached != 0)
		fprintf(out, "registrar: not reached since %s\n", when);
	else
		fprintf(out, "registrar: not reached yet\n");
}

static void print_doors(FILE *out, const json_t *status)
{
	const json_t *peers = json_object_get(status, "peers");
	const json_t *alarms = json_object_get(status, "alarms");
	char age[WORDS_AGE_MAX];

	for (size_t i = 0; i < json_array_size(peers); i++) {
		const json_t *peer = json_array_get(peers, i);
		const json_t *heard = json_object_get(peer, "heard-age");

		if (!json_is_true(json_object_get(peer, "active")))
			continue;
		if (heard != NULL)
			words_age(json_integer_value(heard), age);
		fprintf(out, "%-6s gate %s: %s%s%s\n",
		    json_is_true(json_object_get(peer, "heard")) ? "green" : "amber",
		    text_of(peer, "device"), heard == NULL ? "not heard yet" : "heard ",
		    heard == NULL ? "" : age, heard == NULL ? "" : " ago");
	}
	for (size_t i = 0; i < json_array_size(alarms); i++)
		fprintf(out,
		    "red    the journal of gate %s does not verify (%s): it is followed no "
		    "further. Tell the administrator; once it is cleared up: gate peer forget %s\n",
		    text_of(json_array_get(alarms, i), "device"),
		    text_of(json_array_get(alarms, i), "alarm"),
		    text_of(json_array_get(alarms, i), "device"));
	if (number_of(status, "conflicts") > 0)
		fprintf(out,
		    "amber  %" JSON_INTEGER_FORMAT " conflicts: two doors let one pass in\n",
		    number_of(status, "conflicts"));
}

static void print_plain(FILE *out, const json_t *status)
{
	const json_t *lists = json_object_get(status, "lists");

	fprintf(out, "gate %s of %s\n", text_of(status, "device"), text_of(status, "site"));
	fprintf(out,
	    "journal: epoch %" JSON_INTEGER_FORMAT ", %" JSON_INTEGER_FORMAT
	    " entries, %" JSON_INTEGER_FORMAT " unsent\n",
	    number_of(status, "epoch"), number_of(status, "size"), number_of(status, "unsent"));
	if (number_of(status, "stopped") > 0)
		fprintf(out,
		    "red    journal: %" JSON_INTEGER_FORMAT
		    " entries of a stopped upload are not received: tell the administrator\n",
		    number_of(status, "stopped"));
	fprintf(out, "clock: %s%s\n", text_of(status, "clock"),
	    json_is_true(json_object_get(status, "clock-suspect"))
		? ", and behind what is recorded: set it, then run gate check"
		: "");
	print_link(out, status);
	if (text_of(status, "download-problem")[0] != '\0')
		fprintf(out, "red    download: %s\n", text_of(status, "download-problem"));
	if (text_of(status, "upload-problem")[0] != '\0')
		fprintf(out, "red    upload: %s\n", text_of(status, "upload-problem"));
	for (size_t i = 0; i < json_array_size(lists); i++)
		print_list(out, json_array_get(lists, i));
	print_doors(out, status);
	if (text_of(status, "problem")[0] != '\0')
		fprintf(out, "red    %s\n", text_of(status, "problem"));
}

static int status_work(struct command *command, struct gate *gate, void *input)
{
	const bool *as_json = input;
	json_t *status;
	int exit = COMMAND_OK;

	gate_lock(gate);
	status = gather(gate);
	gate_unlock(gate);
	if (status == NULL) {
		fprintf(command->err, "gate status: there is no memory left, or no time.\n");
		return COMMAND_REFUSED;
	}
	if (*as_json) {
		if (json_dumpf(status, command->out, JSON_COMPACT) != 0)
			exit = COMMAND_REFUSED;
		putc('\n', command->out);
	} else {
		print_plain(command->out, status);
	}
	json_decref(status);
	return exit;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	bool *as_json = state->input;

	switch (key) {
	case 'j':
		*as_json = true;
		return 0;
	case ARGP_KEY_ARG:
		return cli_misuse(state, "'%s' is one argument too many", value);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int status_command(struct command *command)
{
	static const struct argp_option options[] = {
	    {"json", 'j', NULL, 0, "as one JSON object", 0}, {0}};
	static const struct argp argp = {options, parse, "",
	    "Shows how this gate stands: its journal, its clock, the registrar, and the age of "
	    "each "
	    "list.",
	    NULL, NULL, NULL};
	bool as_json = false;
	int parsed = cli_parse(command, &argp, &as_json);

	if (parsed != 0)
		return cli_exit(parsed);
	return cli_with_gate(command, status_work, &as_json);
}
