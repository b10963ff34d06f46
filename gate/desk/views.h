/*
 * views: what the pages of the desk show. A handler fills a view, a template (the .html files of
 * this folder) writes it. All strings are borrowed for the call, never NULL unless said so; text is
 * escaped by the templates. Times are local, as an officer says them ("14:05").
 *
 * Every form posts urlencoded fields with `csrf` (view->page.csrf). Every page works without
 * script. With it, the same forms may be sent by fetch: an answer is always a whole page, and its
 * <main> takes the place of the one shown; status 200 (done, and what came of it), 303 (to where
 * one goes on), 403 (signed out or locked: load the page), 409 (an older look: what is shown now is
 * the newest), 422 (a field: the page again with the message), 503 (nothing can be recorded: the
 * page says to use the paper list).
 *
 *	route			fields
 *	GET  /			to /desk, /shift, or how to be paired
 *	GET  /shift		view_start
 *	POST /shift		officer, pin, conference (a slug)
 *	POST /shift/lock
 *	GET  /shift/unlock	view_unlock
 *	POST /shift/unlock	pin
 *	GET  /shift/hand-over	view_start with hand_over
 *	POST /shift/hand-over	officer, pin
 *	GET  /shift/end		view_end, asking
 *	POST /shift/end		answers with view_end, ended
 *	GET  /desk		view_desk; ?way=in, ?way=out: which way this desk records
 *	POST /desk/look		text: exactly what was scanned, nothing trimmed
 *	POST /desk/admit	look: view_look.number
 *	POST /desk/deny		look, reason (view_desk.reasons), words
 *	POST /desk/override	look (0: no pass), words, person, supervisor, pin
 *	POST /desk/exit		look
 *	POST /desk/undo		entry: view_look.entry, view_entry.entry
 *	POST /desk/refer	look (0: no pass), kind, person, words
 *	POST /desk/pick		person: view_found.id
 *	GET  /desk/override	view_override: somebody who shows no pass
 *	POST /desk/left		person: view_visitor.id
 *	GET  /desk/refer	view_refer: somebody who shows no pass
 *	GET  /desk/accept-stale	view_accept
 *	POST /desk/accept-stale	minutes (15, 30, 60, 120, 240), words, supervisor, pin
 *	GET  /desk/search?q=	view_search
 *	GET  /desk/referrals	view_referrals
 *	POST /desk/answered	referral: view_referral.id; act: admit, close
 *	GET  /desk/conflicts	view_conflicts
 *	GET  /desk/last		view_last
 *	GET  /desk/stop		view_stop
 *	POST /desk/stop		scope (building, conference, pass), look, words, supervisor, pin
 *	POST /desk/lift		stop: view_stop_line.id; words, supervisor, pin
 *	GET  /desk/now?seen=TAG	JSON, long poll of 25 s; {"locked":true} while locked
 *	GET  /pair		view_pair
 *	POST /pair/new		answers with view_pair and its link
 *	GET  /pair/code.svg	that link as a QR code
 *	POST /pair/revoke	pairing: view_pairing.id
 *	GET  /join/:token	view_join
 *	POST /join/:token	name
 *	GET  /ready		view_ready
 *	GET  /ready/card	SVG, the code of the test card
 *	POST /ready/card	text, as in /desk/look; answers with view_ready
 *	GET  /photo/:hash	JPEG; 404 where none is held
 *
 * `supervisor` and `pin` are a supervisor's name and PIN for this one act, asked for where the
 * view says needs_supervisor, left out elsewhere.
 */
#ifndef PRESSGATE_GATE_DESK_VIEWS_H
#define PRESSGATE_GATE_DESK_VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate/door/door.h"
#include "web/buf.h"
#include "web/form.h"
#include "web/page.h"

enum { VIEW_TIME = 40, VIEW_AGE = 40, VIEW_LINE = 240 };

enum view_colour { VIEW_GREEN, VIEW_AMBER, VIEW_RED };

/* "green", "amber", "red": for a class name or a word. */
const char *view_colour_word(enum view_colour colour);

