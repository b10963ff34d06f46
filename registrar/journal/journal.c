#include "registrar/journal/journal.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "badges/bytes.h"
#include "badges/commit.h"
#include "badges/log.h"
#include "registrar/journal/journal_mark.h"
#include "registrar/registrar.h"
#include "registrar/webhook/event.h"
#include "schema/registrar_db.h"

/* Used inside writes only, which the store makes one after the other. */
struct journal {
	int64_t log_id;	   /* of the log that is cached; 0: none */
	struct log log;	   /* key and secret; its tree is not used: the head is read each time */
	int64_t epoch_min; /* a new epoch's number is above it */
	bool unsealed;	   /* entries of the running transaction may lack their checkpoint */
	int mark;	   /* DIR/journal.mark, or -1 */
	struct journal_mark committed; /* a head that is durable */
};

static const struct {
	enum entry_decision decision;
	const char *reason;
} kinds[JOURNAL_KINDS] = {
    [JOURNAL_BOOT] = {ENTRY_BOOT, "started"},
    [JOURNAL_EPOCH] = {ENTRY_EPOCH, "new-store"},
    [JOURNAL_TOKEN_MADE] = {ENTRY_KEYS, "token-made"},
    [JOURNAL_TOKEN_ENDED] = {ENTRY_KEYS, "token-ended"},
    [JOURNAL_WEBHOOK_MADE] = {ENTRY_KEYS, "webhook-made"},
    [JOURNAL_WEBHOOK_ENDED] = {ENTRY_KEYS, "webhook-ended"},
    [JOURNAL_IMPORTED] = {ENTRY_ADMIT, "imported"},
    [JOURNAL_APPROVED] = {ENTRY_ADMIT, "accreditation-approved"},
    [JOURNAL_REFUSED] = {ENTRY_DENY, "accreditation-refused"},
    [JOURNAL_CONFERENCE_MADE] = {ENTRY_ADMIT, "conference-made"},
    [JOURNAL_REGISTERED] = {ENTRY_ADMIT, "registered"},
    [JOURNAL_WAITLISTED] = {ENTRY_DENY, "waitlisted"},
    [JOURNAL_PROMOTED] = {ENTRY_ADMIT, "promoted"},
    [JOURNAL_CANCELLED] = {ENTRY_VOID, "registration-cancelled"},
    [JOURNAL_PASS_REVOKED] = {ENTRY_VOID, "pass-revoked"},
    [JOURNAL_PASS_REISSUED] = {ENTRY_VOID, "pass-reissued"},
    [JOURNAL_RESTRICTED] = {ENTRY_DENY, "restricted"},
    [JOURNAL_RESTRICTION_LIFTED] = {ENTRY_ADMIT, "restriction-lifted"},
    [JOURNAL_RECORD_VIEWED] = {ENTRY_ADMIT, "record-viewed"},
    [JOURNAL_RECORDS_EXPORTED] = {ENTRY_ADMIT, "records-exported"},
    [JOURNAL_KEY_MADE] = {ENTRY_KEYS, "key-made"},
    [JOURNAL_KEY_RETIRED] = {ENTRY_KEYS, "key-retired"},
    [JOURNAL_GATE_CODE] = {ENTRY_KEYS, "gate-code-made"},
    [JOURNAL_GATE_ENROLLED] = {ENTRY_KEYS, "gate-enrolled"},
    [JOURNAL_GATE_REVOKED] = {ENTRY_KEYS, "gate-revoked"},
    [JOURNAL_STAFF_ADDED] = {ENTRY_KEYS, "staff-added"},
    [JOURNAL_STAFF_DISABLED] = {ENTRY_KEYS, "staff-disabled"},
    [JOURNAL_STAFF_CHANGED] = {ENTRY_KEYS, "staff-changed"},
    [JOURNAL_EQUIVOCATION] = {ENTRY_DENY, "equivocation"},
    [JOURNAL_PHOTO_SET] = {ENTRY_ADMIT, "photo-set"},
    [JOURNAL_PHOTO_REMOVED] = {ENTRY_VOID, "photo-removed"},
    [JOURNAL_REFERRAL_ADMITTED] = {ENTRY_ADMIT, "referral-admitted"},
    [JOURNAL_REFERRAL_REFUSED] = {ENTRY_DENY, "referral-refused"},
    [JOURNAL_SUSPENDED] = {ENTRY_DENY, "accreditation-suspended"},
    [JOURNAL_RESTORED] = {ENTRY_ADMIT, "accreditation-restored"},
    [JOURNAL_CORRESPONDENCE] = {ENTRY_ADMIT, "correspondence"},
    [JOURNAL_BADGES_PRINTED] = {ENTRY_ADMIT, "badges-printed"},
    [JOURNAL_REQUEST_ANSWERED] = {ENTRY_ADMIT, "request-answered"},
    [JOURNAL_CONFERENCE_CHANGED] = {ENTRY_ADMIT, "conference-changed"},
    [JOURNAL_CONFERENCE_CANCELLED] = {ENTRY_VOID, "conference-cancelled"},
    [JOURNAL_MATERIAL_ADDED] = {ENTRY_ADMIT, "material-added"},
    [JOURNAL_MATERIAL_REMOVED] = {ENTRY_VOID, "material-removed"},
    [JOURNAL_PUBLISHED_ANYWAY] = {ENTRY_ADMIT, "published-anyway"},
    [JOURNAL_CONFERENCE_PUBLISHED] = {ENTRY_ADMIT, "conference-published"},
    [JOURNAL_TEMPLATE_CHANGED] = {ENTRY_ADMIT, "template-changed"},
    [JOURNAL_ANNOUNCED] = {ENTRY_ADMIT, "announced"},
    [JOURNAL_ASKED] = {ENTRY_ADMIT, "place-asked"},
    [JOURNAL_ALLOCATED] = {ENTRY_ADMIT, "places-allocated"},
    [JOURNAL_PLACE_GIVEN] = {ENTRY_ADMIT, "place-given"},
    [JOURNAL_CONFLICT_RESOLVED] = {ENTRY_ADMIT, "conflict-resolved"},
    [JOURNAL_PURGED] = {ENTRY_VOID, "records-purged"},
    [JOURNAL_ERASED] = {ENTRY_VOID, "records-erased"},
    [JOURNAL_HOLD_PLACED] = {ENTRY_DENY, "hold-placed"},
    [JOURNAL_HOLD_LIFTED] = {ENTRY_ADMIT, "hold-lifted"},
    [JOURNAL_BACKUP_MADE] = {ENTRY_ADMIT, "backup-made"},
};

