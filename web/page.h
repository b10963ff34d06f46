/*
 * page: the parts every page is made of, compiled from web/pages. Include web/pages.h for the
 * functions; these are the values they show. All strings are borrowed for the call.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "web/form.h"

struct page_link {
	const char *url; /* a path of ours, or http(s) or mailto */
	const char *text;
	bool current; /* the page being shown */
};

struct page {
	const char *lang;  /* "en" */
	const char *title; /* of this page */
	const char *site;  /* of the service: stands after the title and in the header */
	const char *home;  /* where the service's name leads, "/" */
	bool error;        /* the title starts with "Error: " */
	const struct page_link *nav;
	size_t nav_n;
	const char *person;   /* who is signed in, or NULL */
	const char *sign_out; /* the POST path that ends the session, or NULL */
	const char *csrf;     /* for that form */
	const char *notice;   /* one line of collection notice in the footer, or NULL */
	const struct page_link *footer;
	size_t footer_n;
	bool wide; /* lists and boards use the whole width */
};

/* One field of a form, with its value and message: page_field(b, &f). */
struct page_field {
	const struct form *form;
	size_t field;
	bool question; /* the label is the page's heading */
};

enum page_tone { PAGE_PLAIN, PAGE_GOOD, PAGE_STOP, PAGE_CHECK, PAGE_WORKING };

/* A state in a word: page_tag(b, &t). */
struct page_tag {
	const char *text;
	enum page_tone tone;
};

struct page_button {
	const char *text;
	bool warning;   /* it destroys something */
	bool secondary;
};

#endif
