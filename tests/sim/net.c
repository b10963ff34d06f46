/* The network between gates and the registrar: whole messages, and what can happen to them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum { UNREACHABLE = -203, LOST = -206 }; /* client_error of gate/sync/client.h */

struct net_end net_ends[DOORS];

static int ask_registrar(struct run *run, int gate, const char *path, const char *body, size_t len,
    struct sim_answer *ret_answer)
{
	struct machine *before = sim_here;
	int r = UNREACHABLE;

	if (run->registrar == NULL)
		return r;
	sim_here = &run->machine;
	gate = gate == TWIN ? run->twin_of : gate;
	r = sim_registrar_ask(run->registrar, run->world->spki[gate], path, body, len, ret_answer);
	sim_here = before;
	if (r != 0)
		return LOST;
	if (run->doors[gate].revoked && !run->doors[gate].revoked_open && ret_answer->status == 200)
		run_harm(run, HARM_WRONG, "%s is revoked and yet answered",
		    run->doors[gate].machine.name);
	/* Its power went before the last byte of the answer. */
	if (memdisk_is_off(run->machine.disk)) {
		free(ret_answer->body);
		return LOST;
	}
	return 0;
}

static void keep_late(struct run *run, int gate, const char *path, const char *body, size_t len)
{
	struct late *late = &run->late[run_random(run, LATE_MAX)];

	free(late->body);
	*late = (struct late){.gate = gate, .len = len};
	(void)snprintf(late->path, sizeof(late->path), "%s", path);
	late->body = body == NULL ? NULL : malloc(len + 1);
	if (late->body != NULL)
		memcpy(late->body, body, len);
}

void net_deliver_late(struct run *run)
{
	struct sim_answer answer = {0};

	for (int i = 0; i < LATE_MAX; i++) {
		struct late *late = &run->late[i];
		struct late one = *late;

		if (one.path[0] == '\0' || run->doors[one.gate].revoked)
			continue;
		*late = (struct late){0};
		if (ask_registrar(run, one.gate, one.path, one.body, one.len, &answer) == 0) {
			run_say(run, "late %d %s: %ld", one.gate, one.path, answer.status);
			free(answer.body);
		}
		free(one.body);
	}
}

/* What a list was before, for that network which answers with it again. */
static void keep_old(struct run *run, const char *path, const struct sim_answer *answer)
{
	struct old_answer *old;

	if (answer->object[0] == '\0' || answer->status != 200)
		return;
	old = &run->old[run->n_old < ANSWERS_MAX ? run->n_old : run_random(run, ANSWERS_MAX)];
	if (run->n_old < ANSWERS_MAX)
		run->n_old++;
	free(old->answer.body);
	old->answer = *answer;
	old->step = run->step;
	(void)snprintf(old->path, sizeof(old->path), "%.*s", (int)strcspn(path, "?"), path);
	old->answer.body = malloc(answer->len + 1);
	if (old->answer.body == NULL)
		abort();
	memcpy(old->answer.body, answer->body, answer->len + 1);
}

static bool answer_old(struct run *run, const char *path, struct sim_answer *answer)
{
	size_t len = strcspn(path, "?");

	for (size_t i = 0; i < run->n_old; i++) {
		const struct old_answer *old = &run->old[i];

		if (strlen(old->path) != len || strncmp(old->path, path, len) != 0 ||
		    strstr(old->answer.object, "delta") != NULL)
			continue;
		free(answer->body);
		*answer = old->answer;
		answer->body = malloc(answer->len + 1);
		if (answer->body == NULL)
			abort();
		memcpy(answer->body, old->answer.body, answer->len + 1);
		return true;
	}
	return false;
}

static void spoil(struct run *run, struct sim_answer *answer)
{
	if (answer->len == 0)
		return;
	answer->body[run->plan.chance % answer->len] ^= (uint8_t)(1 + run->plan.chance / 7 % 255);
}

/* A receipt as the registrar would write it, but nobody signed it. */
static void forge(const char *body, size_t len, struct sim_answer *answer)
{
	const char *at = len == 0 ? NULL : strstr(body, "\"old\":");
	unsigned long long old = at == NULL ? 0 : strtoull(at + 6, NULL, 10);
	size_t entries = 0;

	for (at = body; at != NULL && (at = strstr(at, "pressgate-entry/v1")) != NULL; at++)
		entries++;
	answer->status = 200;
	answer->object[0] = '\0';
	answer->body = calloc(1, 512);
	if (answer->body == NULL)
		abort();
	answer->len = (size_t)snprintf((char *)answer->body, 512,
	    "{\"size\":%llu,\"cosignature\":\"\xe2\x80\x94 " SIM_SITE
	    "/witness AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\n\"}",
	    old + entries);
}

/* Before the registrar: whether it comes there at all. 1: it does. */
static int on_the_way(struct run *run, int gate, const char *path, const char *body, size_t len,
    struct sim_answer *ret_answer)
{
	switch (run->plan.fault) {
	case FAULT_CUT_BEFORE:
		run_fault(run, FAULT_CUT_BEFORE);
		return UNREACHABLE;
	case FAULT_CUT_REQUEST:
		run_fault(run, FAULT_CUT_REQUEST);
		/* What came of it is no request; a server that took it for one would refuse it. */
		if (body != NULL && ask_registrar(run, gate, path, body,
					run->plan.chance % (len + 1), ret_answer) == 0)
			free(ret_answer->body);
		*ret_answer = (struct sim_answer){0};
		return LOST;
	case FAULT_TWICE:
		run_fault(run, FAULT_TWICE);
		if (ask_registrar(run, gate, path, body, len, ret_answer) == 0)
			free(ret_answer->body);
		*ret_answer = (struct sim_answer){0};
		return 1;
	case FAULT_LATE:
		run_fault(run, FAULT_LATE);
		keep_late(run, gate, path, body, len);
		return LOST;
	case FAULT_FORGED:
		if (strncmp(path, "/device/v1/journal/", 19) != 0)
			return 1;
		run_fault(run, FAULT_FORGED);
		forge(body, len, ret_answer);
		return 0;
	default:
		return 1;
	}
}