/* The newest epoch's row of the table `log`. */
struct head {
	int64_t id, epoch;
	char origin[CHECKPOINT_ORIGIN_MAX + 1];
	uint8_t public[KEY_PUBLIC_SIZE];
	uint64_t size;
	size_t tree_len;
	uint8_t tree[TREE_STORED_MAX];
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
};

static int read_head(struct store_tx *tx, struct head *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_JOURNAL_HEAD, STORE_NO_ARGS, &rows);

	if (result != STORE_ROW)
		return result;
	const void *tree = store_get_blob(rows, 4, &ret->tree_len);
	ret->id = store_get_i64(rows, 0);
	ret->epoch = store_get_i64(rows, 2);
	ret->size = (uint64_t)store_get_i64(rows, 3);
	snprintf(ret->origin, sizeof ret->origin, "%s", store_get_text(rows, 1));
	snprintf(ret->checkpoint, sizeof ret->checkpoint, "%s", store_get_text(rows, 5));
	result = store_get_fixed(rows, 6, ret->public, sizeof ret->public);
	if (!result && ret->tree_len > sizeof ret->tree)
		result = MODEL_JOURNAL;
	if (!result)
		memcpy(ret->tree, tree, ret->tree_len);
	store_done(rows);
	return result;
}

static uint8_t boot_id[16];
static pthread_once_t boot_once = PTHREAD_ONCE_INIT;

static void read_boot_id(void)
{
	char text[64] = "", hex[33];
	size_t n = 0;
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file)
		return;
	if (fgets(text, sizeof text, file))
		for (const char *at = text; *at && n < 32; at++)
			if (*at != '-')
				hex[n++] = *at;
	fclose(file);
	if (n != 32 || bytes_unhex(hex, n, boot_id, sizeof boot_id))
		memset(boot_id, 0, sizeof boot_id);
}

