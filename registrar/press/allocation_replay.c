/* A run, made again from what it keeps. */
#include <stdlib.h>
#include <string.h>

#include "registrar/press/allocation_keep.h"
#include "registrar/press/allocation_run.h"

static bool same(const struct allocation_result *a, const struct allocation_result *b)
{
	return a->outcome == b->outcome && a->pool == b->pool && a->number == b->number &&
	       a->limit == b->limit && a->line == b->line && a->near == b->near;
}

static int compare(const struct allocation_kept *kept, struct allocation_replay *replay,
    void (*each)(void *context, const struct allocation_difference *difference), void *context)
{
	struct allocation_result *again = calloc(kept->n + 1, sizeof *again);
	uint8_t digest[ALLOCATION_DIGEST];
	int result = again ? 0 : MODEL_SYSTEM;

	if (!result && (allocation_decide(&kept->rules, kept->cases, kept->n, again) ||
			   allocation_digest(&kept->rules, kept->cases, kept->n, digest)))
		result = MODEL_SYSTEM;
	if (result)
		goto done;
	replay->cases = kept->n;
	replay->same_facts = memcmp(digest, replay->run.digest, sizeof digest) == 0;
	for (size_t i = 0; i < kept->n; i++) {
		if (same(&kept->results[i], &again[i]))
			continue;
		replay->differences++;
		if (each)
			each(context, &(struct allocation_difference){
					  kept->cases[i].id, kept->results[i], again[i]});
	}
done:
	free(again);
	return result;
}

int allocation_replay(struct store_tx *tx, int64_t run, struct allocation_replay *ret,
    void (*each)(void *context, const struct allocation_difference *difference), void *context,
    struct refusal *why)
{
	struct allocation_replay replay = {.cases = 0};
	struct allocation_kept kept = {.n = 0};
	int result = allocation_run_by_id(tx, run, &replay.run);

	if (!result && replay.run.rules_version != ALLOCATION_RULES_VERSION)
		result = refuse(why, "",
		    "This run was made by version %d of the rules; this program knows version %d. "
		    "Replay it with the program of that time.",
		    (int)replay.run.rules_version, ALLOCATION_RULES_VERSION);
	if (!result)
		result = allocation_kept_read(tx, run, &kept);
	if (!result)
		result = compare(&kept, &replay, each, context);
	allocation_kept_free(&kept);
	if (!result)
		*ret = replay;
	return result;
}
