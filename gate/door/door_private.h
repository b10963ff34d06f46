/* door_private: what the files of the door share. */
#ifndef GATE_DOOR_PRIVATE_H
#define GATE_DOOR_PRIVATE_H

#include "gate/door/door.h"
#include "gate/journal/journal.h"

/* Positive, so that journal_write rolls back and gives it back: nothing is to be recorded. */
enum { DOOR_UNRECORDED = 1 };

/*
 * One step on its way through the journal. It works on a copy of the look, which takes the look's
 * place only once the entry is on the disk.
 */
struct door_step {
	struct door *door;
	const struct door_who *who;
	struct door_look *look; /* the copy */
	enum door_mode mode;
	bool by_hand;	      /* an officer acts: the words say what was done */
	enum reason reason;   /* an officer's */
	const char *words;    /* an officer's or a supervisor's, or NULL */
	const char *person;   /* who it is, where no pass says so, or NULL */
	const char *override; /* the reason that an override names */
	bool changed;	      /* it was to be overridden, and the gate says something else now */
	bool drawn;	      /* who shows no pass: an id drawn for this visit stands for one */
	uint8_t drawn_pass[16];
	uint64_t epoch, seq; /* of the admission to be taken back */
	int64_t until;	     /* old lists are accepted so long */
	char *detail;
	uint64_t done_epoch, done_seq; /* the entry that was made */
};

/* What an entry says: its decision, with the reason's token. */
struct door_says {
	enum entry_decision decision;
	const char *reason;
	const char *verdict; /* the word in the detail */
};

/* door_record: fills the record and its detail (step->detail) from the step's look. 0 or
 * STORE_NO_MEMORY. */
int door_record(struct door_step *step, const struct door_says *says, struct journal_record *record)
    __attribute__((warn_unused_result));

/* door_decide: what is known of the step's look now, and what the gate says of it. 0 or a
 * store_result. */
int door_decide(struct door_step *step, struct store_tx *tx, const struct clock_reading *now)
    __attribute__((warn_unused_result));

/* door_record_verdict: the entry of what the gate says. 0 or STORE_NO_MEMORY. */
int door_record_verdict(struct door_step *step, struct journal_record *record)
    __attribute__((warn_unused_result));
/* door_draw: somebody without a pass comes in: an id is drawn, by which they are counted here and
 * at the other doors, and leave again. door_drawn: the look has it from then on; after door_record.
 */
void door_draw(struct door_step *step);
void door_drawn(struct door_step *step);

/* door_run: journal_write of a step's body; on success the copy takes the look's place. look NULL:
 * the step is about nobody whose pass is known. Returns what journal_write said. */
int door_run(struct door_step *step, journal_body *body, struct door_look *look)
    __attribute__((warn_unused_result));

/* door_say: sets look->words for the state it has now. */
void door_say(struct door_look *look);

/* door_words_hold: whether words are short enough, and there where they are needed. */
bool door_words_hold(const char *words, bool needed) __attribute__((warn_unused_result));

#endif
