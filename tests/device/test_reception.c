/* What gates upload: taken whole, once, and only when it holds. */
#include "tests/device/house.h"

#include <sodium.h>

#include "badges/commit.h"
#include "registrar/keys/details.h"
#include "registrar/journal/journal.h"
#include "tests/faults/faults.h"

static void fill(struct house_gate *gate, size_t n)
{
	for (size_t i = 0; i < n; i++)
		house_gate_add(gate, &(struct entry){.decision = ENTRY_ADMIT, .event = "update"});
}

static int64_t entries(struct house *house)
{
	return house_number(house,
	    "SELECT count(*) FROM log_entry e JOIN log l ON l.id = e.log_id WHERE l.gate_id IS NOT "
	    "NULL");
}

/* The receipt verifies against the checkpoint and the site's witness key. */
static void check_receipt(struct house *house, struct house_gate *gate, uint64_t size,
    const struct reception_answer *answer)
{
	const struct key_secret *witness =
	    keyring_signer(house->registrar->keyring, KEY_USE_WITNESS);
	char text[CHECKPOINT_SIGNED_MAX + 1], joined[CHECKPOINT_TEXT_MAX];
	struct note_key key;
	int64_t time = 0;
	size_t len;

	house_gate_seal(gate, size, text, sizeof(text));
	assert_int_equal(
	    checkpoint_witness_key("media.lakemount.example", witness->public, &key), 0);
	assert_int_equal(checkpoint_join(text, strlen(text), answer->cosignature,
			     strlen(answer->cosignature), joined, sizeof(joined), &len),
	    0);
	assert_int_equal(checkpoint_check_cosignature(joined, len, &key, &time), 0);
	assert_int_equal(time, house->now);
}

static void an_upload_is_stored_and_receipted(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate;

	house_gate_begin(house, &gate, "first-door");
	fill(&gate, 5);
	assert_int_equal(house_gate_send(house, &gate, 0, 5, &answer), 0);
	assert_int_equal(answer.size, 5);
	assert_int_equal(entries(house), 5);
	check_receipt(house, &gate, 5, &answer);
	house_gate_end(&gate);
}

static void the_same_upload_gets_the_same_receipt(void **state)
{
	struct house *house = *state;
	struct reception_answer first, again;
	struct house_gate gate;
	int64_t held;

	house_gate_begin(house, &gate, "again-door");
	fill(&gate, 8);
	assert_int_equal(house_gate_send(house, &gate, 0, 5, &first), 0);
	held = entries(house);
	house->now += 30; /* a receipt made anew would have another time */
	assert_int_equal(house_gate_send(house, &gate, 0, 5, &again), 0);
	assert_string_equal(first.cosignature, again.cosignature);
	assert_int_equal(again.size, 5);
	/* And after more has come in between, too. */
	assert_int_equal(house_gate_send(house, &gate, 5, 8, &again), 0);
	assert_int_equal(house_gate_send(house, &gate, 0, 5, &again), 0);
	assert_string_equal(first.cosignature, again.cosignature);
	assert_int_equal(entries(house), held + 3);
	faults_row("duplicate upload", "the same again, at once and later", 2, 0, 0, 0);
	/* Control: a receipt made anew would be another. */
	house->now += 30;
	house_gate_add(&gate, &(struct entry){.decision = ENTRY_ADMIT, .event = "update"});
	assert_int_equal(house_gate_send(house, &gate, 8, 9, &again), 0);
	faults_contrast("duplicate upload", "a receipt made anew",
	    strcmp(first.cosignature, again.cosignature) != 0);
	house_gate_end(&gate);
}

static void an_upload_that_overlaps_adds_only_what_is_new(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate;
	int64_t before = entries(house);

	house_gate_begin(house, &gate, "overlap-door");
	fill(&gate, 9);
	assert_int_equal(house_gate_send(house, &gate, 0, 6, &answer), 0);
	assert_int_equal(house_gate_send(house, &gate, 2, 9, &answer), 0);
	assert_int_equal(answer.size, 9);
	check_receipt(house, &gate, 9, &answer);
	assert_int_equal(entries(house), before + 9);
	/* An upload of nothing asks for the receipt of what is held. */
	assert_int_equal(house_gate_send(house, &gate, 9, 9, &answer), 0);
	check_receipt(house, &gate, 9, &answer);
	house_gate_end(&gate);
}

