#include <stdlib.h>

#include "registrar/device/handlers.h"
#include "registrar/doors/health.h"
#include "registrar/journal/reception.h"
#include "registrar/registrar.h"
#include "web/reply.h"
#include "web/request.h"

/* A gate waits at most so long for a change before it asks again. */
#define WAIT_MAX 25

static const struct form_field state_query[DEVICE_STATE_QUERY] = {
    [DEVICE_WAIT] = {.name = "wait",
	.label = "seconds to wait",
	.kind = FORM_INTEGER,
	.high = WAIT_MAX},
    [DEVICE_SEEN] = {.name = "seen",
	.label = "tag of the state seen",
	.kind = FORM_LINE,
	.max = 64},
    [DEVICE_PEER] = {.name = "peer",
	.label = "where this gate's door to other gates is",
	.kind = FORM_LINE,
	.max = GATES_PEER_MAX},
};

static const struct form_field list_query[DEVICE_LIST_QUERY] = {
    [DEVICE_HAVE] = {.name = "have",
	.label = "version held",
	.kind = FORM_INTEGER,
	.high = 9007199254740991},
};

/* A line of JSON for each log held. */
#define DOORS_BODY_MAX ((size_t)DOORS_HELD_MAX * 128)

static const struct form_field answers_query[DEVICE_ANSWERS_QUERY] = {
    [DEVICE_SINCE] = {.name = "since",
	.label = "version of the newest answer held",
	.kind = FORM_INTEGER,
	.high = 9007199254740991},
};

/* A letter in base64, and what stands around it. */
#define REFERRAL_BODY_MAX 8192

#define DEVICE (ROUTE_PERSONAL | ROUTE_NO_CSRF)

const struct route registrar_device_routes[] = {
    {"POST", "/device/v1/enrol", 0, DEVICE | ROUTE_RAW, NULL, 0, NULL, 0, 4096, device_enrol},
    {"GET", "/device/v1/state", 0, DEVICE | ROUTE_LONG, state_query, DEVICE_STATE_QUERY, NULL, 0, 0,
	device_state},
    {"GET", "/device/v1/keys", 0, DEVICE, NULL, 0, NULL, 0, 0, device_keys},
    {"GET", "/device/v1/staff", 0, DEVICE, NULL, 0, NULL, 0, 0, device_staff},
    {"GET", "/device/v1/roster/:number", 0, DEVICE, list_query, DEVICE_LIST_QUERY, NULL, 0, 0,
	device_roster},
    {"GET", "/device/v1/revoked", 0, DEVICE, list_query, DEVICE_LIST_QUERY, NULL, 0, 0,
	device_revoked},
    {"GET", "/device/v1/photo/:hash", 0, DEVICE, NULL, 0, NULL, 0, 0, device_photo},
    {"POST", "/device/v1/health", 0, DEVICE | ROUTE_RAW, NULL, 0, NULL, 0, HEALTH_MAX,
	device_health},
    {"POST", "/device/v1/journal/:epoch", 0, DEVICE | ROUTE_RAW, NULL, 0, NULL, 0,
	RECEPTION_BODY_MAX, device_journal},
    {"POST", "/device/v1/doors", 0, DEVICE | ROUTE_RAW | ROUTE_LONG, NULL, 0, NULL, 0,
	DOORS_BODY_MAX, device_doors},
    {"POST", "/device/v1/referral", 0, DEVICE | ROUTE_RAW, NULL, 0, NULL, 0, REFERRAL_BODY_MAX,
	device_referral},
    {"GET", "/device/v1/answers", 0, DEVICE, answers_query, DEVICE_ANSWERS_QUERY, NULL, 0, 0,
	device_answers},
};
const size_t registrar_n_device_routes =
    sizeof(registrar_device_routes) / sizeof(registrar_device_routes[0]);

static void refusal(struct request *req, struct reply *rep, unsigned status, const char *why)
{
	static const struct {
		unsigned status;
		const char *token;
	} tokens[] = {
	    {400, "request"}, {404, "path"}, {405, "method"}, {413, "size"}, {500, "fault"}};
	const char *token = "refused";

	(void)req;
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
		if (tokens[i].status == status)
			token = tokens[i].token;
	(void)device_refuse(rep, status, token, why == NULL ? "This can't be answered." : why);
}

/* The gate whose certificate this is: 0, GATES_UNKNOWN or a store_result. */
static int find_gate(struct request *req, struct gates_gate *ret_gate)
{
	struct device *device = request_context(req);
	uint8_t spki[TLS_PIN_BYTES];
	struct store_tx *tx = NULL;
	int r;

	if (device->any_certificate) {
		*ret_gate = (struct gates_gate){.state = GATES_ENROLLED};
		return 0;
	}
	if (request_client_spki(req, spki) != 0)
		return GATES_UNKNOWN;
	r = store_read_begin(device->registrar->store, &tx);
	if (r == 0)
		r = gates_find(tx, spki, ret_gate);
	store_read_end(tx);
	return r;
}

/* An upload is kept in memory only for a gate that may upload. */
static bool may_send(struct request *req)
{
	struct gates_gate gate;

	return find_gate(req, &gate) == 0 && gate.state == GATES_ENROLLED;
}

const struct http_program device_program = {.refusal = refusal, .may_send = may_send};

int device_open(struct registrar *registrar, struct device **ret_device)
{
	struct device *device = calloc(1, sizeof(*device));

	if (device == NULL || bundles_open(registrar, &device->bundles) != 0 ||
	    doors_open(registrar, &device->doors) != 0) {
		if (device != NULL)
			bundles_close(device->bundles);
		free(device);
		return MODEL_SYSTEM;
	}
	device->registrar = registrar;
	gates_guard_init(&device->guard);
	*ret_device = device;
	return 0;
}

void device_close(struct device *device)
{
	if (device == NULL)
		return;
	bundles_close(device->bundles);
	doors_close(device->doors);
	gates_guard_destroy(&device->guard);
	free(device);
}

int device_refuse(struct reply *rep, unsigned status, const char *token, const char *message)
{
	reply_status(rep, status);
	reply_type(rep, "application/json");
	/* Tokens and sentences are ours and hold nothing that JSON would escape but quotes. */
	buf_printf(reply_body(rep), "{\"error\":\"%s\",\"message\":\"", token);
	for (; *message != '\0'; message++) {
		if (*message == '"' || *message == '\\')
			buf_putc(reply_body(rep), '\\');
		buf_putc(reply_body(rep), *message);
	}
	buf_puts(reply_body(rep), "\"}\n");
	return 0;
}

int device_fault(struct reply *rep, int result)
{
	if (result == STORE_FULL || result == STORE_CLOSED || result == STORE_LOCKED)
		return device_refuse(rep, 503, "store", store_strerror(result));
	return -1;
}

bool device_gate(struct request *req, struct reply *rep, struct gates_gate *ret_gate)
{
	struct device *device = request_context(req);
	int r = find_gate(req, ret_gate);

	if (r == GATES_UNKNOWN)
		(void)device_refuse(
		    rep, 403, "unknown", "This certificate is no enrolled gate's. Enrol the gate.");
	else if (r != 0)
		(void)device_refuse(rep, 503, "store", store_strerror(r));
	else if (ret_gate->state != GATES_ENROLLED)
		(void)device_refuse(
		    rep, 403, "revoked", "This gate has been revoked. Enrol it under a new name.");
	else if (!device->any_certificate) {
		gates_seen(device->registrar, ret_gate, registrar_now());
		doors_seen(device->doors, ret_gate->id);
	}
	return r == 0 && ret_gate->state == GATES_ENROLLED;
}