void journal_stamp(struct entry *entry)
{
	struct timespec since_boot;
	struct timex clock = {0};

	pthread_once(&boot_once, read_boot_id);
	memcpy(entry->boot, boot_id, sizeof boot_id);
	clock_gettime(CLOCK_BOOTTIME, &since_boot);
	entry->mono_ms =
	    (uint64_t)since_boot.tv_sec * 1000 + (uint64_t)since_boot.tv_nsec / 1000000;
	entry->time_ms = registrar_now_ms();
	int state = adjtimex(&clock);
	entry->clock = state < 0 || state == TIME_ERROR || (clock.status & STA_UNSYNC)
			   ? ENTRY_CLOCK_UNSYNCED
			   : ENTRY_CLOCK_SYNCED;
}

/* The log that the head names, with its key, and with the head's tree. */
static int open_head(struct registrar *registrar, const struct head *head, struct log *ret_log)
{
	struct journal *journal = registrar->journal;

	/* A row that was rolled back leaves its number to the next one, with perhaps another key.
	 */
	if (journal->log_id != head->id || strcmp(journal->log.key.name, head->origin) != 0 ||
	    memcmp(journal->log.key.public_key, head->public, sizeof head->public) != 0) {
		const struct key_secret *key =
		    keyring_by_public(registrar->keyring, KEY_USE_DEVICE, head->public);
		if (!key || log_create(head->origin, head->public, key->secret, &journal->log))
			return MODEL_JOURNAL;
		journal->log_id = head->id;
	}
	*ret_log = journal->log;
	if (tree_load(head->tree, head->tree_len, &ret_log->tree) ||
	    ret_log->tree.size != head->size)
		return MODEL_JOURNAL;
	return 0;
}

static int fill_entry(struct store_tx *tx, const struct journal_line *line,
    const uint8_t salt[static COMMIT_SALT], struct entry *entry)
{
	int64_t rev = 0;
	int result = registrar_counter(tx, "revoked_version", &rev);

	if (result)
		return result;
	journal_stamp(entry);
	entry->decision = kinds[line->kind].decision;
	snprintf(entry->reason, sizeof entry->reason, "%s",
	    line->reason ? line->reason : kinds[line->kind].reason);
	snprintf(entry->event, sizeof entry->event, "%s", line->event ? line->event : "");
	snprintf(entry->staff, sizeof entry->staff, "%s", line->staff ? line->staff : "");
	if (line->pass) {
		entry->has_pass = true;
		memcpy(entry->pass, line->pass, sizeof entry->pass);
	}
	entry->rev = (uint64_t)rev;
	if (line->detail) {
		entry->has_commit = true;
		commit_make(salt, line->detail, strlen(line->detail), entry->commit);
	}
	return 0;
}

static int store_entry(struct store_tx *tx, const struct head *head, const struct entry *entry,
    const struct log_stage *stage, const struct log_leaf *leaf)
{
	uint8_t tree[TREE_STORED_MAX];
	size_t tree_len = tree_store(&stage->tree, tree);
	int result = store_exec(tx, REGISTRAR_Q_JOURNAL_ADVANCE,
	    STORE_ARGS(store_i64(head->id), store_i64((int64_t)stage->tree.size),
		store_blob(tree, tree_len), store_text(head->checkpoint)),
	    NULL);

	if (result)
		return result;
	return store_exec(tx, REGISTRAR_Q_JOURNAL_ENTRY_INSERT,
	    STORE_ARGS(store_i64(head->id), store_i64((int64_t)leaf->seq),
		store_blob(leaf->text, leaf->len), store_i64(entry->time_ms),
		store_text(*entry->event ? entry->event : "-"),
		entry->has_pass ? store_blob(entry->pass, sizeof entry->pass) : store_null(),
		store_text(entry_decision_word(entry->decision)), store_text(entry->reason),
		store_text(*entry->staff ? entry->staff : "-"), store_i64(entry->time_ms / 1000)),
	    NULL);
}

/* The newest head with its log; what an append and a seal begin with. */
static int take_head(
    struct store_tx *tx, struct registrar *registrar, struct head *ret_head, struct log *ret_log)
{
	int result = read_head(tx, ret_head);