static void a_gap_is_refused_with_the_size_held(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate;
	int64_t before = entries(house);

	house_gate_begin(house, &gate, "gap-door");
	fill(&gate, 9);
	assert_int_equal(house_gate_send(house, &gate, 3, 9, &answer), RECEPTION_GAP);
	assert_int_equal(answer.size, 0);
	assert_int_equal(house_gate_send(house, &gate, 0, 4, &answer), 0);
	assert_int_equal(house_gate_send(house, &gate, 5, 9, &answer), RECEPTION_GAP);
	assert_int_equal(answer.size, 4);
	assert_int_equal(entries(house), before + 4);
	faults_row("gap or reorder", "an upload that begins too late", 2, 0, 0, 0);
	assert_int_equal(house_gate_send(house, &gate, 4, 9, &answer), 0);
	faults_contrast("gap or reorder", "the same entries in their place", answer.size == 9);
	house_gate_end(&gate);
}

static void a_contradiction_is_kept_and_raises_one_alarm(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate, other;
	int64_t alarms =
	    house_number(house, "SELECT count(*) FROM log_entry WHERE reason = 'equivocation'");

	house_gate_begin(house, &gate, "two-faced-door");
	fill(&gate, 4);
	assert_int_equal(house_gate_send(house, &gate, 0, 4, &answer), 0);
	/* The same gate and key, another story from entry 2 on. */
	other = gate;
	other.leaves = NULL;
	other.n = other.cap = 0;
	tree_init(&other.log.tree);
	fill(&other, 2);
	house_gate_add(&other, &(struct entry){.decision = ENTRY_DENY, .reason = "revoked"});
	fill(&other, 3);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    house_gate_send(house, &other, 0, 6, &answer), RECEPTION_EQUIVOCATION);
		assert_int_equal(answer.seq, 2);
	}
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM equivocation q JOIN log l ON l.id = q.log_id "
				"WHERE l.device = 'two-faced-door' AND q.seq = 2"),
	    1);
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM log_entry WHERE reason = 'equivocation'"),
	    alarms + 1);
	/* What was held first still stands, and goes on. */
	fill(&gate, 1);
	assert_int_equal(house_gate_send(house, &gate, 4, 5, &answer), 0);
	check_receipt(house, &gate, 5, &answer);
	free(other.leaves);
	house_gate_end(&gate);
}

static int64_t kept(struct house *house, const char *device)
{
	char query[200];

	(void)snprintf(query, sizeof(query),
	    "SELECT count(*) FROM equivocation q JOIN log l ON l.id = q.log_id "
	    "WHERE l.device = '%s'",
	    device);
	return house_number(house, query);
}

/* The same gate and key with another story from entry `from` on. */
static void fork_gate(
    const struct house_gate *gate, size_t from, size_t size, struct house_gate *ret_other)
{
	*ret_other = *gate;
	ret_other->leaves = NULL;
	ret_other->n = ret_other->cap = 0;
	tree_init(&ret_other->log.tree);
	fill(ret_other, from);
	house_gate_add(ret_other, &(struct entry){.decision = ENTRY_DENY, .reason = "revoked"});
	fill(ret_other, size - from - 1);
}

