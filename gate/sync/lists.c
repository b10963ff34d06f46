#include "gate/sync/lists.h"

#include <stdlib.h>
#include <string.h>

#include "badges/revoked.h"
#include "badges/roster.h"
#include "badges/staff.h"
#include "gate/seal/digest.h"
#include "gate/gate.h"
#include "gate/seal/person.h"
#include "gate/seal/photo.h"
#include "gate/salvage/salvage.h"
#include "gate/door/stop.h"
#include "schema/gate_db.h"

/* An object that has been read and verified, on its way into the store. */
struct work {
	struct gate *gate;
	const struct lists_object *object;
	struct lists_change *change;
	struct bundle_head head;
	struct roster roster;
	struct revoked revoked;
	struct staff staff;
};

static bool is_roster(enum lists_kind kind)
{
	return kind == LISTS_ROSTER || kind == LISTS_ROSTER_DELTA;
}

static bool is_delta(enum lists_kind kind)
{
	return kind == LISTS_ROSTER_DELTA || kind == LISTS_REVOKED_DELTA;
}

/* The key in meta of when the registrar last said that a list is the newest. */
static const char *checked_word(enum lists_kind kind)
{
	return kind == LISTS_KEYS    ? "keys_checked"
	       : kind == LISTS_STAFF ? "staff_checked"
				     : "revoked_checked";
}

static int meta_set(struct store_tx *tx, const char *key, int64_t value)
{
	return store_exec(tx, GATE_Q_META_SET, STORE_ARGS(store_text(key), store_i64(value)), NULL);
}

static int bad(struct work *work, int bundle_error)
{
	work->change->bundle_error = bundle_error;
	return bundle_error == BUNDLE_E_MEMORY	  ? STORE_NO_MEMORY
	       : bundle_error == BUNDLE_E_EXPIRED ? LISTS_EXPIRED
						  : LISTS_BAD;
}

static int read_keys(struct work *work)
{
	const struct lists_object *object = work->object;
	struct keyset *keys = NULL;
	int64_t now = object->now_suspect ? 0 : object->now;
	int r = keyset_open(object->bytes, object->len, object->root, now, &keys);

	if (r != 0)
		return bad(work, r);
	work->head = keys->head;
	work->change->rows = keys->key_count;
	r = strcmp(keys->site, object->site) == 0 ? 0 : LISTS_SITE;
	keyset_free(keys);
	return r;
}

static int read_staff(struct work *work)
{
	struct staff *staff = &work->staff;
	int r = staff_open(work->object->bytes, work->object->len, work->object->keys, staff);

	if (r != 0)
		return bad(work, r);
	work->head = staff->head;
	work->change->rows = staff->count;
	return 0;
}

static int read_roster(struct work *work)
{
	const struct lists_object *o = work->object;
	struct roster *roster = &work->roster;
	int r = o->kind == LISTS_ROSTER_DELTA ? roster_delta_open(o->bytes, o->len, o->keys, roster)
					      : roster_open(o->bytes, o->len, o->keys, roster);

	if (r != 0)
		return bad(work, r);
	work->head = roster->head;
	work->change->conference = roster->conference.number;
	work->change->rows = roster->row_count;
	if (roster->is_delta) {
		work->change->removed = roster->removed_count;
		work->change->from_version = roster->from_version;
	}
	return roster->conference.number == o->conference ? 0 : LISTS_CONFERENCE;
}

static int read_revoked(struct work *work)
{
	const struct lists_object *o = work->object;
	struct revoked *revoked = &work->revoked;
	int r = o->kind == LISTS_REVOKED_DELTA
		    ? revoked_delta_open(o->bytes, o->len, o->keys, revoked)
		    : revoked_open(o->bytes, o->len, o->keys, revoked);

	if (r != 0)
		return bad(work, r);
	work->head = revoked->head;
	work->change->rows = revoked->row_count;
	if (revoked->is_delta) {
		work->change->removed = revoked->removed_count;
		work->change->from_version = revoked->from_version;
	}
	return 0;
}

/* Everything that can be said without the store. */
static int verify(struct work *work)
{
	const struct lists_object *object = work->object;
	struct lists_change *change = work->change;
	int r;

	if (object->kind != LISTS_KEYS && object->keys == NULL)
		return LISTS_NO_KEYS;
	if (object->kind == LISTS_KEYS)
		r = read_keys(work);
	else if (object->kind == LISTS_STAFF)
		r = read_staff(work);
	else if (is_roster(object->kind))
		r = read_roster(work);
	else
		r = read_revoked(work);
	change->version = work->head.version;
	change->issued = work->head.issued;
	change->not_after = work->head.not_after;
	if (r == 0 && !object->now_suspect && work->head.not_after <= object->now)
		r = LISTS_EXPIRED;
	return r;
}

