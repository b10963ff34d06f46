/* What the pages about staff and their accounts show: see views.h. */
#ifndef PRESSGATE_REGISTRAR_WEB_STAFF_VIEWS_H
#define PRESSGATE_REGISTRAR_WEB_STAFF_VIEWS_H

#include "registrar/staff/factor.h"
#include "registrar/staff/session.h"
#include "registrar/staff/staff.h"
#include "registrar/web/views.h"

struct view_staff_sign_in {
	struct page page;
	const struct form *form;
	const char *problem;	/* or NULL */
	bool local;		/* passwords are taken */
	bool proxy;		/* a proxy may say who it is */
	const char *proxy_user; /* and says so, or NULL */
};

struct view_staff_code {
	struct page page;
	const struct form *form;
};

struct view_password {
	struct page page;
	const struct form *form;
	bool must; /* a one-time password has to be changed */
};

struct view_factor {
	struct page page;
	const struct form *form; /* of the code that is asked for */
	struct factor factor;
	bool required;
	bool fresh;		 /* the sign-in was just now, so a set-up may begin */
	char secret[TOTP_SHOWN]; /* FACTOR_WAITING: as people type it */
	const char *account, *issuer;
};

/* Recovery codes, this once. */
struct view_recovery {
	struct page page;
	char codes[FACTOR_CODES][FACTOR_RECOVERY];
	const char *service, *account;
	bool renewed;
};

struct view_account {
	struct page page;
	const struct staff_account *account;
	const struct session_line *sessions;
	size_t n_sessions;
	int64_t now;
	const char *done;    /* what was just done, or NULL */
	bool own;	     /* the reader's */
	bool factor_offered; /* the settings have second factors */
	bool factor_required;
	bool proxy_offered;
};

struct view_accounts {
	struct page page;
	const struct staff_account *accounts;
	size_t n;
	int64_t now;
	size_t ending; /* how many end within 30 days, or did */
	bool factor_offered;
};

struct view_account_new {
	struct page page;
	const struct form *form;
};

/* One step that is asked about before it is done: its words, and the fields it needs. */
struct view_account_step {
	struct page page;
	const struct staff_account *account;
	const struct form *form; /* NULL: nothing is asked */
	const char *heading, *button;
	const char *words[4]; /* what it will do; NULL ends them */
	bool warning;	      /* it ends something */
	const char *step;     /* the path's last part */
	const char *problem;  /* or NULL */
};

/* A one-time password, this once. */
struct view_one_time {
	struct page page;
	const char *name, *password;
	bool added;
};

struct page_tag view_staff_tag(const struct staff_account *account, int64_t now);

/* "3 December 2026" of a limit's last day. */
void part_until(struct buf *b, int64_t until);

#endif
