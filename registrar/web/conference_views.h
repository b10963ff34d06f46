/*
 * conference_views: what the desk's pages of conferences show, beside views.h.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_CONFERENCE_VIEWS_H
#define PRESSGATE_REGISTRAR_WEB_CONFERENCE_VIEWS_H

#include "registrar/press/conference_template.h"
#include "registrar/press/material.h"
#include "registrar/press/publication.h"
#include "registrar/web/views.h"

/* A form of a conference or a template. */
struct view_conference_form {
	struct page page;
	const char *heading, *action, *button;
	const struct form *form;
	bool dated;	     /* a conference; else a template */
	bool new;	     /* its address can be chosen */
	bool public;	     /* it is announced: what is changed is looked at first */
	const char *problem; /* or NULL */
};

/* Everything that can be done with a conference. */
struct view_conference_desk {
	struct page page;
	const struct conference *conference;
	struct conference_numbers numbers;
	const struct publication_line *decisions;
	size_t n_decisions;
	size_t materials;
	const char *done, *because; /* or NULL; because: why it was cancelled, or "" */
	int64_t now;
};

struct view_templates {
	struct page page;
	const struct conference_template *items;
	size_t n;
	const char *done;
};

struct view_materials {
	struct page page;
	const struct conference *conference;
	const struct material_list *list;
	const struct form *form;
	const char *done;
};

/* A step that takes something away, with what it does. */
struct view_removal {
	struct page page;
	const char *heading, *words, *action, *back, *button;
};

struct view_cancel {
	struct page page;
	const struct conference *conference;
	int64_t people;
	const struct form *form;
};

/* Nothing to announce, or all is announced. */
struct view_announced {
	struct page page;
	const char *heading, *back;
	const char *problem; /* or NULL */
	int64_t mails, begun;
	const char *subject, *letter; /* or NULL */
};

#endif