static int put_conference(struct store_tx *tx, struct work *work)
{
	const struct roster_conference *c = &work->roster.conference;

	return store_exec(tx, GATE_Q_LISTS_CONFERENCE_PUT,
	    STORE_ARGS(store_i64(c->number), store_textn(c->slug.text, c->slug.len),
		store_textn(c->title.text, c->title.len), store_textn(c->place.text, c->place.len),
		store_i64(c->doors), store_i64(c->starts), store_i64(c->ends),
		store_i64(c->capacity), store_i64(c->classes), store_i64(c->id_check),
		store_i64(c->id_share), store_i64(c->reentry), store_i64(c->registration_required),
		store_i64(c->admit_at_once), store_i64(c->amber), store_i64(c->red),
		store_i64((int64_t)work->head.version), store_i64(work->head.issued),
		store_i64(work->head.not_after), store_i64(work->object->now)),
	    NULL);
}

static int copy_line(char ret[static CONFERENCE_TEXT_MAX + 1], const struct bundle_text *line)
{
	if (line->len > CONFERENCE_TEXT_MAX)
		return STORE_CORRUPT;
	memcpy(ret, line->text, line->len);
	ret[line->len] = '\0';
	return 0;
}

static int put_row(
    struct gate *gate, struct store_tx *tx, uint32_t conference, const struct roster_row *row)
{
	struct person person = {.pass_class = row->pass_class,
	    .status = row->status,
	    .outlet_number = row->outlet_number,
	    .has_photo = row->photo != NULL};
	int r = copy_line(person.name, &row->name);

	if (r == 0)
		r = copy_line(person.outlet, &row->outlet);
	memcpy(person.pass, row->pass, sizeof(person.pass));
	if (row->photo != NULL)
		memcpy(person.photo, row->photo, sizeof(person.photo));
	return r == 0 ? person_put(gate, tx, conference, &person) : r;
}

/* Whether a list has as many rows as the object says. */
static int count(struct store_tx *tx, unsigned query, const struct store_value *args, size_t n_args,
    uint32_t want)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, query, args, n_args, &rows);

	if (r != STORE_ROW)
		return r;
	r = store_get_i64(rows, 0) == want ? 0 : LISTS_COUNT;
	store_done(rows);
	return r;
}

/* A list's digest in step with its rows: a change touches those of its own rows, so that what was
 * damaged before it stays found. */
struct tally {
	digest_list list;
	bool changes, known; /* a change; of a list that has a digest */
	struct digest digest;
};

static int tally_begin(struct store_tx *tx, digest_list list, bool changes, struct tally *tally)
{
	int r;

	*tally = (struct tally){.list = list, .changes = changes};
	r = changes ? digest_load(tx, list, &tally->digest) : STORE_NOT_FOUND;
	tally->known = r == 0;
	return r == STORE_NOT_FOUND ? 0 : r;
}

static int tally_before(struct store_tx *tx, struct tally *tally, const uint8_t pass[static 16])
{
	return tally->known ? digest_take(tx, tally->list, pass, &tally->digest) : 0;
}

static int tally_after(struct store_tx *tx, struct tally *tally, const uint8_t pass[static 16])
{
	return tally->known ? digest_add(tx, tally->list, pass, &tally->digest) : 0;
}

static int tally_end(struct store_tx *tx, struct tally *tally)
{
	int r = tally->changes ? 0 : digest_rows(tx, tally->list, &tally->digest);

	if (r != 0 || (tally->changes && !tally->known))
		return r;
	return digest_keep(tx, tally->list, &tally->digest);
}

static int clear_roster(struct store_tx *tx, uint32_t number)
{
	int r = store_exec(tx, GATE_Q_LISTS_ROSTER_CLEAR, STORE_ARGS(store_i64(number)), NULL);

	if (r == 0)
		r = store_exec(
		    tx, GATE_Q_LISTS_ROSTER_FETCHED, STORE_ARGS(store_i64(number)), NULL);
	return r == 0 ? photo_unwant(tx, number, NULL) : r;
}

static int put_roster_rows(struct store_tx *tx, struct work *work, struct tally *tally)
{
	struct roster *roster = &work->roster;
	uint32_t number = roster->conference.number;
	struct roster_row row;
	uint8_t pass[16];
	int r = roster->is_delta ? 0 : clear_roster(tx, number);

	while (r == 0 && roster_next(roster, &row)) {
		r = tally_before(tx, tally, row.pass);
		if (r == 0)
			r = put_row(work->gate, tx, number, &row);
		if (r == 0)
			r = tally_after(tx, tally, row.pass);
		if (r == 0)
			r = photo_want(tx, number, row.pass, row.photo);
	}
	while (r == 0 && roster->is_delta && roster_next_removed(roster, pass)) {
		r = tally_before(tx, tally, pass);
		if (r == 0)
			r = store_exec(tx, GATE_Q_LISTS_ROSTER_REMOVE,
			    STORE_ARGS(store_i64(number), store_blob(pass, sizeof(pass))), NULL);
		if (r == 0)
			r = photo_unwant(tx, number, pass);
	}
	return r == 0 ? photo_sweep(tx) : r;
}