static void a_contradiction_before_what_is_sent_is_kept_too(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate, other;
	int64_t alarms =
	    house_number(house, "SELECT count(*) FROM log_entry WHERE reason = 'equivocation'");
	int64_t before;

	house_gate_begin(house, &gate, "hidden-door");
	fill(&gate, 8);
	assert_int_equal(house_gate_send(house, &gate, 0, 6, &answer), 0);
	before = entries(house);
	fork_gate(&gate, 2, 9, &other);
	/* Nothing of what is held is sent, then a part of it that is the same. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    house_gate_send(house, &other, 6, 9, &answer), RECEPTION_EQUIVOCATION);
		assert_int_equal(answer.seq, 9);
	}
	assert_int_equal(kept(house, "hidden-door"), 1);
	assert_int_equal(house_gate_send(house, &other, 4, 8, &answer), RECEPTION_EQUIVOCATION);
	assert_int_equal(kept(house, "hidden-door"), 2);
	/* A head below what is held, of a size that was never receipted. */
	assert_int_equal(house_gate_send(house, &other, 3, 5, &answer), RECEPTION_EQUIVOCATION);
	assert_int_equal(answer.seq, 5);
	/* And of the size that is held. */
	assert_int_equal(house_gate_send(house, &other, 6, 6, &answer), RECEPTION_EQUIVOCATION);
	assert_int_equal(kept(house, "hidden-door"), 4);
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM log_entry WHERE reason = 'equivocation'"),
	    alarms + 4);
	assert_int_equal(entries(house), before);
	/* Control: the story held first raises nothing at any of these sizes, and goes on. */
	assert_int_equal(house_gate_send(house, &gate, 3, 5, &answer), RECEPTION_GAP);
	assert_int_equal(house_gate_send(house, &gate, 6, 6, &answer), 0);
	assert_int_equal(house_gate_send(house, &gate, 4, 8, &answer), 0);
	assert_int_equal(kept(house, "hidden-door"), 4);
	free(other.leaves);
	house_gate_end(&gate);
}

/* One fault each; what is stored must not move. */
struct bad {
	const char *name, *word;
	void (*make)(struct reception_upload *upload, struct log_text *texts, char *checkpoint);
};

static void entry_of_garbage(
    struct reception_upload *upload, struct log_text *texts, char *checkpoint)
{
	(void)upload;
	(void)checkpoint;
	texts[1] = (struct log_text){"pressgate-entry/v1\nseq 1\n", 25};
}

static void entries_swapped(
    struct reception_upload *upload, struct log_text *texts, char *checkpoint)
{
	struct log_text first = texts[0];

	(void)upload;
	(void)checkpoint;
	texts[0] = texts[1];
	texts[1] = first;
}

static void entry_left_out(
    struct reception_upload *upload, struct log_text *texts, char *checkpoint)
{
	(void)texts;
	(void)checkpoint;
	upload->n_entries--;
}

static void signature_changed(
    struct reception_upload *upload, struct log_text *texts, char *checkpoint)
{
	char *at = checkpoint + strlen(checkpoint) - 20;

	(void)upload;
	(void)texts;
	*at = *at == 'A' ? 'B' : 'A';
}

static void note_cut(struct reception_upload *upload, struct log_text *texts, char *checkpoint)
{
	(void)texts;
	(void)checkpoint;
	upload->checkpoint_len -= 5;
}

static void other_epoch(struct reception_upload *upload, struct log_text *texts, char *checkpoint)
{
	(void)texts;
	(void)checkpoint;
	upload->epoch++;
}

static void no_epoch(struct reception_upload *upload, struct log_text *texts, char *checkpoint)
{
	(void)texts;
	(void)checkpoint;
	upload->epoch = 0;
}

static char forged[ENTRY_MAX];

/* A well-formed entry that the gate never signed. */
static void entry_forged(struct reception_upload *upload, struct log_text *texts, char *checkpoint)
{
	char *at;

	(void)upload;
	(void)checkpoint;
	memcpy(forged, texts[2].text, texts[2].len);
	forged[texts[2].len] = '\0';
	at = strstr(forged, "decision admit");
	assert_non_null(at);
	memcpy(at, "decision exit ", 14);
	memmove(at + 13, at + 14, strlen(at + 14) + 1);
	texts[2] = (struct log_text){forged, texts[2].len - 1};
}

static const struct bad bads[] = {
    {"an entry that is none", "bad-entry", entry_of_garbage},
    {"entries out of order", "bad-entry", entries_swapped},
    {"an entry left out", "wrong-size", entry_left_out},
    {"a changed signature", "bad-signature", signature_changed},
    {"a cut checkpoint", "bad-checkpoint", note_cut},
    {"another epoch's checkpoint", "wrong-origin", other_epoch},
    {"no epoch", "bad-epoch", no_epoch},
    {"an entry the gate never signed", "wrong-root", entry_forged},
};

