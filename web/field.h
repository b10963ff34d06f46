/*
 * field: checks one value against its declaration. What form.c keeps for each field.
 */
#ifndef WEB_FIELD_H
#define WEB_FIELD_H

#include "web/form.h"

struct say;

struct field_value {
	char *text;    /* checked, or as typed where it was refused; NULL where nothing came */
	bool refused;  /* it does not hold */
	char *message; /* why not; NULL where memory ran out */
	bool came;     /* the field was in what was sent */
	long long number;
	struct form_time when;
	const struct say *language; /* of the message; set before field_check() */
	uint8_t *bytes; /* of a file; text is its name then */
	size_t bytes_len;
};

/*
 * Checks what came for a field (NULL where nothing did) and fills *v. Returns 0 whether or not
 * the value holds (v->refused tells), or FORM_NOMEM.
 */
int field_check(const struct form_field *f, const char *raw, size_t len, struct field_value *v)
    __attribute__((warn_unused_result));

/* As field_check, for a file of that name. */
int field_check_file(const struct form_field *f, const struct form_pair *pair,
    struct field_value *v) __attribute__((warn_unused_result));

/* Wipes and frees. */
void field_free(struct field_value *v);

/* Refuses the value with a message; the first stays. */
void field_refuse(struct field_value *v, const char *message);

#endif