static int put_roster(struct store_tx *tx, struct work *work)
{
	struct roster *roster = &work->roster;
	uint32_t number = roster->conference.number;
	bool renewed = work->change->renewed;
	struct tally tally;
	int r = tally_begin(tx, number, roster->is_delta || renewed, &tally);

	if (r == 0)
		r = put_conference(tx, work);
	/* Renewed under the same version: the rows are those held. */
	if (r == 0 && !renewed)
		r = put_roster_rows(tx, work, &tally);
	if (r == 0)
		r = tally_end(tx, &tally);
	return r != 0 || renewed ? r
				 : count(tx, GATE_Q_LISTS_ROSTER_TOTAL,
				       STORE_ARGS(store_i64(number)), roster->total);
}

/* The Service's words, sealed. Where there is nobody to seal them for, the restriction takes effect
 * without them: it is fetched again with the next list of officers. */
static int put_restriction(
    struct gate *gate, struct store_tx *tx, const struct revoked_restriction *x)
{
	const struct vault_place place = {.table = "restriction", .number = x->id};
	uint8_t blob[BUNDLE_LINE_MAX + VAULT_OVERHEAD];
	size_t len = 0;
	int64_t seal = 0;
	int r = x->words.len > BUNDLE_LINE_MAX ? STORE_CORRUPT : 0;

	if (r == 0 && x->words.len > 0) {
		r = vault_seal(gate, tx, &place, x->words.text, x->words.len, &seal, blob);
		len = r == 0 ? x->words.len + VAULT_OVERHEAD : 0;
		if (r == VAULT_NO_STAFF)
			r = 0;
	}
	if (r != 0)
		return r;
	return store_exec(tx, GATE_Q_LISTS_RESTRICTION_PUT,
	    STORE_ARGS(store_i64(x->id), store_i64(x->scope), store_i64(x->conference),
		store_i64(x->pass_class), store_i64(x->outlet_number),
		store_blob(
		    x->pass == NULL ? (const uint8_t *)"" : x->pass, x->pass == NULL ? 0 : 16),
		store_i64(x->from), store_i64(x->until),
		store_textn(x->origin.len == 0 ? "" : x->origin.text, x->origin.len),
		store_i64(seal), store_blob(blob, len)),
	    NULL);
}

static int put_restrictions(
    struct gate *gate, struct store_tx *tx, struct revoked *revoked, int64_t now_s)
{
	struct revoked_restriction x;
	int r = store_exec(tx, GATE_Q_LISTS_RESTRICTION_CLEAR, STORE_NO_ARGS, NULL);

	while (r == 0 && revoked_next_restriction(revoked, &x))
		r = put_restriction(gate, tx, &x);
	return r == 0 ? stop_listed(tx, now_s) : r;
}

static int put_revocation_rows(struct store_tx *tx, struct revoked *revoked, struct tally *tally)
{
	uint8_t pass[16], reason;
	int r = 0;

	if (!revoked->is_delta)
		r = store_exec(tx, GATE_Q_LISTS_REVOCATION_CLEAR, STORE_NO_ARGS, NULL);
	while (r == 0 && revoked_next(revoked, pass, &reason)) {
		r = tally_before(tx, tally, pass);
		if (r == 0)
			r = store_exec(tx, GATE_Q_LISTS_REVOCATION_PUT,
			    STORE_ARGS(store_blob(pass, sizeof(pass)), store_i64(reason)), NULL);
		if (r == 0)
			r = tally_after(tx, tally, pass);
	}
	while (r == 0 && revoked->is_delta && revoked_next_removed(revoked, pass)) {
		r = tally_before(tx, tally, pass);
		if (r == 0)
			r = store_exec(tx, GATE_Q_LISTS_REVOCATION_REMOVE,
			    STORE_ARGS(store_blob(pass, sizeof(pass))), NULL);
	}
	return r;
}

/* held: the rows are those held. */
static int put_revocations(struct store_tx *tx, struct revoked *revoked, bool held)
{
	struct tally tally;
	int r = tally_begin(tx, 0, revoked->is_delta || held, &tally);

	if (r == 0 && !held)
		r = put_revocation_rows(tx, revoked, &tally);
	if (r == 0)
		r = tally_end(tx, &tally);
	return r != 0 || held
		   ? r
		   : count(tx, GATE_Q_LISTS_REVOCATION_TOTAL, STORE_NO_ARGS, revoked->total);
}

