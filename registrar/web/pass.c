/* The files of a pass: pictures, paper, wallets, and the worker that keeps the page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/qr.h"
#include "registrar/press/pass_file.h"
#include "registrar/wallet/wallet.h"
#include "registrar/web/registration_own.h"
#include "web/asset.h"

void registration_own_free(struct registration_own *own)
{
	conference_clear(&own->conference);
}

int registration_own_read(struct request *req, struct registration_own *own)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = registration_by_reference(
		    tx, request_segment(req, "reference"), &own->registration);
	if (result == 0 && own->registration.person_id != session_of(req)->person_id)
		result = MODEL_NOT_FOUND;
	if (result == 0)
		result = conference_by_id(tx, own->registration.conference_id, &own->conference);
	if (result == 0)
		result = accreditation_by_id(
		    tx, own->registration.accreditation_id, &own->accreditation);
	if (result == 0)
		result = registration_line(tx, &own->registration, &own->line);
	store_read_end(tx);
	return result;
}

/* The same, where there is a pass. */
static int read_pass(struct request *req, struct registration_own *own)
{
	int result = registration_own_read(req, own);

	return result == 0 && !own->registration.has_pass ? MODEL_NOT_FOUND : result;
}

static struct pass_file file_of(const struct request *req, const struct registration_own *own)
{
	return (struct pass_file){.settings = &registrar_of(req)->settings,
	    .language = request_language(req),
	    .registration = &own->registration,
	    .conference = &own->conference,
	    .name = session_of(req)->name,
	    .outlet = own->accreditation.outlet.name};
}

int pass_svg_get(struct request *req, struct reply *rep)
{
	struct registration_own own = {0};
	struct qr qr = {0};
	char *text = NULL;
	size_t len = 0;
	int result = read_pass(req, &own);

	if (result == 0)
		result = qr_make(own.registration.pass_qr, strlen(own.registration.pass_qr), &qr);
	if (result == 0)
		result = qr_svg(&qr, &text, &len);
	if (result == 0) {
		reply_type(rep, "image/svg+xml");
		buf_add(reply_body(rep), text, len);
	}
	free(text);
	qr_free(&qr);
	registration_own_free(&own);
	return site_result(result);
}

typedef int maker(const struct pass_file *file, uint8_t **ret_bytes, size_t *ret_len);

/* One of the files; name: what it is offered for saving under, or NULL. */
static int show_file(
    struct request *req, struct reply *rep, maker *make, const char *type, const char *name)
{
	struct registration_own own = {0};
	struct pass_file file;
	uint8_t *bytes = NULL;
	size_t len = 0;
	int result = read_pass(req, &own);

	if (result == 0) {
		file = file_of(req, &own);
		result = make(&file, &bytes, &len);
	}
	if (result == 0) {
		reply_type(rep, type);
		if (name)
			reply_download(rep, name);
		buf_add(reply_body(rep), bytes, len);
	}
	free(bytes);
	registration_own_free(&own);
	return site_result(result);
}

int pass_png_get(struct request *req, struct reply *rep)
{
	return show_file(req, rep, pass_file_png, "image/png", NULL);
}

int pass_pdf_get(struct request *req, struct reply *rep)
{
	return show_file(req, rep, pass_file_pdf, "application/pdf", NULL);
}

int pass_apple_get(struct request *req, struct reply *rep)
{
	if (!wallet_offers(&registrar_of(req)->settings, WALLET_APPLE))
		return 404;
	return show_file(req, rep, wallet_apple, "application/vnd.apple.pkpass", "pass.pkpass");
}

/* Google keeps what it is told by the address that adds the pass. */
int pass_google_get(struct request *req, struct reply *rep)
{
	struct registration_own own = {0};
	struct pass_file file;
	char *url = NULL;
	int result;

	if (!wallet_offers(&registrar_of(req)->settings, WALLET_GOOGLE))
		return 404;
	result = read_pass(req, &own);
	if (result == 0) {
		file = file_of(req, &own);
		result = wallet_google(&file, registrar_of(req)->public_url, registrar_now(), &url);
	}
	if (result == 0) {
		reply_status(rep, 303);
		reply_header(rep, "Location", url);
	}
	free(url);
	registration_own_free(&own);
	return site_result(result);
}

/* It holds nothing of anybody: a signed-out browser may look for a newer one. Its place decides how
 * far it reaches: this registration's page and what stands below it. */
int pass_worker_get(struct request *req, struct reply *rep)
{
	const struct asset *worker = asset_find(asset_url("pass_worker.js"));
	char scope[120];

	if (!worker)
		return MODEL_SYSTEM;
	snprintf(scope, sizeof(scope), "/registrations/%.80s", request_segment(req, "reference"));
	reply_type(rep, worker->type);
	reply_header(rep, "Service-Worker-Allowed", scope);
	buf_add(reply_body(rep), worker->data, worker->len);
	return 0;
}
