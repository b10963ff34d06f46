/*
 * conference_form: the fields of a conference and of a template, out of a form and into one. A time
 * is local; one that does not exist is refused, and one that comes twice is asked about.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_CONFERENCE_FORM_H
#define PRESSGATE_REGISTRAR_WEB_CONFERENCE_FORM_H

#include "registrar/press/conference.h"
#include "registrar/web/publication_page.h"
#include "web/form.h"

enum conference_field {
	CONFERENCE_NAME, /* of a template */
	CONFERENCE_TITLE,
	CONFERENCE_SUMMARY,
	CONFERENCE_PLACE,
	CONFERENCE_STARTS,
	CONFERENCE_STARTS_WHICH,
	CONFERENCE_DOORS,
	CONFERENCE_DOORS_WHICH,
	CONFERENCE_ENDS,
	CONFERENCE_ENDS_WHICH,
	CONFERENCE_BEFORE, /* minutes, where doors are not given */
	CONFERENCE_LASTS,  /* minutes, where the end is not given */
	CONFERENCE_CAPACITY,
	CONFERENCE_PER_OUTLET,
	CONFERENCE_CLASSES,
	CONFERENCE_PREREGISTRATION,
	CONFERENCE_EMERGING,
	CONFERENCE_STREAM,
	CONFERENCE_ID_CHECK,
	CONFERENCE_SHARE,
	CONFERENCE_REENTRY,
	CONFERENCE_AT_ONCE,
	CONFERENCE_NAMES,
	CONFERENCE_AMBER, /* minutes */
	CONFERENCE_RED,
	CONFERENCE_SLUG,
	CONFERENCE_OWN_FIELDS,
	CONFERENCE_FIELDS = CONFERENCE_OWN_FIELDS + PUBLICATION_FIELDS
};

extern const struct form_field conference_fields[CONFERENCE_FIELDS];
extern const struct form_field template_fields[CONFERENCE_FIELDS];

/* Fills a form from a conference; without `dated` its times are left empty but for what is between
 * them. */
void conference_form_fill(struct form *form, const struct conference *conference, bool dated);

/*
 * Reads a form that was sent; the texts are the form's. `to` is what it was: what the form has no
 * field for stays. With `dated` its times are read too, else what is between them (starts is 0).
 * False: a field carries a message.
 */
bool conference_form_read(struct form *form, bool dated, struct conference *to);

/* Sets a model's refusal beside its field. False: it is of none. */
bool conference_form_refuse(struct form *form, const struct refusal *why);

#endif
