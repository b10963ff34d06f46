/*
 * form: declared fields, and checked values or messages.
 *
 * A page declares its fields once, as a table; the parser takes application/x-www-form-urlencoded
 * bytes (a body or a query string) and that table. A handler sees values that hold, or a form that
 * carries a message for each field that does not, with what was typed kept for showing again.
 * Fields nobody declared, and a field given twice, make the whole form malformed (status 400):
 * no browser sends them.
 *
 *     enum { APPLY_NAME, APPLY_EMAIL, APPLY_FIELDS };
 *     static const struct form_field apply_fields[APPLY_FIELDS] = {
 *         [APPLY_NAME] = {.name = "name", .label = "full name", .kind = FORM_LINE,
 *             .max = TEXT_NAME_MAX, .required = true},
 *         ...
 *     };
 *     if (!form_ok(request_form(req))) show the page again, with status 422
 *     else form_text(request_form(req), APPLY_NAME)
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum form_error {
	FORM_OK = 0,
	FORM_MALFORMED = -1, /* not urlencoded text, or too many fields */
	FORM_UNKNOWN = -2,   /* a field nobody declared */
	FORM_DUPLICATE = -3, /* a field twice */
	FORM_NOMEM = -4
};

enum form_kind {
	FORM_LINE,     /* one line of text */
	FORM_TEXT,     /* several lines */
	FORM_EMAIL,    /* one address, see text_email() */
	FORM_INTEGER,  /* decimal digits, with a minus where low < 0; low..high */
	FORM_CHOICE,   /* one of choices */
	FORM_SET,      /* any of choices (checkboxes of one name): the one kind that may repeat */
	FORM_CHECKBOX, /* present with the value "yes", or absent */
	FORM_SLUG,     /* see text_slug() */
	FORM_TOKEN,    /* 43 characters of base64url, see token.h */
	FORM_DATETIME, /* YYYY-MM-DDTHH:MM, as a browser's datetime-local gives it */
	FORM_PASSWORD, /* one line, taken as typed: NFC, no trimming, never shown again */
	FORM_RAW, /* bytes as they came, whatever they are; max counts bytes; never shown again */
	FORM_DATE, /* YYYY-MM-DD, as a browser's date gives it */
	FORM_FILE  /* a file of a ROUTE_FILES route, see form_file(); max counts bytes */
};

struct form_choice {
	const char *value; /* NULL ends the list */
	const char *label; /* for people */
	const char *hint;  /* or NULL */
};

struct form_field {
	const char *name;  /* [a-z0-9_-]+; "csrf" is the dispatcher's own */
	const char *label; /* as it stands in a sentence: "full name", "e-mail address" */
	const char *hint;  /* shown under the label, or NULL */
	enum form_kind kind;
	size_t max; /* code points; 0 means 200 for a line, 4,000 for text, 1,024 for a password */
	bool required;
	long long low;			   /* of an integer */
	long long high;			   /* of an integer; 0 with low 0 means 0..2147483647 */
	const struct form_choice *choices; /* at most 32 */
	const char *autocomplete; /* "name", "email", "organization" (WCAG 1.3.5), or NULL */
	const char *missing; /* said when it is required and empty (%1: the label); NULL says "Enter
				the LABEL" */
	const char *accept;  /* of a file: what the browser offers, "image/jpeg,image/png", or NULL */
};

struct form_time {
	int year, month, day, hour,
	    minute; /* a real date of 2000..2099, in the person's own zone */
};

struct form;
struct say;

/* The most name=value pairs one form may carry. */
#define FORM_PAIRS_MAX 128

/*
 * Parses len bytes against n fields. Returns 0 and a form whether or not its values hold (ask
 * form_ok()), or a negative enum form_error. `extra`, where not NULL, names one further field that
 * is allowed (the CSRF token); its value is form_extra(). `fields` must outlive the form. Messages
 * are in `language` (NULL: English; say.h); labels, hints, choices and `missing` are marked with
 * SAY().
 */
int form_parse(const struct say *language, const struct form_field *fields, size_t n,
    const char *data, size_t len, const char *extra, struct form **ret)
    __attribute__((warn_unused_result));

/* One part of a multipart form. */
struct form_pair {
	const char *name;
	const char *value; /* len bytes and a NUL */
	size_t len;
	const char *filename; /* NULL: not a file */
};

/* A file as it was sent; borrowed until the form is freed. */
struct form_upload {
	const char *name; /* its name at the sender's, cleaned and without folders; "" where it can't
			     be shown */
	const void *bytes;
	size_t len; /* 0: none was chosen */
};

/*
 * As form_parse, of pairs that are read already (multipart.h). A text field that came as a file,
 * or a file that came as text, makes it malformed.
 */
int form_parse_pairs(const struct say *language, const struct form_field *fields, size_t n,
    const struct form_pair *pairs, size_t n_pairs, const char *extra, struct form **ret)
    __attribute__((warn_unused_result));

/* An empty form for showing a page the first time: no values, no messages. NULL if no memory. */
struct form *form_new(const struct form_field *fields, size_t n)
    __attribute__((warn_unused_result));

/* Frees a form, its values wiped. NULL is quiet. */
void form_free(struct form *f);

/* True if every value holds and no message was set. */
bool form_ok(const struct form *f);

/* The number of fields declared. */
size_t form_size(const struct form *f);

/* The declaration of a field. */
const struct form_field *form_field(const struct form *f, size_t field);

/*
 * The checked text of a field, or what was typed where it did not hold; "" where nothing came.
 * A password is "" once it did not hold. Valid until the form is freed.
 */
const char *form_text(const struct form *f, size_t field);

/* True if something other than white space was given. */
bool form_given(const struct form *f, size_t field);

/* An integer's value; a choice's index; a set's bit mask; a checkbox's 1 or 0. */
long long form_number(const struct form *f, size_t field);

/* True for a ticked checkbox. */
bool form_checked(const struct form *f, size_t field);

/* A date (at 00:00), or a date and time. Zeroes where none was given. */
struct form_time form_when(const struct form *f, size_t field);

/* The file of a FORM_FILE field. */
struct form_upload form_file(const struct form *f, size_t field);

/* The value of `extra`, or NULL. */
const char *form_extra(const struct form *f);

/* The message of a field, or NULL. */
const char *form_message(const struct form *f, size_t field);

/* How many fields carry a message. */
size_t form_messages(const struct form *f);

/*
 * Sets a field's message, for rules only the handler knows ("There is already a conference with
 * this address. Choose another."). The text, in the reader's language already, is copied. The first
 * message of a field stays.
 */
void form_refuse(struct form *f, size_t field, const char *message);

/* Sets a value to show again or to begin with (an edit page). The text is copied. */
void form_fill(struct form *f, size_t field, const char *text);

#endif