	if (result == STORE_NOT_FOUND)
		return MODEL_JOURNAL;
	return result ? result : open_head(registrar, ret_head, ret_log);
}

/* Signs the head as it stands, if entries were added to it since it was signed. */
static int seal(struct store_tx *tx, struct registrar *registrar)
{
	struct head head = {0};
	struct log log;
	struct log_stage stage;

	if (!registrar->journal->unsealed)
		return 0;
	int result = take_head(tx, registrar, &head, &log);
	if (result)
		return result;
	log_begin(&log, &stage);
	if (log_seal(&stage))
		return MODEL_JOURNAL;
	return store_exec(tx, REGISTRAR_Q_JOURNAL_ADVANCE,
	    STORE_ARGS(store_i64(head.id), store_i64((int64_t)head.size),
		store_blob(head.tree, head.tree_len),
		store_textn(stage.checkpoint, stage.checkpoint_len)),
	    NULL);
}

/* One signature for all the entries of a commit: registering many people at once costs one. Only
 * here it is known that nothing of it is rolled back alone. */
static int seal_body(struct store_tx *tx, void *context)
{
	struct registrar *registrar = context;
	struct journal *journal = registrar->journal;
	int result = seal(tx, registrar);

	if (!result && journal->unsealed) {
		journal->unsealed = false;
		journal_mark_write(journal->mark, &journal->committed);
	}
	return result;
}

int journal_append(
    struct store_tx *tx, struct registrar *registrar, const struct journal_line *line)
{
	struct head head = {0};
	struct log log;
	struct log_stage stage;
	struct log_leaf leaf;
	struct entry entry = {0};
	uint8_t salt[COMMIT_SALT];
	int result = take_head(tx, registrar, &head, &log);

	if (result)
		return result;
	if (line->detail)
		commit_salt(salt);
	result = fill_entry(tx, line, salt, &entry);
	if (result)
		return result;
	log_begin(&log, &stage);
	if (log_add(&stage, &entry, &leaf))
		return MODEL_JOURNAL;
	entry.seq = leaf.seq;
	if (!registrar->journal->unsealed)
		registrar->journal->committed = (struct journal_mark){head.epoch, head.size};
	registrar->journal->unsealed = true;
	result = store_entry(tx, &head, &entry, &stage, &leaf);
	if (!result && line->detail)
		result = store_exec(tx, REGISTRAR_Q_JOURNAL_DETAIL_INSERT,
		    STORE_ARGS(store_i64(head.id), store_i64((int64_t)leaf.seq),
			store_blob(salt, sizeof salt), store_text(line->detail)),
		    NULL);
	return result ? result
		      : event_of_line(
			    tx, line, head.epoch, (int64_t)leaf.seq, entry.time_ms / 1000);
}

int journal_begin_epoch(
    struct store_tx *tx, struct registrar *registrar, const char *reason, const char *staff)
{
	const struct key_secret *key = keyring_signer(registrar->keyring, KEY_USE_DEVICE);
	struct head head = {0};
	struct tree tree;
	uint8_t stored[TREE_STORED_MAX];
	char origin[CHECKPOINT_ORIGIN_MAX + 1], number[24];
	int result = seal(tx, registrar);

	if (!result)
		result = read_head(tx, &head);

	if (result && result != STORE_NOT_FOUND && result != MODEL_JOURNAL)
		return result;
	int64_t epoch =
	    head.epoch > registrar->journal->epoch_min ? head.epoch : registrar->journal->epoch_min;
	/* A folder put back a second time must not use a number again that it forgot. */
	if (strcmp(reason, "restored") == 0 && epoch < registrar_now())
		epoch = registrar_now();
	snprintf(number, sizeof number, "%" PRId64, ++epoch);
	if (!key || log_origin(registrar->settings.site, "registrar", number, origin))
		return MODEL_JOURNAL;
	tree_init(&tree);
	size_t len = tree_store(&tree, stored);
	result = store_exec(tx, REGISTRAR_Q_JOURNAL_EPOCH_INSERT,
	    STORE_ARGS(store_text(origin), store_i64(epoch),
		store_blob(key->public, KEY_PUBLIC_SIZE), store_blob(stored, len)),
	    NULL);
	if (result)
		return result;
	return journal_append(tx, registrar,
	    &(struct journal_line){.kind = JOURNAL_EPOCH,
		.staff = staff,
		.reason = reason,
		.detail = *head.checkpoint ? head.checkpoint : NULL});
}

