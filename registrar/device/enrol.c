#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "badges/bytes.h"
#include "badges/fingerprint.h"
#include "registrar/device/handlers.h"
#include "registrar/registrar.h"
#include "web/reply.h"
#include "web/request.h"

static int answer(struct registrar *registrar, struct reply *rep, const struct gates_gate *gate)
{
	const struct key_secret *root = keyring_signer(registrar->keyring, KEY_USE_ROOT);
	char fingerprint[FINGERPRINT_TEXT + 1], hex[2 * KEY_PUBLIC_SIZE + 1];

	if (root == NULL)
		return device_refuse(
		    rep, 503, "root", "The root key is not there, so no gate can be enrolled now.");
	bytes_hex(root->public, sizeof(root->public), hex);
	fingerprint_gate(gate->spki, gate->journal_key, fingerprint);
	reply_type(rep, "application/json");
	buf_printf(reply_body(rep),
	    "{\"device\":\"%s\",\"site\":\"%s\",\"root\":\"%s\",\"fingerprint\":\"%s\"}\n",
	    gate->name, registrar->settings.site, hex, fingerprint);
	return 0;
}

static int enrol(struct device *device, struct reply *rep, const struct gates_claim *claim)
{
	struct gates_gate gate;
	int r = gates_enrol(device->registrar, &device->guard, claim, &gate);

	switch (r) {
	case 0:
		return answer(device->registrar, rep, &gate);
	case GATES_WRONG_CODE:
		return device_refuse(rep, 403, "code", gates_strerror(r));
	case GATES_TOO_MANY:
		return device_refuse(rep, 429, "busy", gates_strerror(r));
	case GATES_NO_ROOT:
		return device_refuse(rep, 503, "root", gates_strerror(r));
	case GATES_KNOWN_KEY:
		return device_refuse(rep, 409, "key", gates_strerror(r));
	case GATES_BAD_KEY:
		return device_refuse(rep, 400, "key", gates_strerror(r));
	default:
		return device_fault(rep, r);
	}
}

int device_enrol(struct request *req, struct reply *rep)
{
	struct gates_claim claim = {0};
	const char *code, *key;
	size_t len, key_len;
	const void *body = request_body(req, &len);
	json_t *json;
	int r;

	if (request_client_spki(req, claim.spki) != 0)
		return device_refuse(rep, 403, "certificate", "Show the gate's own certificate.");
	json = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	if (json == NULL ||
	    json_unpack(json, "{s:s, s:s%!}", "code", &code, "journal_key", &key, &key_len) != 0 ||
	    bytes_unhex(key, key_len, claim.journal_key, sizeof(claim.journal_key)) != 0) {
		json_decref(json);
		return device_refuse(rep, 400, "request",
		    "Send {\"code\":\"XXXX-XXXX-XXXX-XXXX\",\"journal_key\":\"64 hex digits\"}.");
	}
	claim.code = code;
	r = enrol(request_context(req), rep, &claim);
	json_decref(json);
	return r;
}