static void what_does_not_hold_is_refused_and_nothing_stored(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate;
	int64_t before, logs;

	house_gate_begin(house, &gate, "faulty-door");
	fill(&gate, 4);
	before = entries(house);
	logs = house_number(house, "SELECT count(*) FROM log");
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
		struct log_text texts[4];
		struct reception_upload upload = {.gate = &gate.gate,
		    .epoch = gate.epoch,
		    .checkpoint = checkpoint,
		    .entries = texts,
		    .n_entries = 4,
		    .now = house->now};

		for (size_t j = 0; j < 4; j++)
			texts[j] = (struct log_text){gate.leaves[j].text, gate.leaves[j].len};
		house_gate_seal(&gate, 4, checkpoint, sizeof(checkpoint));
		upload.checkpoint_len = strlen(checkpoint);
		bads[i].make(&upload, texts, checkpoint);
		print_message("# %s\n", bads[i].name);
		assert_int_equal(
		    reception_take(house->registrar, &upload, &answer), RECEPTION_REFUSED);
		assert_string_equal(answer.word, bads[i].word);
		assert_int_equal(entries(house), before);
		assert_int_equal(house_number(house, "SELECT count(*) FROM log"), logs);
	}
	/* Control: without a fault the same upload is taken. */
	assert_int_equal(house_gate_send(house, &gate, 0, 4, &answer), 0);
	assert_int_equal(entries(house), before + 4);
	house_gate_end(&gate);
}

static void another_gates_key_does_not_pass(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate, other;
	struct gates_gate own;

	house_gate_begin(house, &gate, "honest-door");
	house_gate_begin(house, &other, "posing-door");
	fill(&other, 2);
	own = other.gate;
	other.gate = gate.gate;
	assert_int_equal(house_gate_send(house, &other, 0, 2, &answer), RECEPTION_REFUSED);
	assert_string_equal(answer.word, "wrong-origin");
	other.gate = own;
	assert_int_equal(house_gate_send(house, &other, 0, 2, &answer), 0);
	house_gate_end(&gate);
	house_gate_end(&other);
}

static void a_revoked_gate_uploads_nothing(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct house_gate gate;
	int64_t before;

	house_gate_begin(house, &gate, "ended-door");
	fill(&gate, 2);
	assert_int_equal(house_gate_send(house, &gate, 0, 1, &answer), 0);
	before = entries(house);
	assert_int_equal(gates_revoke(house->registrar, "ended-door", "admin"), 0);
	assert_int_equal(house_gate_send(house, &gate, 1, 2, &answer), RECEPTION_REVOKED);
	assert_int_equal(entries(house), before);
	house_gate_end(&gate);
}

static void details_are_kept_only_with_the_entry_they_open(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct reception_detail details[3] = {{.seq = 0}, {.seq = 1}, {.seq = 9}};
	struct entry entry = {.decision = ENTRY_DENY, .reason = "revoked", .has_commit = true};
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
	struct log_text texts[2];
	struct house_gate gate;
	struct reception_upload upload = {.gate = &gate.gate,
	    .checkpoint = checkpoint,
	    .entries = texts,
	    .n_entries = 2,
	    .details = details,
	    .n_details = 2,
	    .now = house->now};

	house_gate_begin(house, &gate, "detail-door");
	for (size_t i = 0; i < 3; i++) {
		commit_salt(details[i].salt);
		details[i].text = "{\"words\":\"called the desk\"}";
		details[i].len = strlen(details[i].text);
	}
	for (size_t i = 0; i < 2; i++) {
		commit_make(details[i].salt, details[i].text, details[i].len, entry.commit);
		house_gate_add(&gate, &entry);
		texts[i] = (struct log_text){gate.leaves[i].text, gate.leaves[i].len};
	}
	details[1].text = "{\"words\":\"something else\"}";
	details[1].len = strlen(details[1].text);
	upload.epoch = gate.epoch;
	house_gate_seal(&gate, 2, checkpoint, sizeof(checkpoint));
	upload.checkpoint_len = strlen(checkpoint);
	assert_int_equal(reception_take(house->registrar, &upload, &answer), 0);
	assert_int_equal(answer.dropped, 1);
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM log_detail d JOIN log l ON l.id = d.log_id "
				"WHERE l.device = 'detail-door'"),
	    1);
	/* The same again with one for an entry it does not bring: that one is dropped too. */
	details[0] = details[2];
	assert_int_equal(reception_take(house->registrar, &upload, &answer), 0);
	assert_int_equal(answer.dropped, 2);
	house_gate_end(&gate);
}