static int on_the_way_back(struct run *run, const char *path, struct sim_answer *answer)
{
	switch (run->plan.fault) {
	case FAULT_CUT_ANSWER:
		run_fault(run, FAULT_CUT_ANSWER);
		if (run->plan.chance % 4 != 0) {
			free(answer->body);
			*answer = (struct sim_answer){0};
			return LOST;
		}
		/* And one whose end nobody misses. */
		answer->len = run->plan.chance / 4 % (answer->len + 1);
		answer->body[answer->len] = '\0';
		return 0;
	case FAULT_OLD_LIST:
		if (answer->object[0] != '\0' && answer_old(run, path, answer))
			run_fault(run, FAULT_OLD_LIST);
		return 0;
	case FAULT_BAD_BYTES:
		if (answer->object[0] != '\0' || strstr(path, "journal") != NULL) {
			run_fault(run, FAULT_BAD_BYTES);
			spoil(run, answer);
		}
		return 0;
	default:
		return 0;
	}
}

static bool suits(enum fault fault, const char *path)
{
	bool journal = strncmp(path, "/device/v1/journal/", 19) == 0;
	bool state = strncmp(path, "/device/v1/state", 16) == 0;

	switch (fault) {
	case FAULT_NONE:
		return false;
	case FAULT_FORGED:
		return journal;
	case FAULT_OLD_LIST:
		/* A pass that ended stands in the one and no more in the other. */
		return strstr(path, "/v1/roster/") != NULL || strstr(path, "/v1/revoked") != NULL;
	case FAULT_BAD_BYTES:
		return !state;
	default:
		return true;
	}
}

/* Whether an upload has the entry that the registrar can't take. */
static bool is_poisoned(
    const struct run *run, int gate, const char *path, const char *body, size_t len)
{
	const char *at = len == 0 ? NULL : strstr(body, "\"old\":");
	uint64_t old = at == NULL ? 0 : strtoull(at + 6, NULL, 10), n = 0;

	if (gate != run->poison.gate || strncmp(path, "/device/v1/journal/", 19) != 0 ||
	    strtoull(path + 19, NULL, 10) != run->poison.epoch)
		return false;
	for (at = body; at != NULL && (at = strstr(at, "pressgate-entry/v1")) != NULL; at++)
		n++;
	return run->poison.seq >= old && run->poison.seq < old + n;
}

static int answer_text(struct sim_answer *ret_answer, long status, const char *text)
{
	*ret_answer = (struct sim_answer){
	    .status = status, .body = (uint8_t *)strdup(text), .len = strlen(text)};
	if (ret_answer->body == NULL)
		abort();
	return 0;
}

int net_ask(void *context, int loop, const char *path, const char *body, size_t len,
    struct sim_answer *ret_answer)
{
	const struct net_end *end = context;
	struct run *run = end->run;
	bool again = run->plan.fault == FAULT_OLD_LIST;
	bool now = (again || !run->plan.done) && run->asked++ >= run->plan.at &&
		   suits(run->plan.fault, path);
	int r = 1;

	(void)loop;
	*ret_answer = (struct sim_answer){0};
	if (run->doors[end->gate].cut_off || memdisk_is_off(run->doors[end->gate].machine.disk))
		return UNREACHABLE;
	run->plan.done |= now;
	if (now)
		r = on_the_way(run, end->gate, path, body, len, ret_answer);
	if (r != 1)
		return r;
	if (is_poisoned(run, end->gate, path, body, len)) {
		run_fault(run, FAULT_POISON);
		return answer_text(
		    ret_answer, 400, "{\"error\":\"entry\",\"message\":\"It can't be taken.\"}");
	}
	r = ask_registrar(run, end->gate, path, body, len, ret_answer);
	if (r != 0)
		return r;
	keep_old(run, path, ret_answer);
	if (ret_answer->status == 403)
		run->doors[end->gate].mute = true;
	return now ? on_the_way_back(run, path, ret_answer) : 0;
}

int net_ask_peer(void *context, int loop, const char *path, const char *body, size_t len,
    struct sim_answer *ret_answer)
{
	struct peer_end *end = context;
	struct run *run = end->run;
	struct door *to = &run->doors[end->to];
	struct machine *before = sim_here;
	int r;

	(void)loop;
	(void)path;
	*ret_answer = (struct sim_answer){0};
	if (run->apart[end->from][end->to] || to->side == NULL)
		return UNREACHABLE;
	sim_here = &to->machine;
	r = sim_gate_answer_peer(to->side, body, len, ret_answer);
	sim_here = before;
	if (r != 0)
		return LOST;
	end->news = strstr((const char *)ret_answer->body, "\"logs\":[]") == NULL;
	/* TLS lets no changed bytes through; what is signed and wrong is an alarm that a person
	 * ends. */
	if (run->plan.fault == FAULT_CUT_ANSWER) {
		run_fault(run, FAULT_CUT_ANSWER);
		run->plan.done = true;
		ret_answer->len = run->plan.chance % (ret_answer->len + 1);
	}
	return 0;
}

void net_forget(struct run *run)
{
	for (int i = 0; i < LATE_MAX; i++) {
		free(run->late[i].body);
		run->late[i] = (struct late){0};
	}
}