/* How old a list is. */
struct view_list_age {
	char words[VIEW_AGE]; /* "20 seconds"; "never confirmed" */
	int64_t seconds;      /* -1: never confirmed */
	enum view_colour colour;
};

/*
 * The strip that never leaves the screen. The same values come from /desk/now as JSON, so a script
 * can keep it true; without one it is as of the page.
 */
struct view_strip {
	const char *conference; /* its title */
	const char *door;	/* the gate's name: "north-door" */
	const char *officer;
	bool supervisor;       /* the officer is one */
	bool online;	       /* the registrar answers */
	char since[VIEW_TIME]; /* offline: since when, "14:05"; "" never heard or online */
	uint64_t unsent;       /* entries that the registrar has not yet received */
	struct view_list_age roster, revoked;
	char accepted[VIEW_TIME]; /* old lists are accepted by a supervisor until "14:30"; "" */
	const char *clock;	  /* "ok", or a sentence about what is wrong with it */
	const char *journal;	  /* "ok", or a sentence: then nothing can be recorded */
	int64_t inside;
	uint32_t capacity; /* 0: none */
	bool stopped;	   /* a STOP holds for this door: the words below */
	char stop_words[CONFERENCE_TEXT_MAX + 1];
	char stop_since[VIEW_TIME];
	const char *stop_scope;	 /* "building" or "conference" */
	size_t conflicts;	 /* at this conference, not yet looked at: all of them */
	size_t answers;		 /* of Communications, that the door has not acted on */
	char unheard[VIEW_LINE]; /* gates that are not heard: "south-door, west-door"; "" */
	char at[VIEW_TIME];	 /* when it was so, "14:05:12" */
	char tag[24];		 /* of these values: for /desk/now?seen= */
};

/* On every page of a shift: {{call frame_head &v->frame}} ... {{call frame_foot &v->frame}}. */
struct view_frame {
	struct page page; /* title, csrf, ... */
	bool has_strip;	  /* a shift is open */
	struct view_strip strip;
	bool lan;	     /* asked from a paired device, not on this machine */
	unsigned lock_after; /* minutes without an act until the desk locks itself */
};

/* A choice in a list of buttons. */
struct view_choice {
	const char *value; /* a token for the form */
	const char *label; /* "No identification" */
	const char *hint;  /* what it means, or NULL */
	bool needs_words;
};

/* One look on the screen: word, shape, colour and sound follow from `state`. */
struct view_look {
	unsigned number; /* for the field `look`; 0: there is none, and nothing below is set */
	enum door_state state;
	/* "ADMIT", "CHECK", "STOP", "REFER", "ADMITTED", "REFUSED", "UNDONE", "EXIT", ... */
	const char *word;
	/* enum page_tone is not used: "admit", "check", "stop", "refer", "exit", "working": a class
	 * name, and which sound. check: an admission that asks for ID or a name, a duplicate. */
	const char *tone;
	const char *reason;	   /* the token: "already-inside"; "ok" */
	const char *words;	   /* what happened, what it means, what to do now */
	const char *name, *outlet; /* "" where not known */
	const char *class_words;   /* "Reporter"; "" */
	char photo[80];		   /* "/photo/<hex>", or "" for none */
	bool check_screening, check_id, check_name; /* to be looked at before letting in */
	bool offline; /* decided on lists that are not confirmed now, or without the other
			 doors: looks different, and `unchecked` says what was not checked */
	bool no_changes, no_cancellations, no_doors, no_registration; /* not checked: the roster's
			     changes, cancellations, other doors, registration */
	char age[VIEW_AGE]; /* offline: how old the lists are; "" */
	/* already-inside, already-used: when, where, by whom; "" where not known */
	char last_time[VIEW_TIME];
	const char *last_gate, *last_staff;
	char code[16];	       /* the pass in short, "1a2b-3c4d": for telling Communications; "" */
	char time[VIEW_TIME];  /* of the entry, "14:05:12" */
	const char *staff;     /* who is in the entry, "" */
	const char *given;     /* DOOR_REFUSED: the officer's reason in words; "" */
	char entry[48];	       /* of the newest entry about it, for undo: "EPOCH-SEQ"; "" */
	unsigned undo_seconds; /* left for an undo; 0: none */
	/* what the officer may do now: show the button */
	bool may_admit, may_deny, may_undo, may_override, may_refer, may_exit, may_accept, may_bar;
};