static void write_mark(struct registrar *registrar)
{
	struct journal *journal = registrar->journal;
	struct store_tx *tx = NULL;
	struct head head = {0};
	char *path = registrar_path(registrar, "journal.mark");

	if (journal->mark >= 0)
		close(journal->mark);
	journal->mark = -1;
	if (path && !store_read_begin(registrar->store, &tx) && !read_head(tx, &head)) {
		journal->committed = (struct journal_mark){head.epoch, head.size};
		journal->mark = journal_mark_make(path, &journal->committed);
	}
	store_read_end(tx);
	free(path);
}

/* Why a new epoch has to begin, or NULL. */
static const char *judge(struct registrar *registrar, int found, const struct head *head)
{
	struct log log;
	struct journal_mark mark = {0};
	char *path = registrar_path(registrar, "journal.mark");
	bool whole = path && journal_mark_read(path, &mark);

	free(path);
	registrar->journal->epoch_min = mark.epoch;
	if (found == STORE_NOT_FOUND)
		return mark.epoch ? "restored" : "new-store";
	if (found ||
	    log_open(head->origin, head->public, NULL, head->tree, head->tree_len, head->checkpoint,
		strlen(head->checkpoint), &log) ||
	    log.tree.size != head->size)
		return "damaged";
	if (!whole || mark.epoch > head->epoch ||
	    (mark.epoch == head->epoch && mark.size > head->size))
		return "restored";
	if (!keyring_by_public(registrar->keyring, KEY_USE_DEVICE, head->public))
		return "key-rotated";
	return NULL;
}

struct epoch_job {
	struct registrar *registrar;
	const char *reason;
};

static int epoch_body(struct store_tx *tx, void *context)
{
	struct epoch_job *job = context;

	return journal_begin_epoch(tx, job->registrar, job->reason, NULL);
}

static const char *news_of(const char *reason)
{
	if (strcmp(reason, "restored") == 0)
		return "The store was put back from a backup, or this folder was copied. A new "
		       "epoch of the journal begins.";
	if (strcmp(reason, "damaged") == 0)
		return "The journal's head does not match its signed checkpoint: the store was "
		       "damaged "
		       "or changed. A new epoch of the journal begins; keep a copy of this folder "
		       "and "
		       "look into it.";
	return NULL;
}

int journal_open(struct registrar *registrar, const char **ret_news, struct refusal *why)
{
	struct store_tx *tx = NULL;
	struct head head = {0};
	struct epoch_job job = {.registrar = registrar};
	int result = store_read_begin(registrar->store, &tx);

	*ret_news = NULL;
	if (result)
		return result;
	registrar->journal = calloc(1, sizeof *registrar->journal);
	if (registrar->journal)
		registrar->journal->mark = -1;
	result = registrar->journal ? read_head(tx, &head) : MODEL_SYSTEM;
	store_read_end(tx);
	if (result && result != STORE_NOT_FOUND && result != MODEL_JOURNAL)
		return result;
	store_before_commit(registrar->store, seal_body, registrar);
	job.reason = judge(registrar, result, &head);
	result = 0;
	if (job.reason) {
		*ret_news = news_of(job.reason);
		result = store_write(registrar->store, epoch_body, &job);
	}
	if (result == MODEL_JOURNAL)
		return refuse(why, "",
		    "The journal can't begin a new epoch: its key is missing. Put "
		    "keys/device-*.key back "
		    "from your backup.");
	if (!result)
		write_mark(registrar);
	return result;
}

static int boot_body(struct store_tx *tx, void *context)
{
	return journal_append(tx, context, &(struct journal_line){.kind = JOURNAL_BOOT});
}

int journal_boot(struct registrar *registrar)
{
	return store_write(registrar->store, boot_body, registrar);
}

void journal_close(struct registrar *registrar)
{
	if (!registrar->journal)
		return;
	write_mark(registrar);
	if (registrar->journal->mark >= 0)
		close(registrar->journal->mark);
	free(registrar->journal);
	registrar->journal = NULL;
}
