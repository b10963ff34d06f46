#define _XOPEN_SOURCE 700 /* nftw */

#include "tests/gate/world.h"

#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "badges/code.h"
#include "badges/revoked.h"
#include "badges/roster.h"
#include "badges/staff.h"
#include "gate/sync/lists.h"
#include "gate/seal/person.h"
#include "gate/seal/vault_private.h"
#include "schema/gate_db.h"

enum { SEED_ROOT = 1, SEED_BUNDLE, SEED_WITNESS, SEED_HERE, SEED_THERE, SEED_STRANGER, SEED_GATE };

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "world: %s failed\n", what);
	abort();
}

static struct key_secret *key_of(enum key_use use, uint8_t number)
{
	uint8_t seed[KEY_SEED_SIZE];
	struct key_secret *key = NULL;

	memset(seed, 0x40 + number, sizeof(seed));
	must(sodium_init() >= 0 && key_from_seed(use, seed, &key) == 0, "key_from_seed");
	return key;
}

void world_dir(char ret_dir[static WORLD_DIR_MAX])
{
	snprintf(ret_dir, WORLD_DIR_MAX, "/tmp/pressgate-gate-XXXXXX");
	must(mkdtemp(ret_dir) != NULL, "mkdtemp");
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	return remove(path);
}

void world_remove(const char *dir)
{
	must(strncmp(dir, "/tmp/", 5) == 0, "a folder under /tmp");
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int world_time(void *context, struct clock_raw *ret_raw)
{
	struct world_clock *clock = context;

	clock->time_ms += clock->advance_ms;
	clock->mono_ms += (uint64_t)clock->advance_ms;
	memset(ret_raw, 0, sizeof(*ret_raw));
	ret_raw->time_ms = clock->time_ms;
	ret_raw->mono_ms = clock->mono_ms;
	memset(ret_raw->boot, 0xb0, sizeof(ret_raw->boot));
	ret_raw->disciplined = clock->disciplined;
	return 0;
}

void world_id(unsigned n, uint8_t ret_id[static 16])
{
	uint8_t hash[crypto_hash_sha256_BYTES], number[4];

	bytes_put_u32(number, n);
	crypto_hash_sha256(hash, number, sizeof(number));
	memcpy(ret_id, hash, 16);
}

void world_code(unsigned n, char ret_code[static 10])
{
	uint8_t id[16];

	world_id(n, id);
	code_of_pass(id, ret_code);
}

struct world_pass world_usual(unsigned n, int64_t now)
{
	return (struct world_pass){.n = n,
	    .conference = WORLD_HERE,
	    .pass_class = CLASS_REPORTER,
	    .nbf = now - 7200,
	    .exp = now + 36000,
	    .key = WORLD_KEY_HERE};
}

void world_text(const struct world_pass *pass, char ret_text[static PASS_TEXT_MAX + 1])
{
	static const uint8_t seeds[] = {SEED_HERE, SEED_THERE, SEED_STRANGER, SEED_HERE};
	struct key_secret *key = key_of(KEY_USE_PASS, seeds[pass->key]);
	struct pass_claims claims = {
	    .exp = pass->exp,
	    .nbf = pass->nbf,
	    .conference = pass->conference,
	    .pass_class = pass->pass_class,
	    .flags = pass->flags,
	};
	char name[40];

	world_id(pass->n, claims.id);
	if (pass->named) {
		snprintf(name, sizeof(name), "Carried %u", pass->n);
		pass_cut_name(&claims, name, strlen(name));
		pass_cut_outlet(&claims, "Carried News", 12);
	}
	must(pass_sign(&claims, key, ret_text) == 0, "pass_sign");
	/* Forged: the last characters of base45 lie in the signature. */
	if (pass->key == WORLD_KEY_FORGED)
		ret_text[strlen(ret_text) - 4] = ret_text[strlen(ret_text) - 4] == '0' ? '1' : '0';
	key_free(key);
}

/* One write of facts: a function with its arguments. */
struct change {
	struct gate *gate;
	int (*apply)(struct store_tx *tx, const struct change *change);
	const struct world_conference *conference;
	uint32_t number;
	unsigned n, count;
	uint8_t pass_class, status;
	int scope;
	int64_t from, until;
	const struct person *person;
	const char *kind;
	const uint8_t *bytes;
	size_t len;
};

static int change_body(struct store_tx *tx, void *context)
{
	const struct change *change = context;

	return change->apply(tx, change);
}

static void apply(struct gate *gate, const struct change *change)
{
	struct change copy = *change;

	copy.gate = gate;
	gate_lock(gate);
	must(store_write(gate->store, change_body, &copy) == 0, "a change of the world");
	gate_unlock(gate);
}

static int put_conference(struct store_tx *tx, const struct change *change)
{
	const struct world_conference *c = change->conference;

	return store_exec(tx, GATE_Q_LISTS_CONFERENCE_PUT,
	    STORE_ARGS(store_i64(c->number), store_text(c->slug), store_text(c->title),
		store_text("Headquarters"), store_i64(c->doors), store_i64(c->starts),
		store_i64(c->ends), store_i64(c->capacity), store_i64(c->classes),
		store_i64(c->id_check), store_i64(c->id_share), store_i64(c->reentry),
		store_i64(c->registration_required), store_i64(0), store_i64(c->amber),
		store_i64(c->red), store_i64(3), store_i64(c->issued), store_i64(c->not_after),
		store_i64(c->checked)),
	    NULL);
}

struct world_conference world_conference(int64_t now)
{
	return (struct world_conference){
	    .number = WORLD_HERE,
	    .slug = "briefing",
	    .title = "Briefing on road safety",
	    .doors = now - 3600,
	    .starts = now + 3600,
	    .ends = now + 8 * 3600,
	    .classes = 0x1ff,
	    .id_check = ROSTER_ID_ON_REQUEST,
	    .registration_required = true,
	    .amber = 900,
	    .red = 14400,
	    .issued = now - 60,
	    .not_after = now + 7 * 86400,
	    .checked = now,
	};
}

void world_put_conference(struct gate *gate, const struct world_conference *conference)
{
	apply(gate, &(struct change){.apply = put_conference, .conference = conference});
}

static int put_persons(struct store_tx *tx, const struct change *change)
{
	int r = 0;

	for (unsigned n = change->n; r == 0 && n < change->n + change->count; n++) {
		struct person person = {.pass_class = change->pass_class,
		    .status = change->status,
		    .outlet_number = WORLD_OUTLET,
		    .outlet = "Lumen TV"};

		world_id(n, person.pass);
		snprintf(person.name, sizeof(person.name), "Ana Ferreira %u", n);
		r = person_put(change->gate, tx, change->number, &person);
	}
	return r;
}

void world_put_person(
    struct gate *gate, uint32_t conference, unsigned n, uint8_t pass_class, uint8_t status)
{
	apply(gate, &(struct change){.apply = put_persons,
			.number = conference,
			.n = n,
			.count = 1,
			.pass_class = pass_class,
			.status = status});
}

void world_put_people(struct gate *gate, uint32_t conference, unsigned n, unsigned count)
{
	apply(gate, &(struct change){.apply = put_persons,
			.number = conference,
			.n = n,
			.count = count,
			.pass_class = CLASS_REPORTER,
			.status = ROSTER_CONFIRMED});
}

static int put_given(struct store_tx *tx, const struct change *change)
{
	return person_put(change->gate, tx, change->number, change->person);
}

void world_put(struct gate *gate, uint32_t conference, const struct person *person)
{
	apply(gate, &(struct change){.apply = put_given, .number = conference, .person = person});
}

static int fail_body(struct store_tx *tx, void *context)
{
	const struct change *change = context;
	int r = put_persons(tx, change);

	return r == 0 ? 999 : r;
}

void world_put_failing(struct gate *gate, uint32_t conference, unsigned n)
{
	struct change change = {.gate = gate,
	    .number = conference,
	    .n = n,
	    .count = 1,
	    .pass_class = CLASS_REPORTER,
	    .status = ROSTER_CONFIRMED};

	gate_lock(gate);
	/* A data key made in a transaction that falls through must not serve later. */
	if (gate->vault.keys != NULL)
		gate->vault.keys->writer.seal = 0;
	must(store_write(gate->store, fail_body, &change) == 999, "a write that falls through");
	gate_unlock(gate);
}

static int drop_person(struct store_tx *tx, const struct change *change)
{
	uint8_t id[16];

	world_id(change->n, id);
	return store_exec(tx, GATE_Q_LISTS_ROSTER_REMOVE,
	    STORE_ARGS(store_i64(change->number), store_blob(id, 16)), NULL);
}

void world_drop_person(struct gate *gate, uint32_t conference, unsigned n)
{
	apply(gate, &(struct change){.apply = drop_person, .number = conference, .n = n});
}

static int put_revocation(struct store_tx *tx, const struct change *change)
{
	uint8_t id[16];

	world_id(change->n, id);
	return store_exec(tx, GATE_Q_LISTS_REVOCATION_PUT,
	    STORE_ARGS(store_blob(id, 16), store_i64(change->status)), NULL);
}

void world_revoke(struct gate *gate, unsigned n, uint8_t reason)
{
	apply(gate, &(struct change){.apply = put_revocation, .n = n, .status = reason});
}

static int put_restriction(struct store_tx *tx, const struct change *change)
{
	static const char words[] = "security incident";
	const struct vault_place place = {.table = "restriction", .number = 1};
	uint8_t id[16], blob[sizeof(words) - 1 + VAULT_OVERHEAD];
	size_t len = change->scope == REVOKED_SCOPE_PASS ? sizeof(id) : 0;
	int64_t seal = 0;
	int r = vault_seal(change->gate, tx, &place, words, sizeof(words) - 1, &seal, blob);

	if (r != 0)
		return r;
	world_id(change->n, id);
	return store_exec(tx, GATE_Q_LISTS_RESTRICTION_PUT,
	    STORE_ARGS(store_i64(1), store_i64(change->scope), store_i64(change->number),
		store_i64(change->pass_class),
		store_i64(change->scope == REVOKED_SCOPE_OUTLET ? WORLD_OUTLET : 0),
		store_blob(id, len), store_i64(change->from), store_i64(change->until),
		store_text(""), store_i64(seal), store_blob(blob, sizeof(blob))),
	    NULL);
}

void world_restrict(struct gate *gate, int scope, uint32_t conference, unsigned n,
    uint8_t pass_class, int64_t from, int64_t until)
{
	world_unrestrict(gate);
	apply(gate, &(struct change){.apply = put_restriction,
			.scope = scope,
			.number = conference,
			.n = n,
			.pass_class = pass_class,
			.from = from,
			.until = until});
}

static int clear_restrictions(struct store_tx *tx, const struct change *change)
{
	(void)change;
	return store_exec(tx, GATE_Q_LISTS_RESTRICTION_CLEAR, STORE_NO_ARGS, NULL);
}

void world_unrestrict(struct gate *gate)
{
	apply(gate, &(struct change){.apply = clear_restrictions});
}

static int put_presence(struct store_tx *tx, const struct change *change)
{
	uint8_t id[16];

	world_id(change->n, id);
	return store_exec(tx, GATE_Q_PRESENCE_PUT,
	    STORE_ARGS(store_i64(WORLD_HERE), store_blob(id, 16), store_i64(change->status),
		store_i64(change->count), store_i64(change->from), store_text("south-door"),
		store_i64(1), store_i64(1), store_text("officer2")),
	    NULL);
}

void world_presence(struct gate *gate, unsigned n, bool inside, int64_t entries, int64_t time_ms)
{
	apply(gate, &(struct change){.apply = put_presence,
			.n = n,
			.status = inside,
			.count = (unsigned)entries,
			.from = time_ms});
	gate->tally_conference = 0;
}

static int put_revoked_state(struct store_tx *tx, const struct change *change)
{
	int r = gate_meta_set(tx, "revoked_version", store_i64(5));

	if (r == 0)
		r = gate_meta_set(tx, "revoked_issued", store_i64(change->from - 60));
	if (r == 0)
		r = gate_meta_set(tx, "revoked_not_after", store_i64(change->until));
	if (r == 0)
		r = gate_meta_set(tx, "revoked_checked", store_i64(change->from));
	return r;
}

void world_revoked_state(struct gate *gate, int64_t checked, int64_t not_after)
{
	apply(gate,
	    &(struct change){.apply = put_revoked_state, .from = checked, .until = not_after});
}

static int put_object(struct store_tx *tx, const struct change *change)
{
	return store_exec(tx, GATE_Q_LISTS_OBJECT_PUT,
	    STORE_ARGS(store_text(change->kind), store_i64(1), store_i64(change->from),
		store_i64(change->until), store_blob(change->bytes, change->len)),
	    NULL);
}

static struct keyset_key trusted(enum key_use use, uint8_t seed, int64_t now)
{
	struct key_secret *key = key_of(use, seed);
	struct keyset_key trust = {
	    .use = use, .state = KEYSET_ACTIVE, .from = now - 86400, .until = now + 30 * 86400};

	memcpy(trust.public, key->public, sizeof(trust.public));
	key_free(key);
	return trust;
}

static void put_keys(
    struct gate *gate, int64_t now, uint64_t version, const struct world_gate *others, size_t n)
{
	static const uint32_t here = WORLD_HERE, there = WORLD_THERE;
	struct key_secret *root = key_of(KEY_USE_ROOT, SEED_ROOT);
	struct keyset_device devices[WORLD_GATES_MAX + 1] = {
	    {.name = WORLD_DEVICE, .state = KEYSET_ACTIVE}};
	struct keyset_key keys[] = {
	    trusted(KEY_USE_BUNDLE, SEED_BUNDLE, now),
	    trusted(KEY_USE_WITNESS, SEED_WITNESS, now),
	    trusted(KEY_USE_PASS, SEED_HERE, now),
	    trusted(KEY_USE_PASS, SEED_THERE, now),
	};
	struct keyset set = {
	    .head = {version, now - 60, now + 30 * 86400},
	    .site = WORLD_SITE,
	    .keys = keys,
	    .key_count = sizeof(keys) / sizeof(keys[0]),
	    .devices = devices,
	    .device_count = n + 1,
	};
	struct change change = {
	    .apply = put_object, .kind = "keys", .from = now - 60, .until = now + 30 * 86400};
	uint8_t *bytes = NULL;

	keys[2].conferences = &here;
	keys[3].conferences = &there;
	keys[2].conference_count = keys[3].conference_count = 1;
	memcpy(devices[0].public, gate->journal_key->public, sizeof(devices[0].public));
	must(n <= WORLD_GATES_MAX, "so many gates");
	for (size_t i = 0; i < n; i++) {
		devices[i + 1] = (struct keyset_device){.state = KEYSET_ACTIVE, .has_pin = true};
		snprintf(devices[i + 1].name, sizeof(devices[i + 1].name), "%s", others[i].name);
		memcpy(devices[i + 1].public, others[i].public, KEY_PUBLIC_SIZE);
		memcpy(devices[i + 1].pin, others[i].pin, KEYSET_PIN_SIZE);
	}
	must(keyset_build(&set, root, &bytes, &change.len) == 0, "keyset_build");
	change.bytes = bytes;
	apply(gate, &change);
	free(bytes);
	key_free(root);
}

void world_put_gates(struct gate *gate, int64_t now, const struct world_gate *others, size_t count)
{
	put_keys(gate, now, 2, others, count);
	gate_lock(gate);
	must(gate_load_keys(gate) == 0, "gate_load_keys");
	gate_unlock(gate);
}

/* Hashing a PIN takes its time: once for each salt. */
static void derive(struct staff_officer *officer, const char *pin)
{
	static struct {
		char pin[40];
		struct staff_officer officer;
	} known[16];
	static size_t n;
	uint8_t secret[OFFICER_SECRET];

	for (size_t i = 0; i < n; i++)
		if (strcmp(known[i].pin, pin) == 0 &&
		    memcmp(known[i].officer.salt, officer->salt, sizeof(officer->salt)) == 0) {
			memcpy(officer->public, known[i].officer.public, sizeof(officer->public));
			return;
		}
	must(officer_derive(pin, strlen(pin), officer->salt, officer->public, secret) == 0,
	    "officer_derive");
	if (n < sizeof(known) / sizeof(known[0])) {
		snprintf(known[n].pin, sizeof(known[n].pin), "%s", pin);
		known[n++].officer = *officer;
	}
}

void world_details_key(uint8_t ret_public[static 32], uint8_t ret_secret[static 32])
{
	uint8_t seed[crypto_box_SEEDBYTES];

	memset(seed, 0x60, sizeof(seed));
	crypto_box_seed_keypair(ret_public, ret_secret, seed);
}

int world_staff(struct gate *gate, uint64_t version, const struct world_officer *list, size_t count,
    int64_t now)
{
	struct key_secret *key = key_of(KEY_USE_BUNDLE, SEED_BUNDLE);
	const struct bundle_head head = {version, now - 60, now + 30 * 86400};
	struct staff_officer officers[8] = {0};
	uint8_t details[32], secret[32], *bytes = NULL;
	struct lists_object object = {.kind = LISTS_STAFF, .now = now, .now_suspect = true};
	struct lists_change change;
	int r;

	must(count <= sizeof(officers) / sizeof(officers[0]), "room for officers");
	for (size_t i = 0; i < count; i++) {
		snprintf(officers[i].name, sizeof(officers[i].name), "%s", list[i].name);
		officers[i].role = list[i].role;
		memset(officers[i].salt, list[i].name[0], sizeof(officers[i].salt));
		derive(&officers[i], list[i].pin);
	}
	world_details_key(details, secret);
	must(staff_build(&head, details, officers, count, key, &bytes, &object.len) == 0,
	    "staff_build");
	object.bytes = bytes;
	gate_lock(gate);
	object.keys = gate->keys;
	r = lists_apply(gate, &object, &change);
	gate_unlock(gate);
	free(bytes);
	key_free(key);
	return r;
}

static void put_staff(struct gate *gate, int64_t now)
{
	static const struct world_officer officers[] = {
	    {"officer1", WORLD_PIN, STAFF_SECURITY}, {"super1", WORLD_WORDS, STAFF_SUPERVISOR}};

	must(world_staff(gate, 1, officers, 2, now) == 0, "the officers");
}

struct shift world_shift(struct gate *gate)
{
	struct shift shift = {0};
	int64_t wait_s = 0;

	must(shift_begin(gate, "officer1", WORLD_PIN, strlen(WORLD_PIN), &shift, &wait_s) == 0,
	    "shift_begin");
	return shift;
}

static void make_keys_folder(const char *dir)
{
	struct key_secret *key = key_of(KEY_USE_DEVICE, SEED_GATE);
	char path[WORLD_DIR_MAX + 32];

	snprintf(path, sizeof(path), "%s/keys", dir);
	must(chmod(dir, 0700) == 0 && mkdir(path, 0700) == 0, "the keys folder");
	snprintf(path, sizeof(path), "%s/keys/journal.key", dir);
	must(key_save(key, path) == 0, "key_save");
	key_free(key);
}

static struct gate_identity identity(void)
{
	struct gate_identity who = {.device = WORLD_DEVICE,
	    .site = WORLD_SITE,
	    .url = "https://127.0.0.1:9",
	    .pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
	struct key_secret *root = key_of(KEY_USE_ROOT, SEED_ROOT);

	memcpy(who.root, root->public, sizeof(who.root));
	key_free(root);
	return who;
}

struct gate *world_open(const char *dir, const struct gate_options *options)
{
	char why[GATE_WHY_MAX];
	struct gate *gate = NULL;
	int r = gate_open(dir, options, &gate, why, sizeof(why));

	if (r != 0)
		fprintf(stderr, "world: gate_open %d: %s\n", r, why);
	must(r == 0, "gate_open");
	return gate;
}

void world_lists(struct gate *gate, unsigned count, int64_t now)
{
	struct world_conference here = world_conference(now), there = world_conference(now);

	put_keys(gate, now, 1, NULL, 0);
	gate_lock(gate);
	must(gate_load_keys(gate) == 0, "gate_load_keys");
	gate_unlock(gate);
	put_staff(gate, now);
	there.number = WORLD_THERE;
	there.slug = "hearing";
	there.title = "Hearing of the tribunal";
	world_put_conference(gate, &here);
	world_put_conference(gate, &there);
	world_revoked_state(gate, now, now + 7 * 86400);
	apply(gate, &(struct change){.apply = put_persons,
			.number = WORLD_HERE,
			.count = count,
			.pass_class = CLASS_REPORTER,
			.status = ROSTER_CONFIRMED});
}

struct gate *world_make(
    const char *dir, unsigned count, int64_t now, const struct gate_options *options)
{
	struct gate_options creating = *options;
	struct gate_identity who = identity();
	struct gate *gate;

	make_keys_folder(dir);
	creating.create = true;
	gate = world_open(dir, &creating);
	must(gate_set_identity(gate, &who) == 0, "gate_set_identity");
	world_lists(gate, count, now);
	return gate;
}