/* /desk: the page of the whole shift. */
struct view_desk {
	struct view_frame frame;
	bool leaving;	       /* this desk records exits now */
	struct view_look look; /* number 0: nothing was looked at yet */
	const char *problem;   /* why an act was not done, or NULL: shown above, role=alert */
	bool stale;	       /* ... because somebody else was scanned since */
	bool needs_supervisor; /* an override asks for a supervisor's name and PIN */
	const struct view_choice *reasons; /* the officer's */
	size_t reasons_n;
	const struct view_choice *kinds; /* of a referral */
	size_t kinds_n;
	const struct form *look_form; /* field text; its messages */
	const struct form *act_form;  /* of the act that was refused for a field, or NULL */
};

/* /desk/search */
struct view_found {
	const char *id; /* for the field `person` of /desk/pick */
	const char *name, *outlet, *class_words;
	char photo[80];	    /* or "" */
	const char *status; /* "" confirmed; "waiting list", "cancelled", ... */
	bool inside;
};
struct view_search {
	struct view_frame frame;
	const char *query; /* as typed; "": not searched yet */
	bool searched;
	bool more;   /* there are more than are shown */
	size_t rows; /* lines of the roster that were searched: 0 says why nothing is found */
	const struct view_found *found;
	size_t n; /* at most 50 */
	const struct form *form;
};

/* Somebody inside whom no roster names. */
struct view_visitor {
	char id[33], code[16], time[VIEW_TIME];
	const char *door, *staff; /* staff "": nobody was signed in */
};

/* /desk/override: a walk-up: somebody who shows no pass is let in by a supervisor. */
struct view_override {
	struct view_frame frame;
	bool needs_supervisor;
	const struct form *form; /* look (0), person, words, supervisor, pin */
	const char *problem;
	const struct view_visitor *visitors; /* those inside now */
	size_t visitors_n;
};

/* /desk/refer: somebody who shows no pass. */
struct view_refer {
	struct view_frame frame;
	const struct form *form; /* kind, person, words, look */
	const struct view_choice *kinds;
	size_t kinds_n;
};

/* /desk/referrals: what was asked of Communications, open ones first. */
struct view_referral {
	char id[40];
	char time[VIEW_TIME];
	const char *kind; /* in words: "Not on the list" */
	const char *person, *staff;
	bool answered, admit, closed, sent; /* sent: Communications has it */
	const char *answer;		    /* "Admit", "Refuse", "Withdrawn"; "" */
	const char *words;		    /* of the answer; "" */
	const char *by;
	char at[VIEW_TIME];
};
struct view_referrals {
	struct view_frame frame;
	const struct view_referral *lines;
	size_t n;
	const char *problem; /* or NULL */
};

/* /desk/conflicts: a pass that two doors let in. */
struct view_conflict {
	const char *name, *outlet; /* "" where not known */
	char pass[16];		   /* "1a2b-3c4d" */
	const char *first_gate, *first_staff, *second_gate, *second_staff;
	char first_time[VIEW_TIME], second_time[VIEW_TIME], found[VIEW_TIME];
};
struct view_conflicts {
	struct view_frame frame;
	const struct view_conflict *lines;
	size_t n;
};

/* /desk/last: the newest entries of this gate, newest first. */
struct view_entry {
	char entry[48]; /* for undo */
	char time[VIEW_TIME];
	const char *decision; /* "Admitted", "Denied", "Override", "Exit", "Undone" */
	const char *reason;   /* in words; "" */
	const char *name, *outlet, *staff;
	bool may_undo;
	unsigned undo_seconds;
};
struct view_last {
	struct view_frame frame;
	const struct view_entry *lines;
	size_t n;
	const char *problem; /* why an undo was not done, or NULL */
};

