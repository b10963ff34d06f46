/*
 * views: what the pages show. A handler fills a view, a template (the .html files of this folder)
 * writes it. All strings are borrowed for the call; text is escaped by the templates.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_VIEWS_H
#define PRESSGATE_REGISTRAR_WEB_VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/class.h"
#include "registrar/mail/bounce.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/allocation_setting.h"
#include "registrar/press/application.h"
#include "registrar/press/case.h"
#include "registrar/attendance/attendance.h"
#include "registrar/press/class_say.h"
#include "registrar/press/conference.h"
#include "registrar/doors/health.h"
#include "registrar/press/focal.h"
#include "registrar/press/outlet.h"
#include "registrar/doors/referral.h"
#include "registrar/press/registration.h"
#include "registrar/press/spoken.h"
#include "registrar/press/upload.h"
#include "registrar/settings.h"
#include "web/buf.h"
#include "web/form.h"
#include "web/page.h"

/* A moment as people say it. */
struct view_when {
	char time[40];	/* "2:05 p.m." */
	char date[80];	/* "Saturday 12 September 2026" */
	char full[128]; /* both */
	char utc[32];	/* for machines */
};
struct view_when view_when(const struct say *language, int64_t seconds);
bool view_same_day(int64_t one, int64_t two);

/* A state in a word, with its tone; a page says it in its language. */
struct page_tag view_registration_tag(const struct registration *registration);
struct page_tag view_application_tag(const struct application *application);
struct page_tag view_accreditation_tag(const struct accreditation *accreditation, int64_t now);

/* The criterion of a refusal in words. */
const char *view_criterion(const struct application *application);

/* The address as a mailto: URL; valid until the thread's next call. */
const char *view_mailto(const char *address);

/* Writes a sentence that say_keep() kept, in the page's language. */
void part_kept(struct buf *b, const char *kept);

/* Writes one field of a form. */
void part_field(struct buf *b, const struct form *form, size_t field);
/* The same where it is the page's one question: its heading asks it. */
void part_question(struct buf *b, const struct form *form, size_t field, const char *heading);

/* A page that says one thing: after a form, or when something can't be done. */
struct view_message {
	struct page page;
	const char *heading;
	const char *words[4];  /* paragraphs; NULL ends them */
	struct page_link link; /* text NULL: none */
};

/* A page with one button: what a link from a mail opens. */
struct view_confirm {
	struct page page;
	const struct application *application; /* a draft */
	struct upload_list uploads;	       /* sent along */
	const char *action;		       /* a path of ours */
};

struct view_button {
	struct page page;
	const char *heading;
	const char *words;
	const char *action; /* a path of ours */
	const char *button;
};

/* What someone who looks at a conference can do about it. */
enum view_open {
	VIEW_SIGN_IN,	     /* nobody is signed in */
	VIEW_REGISTER,	     /* may register */
	VIEW_HAS,	     /* is registered or waits */
	VIEW_NOT_ACCREDITED, /* signed in without an accreditation that stands */
	VIEW_WRONG_CLASS,    /* its class is not admitted */
	VIEW_CLOSED,	     /* over */
	VIEW_CANCELLED,	     /* the conference */
	VIEW_STAFF	     /* staff look, and do not register */
};

struct view_watch;
struct view_conference {
	struct page page;
	const struct settings *settings;
	const struct conference *conference;
	const struct conference_numbers *numbers;
	const struct allocation_setting *allocation; /* how it gives its places */
	int64_t now;
	enum view_open open;
	const struct registration *mine;     /* VIEW_HAS */
	const struct accreditation *choices; /* VIEW_REGISTER: one or more */
	size_t n_choices;
	const char *problem;		/* why the registration just tried was refused, or NULL */
	const struct view_watch *watch; /* public_views.h */
};

struct view_confirmed {
	struct page page;
	const struct application *application;
	bool again;
};

struct view_sign_in {
	struct page page;
	const struct form *form;
	const char *problem; /* or NULL */
};

struct view_my_conference {
	const struct conference *conference;
	const struct registration *registration; /* or NULL */
	int64_t line;				 /* place on the waiting list, from 1; 0: none */
	bool may_register;
};

struct view_my {
	struct page page;
	const char *name;
	int64_t now;
	struct accreditation_list accreditations;
	struct application_list applications;
	const struct view_my_conference *upcoming;
	size_t n_upcoming;
	const struct view_my_conference *past;
	size_t n_past;
	bool may_register;	 /* at least one accreditation stands */
	struct focal_list focal; /* outlets the person answers for */
};

struct view_registration {
	struct page page;
	const struct settings *settings;
	const struct registration *registration;
	const struct conference *conference;
	const struct accreditation *accreditation;
	const char *person;
	const char *code; /* XXXX-XXXX */
	char spoken[SPOKEN_MAX];
	bool apple, google; /* wallets that are set up */
	int64_t line;	    /* place on the waiting list, from 1; 0: none */
	unsigned pass_px;   /* of the picture's side: whole pixels for each module */
	int64_t now;
	bool cancellable;
};