/* Salt and text as a gate keeps them: sealed to a key. */
static size_t seal_detail(const uint8_t public[static 32], const uint8_t salt[static COMMIT_SALT],
    const char *text, size_t len, uint8_t *ret)
{
	uint8_t plain[COMMIT_SALT + 5000];

	assert_true(len <= 5000);
	memcpy(plain, salt, COMMIT_SALT);
	memcpy(plain + COMMIT_SALT, text, len);
	assert_int_equal(crypto_box_seal(ret, plain, COMMIT_SALT + len, public), 0);
	return COMMIT_SALT + len + crypto_box_SEALBYTES;
}

/* 0: as it should be; 1: sealed to another key; 2: too long by a byte; 3: cut; 4: another text than
 * the entry's; 5: as long as may be; 6: in the clear and too long. */
enum { SEALED_CASES = 7 };

static void sealed_details_are_opened_and_bad_ones_dropped_alone(void **state)
{
	struct house *house = *state;
	struct reception_answer answer;
	struct reception_detail details[SEALED_CASES] = {0};
	static uint8_t sealed[SEALED_CASES][5200];
	static char text[5000];
	struct entry entry = {.decision = ENTRY_DENY, .reason = "conduct", .has_commit = true};
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
	struct log_text texts[SEALED_CASES];
	struct house_gate gate;
	uint8_t key[32], public[32], secret[32], salt[COMMIT_SALT];
	struct reception_upload upload = {.gate = &gate.gate,
	    .checkpoint = checkpoint,
	    .entries = texts,
	    .n_entries = SEALED_CASES,
	    .details = details,
	    .n_details = SEALED_CASES,
	    .now = house->now};

	house_gate_begin(house, &gate, "sealed-door");
	assert_int_equal(details_public(house->registrar, key), 0);
	crypto_box_keypair(public, secret);
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < SEALED_CASES; i++) {
		size_t len = i == 2 || i == 6 ? RECEPTION_DETAIL_MAX + 1
			     : i == 5	      ? RECEPTION_DETAIL_MAX
					      : 20;

		commit_salt(salt);
		commit_make(salt, text, len, entry.commit);
		house_gate_add(&gate, &entry);
		texts[i] = (struct log_text){gate.leaves[i].text, gate.leaves[i].len};
		details[i].seq = i;
		if (i == 6) {
			memcpy(details[i].salt, salt, COMMIT_SALT);
			details[i].text = text;
			details[i].len = len;
			continue;
		}
		details[i].sealed = sealed[i];
		details[i].sealed_len = seal_detail(i == 1 ? public : key, salt,
		    i == 4 ? "another text of 20.." : text, len, sealed[i]);
		if (i == 3)
			details[i].sealed_len--;
	}
	upload.epoch = gate.epoch;
	house_gate_seal(&gate, SEALED_CASES, checkpoint, sizeof(checkpoint));
	upload.checkpoint_len = strlen(checkpoint);
	assert_int_equal(reception_take(house->registrar, &upload, &answer), 0);
	assert_int_equal(answer.size, SEALED_CASES);
	assert_int_equal(answer.dropped, 5);
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM log_detail d JOIN log l ON l.id = d.log_id "
				"WHERE l.device = 'sealed-door' AND d.seq IN (0, 5) "
				"AND d.detail LIKE 'xxxx%'"),
	    2);
	house_gate_end(&gate);
}

