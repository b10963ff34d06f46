/* Files of an application and its photograph: sent, shown to who sent them, taken away. */
#include <stdio.h>
#include <string.h>

#include "registrar/photo/photo.h"
#include "registrar/web/apply.h"

enum { FILES_KIND, FILES_FILE };

struct adding {
	struct apply *apply;
	struct upload_file file;
	const struct photo *photo;  /* or NULL */
	struct upload_list uploads; /* filled */
};

static int add(struct store_tx *tx, void *context)
{
	struct adding *it = context;
	int64_t id = it->apply->dossier.id, now = it->apply->now;
	int result = it->photo ? upload_set_photo(tx, id, it->photo, now)
			       : upload_add(tx, id, &it->file, now);

	return result < 0 ? result : upload_list(tx, id, &it->uploads);
}

static int add_now(struct request *req, struct adding *it)
{
	int result = store_write(registrar_of(req)->store, add, it);

	if (result == 0) {
		upload_list_free(&it->apply->uploads);
		it->apply->uploads = it->uploads;
	}
	return result;
}

/* A refusal of the model's stands at the field of the file. */
static int answer_refused(struct request *req, struct reply *rep, const struct apply *apply,
    const struct apply_question *question, size_t field, const char *words)
{
	struct form *form = request_form(req);
	char first[3], message[400];
	size_t letter;

	/* What a picture is refused for stands inside of a sentence elsewhere. */
	words = request_say(req, words);
	letter = say_capital(words, first);
	snprintf(message, sizeof(message), "%s%s", first, words + letter);
	form_refuse(form, field, message);
	return apply_show(req, rep, apply, question, form, 422);
}

/* Takes the file that came along, if one did. *ret_refused: the page was shown again. */
static int take_file(struct request *req, struct reply *rep, struct apply *apply,
    const struct apply_question *question, bool *ret_refused)
{
	static const enum upload_kind kinds[] = {UPLOAD_LETTER, UPLOAD_PRESS_CARD, UPLOAD_SAMPLE};
	struct form *form = request_form(req);
	struct form_upload sent = form_file(form, FILES_FILE);
	struct adding it = {
	    .apply = apply, .file = {.title = sent.name, .bytes = sent.bytes, .len = sent.len}};
	int result;

	*ret_refused = true;
	if (!form_given(form, FILES_KIND))
		return answer_refused(req, rep, apply, question, FILES_KIND,
		    SAY("Choose what this file is, and the file once more"));
	it.file.kind = kinds[form_number(form, FILES_KIND)];
	result = add_now(req, &it);
	if (upload_strerror(result))
		return answer_refused(
		    req, rep, apply, question, FILES_FILE, upload_strerror(result));
	*ret_refused = false;
	return result;
}

/* Whether what was given shows the work at all. */
static bool shows_work(const struct apply *apply)
{
	return *dossier_answer(&apply->answers, "proof") || apply_files(apply) > 0;
}

static int go_on(struct request *req, struct reply *rep, struct apply *apply,
    const struct apply_question *question)
{
	struct form *form = request_form(req);
	enum apply_then then = apply_then(question, form);
	bool refused = false;
	int result = 0;

	if (form_file(form, FILES_FILE).len > 0)
		result = take_file(req, rep, apply, question, &refused);
	else if (then == APPLY_ADD)
		return answer_refused(
		    req, rep, apply, question, FILES_FILE, SAY("Choose a file to add"));
	else if (then == APPLY_ON && !shows_work(apply))
		return answer_refused(req, rep, apply, question, FILES_FILE,
		    SAY("Add a file that shows your work, or go back and give a link to it"));
	if (result < 0 || refused)
		return result;
	if (then == APPLY_ADD)
		reply_redirect(
		    rep, "/accreditation/files%s", apply_is_change(req) ? "?change=yes" : "");
	else
		apply_lead_on(req, rep, apply, question, then);
	return 0;
}

int apply_files_post(struct request *req, struct reply *rep)
{
	const struct apply_question *question = apply_question("files");
	struct form *form = request_form(req);
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	if (apply.dossier.id == 0)
		result = apply_gone(rep);
	else if (!form_ok(form))
		result = apply_show(req, rep, &apply, question, form, 422);
	else
		result = go_on(req, rep, &apply, question);
	apply_end(&apply);
	return site_result(result);
}

/* ---- the photograph ---- */

