/* The gate's code as the simulator drives it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "badges/reason.h"
#include "gate/sync/client.h"
#include "gate/door/door.h"
#include "gate/gate.h"
#include "gate/journal/mark.h"
#include "gate/peer/peer_answer.h"
#include "gate/peer/peer_loop.h"
#include "gate/door/presence.h"
#include "gate/sync/resident.h"
#include "gate/door/scan.h"
#include "gate/door/stop.h"
#include "gate/sync/sync.h"
#include "tests/sim/wrap.h"

struct sim_gate {
	struct gate *gate;
	struct sync *sync;
	struct sync_setup inner;
	sim_ask *ask;
	void *context;
	int next_loop; /* connections are opened in the order of loops */
	bool restored;
};

/* One loop's connection. */
struct line {
	struct sim_gate *owner;
	int loop;
};

static int now_source(void *context, struct clock_raw *ret_raw)
{
	struct sim_time now;

	(void)context;
	wrap_hooks->now(&now);
	*ret_raw = (struct clock_raw){.time_ms = now.wall_ms,
	    .mono_ms = (uint64_t)now.boot_ms,
	    .disciplined = now.disciplined};
	memcpy(ret_raw->boot, now.boot, sizeof(now.boot));
	return 0;
}

void sim_gate_start(const struct sim_hooks *hooks)
{
	wrap_hooks = hooks;
}

int sim_gate_make(const struct sim_gate_make *make, uint8_t ret_key[32])
{
	struct gate_options options = {
	    .create = true, .clock_source = now_source, .built_s = make->built_s};
	struct gate *gate = NULL;
	char why[GATE_WHY_MAX];
	int r = gate_open(make->dir, &options, &gate, why, sizeof(why));

	if (r != 0) {
		fprintf(stderr, "sim: gate_open: %d %s\n", r, why);
		return r;
	}
	memcpy(ret_key, gate->journal_key->public, 32);
	gate_close(gate);
	return 0;
}

