#include "registrar/doors/health.h"
#include "registrar/device/handlers.h"
#include "registrar/registrar.h"
#include "web/reply.h"
#include "web/request.h"

int device_health(struct request *req, struct reply *rep)
{
	struct device *device = request_context(req);
	struct gates_gate gate;
	size_t len;
	const void *body = request_body(req, &len);
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	r = health_take(device->registrar, gate.id, body, len, registrar_now());
	if (r == HEALTH_BAD)
		return device_refuse(rep, 400, "request",
		    "Health is one JSON object of at most 8,000 bytes; see device.h.");
	if (r != 0)
		return device_fault(rep, r);
	reply_status(rep, 204);
	return 0;
}
