#include <stdlib.h>
#include <string.h>

#include "gate/sync/follow.h"
#include "gate/peer/peer.h"
#include "gate/sync/sync_private.h"

static const char path[] = "/device/v1/doors";

/* One question and its answer. *ret_more: there may be more at once. */
static int ask(struct sync *sync, struct sync_line *line, unsigned wait, bool *ret_more)
{
	struct gate *gate = sync->setup.gate;
	struct client_answer answer = {0};
	struct follow_outcome outcome = {0};
	char *question = NULL;
	int r = follow_question(gate, NULL, wait, &question);

	if (r == 0)
		r = client_ask(line->client, path, question, strlen(question), wait, &answer);
	free(question);
	if (r != 0)
		return r;
	if (answer.status != 200)
		r = sync_refused(sync, "doors", &answer);
	else
		r = follow_answer(gate, NULL, answer.body, answer.len, &outcome);
	client_answer_free(&answer);
	if (r == STORE_MISUSE)
		r = SYNC_ANSWER;
	if (outcome.alarms > 0)
		sync_say(sync,
		    "ALARM: the journal of %s does not verify; it is followed no further, tell the "
		    "administrator",
		    outcome.alarmed);
	*ret_more = outcome.news > 0 || outcome.alarms > 0;
	return r == 0 && outcome.stuck > 0 && !*ret_more ? SYNC_BEHIND : r;
}

static bool has_keys(struct gate *gate)
{
	bool has;

	gate_lock(gate);
	has = gate->keys != NULL;
	gate_unlock(gate);
	return has;
}

/* The registrar is back: what waits in the other loops goes now. */
static void tell_others(struct sync *sync, struct sync_line *line)
{
	bool was_lost;

	pthread_mutex_lock(&sync->mutex);
	was_lost = line->side->failures > 0;
	pthread_mutex_unlock(&sync->mutex);
	if (!was_lost)
		return;
	for (size_t i = 0; i < SYNC_LOOPS; i++)
		if (&sync->lines[i] != line)
			sync_poke(sync, (enum sync_loop)i);
}

int sync_doors_once(struct sync *sync, struct sync_line *line)
{
	struct gate *gate = sync->setup.gate;
	bool more = true;
	int r = has_keys(gate) ? 0 : SYNC_NO_KEYS;

	while (r == 0 && more && !sync_stopping(sync)) {
		r = ask(sync, line, line->wait, &more);
		/* In the loop the next pass is the next question. */
		if (line->wait > 0)
			break;
	}
	if (r == 0 || r == SYNC_BEHIND)
		tell_others(sync, line);
	else if (r <= CLIENT_MEMORY && r >= CLIENT_KEY && r != CLIENT_STOPPED)
		peer_registrar_lost(gate);
	/* Only how long ago each was heard: the next time does as well. */
	if (peer_save(gate) != 0)
		return r;
	return r;
}