static int take_photo(struct request *req, struct reply *rep, struct apply *apply,
    const struct apply_question *question, bool *ret_refused)
{
	struct form_upload sent = form_file(request_form(req), 0);
	struct photo photo = {.bytes = NULL};
	struct adding it = {.apply = apply, .photo = &photo};
	int result = photo_portrait(sent.bytes, sent.len, &photo);

	*ret_refused = true;
	if (result != 0)
		return answer_refused(req, rep, apply, question, 0, photo_strerror(result));
	result = add_now(req, &it);
	photo_free(&photo);
	if (upload_strerror(result))
		return answer_refused(req, rep, apply, question, 0, upload_strerror(result));
	*ret_refused = false;
	return result;
}

int apply_photo_post(struct request *req, struct reply *rep)
{
	const struct apply_question *question = apply_question("photo");
	struct form *form = request_form(req);
	struct apply apply;
	bool refused = false;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	if (apply.dossier.id == 0) {
		result = apply_gone(rep);
		refused = true;
	} else if (!form_ok(form)) {
		result = apply_show(req, rep, &apply, question, form, 422);
		refused = true;
	} else if (form_file(form, 0).len > 0) {
		result = take_photo(req, rep, &apply, question, &refused);
	}
	if (result == 0 && !refused)
		apply_lead_on(req, rep, &apply, question, apply_then(question, form));
	apply_end(&apply);
	return site_result(result);
}

/* ---- seen again ---- */

void apply_download(struct reply *rep, const struct upload *upload)
{
	static const struct {
		const char *type, *ending;
	} endings[] = {{"application/pdf", ".pdf"}, {"image/jpeg", ".jpg"}, {"image/png", ".png"}};
	char name[64];
	const char *ending = "";

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (strcmp(endings[i].type, upload->type) == 0)
			ending = endings[i].ending;
	/* Our own name: the sender's would be what a dialog of the reader's system shows. */
	snprintf(name, sizeof(name), "proof-%.8s%s", upload->name, ending);
	reply_personal(rep);
	reply_type(rep, upload->type);
	reply_download(rep, name);
	reply_policy(rep, "sandbox", "");
	buf_add(reply_body(rep), upload->bytes, (size_t)upload->size);
}

/* name NULL: the photograph. */
static int open_own(struct request *req, const char *name, struct upload *ret_upload)
{
	const char *token = request_cookie(req, APPLY_COOKIE);
	struct dossier dossier;
	struct store_tx *tx = NULL;
	int result = token ? store_read_begin(registrar_of(req)->store, &tx) : STORE_NOT_FOUND;

	if (result == 0)
		result = dossier_find(tx, token, registrar_now(), &dossier);
	if (result == 0)
		result = name ? upload_open(tx, dossier.id, name, ret_upload)
			      : upload_photo(tx, dossier.id, ret_upload);
	store_read_end(tx);
	return result;
}

static int serve(struct request *req, struct reply *rep, const char *name)
{
	struct upload upload;
	int result = open_own(req, name, &upload);

	if (result == 0) {
		apply_download(rep, &upload);
		upload_free(&upload);
	}
	return site_result(result);
}

int apply_file_get(struct request *req, struct reply *rep)
{
	return serve(req, rep, request_segment(req, "name"));
}

int apply_photo_jpg_get(struct request *req, struct reply *rep)
{
	return serve(req, rep, NULL);
}

struct removing {
	int64_t dossier_id, now;
	const char *name;
};

static int remove_one(struct store_tx *tx, void *context)
{
	const struct removing *it = context;

	return upload_remove(tx, it->dossier_id, it->name, it->now);
}

int apply_remove_post(struct request *req, struct reply *rep)
{
	struct removing it = {.name = request_segment(req, "name")};
	const char *page = "files";
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	it.dossier_id = apply.dossier.id;
	it.now = apply.now;
	for (size_t i = 0; i < apply.uploads.n; i++)
		if (apply.uploads.items[i].kind == UPLOAD_PHOTO &&
		    strcmp(apply.uploads.items[i].name, it.name) == 0)
			page = "photo";
	apply_end(&apply);
	if (it.dossier_id == 0)
		return apply_gone(rep);
	result = store_write(registrar_of(req)->store, remove_one, &it);
	if (result == 0)
		reply_redirect(rep, "/accreditation/%s", page);
	return site_result(result);
}
