#include "registrar/doors/health.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "badges/text.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

/* No number a gate counts is larger, and sums of a few can't overflow. */
#define NUMBER_MAX (INT64_C(1) << 53)

/* A text as it may be shown: plain, and no longer than its room. */
static bool take_text(const char *text, char *ret, size_t size)
{
	size_t len = strlen(text);

	if (len >= size || (len > 0 && !text_is_plain(text, len)))
		return false;
	memcpy(ret, text, len + 1);
	return true;
}

static bool take_state(const char *word, enum health_state *ret)
{
	static const char *const words[] = {"ok", "warn", "bad"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum health_state)i;
			return true;
		}
	return false;
}

static bool take_finding(json_t *json, struct health_finding *ret)
{
	const char *id, *state, *words, *remedy;

	return json_unpack(json, "{s:s, s:s, s:s, s:s!}", "id", &id, "state", &state, "words",
		   &words, "remedy", &remedy) == 0 &&
	       take_text(id, ret->id, sizeof(ret->id)) && take_state(state, &ret->state) &&
	       take_text(words, ret->words, sizeof(ret->words)) &&
	       take_text(remedy, ret->remedy, sizeof(ret->remedy));
}

static bool take_findings(json_t *array, struct health *health)
{
	health->n = json_array_size(array);
	if (!json_is_array(array) || health->n > HEALTH_FINDINGS_MAX)
		return false;
	for (size_t i = 0; i < health->n; i++)
		if (!take_finding(json_array_get(array, i), &health->findings[i]))
			return false;
	return true;
}

static bool take_numbers(json_t *json, struct health *health)
{
	const struct {
		const char *name;
		int64_t *to;
	} numbers[] = {{"epoch", &health->epoch}, {"size", &health->size},
	    {"unsent", &health->unsent}, {"inside", &health->inside}, {"shifts", &health->shifts},
	    {"entry", &health->entry}, {"roster_age", &health->roster_age},
	    {"revoked_age", &health->revoked_age}, {"free_mib", &health->free_mib},
	    {"photos_wanted", &health->photos_wanted}, {"photos_held", &health->photos_held}};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		json_t *number = json_object_get(json, numbers[i].name);

		if (!json_is_integer(number) || json_integer_value(number) < -1 ||
		    json_integer_value(number) > NUMBER_MAX)
			return false;
		*numbers[i].to = json_integer_value(number);
	}
	return true;
}

static bool take(json_t *json, struct health *health)
{
	const char *version, *clock, *conference, *next, *worst;
	json_t *ahead = json_object_get(json, "ahead_ms");
	json_t *findings = NULL;

	health->clock_known = json_is_integer(ahead);
	health->clock_ahead_ms = json_integer_value(ahead);
	return json_is_object(json) && json_object_size(json) == 18 &&
	       (json_is_integer(ahead) || json_is_null(ahead)) &&
	       health->clock_ahead_ms >= -NUMBER_MAX && health->clock_ahead_ms <= NUMBER_MAX &&
	       json_unpack(json, "{s:s, s:s, s:s, s:s, s:s, s:o}", "version", &version, "clock",
		   &clock, "conference", &conference, "next", &next, "worst", &worst, "findings",
		   &findings) == 0 &&
	       take_text(version, health->version, sizeof(health->version)) &&
	       take_text(clock, health->clock, sizeof(health->clock)) &&
	       take_text(conference, health->conference, sizeof(health->conference)) &&
	       take_text(next, health->next, sizeof(health->next)) &&
	       take_state(worst, &health->worst) && take_numbers(json, health) &&
	       take_findings(findings, health);
}

int health_read(const char *text, size_t len, struct health *ret_health)
{
	json_t *json;
	bool taken;

	if (len > HEALTH_MAX)
		return HEALTH_BAD;
	memset(ret_health, 0, sizeof(*ret_health));
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	taken = json != NULL && take(json, ret_health);
	json_decref(json);
	return taken ? 0 : HEALTH_BAD;
}

struct keeping {
	int64_t gate, now;
	const char *text;
	size_t len;
};

static int keep_body(struct store_tx *tx, void *context)
{
	const struct keeping *keeping = context;

	return store_exec(tx, REGISTRAR_Q_HEALTH_PUT,
	    STORE_ARGS(store_i64(keeping->gate), store_textn(keeping->text, keeping->len),
		store_i64(keeping->now), store_i64(HEALTH_SILENT)),
	    NULL);
}

int health_take(
    struct registrar *registrar, int64_t gate_id, const char *text, size_t len, int64_t now)
{
	struct keeping keeping = {gate_id, now, text, len};
	struct health health;
	int r = health_read(text, len, &health);

	return r != 0 ? r : store_write(registrar->store, keep_body, &keeping);
}

static void read_gate(struct store_rows *rows, int64_t now, struct health_gate *gate)
{
	const char *state = store_get_text(rows, 1), *text = store_get_text(rows, 3);

	memset(gate, 0, sizeof(*gate));
	(void)snprintf(gate->name, sizeof(gate->name), "%s", store_get_text(rows, 0));
	gate->enrolled = strcmp(state, "enrolled") == 0;
	gate->revoked = strcmp(state, "revoked") == 0;
	gate->seen = store_get_i64(rows, 2);
	gate->told = store_get_i64(rows, 4);
	gate->since = store_get_i64(rows, 5);
	/* A time ahead of ours says that our own clock was set back: it is not now either. */
	gate->silent =
	    gate->told == 0 || now - gate->told > HEALTH_SILENT || gate->told - now > HEALTH_SILENT;
	gate->has_health = gate->told != 0 && health_read(text, strlen(text), &gate->health) == 0;
}

int health_each(struct store_tx *tx, int64_t now,
    void (*each)(void *context, const struct health_gate *gate), void *context)
{
	struct store_rows *rows = NULL;
	struct health_gate gate;
	int r = store_query(tx, REGISTRAR_Q_HEALTH_LIST, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		read_gate(rows, now, &gate);
		each(context, &gate);
		r = 0;
	}
	store_done(rows);
	return r;
}
