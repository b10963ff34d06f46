#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "registrar/device/handlers.h"
#include "registrar/registrar.h"
#include "web/reply.h"
#include "web/request.h"

/* Gates ask every few seconds, so that each knows who is heard; no wait is longer than this. */
enum { WAIT_MAX = 25, NAP_MS = 500 };

/* A question taken out of its JSON. */
struct question {
	int64_t wait;
	struct doors_held *held;
	size_t n_held;
};

static bool read_one(json_t *object, struct doors_held *ret)
{
	const char *device;
	size_t len;
	json_int_t epoch, size;

	if (json_unpack(object, "{s:s%, s:I, s:I!}", "device", &device, &len, "epoch", &epoch,
		"size", &size) != 0 ||
	    len == 0 || len > GATES_NAME_MAX || strlen(device) != len || epoch < 1 || size < 0)
		return false;
	*ret = (struct doors_held){.epoch = epoch, .size = (uint64_t)size};
	memcpy(ret->device, device, len);
	return true;
}

static bool read_question(json_t *json, struct question *ret)
{
	json_t *held = NULL;
	json_int_t wait;
	size_t n;

	if (json == NULL || json_unpack(json, "{s:I, s:o!}", "wait", &wait, "held", &held) != 0 ||
	    !json_is_array(held) || wait < 0 || wait > WAIT_MAX)
		return false;
	n = json_array_size(held);
	if (n > DOORS_HELD_MAX)
		return false;
	ret->held = calloc(n + 1, sizeof(*ret->held));
	if (ret->held == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!read_one(json_array_get(held, i), &ret->held[i]))
			return false;
	ret->n_held = n;
	ret->wait = wait;
	return true;
}

static int64_t mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Answers at once when there is more than is held, else after the next ring, or the wait. */
static int await(
    struct request *req, const struct gates_gate *gate, struct question *question, struct buf *out)
{
	struct doors *doors = ((struct device *)request_context(req))->doors;
	int64_t end = mono_ms() + question->wait * 1000;
	size_t logs = 0;
	uint64_t rings;
	int r;

	for (;;) {
		/* Counted before the look, so that an upload in between is not slept through. */
		int64_t left = end - mono_ms();
		bool last = left <= 0 || request_stopping(req);

		rings = doors_count(doors);
		r = doors_answer(
		    doors, gate->id, question->held, question->n_held, !last, out, &logs);
		if (r != 0 || logs > 0 || last)
			return r;
		while (doors_wait(doors, rings, left < NAP_MS ? (uint64_t)left : NAP_MS) == rings) {
			left = end - mono_ms();
			if (left <= 0 || request_stopping(req))
				break;
		}
	}
}

int device_doors(struct request *req, struct reply *rep)
{
	struct question question = {0};
	struct gates_gate gate;
	size_t len;
	const void *body = request_body(req, &len);
	json_t *json;
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	json = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	if (!read_question(json, &question)) {
		r = device_refuse(rep, 400, "request",
		    "Send "
		    "{\"wait\":0..25,\"held\":[{\"device\":\"NAME\",\"epoch\":N,\"size\":N},...]} "
		    "with at most 512 logs.");
	} else {
		reply_type(rep, "application/json");
		r = await(req, &gate, &question, reply_body(rep));
		if (r == GATES_REVOKED)
			r = device_refuse(rep, 403, "revoked", gates_strerror(r));
		else if (r != 0)
			r = device_fault(rep, r);
	}
	free(question.held);
	json_decref(json);
	return r;
}
