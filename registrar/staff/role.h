/*
 * role: who may do what. A route's `roles` is a set of these bits (web/route.h).
 */
#ifndef REGISTRAR_ROLE_H
#define REGISTRAR_ROLE_H

#include <stdint.h>

enum role {
	ROLE_PERSON = 1 << 0,	/* a reporter, signed in by a link */
	ROLE_SECURITY = 1 << 1, /* officers at the door */
	ROLE_SUPERVISOR = 1 << 2,
	ROLE_REVIEWER = 1 << 3,
	ROLE_COMMUNICATIONS = 1 << 4,
	ROLE_ADMINISTRATOR = 1 << 5,
	ROLE_NOBODY = 0,
};

/* Those who review applications, and those who run conferences. */
#define ROLES_REVIEW (ROLE_REVIEWER | ROLE_COMMUNICATIONS | ROLE_ADMINISTRATOR)
#define ROLES_DESK   (ROLE_COMMUNICATIONS | ROLE_ADMINISTRATOR)
#define ROLES_STAFF  (ROLES_REVIEW | ROLE_SECURITY | ROLE_SUPERVISOR)

/* The role's word in the database and in options ("administrator"); NULL for ROLE_PERSON. */
const char *role_word(enum role role);

/* The staff role of a word, or ROLE_NOBODY. */
enum role role_find(const char *word);

#endif