/* What was said about an application, with the desk's forms: a part of the review page. */
struct view_case_desk {
	const struct page *page;
	const char *reference;
	const struct case_file *file;
	const struct form *ask, *message;
	bool may_ask;
};

struct review_evidence;
struct review_more;
struct view_review {
	struct page page;
	const struct application *application;
	const struct outlet_list *outlets;
	const struct outlet *known;	 /* the outlet of that name, or NULL */
	struct application_list earlier; /* of the same person */
	const struct form *approve;
	const struct form *refuse;
	struct case_file file;	    /* what stands around it */
	struct view_case_desk desk; /* the correspondence */
	const struct review_evidence *evidence;
	const struct review_more *more; /* review.h */
	const struct bounce *bounce; /* mail to the address comes back, or NULL */
	enum focal_standing focal;   /* of the applicant, once approved */
	const char *problem;	     /* why what was just tried was not done, or NULL */
	int64_t now;
	bool waits;
};

struct view_board_line {
	const struct conference *conference;
	struct conference_numbers numbers;
};
struct view_boards {
	struct page page;
	const struct view_board_line *lines;
	size_t n;
	int64_t now;
	bool may_make; /* the reader may make and edit them */
};

/* A question from a door; id in hex. */
struct view_referral {
	char id[2 * REFERRAL_ID + 1];
	const char *gate, *title, *slug, *holder, *kind, *staff, *name, *outlet, *words;
	bool has_pass;
	int64_t made_ms;
	enum referral_answer answer;
	const char *answer_words, *answered_by;
	int64_t answered;
	const char *typed;   /* the answer's words as typed */
	const char *problem; /* why the answer was not taken, or NULL */
};
struct page_tag view_referral_tag(enum referral_answer answer);

enum { VIEW_TAG = 64 };
struct view_referrals {
	struct page page;
	const char *done, *problem; /* or NULL */
	char tag[VIEW_TAG];	    /* what the script has seen */
	const struct view_referral *open, *answered;
	size_t n_open, n_answered;
};

/* What a restriction is of, for people. */
struct view_target {
	const char *what;   /* "The building", "Conference", "Class", "Outlet", "Person" */
	const char *name;   /* which one, or "" */
	const char *detail; /* where it holds, or whose pass; or "" */
};

struct view_restriction {
	int64_t id;
	struct view_target target;
	const char *words, *made_by, *gate; /* gate: made there, or "" */
	int64_t from, until;		    /* until 0: until it is lifted */
};
struct view_pass_found {
	char pass[33];
	const char *name, *outlet, *title;
};
struct view_restrictions {
	struct page page;
	const char *done, *problem; /* or NULL */
	const struct view_restriction *standing;
	size_t n_standing;
	const struct conference *conferences; /* not over */
	size_t n_conferences;
	const struct outlet_list *outlets;
	const char *find; /* what was looked for, or "" */
	const struct view_pass_found *found;
	size_t n_found;
};
struct view_restrict {
	struct page page;
	struct view_target target;
	const struct form *form;
	int64_t reach; /* people with a pass that it keeps out */
};

struct view_equivocation {
	const char *device;
	int64_t epoch, kept, seen, times;
};
struct conflict_resolution;
struct view_conflict {
	const struct attendance_conflict *conflict;
	const struct conference *conference;
	const struct conflict_resolution *resolution; /* NULL: it is open */
	char key[201];				      /* conflict_resolve.h */
};
/* An entry of a gate about itself: its clock or its store. */
struct view_gap {
	struct attendance_at at;
	const char *words;
};
struct view_conflicts {
	struct page page;
	const struct view_conflict *conflicts;
	size_t n_conflicts, n_open;
	const struct view_equivocation *equivocations;
	size_t n_equivocations;
	const struct view_gap *gaps;
	size_t n_gaps;
};

/* A gate as it said last that it stands. */
enum { VIEW_GATE_TEXT = 80 };
struct view_gate {
	struct health_gate gate;
	struct page_tag tag;
	char roster_age[VIEW_GATE_TEXT], revoked_age[VIEW_GATE_TEXT];
	char clock[VIEW_GATE_TEXT], disk[VIEW_GATE_TEXT];
};
struct page_tag view_gate_tag(const struct health_gate *gate);
struct view_gates {
	struct page page;
	int64_t now;
	char live_tag[VIEW_TAG]; /* what the script has seen */
	const struct view_gate *gates;
	size_t n;
};

struct view_entry {
	struct attendance_at at;
	const char *decision, *reason, *name, *outlet, *staff;
};

struct board_more;
struct view_board {
	struct page page;
	const struct conference *conference;
	const struct attendance *attendance;
	bool show_entries; /* else people */
	const struct view_entry *entries;
	size_t n_entries;
	const struct attendance_person *const *people; /* as filtered */
	size_t n_people;
	const char *list_title;
	const struct attendance_outlet **outlets; /* with most people expected first, or all */
	size_t n_outlets;
	bool all_outlets;
	const struct board_more *more; /* board_more.h */
	bool desk;		       /* who reads it runs conferences */
	bool still;		       /* a person's entries: no look is repeated by itself */
	const char *done;	       /* what was just done, or NULL */
	int64_t now;
};

#endif
