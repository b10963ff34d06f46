/* All gates at once. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "registrar/doors/health.h"
#include "registrar/web/gates.html.h"
#include "registrar/web/handlers.h"

enum { TAG_BYTES = 12, GATES_MAX = 512 };

struct gathering {
	struct view_gate *gates;
	size_t n;
};

struct page_tag view_gate_tag(const struct health_gate *gate)
{
	if (gate->revoked)
		return (struct page_tag){"Revoked", PAGE_PLAIN};
	if (!gate->enrolled)
		return (struct page_tag){"Not enrolled yet", PAGE_WORKING};
	if (gate->silent)
		return (struct page_tag){gate->told == 0 ? "Not heard yet" : "Silent",
		    gate->told == 0 ? PAGE_WORKING : PAGE_STOP};
	switch (gate->health.worst) {
	case HEALTH_OK:
		return (struct page_tag){"Ready", PAGE_GOOD};
	case HEALTH_WARN:
		return (struct page_tag){"Ready, with remarks", PAGE_CHECK};
	default:
		return (struct page_tag){"Not ready", PAGE_STOP};
	}
}

/* An age as people say it: in its largest unit. */
static void say_age(int64_t seconds, char ret[static VIEW_GATE_TEXT])
{
	static const struct {
		int64_t seconds;
		const char *one, *many;
	} units[] = {{86400, "day", "days"}, {3600, "hour", "hours"}, {60, "minute", "minutes"}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (seconds >= units[i].seconds) {
			int64_t n = seconds / units[i].seconds;

			(void)snprintf(ret, VIEW_GATE_TEXT, "%" PRId64 " %s", n,
			    n == 1 ? units[i].one : units[i].many);
			return;
		}
	(void)snprintf(ret, VIEW_GATE_TEXT, seconds < 0 ? "never confirmed" : "under a minute");
}

static void say_clock(const struct health *health, char ret[static VIEW_GATE_TEXT])
{
	int64_t tenths = llabs(health->clock_ahead_ms) / 100;

	if (!health->clock_known)
		(void)snprintf(ret, VIEW_GATE_TEXT, "%s", health->clock);
	else if (tenths < 10)
		(void)snprintf(ret, VIEW_GATE_TEXT, "%s, as ours", health->clock);
	else
		(void)snprintf(ret, VIEW_GATE_TEXT, "%s, %" PRId64 ".%" PRId64 " s %s",
		    health->clock, tenths / 10, tenths % 10,
		    health->clock_ahead_ms < 0 ? "behind" : "ahead");
}

static void say_disk(const struct health *health, char ret[static VIEW_GATE_TEXT])
{
	if (health->free_mib < 0)
		(void)snprintf(ret, VIEW_GATE_TEXT, "not known");
	else if (health->free_mib >= 10240)
		(void)snprintf(ret, VIEW_GATE_TEXT, "%" PRId64 " GiB free", health->free_mib >> 10);
	else
		(void)snprintf(ret, VIEW_GATE_TEXT, "%" PRId64 " MiB free", health->free_mib);
}

static void add_gate(void *context, const struct health_gate *gate)
{
	struct gathering *gathering = context;
	struct view_gate *view;

	if (gathering->n == GATES_MAX)
		return;
	view = &gathering->gates[gathering->n++];
	view->gate = *gate;
	view->tag = view_gate_tag(gate);
	say_age(gate->health.roster_age, view->roster_age);
	say_age(gate->health.revoked_age, view->revoked_age);
	say_clock(&gate->health, view->clock);
	say_disk(&gate->health, view->disk);
}

/* Reads every gate. Free gathering->gates in any case. */
static int gather(struct registrar *registrar, struct gathering *gathering)
{
	struct store_tx *tx = NULL;
	int result;

	gathering->n = 0;
	gathering->gates = calloc(GATES_MAX, sizeof(*gathering->gates));
	if (!gathering->gates)
		return STORE_NO_MEMORY;
	result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = health_each(tx, registrar_now(), add_gate, gathering);
	store_read_end(tx);
	return result;
}

static void add_text(crypto_hash_sha256_state *state, const char *text)
{
	crypto_hash_sha256_update(state, (const uint8_t *)text, strlen(text) + 1);
}

static void add_number(crypto_hash_sha256_state *state, int64_t number)
{
	crypto_hash_sha256_update(state, (const uint8_t *)&number, sizeof(number));
}

/* What the page says, but for what ticks by itself. */
static void tag_over(const struct gathering *gathering, char ret_tag[static VIEW_TAG])
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < gathering->n; i++) {
		const struct view_gate *view = &gathering->gates[i];
		const struct health *health = &view->gate.health;
		const int64_t numbers[] = {view->gate.since, health->epoch, health->size,
		    health->unsent, health->inside, health->shifts, health->photos_held,
		    health->photos_wanted};

		add_text(&state, view->gate.name);
		add_text(&state, view->tag.text);
		add_text(&state, health->conference);
		add_text(&state, view->roster_age);
		add_text(&state, view->revoked_age);
		for (size_t j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++)
			add_number(&state, numbers[j]);
		for (size_t j = 0; j < health->n; j++)
			add_text(&state, health->findings[j].id);
	}
	crypto_hash_sha256_final(&state, hash);
	bytes_hex(hash, TAG_BYTES, ret_tag);
}

int gates_get(struct request *req, struct reply *rep)
{
	struct gathering gathering = {0};
	struct view_gates view = {.now = registrar_now()};
	int result = gather(registrar_of(req), &gathering);

	if (result == 0) {
		view.gates = gathering.gates;
		view.n = gathering.n;
		tag_over(&gathering, view.live_tag);
		site_page(req, rep, &view.page, "Gates", "/staff/gates", SITE_FORMS);
		view.page.wide = true;
		gates_page(reply_body(rep), &view);
	}
	free(gathering.gates);
	return site_result(result);
}

static int read_tag(struct request *req, char ret_tag[static VIEW_TAG])
{
	struct gathering gathering = {0};
	int result = gather(registrar_of(req), &gathering);

	if (result == 0)
		tag_over(&gathering, ret_tag);
	free(gathering.gates);
	return result;
}

int gates_now_get(struct request *req, struct reply *rep)
{
	return now_answer(req, rep, read_tag);
}
