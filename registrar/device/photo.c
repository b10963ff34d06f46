#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/device/handlers.h"
#include "registrar/photo/photo.h"
#include "registrar/registrar.h"
#include "web/reply.h"
#include "web/request.h"

int device_photo(struct request *req, struct reply *rep)
{
	struct device *device = request_context(req);
	const char *hex = request_segment(req, "hash");
	uint8_t hash[PHOTO_HASH], *bytes = NULL;
	struct store_tx *tx = NULL;
	struct gates_gate gate;
	size_t len = 0;
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	if (bytes_unhex(hex, strlen(hex), hash, sizeof(hash)) != 0)
		return device_refuse(
		    rep, 404, "photo", "A photograph is asked for by its hash in 64 hex digits.");
	r = store_read_begin(device->registrar->store, &tx);
	if (r == 0)
		r = photo_for_gates(tx, hash, registrar_now(), &bytes, &len);
	store_read_end(tx);
	if (r == STORE_NOT_FOUND)
		return device_refuse(
		    rep, 404, "photo", "No roster that gates may have shows this photograph.");
	if (r != 0)
		return device_fault(rep, r);
	reply_type(rep, "image/jpeg");
	buf_add(reply_body(rep), bytes, len);
	free(bytes);
	return 0;
}