static void codes_serve_once_and_wrong_ones_are_counted(void **state)
{
	struct house *house = *state;
	struct gates_claim claim = {.code = "0000-0000-0000-0000"};
	struct gates_gate gate;
	struct key_secret *key = NULL, *other = NULL;
	char code[GATES_CODE_TEXT + 1], second[GATES_CODE_TEXT + 1];

	assert_int_equal(key_new(KEY_USE_DEVICE, &key), 0);
	assert_int_equal(key_new(KEY_USE_DEVICE, &other), 0);
	memcpy(claim.journal_key, key->public, GATES_KEY);
	memset(claim.spki, 7, sizeof(claim.spki));
	assert_int_equal(gates_code(house->registrar, "registrar", "admin", code), GATES_BAD_NAME);
	assert_int_equal(gates_code(house->registrar, "North", "admin", code), GATES_BAD_NAME);
	assert_int_equal(gates_code(house->registrar, "code-door", "admin", code), 0);
	/* A new code ends the old one. */
	assert_int_equal(gates_code(house->registrar, "code-door", "admin", second), 0);
	claim.code = code;
	assert_int_equal(
	    gates_enrol(house->registrar, &house->guard, &claim, &gate), GATES_WRONG_CODE);
	claim.code = second;
	assert_int_equal(gates_enrol(house->registrar, &house->guard, &claim, &gate), 0);
	assert_string_equal(gate.name, "code-door");
	/* The same claim again gets the same answer, another one does not. */
	assert_int_equal(gates_enrol(house->registrar, &house->guard, &claim, &gate), 0);
	memcpy(claim.journal_key, other->public, GATES_KEY);
	assert_int_equal(
	    gates_enrol(house->registrar, &house->guard, &claim, &gate), GATES_WRONG_CODE);
	assert_int_equal(gates_code(house->registrar, "code-door", "admin", code), GATES_TAKEN);
	claim.code = "0000-0000-0000-0000";
	for (int i = 2; i < GATES_TRIES; i++)
		assert_int_equal(
		    gates_enrol(house->registrar, &house->guard, &claim, &gate), GATES_WRONG_CODE);
	assert_int_equal(
	    gates_enrol(house->registrar, &house->guard, &claim, &gate), GATES_TOO_MANY);
	/* A stranger's wrong codes keep no gate out. */
	assert_int_equal(gates_code(house->registrar, "late-door", "admin", second), 0);
	claim.code = second;
	memset(claim.spki, 8, sizeof(claim.spki));
	assert_int_equal(gates_enrol(house->registrar, &house->guard, &claim, &gate), 0);
	assert_string_equal(gate.name, "late-door");
	claim.code = "0000-0000-0000-0000";
	/* Control: with the count forgotten the code is looked at again. */
	gates_guard_destroy(&house->guard);
	gates_guard_init(&house->guard);
	assert_int_equal(
	    gates_enrol(house->registrar, &house->guard, &claim, &gate), GATES_WRONG_CODE);
	gates_guard_destroy(&house->guard);
	gates_guard_init(&house->guard);
	key_free(key);
	key_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_upload_is_stored_and_receipted),
	    cmocka_unit_test(the_same_upload_gets_the_same_receipt),
	    cmocka_unit_test(an_upload_that_overlaps_adds_only_what_is_new),
	    cmocka_unit_test(a_gap_is_refused_with_the_size_held),
	    cmocka_unit_test(a_contradiction_is_kept_and_raises_one_alarm),
	    cmocka_unit_test(a_contradiction_before_what_is_sent_is_kept_too),
	    cmocka_unit_test(what_does_not_hold_is_refused_and_nothing_stored),
	    cmocka_unit_test(another_gates_key_does_not_pass),
	    cmocka_unit_test(a_revoked_gate_uploads_nothing),
	    cmocka_unit_test(details_are_kept_only_with_the_entry_they_open),
	    cmocka_unit_test(sealed_details_are_opened_and_bad_ones_dropped_alone),
	    cmocka_unit_test(codes_serve_once_and_wrong_ones_are_counted),
	};

	return cmocka_run_group_tests(tests, house_begin, house_end);
}