/* /desk/stop: restrictions that this gate holds, and making one (supervisors). */
struct view_stop_line {
	char id[160]; /* for the field `stop` of /desk/lift; "": made by Communications, who lift it
		       */
	const char *scope; /* "The building", "This conference", "One pass", ... */
	const char *words;
	char since[VIEW_TIME];
	const char *by; /* "supervisor1 at south-door"; "Communications" */
};
struct view_stop {
	struct view_frame frame;
	bool needs_supervisor; /* the officer is none: name and PIN of one are asked for */
	const struct form *form;
	const struct view_look *look; /* the look a bar of one pass would be about; NULL: none */
	const struct view_stop_line *lines;
	size_t n;
	const char *problem;
};

/* /desk/accept-stale: a supervisor lets the desk go on with old lists for a while. */
struct view_accept {
	struct view_frame frame;
	bool needs_supervisor;
	const struct form *form;
	const char *problem;
};

/* /shift, /shift/hand-over */
struct view_conference {
	const char *slug, *title;
	char when[VIEW_TIME]; /* "14:00", "14:00 on 3 December" */
	bool today;
};
struct view_start {
	struct view_frame frame; /* has_strip only while handing over */
	bool hand_over;
	const char *from;			   /* who hands over; "" */
	const struct form *form;		   /* officer, pin, conference */
	const struct view_conference *conferences; /* soonest first; n 0: no roster is here yet */
	size_t n;
	const char *problem; /* wrong PIN, wait ..., no list yet; or NULL */
	const char *door;
};

struct view_unlock {
	struct view_frame frame; /* without a strip: nothing is shown while locked */
	const char *officer, *conference, *door;
	const struct form *form; /* pin */
	const char *problem;
	bool idle;    /* it locked itself */
	bool changed; /* the officer is off the list, or stands there otherwise than before */
};

/* /shift/end */
struct view_count {
	const char *label; /* a denial's reason in words */
	uint64_t n;
};
struct view_end {
	struct view_frame frame;
	bool ended; /* false: asks whether to end it */
	const char *officer, *conference;
	char began[VIEW_TIME], now[VIEW_TIME];
	uint64_t admitted, denied, overrides, exits, undone, referred, conflicts;
	const struct view_count *reasons; /* of the denials */
	size_t reasons_n;
	uint64_t unsent;
};

/* /pair */
struct view_pairing {
	char id[24];
	const char *name, *by;
	char made[VIEW_TIME], seen[VIEW_TIME]; /* seen "": never */
	bool in_use;			       /* a shift is open there */
};
struct view_pair {
	struct view_frame frame;
	bool lan; /* the desk listens on the network; else words say how to start it so */
	bool needs_supervisor;	 /* to pair a device: the shift is no supervisor's */
	const char *address;	 /* "https://192.0.2.10:8443" */
	const char *fingerprint; /* of the certificate, AB:CD:..., to be compared on the device */
	const char *link; /* the one-time link, NULL: none was made; its code: /pair/code.svg */
	char until[VIEW_TIME];
	const struct view_pairing *lines;
	size_t n;
	const char *problem;
};

/* /join/:token, and what a device without a pairing sees */
struct view_join {
	struct view_frame frame;
	const char *door;
	const char *action; /* NULL: the link is used or too old; words say what to do */
	const char *fingerprint;
	const struct form *form; /* name: "Tablet at the side door" */
};

/* /ready */
struct view_finding {
	const char *id;		    /* "clock", "disk", "roster", ... */
	const char *state;	    /* "ok", "warn", "bad" */
	const char *words, *remedy; /* remedy "" where nothing is to be done */
};
struct view_ready {
	struct view_frame frame;
	char at[VIEW_TIME];
	const char *worst; /* "ok", "warn", "bad" */
	const struct view_finding *lines;
	size_t n;
	const struct form *form; /* text: scan the card here */
	const char *card_text;	 /* what the printed test card says */
	bool card_tried, card_good;
	const char *card_words; /* what came of the card that was scanned; "" */
};

/* A page that says one thing: a refusal, a device that is not paired. */
struct view_message {
	struct view_frame frame;
	const char *heading;
	const char *words[4];  /* paragraphs; NULL ends them */
	struct page_link link; /* text NULL: none */
};

#endif
