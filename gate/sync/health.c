/* What the registrar is told of this gate: registrar/device/device.h, health. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "gate/build_time.h"
#include "gate/conference.h"
#include "gate/sync/errands.h"
#include "gate/door/presence.h"
#include "gate/ready/ready.h"
#include "schema/gate_db.h"

enum {
	TELL_MS = 15 * 1000, /* at least so often, and at once when something has changed */
	FINDINGS_BYTES = 5000,
};

/* What only the gate's own fields say. */
struct inside {
	uint64_t epoch, size;
	int64_t newest_ms, shifts, inside;
	char slug[CONFERENCE_SLUG_MAX + 1]; /* of the conference that is scanned for; "" */
};

static void read_open(struct gate *gate, struct store_tx *tx, struct inside *ret)
{
	struct conference conference;
	struct store_rows *rows = NULL;

	if (gate->tally_conference != 0 &&
	    conference_by_number(tx, gate->tally_conference, &conference) == STORE_ROW) {
		memcpy(ret->slug, conference.slug, sizeof(ret->slug));
		ret->inside = gate->tally_inside;
	}
	if (store_one(tx, GATE_Q_READY_SHIFTS, STORE_NO_ARGS, &rows) == STORE_ROW)
		ret->shifts = store_get_i64(rows, 0);
	store_done(rows);
}

static struct inside read_inside(struct gate *gate)
{
	struct inside inside = {0};
	struct store_tx *tx = NULL;

	gate_lock(gate);
	inside.epoch = gate->journal.epoch;
	inside.size = gate->journal.log.tree.size;
	inside.newest_ms = gate->journal.newest_ms;
	if (gate->store != NULL && store_read_begin(gate->store, &tx) == 0)
		read_open(gate, tx, &inside);
	store_read_end(tx);
	gate_unlock(gate);
	return inside;
}

/* Those that are not well, as far as there is room. */
static json_t *findings_json(const struct ready_report *report)
{
	json_t *array = json_array();
	size_t room = FINDINGS_BYTES;

	for (size_t i = 0; array != NULL && i < report->n; i++) {
		const struct ready_finding *finding = &report->findings[i];
		size_t len = strlen(finding->words) + strlen(finding->remedy) + 64;

		if (finding->state == READY_OK || len > room)
			continue;
		room -= len;
		/* One that finds no memory is missing, and told next time. */
		(void)json_array_append_new(array, json_pack("{s:s s:s s:s s:s}", "id", finding->id,
						       "state", ready_word(finding->state), "words",
						       finding->words, "remedy", finding->remedy));
	}
	return array;
}

static json_t *health_json(const struct ready_report *report, const struct inside *inside)
{
	const struct ready_facts *facts = &report->facts;

	return json_pack(
	    "{s:s s:I s:I s:I s:s s:o s:s s:I s:I s:I s:s s:I s:I s:I s:I s:I s:s s:o}", "version",
	    GATE_VERSION, "epoch", (json_int_t)inside->epoch, "size", (json_int_t)inside->size,
	    "unsent", (json_int_t)facts->unsent, "clock", facts->clock, "ahead_ms",
	    facts->clock_known ? json_integer((json_int_t)facts->clock_ahead_ms) : json_null(),
	    "conference", inside->slug, "inside", (json_int_t)inside->inside, "shifts",
	    (json_int_t)inside->shifts, "entry", (json_int_t)(inside->newest_ms / 1000), "next",
	    facts->next, "roster_age", (json_int_t)facts->roster_age, "revoked_age",
	    (json_int_t)facts->revoked_age, "free_mib", (json_int_t)facts->free_mib,
	    "photos_wanted", (json_int_t)facts->photos_wanted, "photos_held",
	    (json_int_t)facts->photos_held, "worst", ready_word(report->worst), "findings",
	    findings_json(report));
}

/* Over what is told at once when it changes; numbers that tick by themselves are left out. */
static void hash_of(const struct ready_report *report, const struct inside *inside,
    uint8_t ret_hash[static crypto_hash_sha256_BYTES])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < report->n; i++) {
		uint8_t one = (uint8_t)report->findings[i].state;

		crypto_hash_sha256_update(&state, &one, 1);
	}
	crypto_hash_sha256_update(&state, (const uint8_t *)&inside->shifts, sizeof(inside->shifts));
	crypto_hash_sha256_update(&state, (const uint8_t *)&inside->epoch, sizeof(inside->epoch));
	crypto_hash_sha256_update(&state, (const uint8_t *)inside->slug, strlen(inside->slug) + 1);
	crypto_hash_sha256_final(&state, ret_hash);
}

static int tell(struct sync *sync, struct sync_line *line, const char *text)
{
	struct client_answer answer = {0};
	int r = client_ask(line->client, "/device/v1/health", text, strlen(text), 0, &answer);

	if (r != 0)
		return r;
	if (answer.status != 204)
		r = sync_refused(sync, "health", &answer);
	client_answer_free(&answer);
	return r;
}

int health_errand(struct sync *sync, struct sync_line *line)
{
	struct gate *gate = sync->setup.gate;
	int64_t now = sync_boot_ms(sync);
	struct ready_report report;
	struct inside inside;
	uint8_t hash[crypto_hash_sha256_BYTES];
	json_t *json;
	char *text;
	int r;

	ready_look(gate, READY_GLANCE, &report);
	inside = read_inside(gate);
	hash_of(&report, &inside, hash);
	if (sync->health.told && now - sync->health.told_ms < TELL_MS &&
	    memcmp(hash, sync->health.hash, sizeof(hash)) == 0)
		return 0;
	json = health_json(&report, &inside);
	text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	json_decref(json);
	r = text == NULL ? SYNC_MEMORY : tell(sync, line, text);
	free(text);
	if (r == 0) {
		sync->health.told = true;
		sync->health.told_ms = now;
		memcpy(sync->health.hash, hash, sizeof(hash));
	}
	return r;
}