int sim_gate_enrol(const struct sim_gate_make *make, const uint8_t root[32])
{
	struct gate_options options = {
	    .create = true, .clock_source = now_source, .built_s = make->built_s};
	struct gate_identity identity = {.url = "https://registrar.example:8443",
	    .pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
	struct gate *gate = NULL;
	char why[GATE_WHY_MAX];
	int r = gate_open(make->dir, &options, &gate, why, sizeof(why));

	if (r != 0)
		return r;
	(void)snprintf(identity.device, sizeof(identity.device), "%s", make->device);
	(void)snprintf(identity.site, sizeof(identity.site), "%s", make->site);
	memcpy(identity.root, root, 32);
	r = gate_set_identity(gate, &identity);
	gate_close(gate);
	return r;
}

int sim_gate_settle(const char *dir)
{
	char path[512], checkpoint[CHECKPOINT_SIGNED_MAX + 1];
	int fd = -1, r;

	(void)snprintf(path, sizeof(path), "%s/epoch.mark", dir);
	r = mark_open(path, checkpoint, &fd);
	if (r == MARK_MOVED)
		fd = mark_make(path, checkpoint);
	if (fd >= 0)
		close(fd);
	return r == MARK_ABSENT || fd >= 0 ? 0 : r;
}

static int line_ask(void *context, const char *path, const char *body, size_t len,
    unsigned wait_seconds, struct client_answer *ret_answer)
{
	struct line *line = context;
	struct sim_answer answer = {0};
	int r = line->owner->ask(line->owner->context, line->loop, path, body, len, &answer);

	(void)wait_seconds;
	if (r != 0)
		return r;
	ret_answer->status = answer.status;
	ret_answer->body = answer.body;
	ret_answer->len = answer.len;
	memcpy(ret_answer->object, answer.object, sizeof(answer.object));
	return 0;
}

static void line_stop(void *context)
{
	(void)context;
}

static int line_connect(void *context, const struct client_setup *setup, struct client **ret_client)
{
	static const struct client_transport transport = {line_ask, line_stop, free};
	struct sim_gate *owner = context;
	struct line *line = calloc(1, sizeof(*line));
	int r = CLIENT_MEMORY;

	(void)setup;
	if (line == NULL)
		return r;
	*line = (struct line){owner, owner->next_loop++};
	r = client_wrap(&transport, line, ret_client);
	if (r != 0)
		free(line);
	return r;
}

static void changed(void *context, const struct lists_change *change)
{
	struct sim_gate *gate = context;

	gate->inner.changed(gate->inner.context, change);
}

static void say(void *context, const char *line)
{
	struct sim_gate *gate = context;

	gate->restored |= strncmp(line, "ALARM", 5) == 0;
}

int sim_gate_open(const char *dir, const struct sim_gate_options *options, sim_ask *ask,
    void *context, struct sim_gate **ret_gate, char why[SIM_WHY])
{
	struct gate_options opened = {.clock_source = now_source,
	    .built_s = options->built_s,
	    .no_mark = options->no_mark,
	    .repair = options->repair};
	struct sim_gate *gate = calloc(1, sizeof(*gate));
	struct sync_setup setup;
	int r;

	if (gate == NULL)
		return GATE_MEMORY;
	gate->ask = ask;
	gate->context = context;
	r = gate_open(dir, &opened, &gate->gate, why, SIM_WHY);
	if (r != 0) {
		free(gate);
		return r;
	}
	resident_setup(gate->gate, &gate->inner);
	setup = gate->inner;
	setup.changed = changed;
	setup.log = say;
	setup.context = gate;
	setup.connect = line_connect;
	setup.connect_context = gate;
	r = sync_open(&setup, &gate->sync);
	if (r != 0) {
		(void)snprintf(why, SIM_WHY, "%s", sync_strerror(r));
		gate_close(gate->gate);
		free(gate);
		return r;
	}
	*ret_gate = gate;
	return 0;
}

void sim_gate_close(struct sim_gate *gate)
{
	if (gate == NULL)
		return;
	sync_close(gate->sync);
	gate_close(gate->gate);
	free(gate);
}

int sim_gate_loops(void)
{
	return SYNC_LOOPS;
}

int sim_gate_sync(struct sim_gate *gate, int loop)
{
	return sync_run(gate->sync, (enum sync_loop)loop);
}

void sim_gate_scan(
    struct sim_gate *gate, const char *slug, const char *text, struct sim_verdict *ret_verdict)
{
	static struct scan_result result;
	struct scan scan;
	int r = scan_open(gate->gate, slug, "", &scan);

	*ret_verdict = (struct sim_verdict){.failure = r};
	if (r != 0) {
		(void)snprintf(ret_verdict->reason, SIM_WORD, "no-conference");
		return;
	}
	scan_text(&scan, text, strlen(text), &result);
	ret_verdict->recorded = result.recorded;
	ret_verdict->admit = result.verdict.kind == VERDICT_ADMIT;
	(void)snprintf(ret_verdict->reason, SIM_WORD, "%s", reason_token(result.verdict.reason));
	(void)snprintf(ret_verdict->decision, SIM_WORD, ret_verdict->admit ? "admit" : "deny");
	ret_verdict->epoch = gate->gate->journal.epoch;
	ret_verdict->seq = result.seq;
	ret_verdict->failure = result.failure;
}

static void take_look(struct door_look *look, const char *decision, struct sim_verdict *ret)
{
	ret->recorded = look->recorded;
	ret->epoch = look->epoch;
	ret->seq = look->seq;
	ret->failure = look->failure;
	(void)snprintf(ret->decision, SIM_WORD, "%s", decision);
	(void)snprintf(ret->reason, SIM_WORD, "%s", reason_token(look->verdict.reason));
}

/* What was done to a look; r is what the step returned. */
static void take_act(
    struct door_look *look, int r, const char *decision, struct sim_verdict *ret_verdict)
{
	take_look(look, decision, ret_verdict);
	ret_verdict->recorded = r == 0;
	if (r != 0)
		ret_verdict->failure = r;
}

static void override(struct door *door, const struct door_who *who, struct door_look *look,
    struct sim_verdict *ret_verdict)
{
	int r;

	/* What it says of itself stands in the journal already, as a scan's. */
	if (look->state != DOOR_DENIED && look->state != DOOR_REFERRED) {
		ret_verdict->failure = look->failure;
		return;
	}
	r = door_override(door, who, look, "", "Known to the press office");
	take_act(look, r, "override", ret_verdict);
}

void sim_gate_act(struct sim_gate *gate, const char *slug, enum sim_act act, const char *text,
    uint64_t epoch, uint64_t seq, struct sim_verdict *ret_verdict)
{
	static struct door_look look;
	const struct door_who who = {.staff = "super1"};
	const struct door_subject subject = {.text = text, .len = strlen(text)};
	struct door door;
	int r = door_open(gate->gate, slug, &door);

	*ret_verdict = (struct sim_verdict){.failure = r};
	if (r != 0)
		return;
	if (act == SIM_UNDO) {
		r = door_undo(&door, &who, epoch, seq, NULL);
		ret_verdict->recorded = r == 0;
		ret_verdict->failure = r;
		ret_verdict->epoch = gate->gate->journal.epoch;
		ret_verdict->seq = gate->gate->journal.log.tree.size - 1;
		(void)snprintf(ret_verdict->decision, SIM_WORD, "void");
		return;
	}
	door_look(&door, &who, &subject, act == SIM_EXIT ? DOOR_LEAVING : DOOR_AT_ONCE, &look);
	if (act == SIM_EXIT) {
		take_look(&look, "exit", ret_verdict);
		ret_verdict->recorded = look.state == DOOR_EXITED;
	} else {
		override(&door, &who, &look, ret_verdict);
	}
	door_forget(&look);
}

const char *sim_gate_loop_name(int loop)
{
	return sync_loop_name((enum sync_loop)loop);
}

int sim_gate_accept_clock(struct sim_gate *gate)
{
	return journal_accept_clock(gate->gate);
}

void sim_gate_stands(struct sim_gate *gate, struct sim_gate_stands *ret_stands)
{
	struct sync_status status;

	sync_status(gate->sync, &status);
	*ret_stands = (struct sim_gate_stands){.equivocation = status.equivocation,
	    .restored = gate->restored,
	    .epoch = gate->gate->journal.epoch,
	    .size = gate->gate->journal.log.tree.size,
	    .unsent = status.unsent,
	    .objects = status.objects,
	    .failure = gate->gate->journal.failed};
}

const char *sim_gate_words(int result)
{
	return sync_strerror(result);
}

/* ---- from gate to gate ---- */

int sim_gate_ask_peer(struct sim_gate *gate, const char *device, sim_ask *ask, void *context)
{
	struct sim_gate way = {.ask = ask, .context = context};
	struct client *client = NULL;
	int r;

	if (wrap_hooks->control == CONTROL_PEERS)
		return 0;
	r = line_connect(&way, NULL, &client);
	if (r != 0)
		return r;
	r = peer_ask(gate->gate, client, device, 0);
	client_close(client);
	return r;
}

int sim_gate_answer_peer(
    struct sim_gate *gate, const char *body, size_t len, struct sim_answer *ret_answer)
{
	struct peer_cursor cursor = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	struct peer_question *question = NULL;
	unsigned wait;
	char *json = NULL;
	int r = peer_question_read(body, len, &question, &wait);

	if (r == 0)
		r = peer_answer(gate->gate, &cursor, question, false, &json);
	peer_question_free(question);
	if (r == 0)
		*ret_answer = (struct sim_answer){
		    .status = 200, .body = (uint8_t *)json, .len = strlen(json)};
	return r;
}

int sim_gate_stop(struct sim_gate *gate, const char *slug, const uint8_t *pass, bool lift)
{
	const struct stop_order order = {
	    .scope = pass == NULL ? REVOKED_SCOPE_CONFERENCE : REVOKED_SCOPE_PASS,
	    .slug = slug,
	    .pass = pass,
	    .staff = "super1",
	    .role = STAFF_SUPERVISOR,
	    .words = "Smoke at this door"};

	return lift ? stop_lift(gate->gate, &order, NULL) : stop_make(gate->gate, &order, NULL);
}

/* The order in which they come is no part of it, nor how often one thing is stopped. */
struct stops {
	uint8_t seen[64][16];
	size_t n;
	uint64_t digest;
};

static int add_stop(void *context, const struct stop *stop)
{
	struct stops *stops = context;
	uint64_t one;
	uint8_t hash[16], bytes[17 + CONFERENCE_SLUG_MAX + 1] = {(uint8_t)stop->scope};

	if (stop->has_pass)
		memcpy(bytes + 1, stop->pass, 16);
	else
		memcpy(bytes + 17, stop->slug, strlen(stop->slug));
	crypto_generichash(hash, sizeof(hash), bytes, sizeof(bytes), NULL, 0);
	for (size_t i = 0; i < stops->n; i++)
		if (memcmp(stops->seen[i], hash, sizeof(hash)) == 0)
			return 0;
	if (stops->n < 64)
		memcpy(stops->seen[stops->n++], hash, sizeof(hash));
	memcpy(&one, hash, sizeof(one));
	stops->digest += one;
	return 0;
}

int sim_gate_sums(struct sim_gate *gate, const char *slug, int64_t *ret_inside, uint64_t *ret_stops)
{
	struct stops stops = {.n = 0};
	struct conference conference;
	struct store_tx *tx = NULL;
	int64_t again = 0;
	int r;

	gate_lock(gate->gate);
	r = gate->gate->store == NULL ? -1 : store_read_begin(gate->gate->store, &tx);
	if (r == 0) {
		r = conference_by_slug(tx, slug, &conference);
		r = r == STORE_ROW ? presence_inside(gate->gate, tx, conference.number, ret_inside)
				   : -1;
		/* What is kept in memory is what the store has. */
		gate->gate->tally_conference = 0;
		if (r == 0)
			r = presence_inside(gate->gate, tx, conference.number, &again);
		if (r == 0 && again != *ret_inside)
			r = -2;
		if (r == 0)
			r = stop_each(gate->gate, tx, clock_wall_ms(&gate->gate->clock) / 1000,
			    add_stop, &stops);
		store_read_end(tx);
	}
	gate_unlock(gate->gate);
	*ret_stops = stops.digest;
	return r;
}
