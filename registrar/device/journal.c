#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "badges/bytes.h"
#include "badges/log_json.h"
#include "registrar/device/handlers.h"
#include "registrar/journal/reception.h"
#include "registrar/registrar.h"
#include "web/reply.h"
#include "web/request.h"

/* An upload taken out of its JSON, which holds the texts. */
struct parsed {
	struct reception_upload upload;
	struct log_text *entries;
	struct reception_detail *details;
	uint8_t (*sealed)[RECEPTION_SEALED_MAX]; /* room for each of them, NULL: none came sealed */
};

static bool read_entries(json_t *array, struct parsed *parsed)
{
	if (!log_json_read(
		array, RECEPTION_ENTRIES_MAX, &parsed->entries, &parsed->upload.n_entries))
		return false;
	parsed->upload.entries = parsed->entries;
	return true;
}

/* One that is longer than any gate makes them is dropped later, and no reason to refuse entries. */
static bool read_sealed(
    json_t *object, uint8_t room[static RECEPTION_SEALED_MAX], struct reception_detail *ret)
{
	const char *text;
	size_t len;
	json_int_t seq;

	if (json_unpack(object, "{s:I, s:s%!}", "seq", &seq, "sealed", &text, &len) != 0 || seq < 0)
		return false;
	ret->seq = (uint64_t)seq;
	ret->sealed = room;
	if (len >
	    sodium_base64_ENCODED_LEN(RECEPTION_SEALED_MAX, sodium_base64_VARIANT_ORIGINAL) - 1)
		return true;
	return sodium_base642bin(room, RECEPTION_SEALED_MAX, text, len, NULL, &ret->sealed_len,
		   NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
}

static bool read_detail(json_t *object, struct reception_detail *ret)
{
	const char *salt;
	size_t salt_len;
	json_int_t seq;

	if (json_unpack(object, "{s:I, s:s%, s:s%!}", "seq", &seq, "salt", &salt, &salt_len,
		"detail", &ret->text, &ret->len) != 0 ||
	    seq < 0 || bytes_unhex(salt, salt_len, ret->salt, sizeof(ret->salt)) != 0)
		return false;
	ret->seq = (uint64_t)seq;
	return true;
}

static bool read_details(json_t *array, struct parsed *parsed)
{
	size_t n = json_array_size(array);

	if (array == NULL)
		return true;
	if (!json_is_array(array) || n > RECEPTION_ENTRIES_MAX)
		return false;
	parsed->details = calloc(n + 1, sizeof(*parsed->details));
	if (parsed->details == NULL)
		return false;
	parsed->sealed = n == 0 ? NULL : malloc(n * sizeof(*parsed->sealed));
	for (size_t i = 0; i < n; i++) {
		json_t *object = json_array_get(array, i);

		if (parsed->sealed == NULL ||
		    !(json_object_get(object, "sealed") != NULL
			    ? read_sealed(object, parsed->sealed[i], &parsed->details[i])
			    : read_detail(object, &parsed->details[i])))
			return false;
	}
	parsed->upload.details = parsed->details;
	parsed->upload.n_details = n;
	return true;
}

static bool read_upload(json_t *json, struct parsed *parsed)
{
	json_t *entries = NULL, *details = NULL;
	json_int_t old;

	if (json == NULL ||
	    json_unpack(json, "{s:I, s:s%, s:o, s?o!}", "old", &old, "checkpoint",
		&parsed->upload.checkpoint, &parsed->upload.checkpoint_len, "entries", &entries,
		"details", &details) != 0 ||
	    old < 0)
		return false;
	parsed->upload.old = (uint64_t)old;
	return read_entries(entries, parsed) && read_details(details, parsed);
}

static int refused(struct reply *rep, const struct reception_answer *answer)
{
	char message[160];

	if (strcmp(answer->word, "bad-entry") == 0)
		(void)snprintf(message, sizeof(message),
		    "Entry %llu does not hold; nothing was stored.",
		    (unsigned long long)answer->seq);
	else
		(void)snprintf(message, sizeof(message),
		    "The upload does not hold (%s); nothing was stored.", answer->word);
	return device_refuse(rep, 400, answer->word, message);
}

static int conflict(struct reply *rep, const char *error, const char *field, uint64_t value)
{
	reply_status(rep, 409);
	reply_type(rep, "application/json");
	buf_printf(reply_body(rep), "{\"error\":\"%s\",\"%s\":%llu}\n", error, field,
	    (unsigned long long)value);
	return 0;
}

static int receipt(struct reply *rep, const struct reception_answer *answer)
{
	size_t len = strcspn(answer->cosignature, "\n");

	reply_type(rep, "application/json");
	/* A note's signature line holds nothing that JSON would escape but its LF. */
	buf_printf(reply_body(rep), "{\"size\":%llu,\"cosignature\":\"%.*s\\n\"}\n",
	    (unsigned long long)answer->size, (int)len, answer->cosignature);
	return 0;
}

static int take(struct device *device, struct reply *rep, const struct parsed *parsed)
{
	struct reception_answer answer;
	int r = reception_take(device->registrar, &parsed->upload, &answer);

	switch (r) {
	case 0:
		doors_ring(device->doors);
		return receipt(rep, &answer);
	case RECEPTION_REFUSED:
		return refused(rep, &answer);
	case RECEPTION_GAP:
		return conflict(rep, "gap", "size", answer.size);
	case RECEPTION_EQUIVOCATION:
		return conflict(rep, "equivocation", "seq", answer.seq);
	case RECEPTION_REVOKED:
		return device_refuse(rep, 403, "revoked", reception_strerror(r));
	case RECEPTION_NO_WITNESS:
		return device_refuse(rep, 503, "witness", reception_strerror(r));
	default:
		return device_fault(rep, r);
	}
}

static int64_t epoch_of(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len > 12 || strspn(text, "0123456789") != len || text[0] == '0')
		return 0;
	return strtoll(text, NULL, 10);
}

int device_journal(struct request *req, struct reply *rep)
{
	struct parsed parsed = {0};
	struct gates_gate gate;
	size_t len;
	const void *body = request_body(req, &len);
	json_t *json;
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	json = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	if (read_upload(json, &parsed)) {
		parsed.upload.gate = &gate;
		parsed.upload.epoch = epoch_of(request_segment(req, "epoch"));
		parsed.upload.now = registrar_now();
		r = take(request_context(req), rep, &parsed);
	} else {
		r = device_refuse(rep, 400, "request",
		    "Send {\"old\":N,\"checkpoint\":\"...\",\"entries\":[...],\"details\":[...]} "
		    "with "
		    "at most 1000 entries.");
	}
	free(parsed.entries);
	free(parsed.details);
	free(parsed.sealed);
	json_decref(json);
	return r;
}
