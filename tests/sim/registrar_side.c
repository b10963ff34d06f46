/* The registrar's code as the simulator drives it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "badges/class.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/conference.h"
#include "registrar/device/device.h"
#include "registrar/doors/gates.h"
#include "registrar/init.h"
#include "registrar/journal/journal_mark.h"
#include "registrar/journal/reception.h"
#include "registrar/keys/keyring.h"
#include "registrar/press/outlet.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"
#include "registrar/press/restriction.h"
#include "registrar/staff/staff.h"
#include "tests/sim/wrap.h"
#include "web/local.h"
#include "web/work.h"

struct sim_registrar {
	struct registrar *registrar;
	struct device *device;
	struct http_local *local;
};

/* ---- what is slow is done on the thread that asks: a process that is forked has no other ---- */

int __wrap_work_start(unsigned n, struct work **ret);
int __wrap_work_run(struct work *w, void (*fn)(void *ctx), void *ctx);
void __wrap_work_stop(struct work *w);

int __wrap_work_start(unsigned n, struct work **ret)
{
	static char none;

	(void)n;
	*ret = (struct work *)(void *)&none;
	return 0;
}

int __wrap_work_run(struct work *w, void (*fn)(void *ctx), void *ctx)
{
	(void)w;
	fn(ctx);
	return 0;
}

void __wrap_work_stop(struct work *w)
{
	(void)w;
}

/* ---- defences that a control takes away ---- */

int __wrap_reception_take(struct registrar *registrar, const struct reception_upload *upload,
    struct reception_answer *ret_answer);
int __real_reception_take(struct registrar *registrar, const struct reception_upload *upload,
    struct reception_answer *ret_answer);

int __wrap_gates_find(
    struct store_tx *tx, const uint8_t spki[static GATES_KEY], struct gates_gate *ret_gate);
int __real_gates_find(
    struct store_tx *tx, const uint8_t spki[static GATES_KEY], struct gates_gate *ret_gate);

int __wrap_gates_find(
    struct store_tx *tx, const uint8_t spki[static GATES_KEY], struct gates_gate *ret_gate)
{
	int r = __real_gates_find(tx, spki, ret_gate);

	if (r == 0 && wrap_hooks->control == CONTROL_STOLEN)
		ret_gate->state = GATES_ENROLLED;
	return r;
}

int __wrap_reception_held(
    struct store_tx *tx, int64_t gate, int64_t *ret_epoch, uint64_t *ret_size);
int __real_reception_held(
    struct store_tx *tx, int64_t gate, int64_t *ret_epoch, uint64_t *ret_size);

/* Of an epoch that is none of the gate's. */
int __wrap_reception_held(struct store_tx *tx, int64_t gate, int64_t *ret_epoch, uint64_t *ret_size)
{
	int r = __real_reception_held(tx, gate, ret_epoch, ret_size);

	if (r == 0 && wrap_hooks->control == CONTROL_GAP) {
		*ret_epoch = RECEPTION_EPOCH_MAX;
		*ret_size = 0;
	}
	return r;
}

static bool is_held(struct registrar *registrar, const struct reception_upload *upload)
{
	struct store_tx *tx = NULL;
	int64_t epoch = 0;
	uint64_t size = 0;

	if (store_read_begin(registrar->store, &tx) != 0)
		return false;
	if (__real_reception_held(tx, upload->gate->id, &epoch, &size) != 0)
		size = 0;
	store_read_end(tx);
	return epoch == upload->epoch && upload->old < size;
}

int __wrap_reception_take(struct registrar *registrar, const struct reception_upload *upload,
    struct reception_answer *ret_answer)
{
	int r;

	if (wrap_hooks->control == CONTROL_TWICE && is_held(registrar, upload)) {
		*ret_answer = (struct reception_answer){.word = "twice"};
		return RECEPTION_REFUSED;
	}
	r = __real_reception_take(registrar, upload, ret_answer);
	if (r == RECEPTION_GAP && wrap_hooks->control == CONTROL_GAP) {
		*ret_answer = (struct reception_answer){.word = "gap"};
		return RECEPTION_REFUSED;
	}
	return r;
}

void sim_registrar_start(const struct sim_hooks *hooks)
{
	wrap_hooks = hooks;
}

