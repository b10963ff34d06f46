/*
 * journal: the registrar's own log of decisions, in the same transaction as what was decided.
 *
 * It is a log as a gate's (formats section 3): device `registrar`, table `log` with gate_id NULL,
 * origin `<site>/presslog/registrar/<epoch>`. Entries of this log never count as attendance: such
 * queries read the gates' logs only. Each kind has its word in `decision` and `reason`.
 */
#ifndef REGISTRAR_JOURNAL_H
#define REGISTRAR_JOURNAL_H

#include <stdint.h>

#include "badges/entry.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

enum journal_kind {
	JOURNAL_BOOT,		 /* boot started */
	JOURNAL_EPOCH,		 /* epoch new-store | restored | damaged | key-rotated | ordered */
	JOURNAL_TOKEN_MADE,	 /* keys token-made: of the API */
	JOURNAL_TOKEN_ENDED,	 /* keys token-ended */
	JOURNAL_WEBHOOK_MADE,	 /* keys webhook-made */
	JOURNAL_WEBHOOK_ENDED,	 /* keys webhook-ended */
	JOURNAL_IMPORTED,	 /* admit imported: outlets or reporters, from a file */
	JOURNAL_APPROVED,	 /* admit accreditation-approved */
	JOURNAL_REFUSED,	 /* deny accreditation-refused */
	JOURNAL_CONFERENCE_MADE, /* admit conference-made */
	JOURNAL_REGISTERED,	 /* admit registered */
	JOURNAL_WAITLISTED,	 /* deny waitlisted */
	JOURNAL_PROMOTED,	 /* admit promoted */
	JOURNAL_CANCELLED,	 /* void registration-cancelled */
	JOURNAL_PASS_REVOKED,	 /* void pass-revoked */
	JOURNAL_PASS_REISSUED,	 /* void pass-reissued */
	JOURNAL_RESTRICTED,	 /* deny restricted */
	JOURNAL_RESTRICTION_LIFTED, /* admit restriction-lifted */
	JOURNAL_RECORD_VIEWED,	    /* admit record-viewed: a staff member saw a person's record */
	JOURNAL_RECORDS_EXPORTED,   /* admit records-exported */
	JOURNAL_KEY_MADE,	    /* keys key-made */
	JOURNAL_KEY_RETIRED,	    /* keys key-retired */
	JOURNAL_GATE_CODE,	    /* keys gate-code-made */
	JOURNAL_GATE_ENROLLED,	    /* keys gate-enrolled */
	JOURNAL_GATE_REVOKED,	    /* keys gate-revoked */
	JOURNAL_STAFF_ADDED,	    /* keys staff-added */
	JOURNAL_STAFF_DISABLED,	    /* keys staff-disabled */
	JOURNAL_STAFF_CHANGED,	    /* keys staff-changed: password, PIN or role */
	JOURNAL_EQUIVOCATION,	   /* deny equivocation: a gate's upload contradicts what is held */
	JOURNAL_PHOTO_SET,	   /* admit photo-set */
	JOURNAL_PHOTO_REMOVED,	   /* void photo-removed */
	JOURNAL_REFERRAL_ADMITTED, /* admit referral-admitted: communications' answer to a door */
	JOURNAL_REFERRAL_REFUSED,  /* deny referral-refused */
	JOURNAL_SUSPENDED,	   /* deny accreditation-suspended */
	JOURNAL_RESTORED,	   /* admit accreditation-restored */
	JOURNAL_CONFERENCE_CHANGED,   /* admit conference-changed */
	JOURNAL_CONFERENCE_CANCELLED, /* void conference-cancelled */
	JOURNAL_MATERIAL_ADDED,	      /* admit material-added */
	JOURNAL_MATERIAL_REMOVED,     /* void material-removed */
	JOURNAL_CORRESPONDENCE,	      /* admit correspondence: the desk wrote to an applicant */
	JOURNAL_REQUEST_ANSWERED, /* admit request-answered: of a person about their own records */
	JOURNAL_PUBLISHED_ANYWAY, /* admit published-anyway: a person decided on a finding (R12) */
	JOURNAL_CONFERENCE_PUBLISHED, /* admit conference-published: a draft became public */
	JOURNAL_ANNOUNCED,	      /* admit announced: subscribers were written to */
	JOURNAL_ASKED,		      /* admit place-asked: a place, before the allocation */
	JOURNAL_ALLOCATED,	      /* admit places-allocated: a run was applied */
	JOURNAL_PLACE_GIVEN,	      /* admit place-given: by the desk, out of turn */
	JOURNAL_CONFLICT_RESOLVED,    /* admit conflict-resolved */
	JOURNAL_PURGED,	     /* void records-purged: the detail names the receipt */
	JOURNAL_ERASED,	     /* void records-erased: one person's, on request */
	JOURNAL_HOLD_PLACED, /* deny hold-placed: nothing of it is destroyed */
	JOURNAL_HOLD_LIFTED, /* admit hold-lifted */
	JOURNAL_BACKUP_MADE, /* admit backup-made */
	JOURNAL_BADGES_PRINTED,	  /* admit badges-printed */
	JOURNAL_TEMPLATE_CHANGED, /* admit template-changed: made, changed or removed */
	JOURNAL_KINDS
};

struct journal_line {
	enum journal_kind kind;
	const char *event;   /* a conference's slug, or NULL */
	const uint8_t *pass; /* 16 bytes, or NULL */
	const char *staff;   /* who did it, or NULL: the person, or the program itself */
	const char
	    *detail; /* what the entry commits to; may hold personal details: it is kept apart
			and destroyed at retention. At most 4,000 characters, or NULL */
	const char *reason; /* another word than the kind's own, or NULL */
	const char *reference; /* of the registration it is about, for webhooks alone, or NULL */
};

/*
 * Appends an entry inside the caller's write: entry, tree and detail; the checkpoint over all the
 * entries of a commit is signed once, at its end, in the same transaction. The head is read from
 * the database within tx, so a body that rolls back takes its entry along and the next one goes on
 * where the log stands. Returns 0, MODEL_JOURNAL, or a store_result.
 */
int journal_append(struct store_tx *tx, struct registrar *registrar,
    const struct journal_line *line) __attribute__((warn_unused_result));

/* Begins a new epoch with the present journal key, whose first entry commits to the last checkpoint
 * of the old one (when there is one). reason: new-store, restored, damaged, key-rotated, ordered.
 */
int journal_begin_epoch(struct store_tx *tx, struct registrar *registrar, const char *reason,
    const char *staff) __attribute__((warn_unused_result));

/* When a data folder is opened: checks the newest epoch's head against its signed checkpoint and
 * against DIR/journal.mark, and begins a new epoch where the store is new, restored or damaged
 * (said in *ret_news, a static sentence, else NULL). */
int journal_open(struct registrar *registrar, const char **ret_news, struct refusal *why)
    __attribute__((warn_unused_result));

/* The first entry of a process that serves. */
int journal_boot(struct registrar *registrar) __attribute__((warn_unused_result));

/* At the end: notes the log's size in DIR/journal.mark. */
void journal_close(struct registrar *registrar);

/* The registrar's clock, boot id and time for an entry that is built elsewhere. */
void journal_stamp(struct entry *entry);

#endif
