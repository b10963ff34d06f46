/* A gate's defences that a control takes away (linked with --wrap). */
#include "gate/clock.h"
#include "gate/door/decide.h"
#include "gate/gate.h"
#include "gate/sync/lists.h"
#include "gate/sync/sync.h"
#include "gate/sync/upload.h"
#include "schema/gate_db.h"
#include "tests/sim/wrap.h"

int __wrap_checkpoint_check_cosignature(
    const char *text, size_t len, const struct note_key *key, int64_t *ret_time);
int __real_checkpoint_check_cosignature(
    const char *text, size_t len, const struct note_key *key, int64_t *ret_time);
bool __wrap_clock_suspect(
    const struct clock *clock, const struct clock_reading *now, const struct clock_floor *floor);
bool __real_clock_suspect(
    const struct clock *clock, const struct clock_reading *now, const struct clock_floor *floor);
void __wrap_decide(const struct decide_facts *facts, const struct decide_policy *policy,
    struct verdict *ret_verdict);
int __wrap_lists_held(
    struct store_tx *tx, enum lists_kind kind, uint32_t conference, struct lists_held *ret_held);
int __real_lists_held(
    struct store_tx *tx, enum lists_kind kind, uint32_t conference, struct lists_held *ret_held);
void __real_decide(const struct decide_facts *facts, const struct decide_policy *policy,
    struct verdict *ret_verdict);

int __wrap_store_exec(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, int64_t *ret_changes);
int __real_store_exec(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, int64_t *ret_changes);
int __wrap_upload_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq);
int __real_upload_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq);
int __wrap_upload_note_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq, int result);
int __real_upload_note_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq, int result);
int __wrap_upload_batch(struct sync *sync, struct epoch *epoch, uint64_t most, uint64_t *from);
int __real_upload_batch(struct sync *sync, struct epoch *epoch, uint64_t most, uint64_t *from);

static bool is_off(enum sim_off control)
{
	return wrap_hooks->control == (int)control;
}

int __wrap_checkpoint_check_cosignature(
    const char *text, size_t len, const struct note_key *key, int64_t *ret_time)
{
	return is_off(CONTROL_RECEIPTS)
		   ? 0
		   : __real_checkpoint_check_cosignature(text, len, key, ret_time);
}

bool __wrap_clock_suspect(
    const struct clock *clock, const struct clock_reading *now, const struct clock_floor *floor)
{
	return !is_off(CONTROL_CLOCK) && __real_clock_suspect(clock, now, floor);
}

void __wrap_decide(const struct decide_facts *facts, const struct decide_policy *policy,
    struct verdict *ret_verdict)
{
	static struct decide_facts last;
	struct decide_facts seen =
	    is_off(CONTROL_UNRECORDED) && facts->journal_failed ? last : *facts;

	last = seen;
	if (is_off(CONTROL_REVOKED_LATE) && (seen.revoked_class != 0 || !seen.on_roster)) {
		seen.revoked_class = 0;
		seen.on_roster = true;
		seen.roster_class = seen.pass_class;
		seen.roster_status = ROSTER_CONFIRMED;
	}
	if (is_off(CONTROL_PASSBACK)) {
		seen.inside = false;
		seen.entries = 0;
	}
	if (is_off(CONTROL_STOPS))
		seen.restricted = false;
	__real_decide(&seen, policy, ret_verdict);
}

int __wrap_lists_held(
    struct store_tx *tx, enum lists_kind kind, uint32_t conference, struct lists_held *ret_held)
{
	int r = __real_lists_held(tx, kind, conference, ret_held);

	if (r == 0 && is_off(CONTROL_VERSIONS))
		ret_held->version = 0;
	return r;
}

int __wrap_upload_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq)
{
	return is_off(CONTROL_TWINS) ? SYNC_ANSWER : __real_upload_stop(sync, epoch, seq);
}

int __wrap_upload_note_stop(struct sync *sync, const struct epoch *epoch, uint64_t seq, int result)
{
	return is_off(CONTROL_TWINS) ? SYNC_ANSWER
				     : __real_upload_note_stop(sync, epoch, seq, result);
}

int __wrap_store_exec(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, int64_t *ret_changes)
{
	if (query == GATE_Q_CONFLICT_PUT && is_off(CONTROL_CONFLICTS))
		return 0;
	return __real_store_exec(tx, query, args, n_args, ret_changes);
}

int __wrap_upload_batch(struct sync *sync, struct epoch *epoch, uint64_t most, uint64_t *from)
{
	int r = __real_upload_batch(sync, epoch, most, from);

	return r == SYNC_POISONED && is_off(CONTROL_REFUSED) ? SYNC_REFUSED : r;
}
