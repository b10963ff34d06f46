#include "registrar/staff/role.h"

#include <stddef.h>
#include <string.h>

static const struct {
	enum role role;
	const char *word;
} roles[] = {
    {ROLE_ADMINISTRATOR, "administrator"},
    {ROLE_COMMUNICATIONS, "communications"},
    {ROLE_REVIEWER, "reviewer"},
    {ROLE_SUPERVISOR, "supervisor"},
    {ROLE_SECURITY, "security"},
};

const char *role_word(enum role role)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (roles[i].role == role)
			return roles[i].word;
	return NULL;
}

enum role role_find(const char *word)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strcmp(roles[i].word, word) == 0)
			return roles[i].role;
	return ROLE_NOBODY;
}