int sim_registrar_make(const char *dir, const char *site, char why[SIM_WHY])
{
	struct init_wish wish = {.password = "correct horse battery staple", .pin = "482913"};
	struct refusal refusal = {0};
	int r;

	settings_default(&wish.settings);
	(void)snprintf(wish.settings.site, sizeof(wish.settings.site), "%s", site);
	r = init_folder(dir, &wish, &refusal);
	(void)snprintf(why, SIM_WHY, "%s %s", refusal.field, refusal.words);
	return r;
}

int sim_registrar_settle(const char *dir)
{
	struct journal_mark mark;
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/journal.mark", dir);
	if (journal_mark_read(path, &mark))
		return 0;
	if (mark.epoch == 0)
		return access(path, F_OK) == 0 ? -1 : 0;
	fd = journal_mark_make(path, &mark);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

int sim_registrar_open(const char *dir, struct sim_registrar **ret_registrar, char why[SIM_WHY])
{
	struct http_options options = {.program = &device_program};
	struct sim_registrar *side = calloc(1, sizeof(*side));
	struct refusal refusal = {0};
	int r;

	if (side == NULL)
		return -1;
	r = registrar_open(dir, &side->registrar, NULL, &refusal);
	(void)snprintf(why, SIM_WHY, "%s %s", refusal.field, refusal.words);
	if (r != 0) {
		free(side);
		return r;
	}
	r = device_open(side->registrar, &side->device);
	options.context = side->device;
	options.routes =
	    (struct route_table){.routes = registrar_device_routes, .n = registrar_n_device_routes};
	if (r == 0)
		r = http_local_open(&options, &side->local);
	if (r != 0) {
		sim_registrar_close(side);
		return r;
	}
	*ret_registrar = side;
	return 0;
}

void sim_registrar_close(struct sim_registrar *side)
{
	if (side == NULL)
		return;
	http_local_close(side->local);
	device_close(side->device);
	registrar_close(side->registrar);
	free(side);
}

int sim_registrar_root(struct sim_registrar *side, uint8_t ret_root[32])
{
	const struct key_secret *root = keyring_signer(side->registrar->keyring, KEY_USE_ROOT);

	if (root == NULL)
		return -1;
	memcpy(ret_root, root->public, 32);
	return 0;
}

int sim_registrar_supervisor(struct sim_registrar *side, const char *name, int64_t now)
{
	const struct staff_wish wish = {
	    .name = name, .full_name = "Sam Rowe", .role = ROLE_SUPERVISOR, .pin = "593714"};
	struct refusal why = {0};
	int r = staff_add(side->registrar, &wish, "admin", now, &why);

	if (r != 0)
		fprintf(stderr, "sim: supervisor: %s %s\n", why.field, why.words);
	return r;
}

int sim_registrar_conference(
    struct sim_registrar *side, const char *slug, int64_t now, int64_t *ret_id)
{
	struct conference wish;
	struct refusal why = {0};
	int r;

	conference_default(&wish);
	wish.slug = slug;
	wish.title = "Update";
	wish.place = "Media Gallery";
	wish.doors = now - 600;
	wish.starts = now + 3600;
	wish.ends = now + 6 * 3600;
	wish.capacity = 0;
	wish.reentry = true;
	r = conference_create(side->registrar, &wish, "admin", now, ret_id, &why);
	if (r != 0)
		fprintf(stderr, "sim: conference: %s %s\n", why.field, why.words);
	return r;
}

struct person_job {
	unsigned number;
	int64_t now, accreditation;
};

static int person_body(struct store_tx *tx, void *context)
{
	struct person_job *job = context;
	struct accreditation grant = {.class = CLASS_REPORTER,
	    .valid_from = job->now - 86400,
	    .valid_until = job->now + 300 * 86400};
	char name[40], email[60];
	int r = outlet_put(tx, job->number % 2 ? "Harbour Gazette" : "Lake Radio", false, job->now,
	    &grant.outlet_id);

	(void)snprintf(name, sizeof(name), "Reporter Number%u", job->number);
	(void)snprintf(email, sizeof(email), "reporter%u@press.example", job->number);
	if (r == 0)
		r = person_put(tx, email, name, job->now, &grant.person_id);
	return r != 0 ? r : accreditation_grant(tx, &grant, &job->accreditation);
}

static void take_pass(const struct registration *made, struct sim_pass *ret_pass)
{
	(void)snprintf(ret_pass->text, SIM_TEXT_MAX, "%s", made->pass_qr);
	(void)snprintf(ret_pass->reference, sizeof(ret_pass->reference), "%s", made->reference);
	memcpy(ret_pass->id, made->pass_id, 16);
}

int sim_registrar_register(struct sim_registrar *side, int64_t conference, unsigned person,
    int64_t now, struct sim_pass *ret_pass)
{
	struct person_job job = {.number = person, .now = now};
	struct registration_wish wish = {.conference_id = conference, .consented = now};
	struct registration made;
	struct refusal why = {0};
	int r = store_write(side->registrar->store, person_body, &job);

	wish.accreditation_id = job.accreditation;
	if (r == 0)
		r = registration_register(side->registrar, &wish, now, &made, &why);
	if (r == 0)
		take_pass(&made, ret_pass);
	else
		fprintf(stderr, "sim: register: %d %s %s\n", r, why.field, why.words);
	return r;
}

int sim_registrar_enrol(
    struct sim_registrar *side, const char *name, const uint8_t key[32], const uint8_t spki[32])
{
	struct gates_claim claim = {0};
	struct gates_guard guard;
	struct gates_gate gate;
	char code[GATES_CODE_TEXT + 1];
	int r = gates_code(side->registrar, name, "admin", code);

	if (r != 0)
		return r;
	gates_guard_init(&guard);
	claim.code = code;
	memcpy(claim.journal_key, key, 32);
	memcpy(claim.spki, spki, 32);
	r = gates_enrol(side->registrar, &guard, &claim, &gate);
	gates_guard_destroy(&guard);
	return r;
}

static void take_header(void *context, const char *name, const char *value)
{
	struct sim_answer *answer = context;

	if (strcmp(name, "Pressgate-Object") == 0)
		(void)snprintf(answer->object, sizeof(answer->object), "%s", value);
}

int sim_registrar_ask(struct sim_registrar *side, const uint8_t spki[32], const char *path,
    const char *body, size_t len, struct sim_answer *ret_answer)
{
	struct http_local_request request = {.method = body == NULL ? "GET" : "POST",
	    .uri = path,
	    .body = body,
	    .len = len,
	    .spki = spki};
	struct http_local_reply reply;
	struct sim_answer answer = {0};
	int r = http_local_ask(side->local, &request, take_header, &answer, &reply);

	if (r != 0)
		return r;
	answer.status = (long)reply.status;
	answer.body = reply.body;
	answer.len = reply.len;
	*ret_answer = answer;
	return 0;
}

int sim_registrar_reissue(
    struct sim_registrar *side, const char *reference, struct sim_pass *ret_pass)
{
	struct registration made;
	struct refusal why = {0};
	int r =
	    registration_reissue(side->registrar, reference, "admin", registrar_now(), &made, &why);

	if (r == 0)
		take_pass(&made, ret_pass);
	return r;
}

int sim_registrar_cancel(struct sim_registrar *side, const char *reference)
{
	struct refusal why = {0};

	return registration_cancel(
	    side->registrar, reference, "admin", registrar_now(), NULL, &why);
}

int sim_registrar_restrict(
    struct sim_registrar *side, int64_t conference, const uint8_t *pass, int64_t *ret_id)
{
	struct restriction restriction = {
	    .scope = pass != NULL ? REVOKED_SCOPE_PASS : REVOKED_SCOPE_CONFERENCE,
	    .conference = conference,
	    .pass = pass,
	    .from = registrar_now(),
	    .words = "Smoke in the gallery",
	    .staff = "admin"};

	return restriction_add(side->registrar, &restriction, ret_id);
}

int sim_registrar_lift(struct sim_registrar *side, int64_t id)
{
	return restriction_lift(side->registrar, id, "admin");
}

int sim_registrar_revoke(struct sim_registrar *side, const char *device)
{
	return gates_revoke(side->registrar, device, "admin");
}

uint64_t sim_registrar_revision(struct sim_registrar *side)
{
	struct store_tx *tx = NULL;
	int64_t revision = 0;

	if (store_read_begin(side->registrar->store, &tx) != 0)
		return 0;
	if (registrar_counter(tx, "revoked_version", &revision) != 0)
		revision = 0;
	store_read_end(tx);
	return (uint64_t)revision;
}

bool sim_registrar_failed(struct sim_registrar *side)
{
	return side != NULL && store_failure(side->registrar->store) != 0;
}
