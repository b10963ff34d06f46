#include <stdlib.h>
#include <string.h>

#include "registrar/device/handlers.h"
#include "registrar/registrar.h"
#include "web/reply.h"
#include "web/request.h"

/* Larger than any page: a full list at its limits. */
#define OBJECT_MAX ((size_t)64 << 20)

static int send(struct device *device, struct reply *rep, int r, struct bundles_object *object)
{
	struct buf *out = reply_body(rep);

	switch (r) {
	case 0:
		reply_type(rep, "application/cose; cose-type=\"cose-sign1\"");
		reply_header(rep, "Pressgate-Object", bundles_kind_word(object->kind));
		out->limit = OBJECT_MAX;
		buf_add(out, object->bytes, object->len);
		bundles_put(device->bundles, object);
		return 0;
	case BUNDLES_SAME:
		reply_status(rep, 204);
		return 0;
	case BUNDLES_NO_CONFERENCE:
		return device_refuse(rep, 404, "conference", bundles_strerror(r));
	case BUNDLES_NO_KEY:
		return device_refuse(rep, 503, "key", bundles_strerror(r));
	default:
		return device_fault(rep, r);
	}
}

/* keys and staff have no delta: they come whole. */
static int send_whole(struct request *req, struct reply *rep,
    int (*get)(struct bundles *bundles, struct bundles_object **ret_object))
{
	struct device *device = request_context(req);
	struct bundles_object *object = NULL;
	struct gates_gate gate;
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	r = get(device->bundles, &object);
	return send(device, rep, r, object);
}

int device_keys(struct request *req, struct reply *rep)
{
	return send_whole(req, rep, bundles_keys);
}

int device_staff(struct request *req, struct reply *rep)
{
	return send_whole(req, rep, bundles_staff);
}

static int bad_query(struct reply *rep)
{
	return device_refuse(rep, 400, "have", "have is the version held, a whole number.");
}

int device_roster(struct request *req, struct reply *rep)
{
	struct device *device = request_context(req);
	const char *text = request_segment(req, "number");
	struct bundles_object *object = NULL;
	struct gates_gate gate;
	int r;
	uint64_t number;

	if (!device_gate(req, rep, &gate))
		return 0;
	number = strspn(text, "0123456789") == strlen(text) && strlen(text) <= 10
		     ? strtoull(text, NULL, 10)
		     : 0;
	if (number == 0 || number > UINT32_MAX || text[0] == '0')
		return send(device, rep, BUNDLES_NO_CONFERENCE, NULL);
	if (!form_ok(request_query(req)))
		return bad_query(rep);
	r = bundles_roster(device->bundles, (uint32_t)number,
	    (uint64_t)form_number(request_query(req), DEVICE_HAVE), &object);
	return send(device, rep, r, object);
}

int device_revoked(struct request *req, struct reply *rep)
{
	struct device *device = request_context(req);
	struct bundles_object *object = NULL;
	struct gates_gate gate;
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	if (!form_ok(request_query(req)))
		return bad_query(rep);
	r = bundles_revoked(
	    device->bundles, (uint64_t)form_number(request_query(req), DEVICE_HAVE), &object);
	return send(device, rep, r, object);
}
