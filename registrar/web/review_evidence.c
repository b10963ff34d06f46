#include "registrar/web/review_evidence.h"

#include <sodium.h>
#include <stdlib.h>

#include "registrar/photo/photo.h"
#include "registrar/press/person.h"
#include "registrar/press/view_log.h"
#include "registrar/web/apply.h"

const struct review_answer review_answers[] = {
    {"phone", "Telephone"},
    {"site", "Outlet’s web site"},
    {"address", "Outlet’s address"},
    {"scope", "Student’s project"},
    {"deadline", "Deadline"},
    {"title", "Title"},
    {"synopsis", "Synopsis"},
    {"begins", "First projected day"},
    {"ends", "Last projected day"},
    {"requirements", "Needs"},
};
const size_t review_n_answers = sizeof(review_answers) / sizeof(*review_answers);

/* What programs do that fill in forms, and people seldom: for staff to know, and nothing else. */
static void read_pace(const struct application *application, const struct dossier *dossier,
    struct review_evidence *evidence)
{
	int64_t seconds = application->created - dossier->created;

	evidence->trapped = *dossier_answer(&evidence->answers, APPLY_TRAP) != '\0';
	if (seconds < REVIEW_HASTY_SECONDS)
		evidence->seconds = seconds > 0 ? seconds : 1;
}

int review_evidence_read(struct store_tx *tx, const struct application *application,
    struct review_evidence *ret_evidence)
{
	struct review_evidence evidence = {.reference = application->reference};
	struct dossier dossier = {0};
	struct outlet known;
	int result = dossier_of(tx, application->id, &dossier);

	if (result == 0)
		result = dossier_answers(tx, dossier.id, &evidence.answers);
	if (result == 0)
		result = upload_list(tx, dossier.id, &evidence.uploads);
	if (result == 0)
		read_pace(application, &dossier, &evidence);
	if (result == STORE_NOT_FOUND)
		result = 0;
	if (result == 0)
		result = likeness_find(
		    tx, application, dossier.id, &evidence.alike, &evidence.n_alike);
	if (result == 0)
		result = outlet_by_name(tx, application->outlet, &known);
	if (result == STORE_NOT_FOUND)
		result = outlet_matches(tx, application->outlet,
		    dossier_answer(&evidence.answers, "site"), &evidence.matches,
		    &evidence.n_matches);
	if (result == 0)
		result = focal_vouches(tx, application->id, &evidence.vouches);
	if (result < 0)
		review_evidence_free(&evidence);
	else
		*ret_evidence = evidence;
	return result;
}

void review_evidence_free(struct review_evidence *evidence)
{
	dossier_answers_free(&evidence->answers);
	upload_list_free(&evidence->uploads);
	focal_list_free(&evidence->vouches);
	free(evidence->matches);
	evidence->matches = NULL;
	free(evidence->alike);
	evidence->alike = NULL;
}

static int give_photo(struct store_tx *tx, struct registrar *registrar, int64_t dossier_id,
    const struct application *application, const char *staff, bool *ret_photo)
{
	struct person person;
	struct upload upload;
	struct photo photo;
	int result = upload_photo(tx, dossier_id, &upload);

	if (result == STORE_NOT_FOUND)
		return 0;
	/* The address may be another one by now. */
	if (result == 0)
		result = person_by_id(tx, application->person_id, &person);
	if (result < 0)
		return result;
	photo = (struct photo){.width = upload.width,
	    .height = upload.height,
	    .bytes = upload.bytes,
	    .len = (size_t)upload.size};
	crypto_hash_sha256(photo.hash, photo.bytes, photo.len);
	result = photo_set_within(tx, registrar, person.email, &photo, staff, ret_photo);
	upload_free(&upload);
	return result;
}

int review_evidence_settle(struct store_tx *tx, struct registrar *registrar,
    const struct application *application, int64_t outlet_id, bool alias, const char *staff,
    int64_t now, bool *ret_photo)
{
	struct dossier_answers answers = {NULL, 0};
	struct dossier dossier;
	int result = alias ? outlet_alias(tx, outlet_id, application->outlet, staff, now) : 0;

	if (result == 0)
		result = dossier_of(tx, application->id, &dossier);
	if (result == STORE_NOT_FOUND)
		return 0;
	if (result == 0)
		result = dossier_answers(tx, dossier.id, &answers);
	/* Of an outlet that was picked nothing was asked. */
	if (result == 0 && *dossier_answer(&answers, "outlet-new"))
		result = outlet_set_details(tx, outlet_id, dossier_answer(&answers, "site"),
		    dossier_answer(&answers, "address"));
	if (result == 0)
		result = give_photo(tx, registrar, dossier.id, application, staff, ret_photo);
	dossier_answers_free(&answers);
	return result;
}

/* ---- files, for staff ---- */

struct opening {
	struct registrar *registrar;
	const char *reference, *staff;
	const char *name;     /* NULL: the photograph */
	struct upload upload; /* filled */
};

/* A look at a file is noted, or there is no look. */
static int note(struct store_tx *tx, const struct opening *it, const struct application *application)
{
	const struct view_log_look look = {.what = it->name ? VIEW_LOG_FILE : VIEW_LOG_PHOTO,
	    .why = application_waits(application) ? VIEW_LOG_REVIEW : VIEW_LOG_DECISION,
	    .staff = it->staff,
	    .application_id = application->id,
	    .item = application->reference};

	return view_log_add(tx, it->registrar, &look, registrar_now());
}

static int open_file(struct store_tx *tx, void *context)
{
	struct opening *it = context;
	struct application application = {0};
	struct dossier dossier;
	int result = application_by_reference(tx, it->reference, &application);

	/* What nobody has confirmed is the applicant's alone. */
	if (result == 0 && application.submitted == 0)
		result = STORE_NOT_FOUND;
	if (result == 0)
		result = dossier_of(tx, application.id, &dossier);
	if (result == 0)
		result = note(tx, it, &application);
	if (result == 0)
		result = it->name ? upload_open(tx, dossier.id, it->name, &it->upload)
				  : upload_photo(tx, dossier.id, &it->upload);
	application_free(&application);
	return result;
}

static int serve(struct request *req, struct reply *rep, const char *name)
{
	struct opening it = {.registrar = registrar_of(req),
	    .reference = request_segment(req, "reference"),
	    .staff = session_of(req)->staff,
	    .name = name};
	int result = store_write(it.registrar->store, open_file, &it);

	if (result == 0)
		apply_download(rep, &it.upload);
	upload_free(&it.upload);
	return site_result(result);
}

int review_file_get(struct request *req, struct reply *rep)
{
	return serve(req, rep, request_segment(req, "name"));
}

int review_photo_get(struct request *req, struct reply *rep)
{
	return serve(req, rep, NULL);
}
