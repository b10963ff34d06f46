/*
 * page: the parts every page is made of. web/pages/page.html holds the functions, each
 * void page_...(struct buf *b, const struct ... *v); include "web/pages/page.html.h" for them.
 * These are the values they show; all strings are borrowed for the call.
 *
 *     {{call page_head &v->page}}
 *     <h1 class="govuk-heading-xl">...</h1>
 *     {{call page_foot &v->page}}
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "web/buf.h"
#include "web/form.h"

struct page_link {
	const char *url; /* a path of ours, or http(s) or mailto */
	const char *text;
	bool current; /* the page being shown */
};

/* The same page in another language. */
struct page_language {
	const char *url;  /* a path of ours */
	const char *code; /* "fr" */
	const char *name; /* "Français" */
};

/* What programs may read in place of the pages: a <link rel="alternate"> in each page's head. */
struct page_feed {
	const char *type;  /* "application/atom+xml" */
	const char *title; /* "Atom" */
	const char *url;   /* a path of ours */
};

struct page {
	const char *title; /* of this page */
	const char *site;  /* of the service: stands after the title and in the header */
	const char *home;  /* where the service's name leads, "/" */
	bool error;	   /* the title starts with "Error: " */
	const struct page_link *nav;
	size_t nav_n;
	const char *person;   /* who is signed in, or NULL */
	const char *sign_out; /* the POST path that ends the session, or NULL */
	const char *csrf;     /* for that form */
	const char *alert;    /* what the reader must hear on every page, or NULL */
	const char *notice;   /* one line of collection notice in the footer, or NULL */
	const struct page_link *footer;
	size_t footer_n;
	const struct page_language *languages; /* the others this page exists in */
	size_t languages_n;
	const struct page_feed *feeds;
	size_t feeds_n;
	bool wide; /* lists and boards use the whole width */
};

/* One field of a form, with its value and message: page_field(b, &f). */
struct page_field {
	const struct form *form;
	size_t field;
	bool question; /* the label is the page's heading */
	const char *heading; /* in its place then, or NULL */
};

enum page_tone { PAGE_PLAIN, PAGE_GOOD, PAGE_STOP, PAGE_CHECK, PAGE_WORKING };

/* A state in a word: page_tag(b, &t). */
struct page_tag {
	const char *text;
	enum page_tone tone;
};

struct page_button {
	const char *text;
	bool warning; /* it destroys something */
	bool secondary;
};

/*
 * A whole form of one button, for a step like "Cancel": page_post(b, &p). With the request's CSRF
 * token.
 */
struct page_post {
	const char *action; /* the POST path */
	const char *csrf;   /* request_csrf() */
	struct page_button button;
};

/* ---- for the templates of this folder ---- */

/* Writes text with its first letter made large, escaped: labels stand in sentences too. */
void page_capital(struct buf *b, const char *text);

/* True for a field made of several inputs (a choice, a set), which needs a fieldset. */
bool page_is_group(const struct form_field *f);

/* True if choice i of the field is chosen. */
bool page_is_chosen(const struct page_field *v, size_t i);

/* How many choices the field has. */
size_t page_choices(const struct form_field *f);

/* The HTML input type of a one-line field. */
const char *page_input_type(const struct form_field *f);

#endif