static int put_revoked(struct store_tx *tx, struct work *work)
{
	int r = put_restrictions(work->gate, tx, &work->revoked, work->object->now);

	/* Under the same version rows only leave: those of passes that have ended meanwhile. */
	if (r == 0 && work->change->renewed)
		r = count(tx, GATE_Q_LISTS_REVOCATION_TOTAL, STORE_NO_ARGS, work->revoked.total);
	if (r == 0 || r == LISTS_COUNT)
		r = put_revocations(tx, &work->revoked, r == 0 && work->change->renewed);
	if (r == 0)
		r = meta_set(tx, "revoked_version", (int64_t)work->head.version);
	if (r == 0)
		r = meta_set(tx, "revoked_issued", work->head.issued);
	if (r == 0)
		r = meta_set(tx, "revoked_not_after", work->head.not_after);
	if (r == 0)
		r = meta_set(tx, "revoked_checked", work->object->now);
	if (r == 0)
		r = store_exec(
		    tx, GATE_Q_META_DELETE, STORE_ARGS(store_text("revoked_fetch")), NULL);
	return r;
}

static int put_object(struct store_tx *tx, struct work *work)
{
	const struct lists_object *object = work->object;
	int r = store_exec(tx, GATE_Q_LISTS_OBJECT_PUT,
	    STORE_ARGS(store_text(lists_kind_word(object->kind)),
		store_i64((int64_t)work->head.version), store_i64(work->head.issued),
		store_i64(work->head.not_after), store_blob(object->bytes, object->len)),
	    NULL);

	if (r == 0 && object->kind == LISTS_STAFF)
		r = vault_settle(work->gate, tx, &work->staff);
	return r == 0 ? meta_set(tx, checked_word(object->kind), object->now) : r;
}

static int body(struct store_tx *tx, void *context)
{
	struct work *work = context;
	const struct lists_object *object = work->object;
	struct lists_change *change = work->change;
	struct lists_held held;
	int r = lists_held(tx, object->kind, object->conference, &held);

	if (r != 0)
		return r;
	change->renewed = false;
	if (work->head.version < held.version)
		return LISTS_OLDER;
	if (work->head.version == held.version && !(held.fetch && !is_delta(object->kind))) {
		if (is_delta(object->kind) || work->head.not_after <= held.not_after)
			return LISTS_SAME;
		change->renewed = true;
	}
	if (is_delta(object->kind) && (change->from_version != held.version || held.fetch))
		return LISTS_BASE;
	change->from_version = held.version;
	if (is_roster(object->kind)) {
		const struct bundle_text *slug = &work->roster.conference.slug;

		r = put_roster(tx, work);
		return r == 0 && held.version == 0 && object->gate != NULL
			   ? salvage_moves(
				 object->gate, tx, object->conference, slug->text, slug->len)
			   : r;
	}
	if (object->kind == LISTS_REVOKED || object->kind == LISTS_REVOKED_DELTA)
		return put_revoked(tx, work);
	return put_object(tx, work);
}

/* The details key of now; and who is no longer an officer can't read the WAL either. */
static void take_staff(struct work *work)
{
	struct gate *gate = work->gate;

	memcpy(gate->vault.details_key, work->staff.details_key, STAFF_DETAILS_KEY);
	gate->vault.has_details_key = true;
	gate->vault.staff++;
	/* What is in the way is copied back by a later one. */
	(void)!store_checkpoint(gate->store);
}

int lists_apply(
    struct gate *gate, const struct lists_object *object, struct lists_change *ret_change)
{
	struct work work = {.gate = gate, .object = object, .change = ret_change};
	int r;

	*ret_change = (struct lists_change){.kind = object->kind,
	    .conference = object->conference,
	    .bytes = object->bytes,
	    .len = object->len};
	r = verify(&work);
	if (r == 0)
		r = store_write(gate->store, body, &work);
	if (r == 0 && object->kind == LISTS_STAFF)
		take_staff(&work);
	return r == VAULT_NO_STAFF ? LISTS_NO_STAFF : r;
}

struct check_work {
	const struct lists_name *names;
	size_t n;
	int64_t now;
};

static int check_body(struct store_tx *tx, void *context)
{
	const struct check_work *work = context;
	int r = 0;

	for (size_t i = 0; r == 0 && i < work->n; i++) {
		const struct lists_name *name = &work->names[i];

		if (is_roster(name->kind))
			r = store_exec(tx, GATE_Q_LISTS_CONFERENCE_CHECKED,
			    STORE_ARGS(store_i64(name->conference), store_i64(work->now)), NULL);
		else
			r = meta_set(tx, checked_word(name->kind), work->now);
	}
	return r;
}

int lists_checked(struct store *store, const struct lists_name *names, size_t n, int64_t now)
{
	struct check_work work = {names, n, now};

	return n == 0 ? 0 : store_write(store, check_body, &work);
}
