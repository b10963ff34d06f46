/*
 * scope: what a token of the API may do. A route's `roles` are a set of these bits (web/route.h);
 * all of them are needed. People's names are answered to SCOPE_PEOPLE_READ only.
 */
#ifndef REGISTRAR_API_SCOPE_H
#define REGISTRAR_API_SCOPE_H

#include <stddef.h>
#include <stdint.h>

enum scope {
	SCOPE_CONFERENCES_READ = 1 << 0,
	SCOPE_CONFERENCES_WRITE = 1 << 1,
	SCOPE_REGISTRATIONS_READ = 1 << 2,
	SCOPE_PEOPLE_READ = 1 << 3, /* names beside what else is read */
	SCOPE_ATTENDANCE_READ = 1 << 4,
	SCOPE_ENTRIES_READ = 1 << 5, /* entries, denials and conflicts */
	SCOPE_OUTLETS_READ = 1 << 6,
	SCOPE_OUTLETS_WRITE = 1 << 7,
	SCOPE_RESTRICTIONS_READ = 1 << 8,
	SCOPE_RESTRICTIONS_WRITE = 1 << 9,
	SCOPE_GATES_READ = 1 << 10,
	SCOPE_METRICS_READ = 1 << 11
};
enum { SCOPES = 12 };

/* X(word, what it lets do) of each, in their order, with commas between. */
#define SCOPE_EACH(X)                                                                              \
	X("conferences:read", "Read conferences, drafts too"),                                     \
	    X("conferences:write", "Make drafts of conferences, and change conferences"),          \
	    X("registrations:read", "Read registrations, without names"),                          \
	    X("people:read", "Read the names of people, where something about them is read"),      \
	    X("attendance:read", "Read how many came"),                                            \
	    X("entries:read", "Read entries, denials and conflicts"),                              \
	    X("outlets:read", "Read the registry of outlets"),                                     \
	    X("outlets:write", "Add outlets, and change them"),                                    \
	    X("restrictions:read", "Read restrictions of entry"),                                  \
	    X("restrictions:write", "Restrict entry, and lift restrictions"),                      \
	    X("gates:read", "Read how gates stand"), X("metrics:read", "Read /metrics")

/* Room for the words of all of them with spaces between. */
#define SCOPE_TEXT 300

/* The word of the nth, "conferences:read", and what it lets do, for people. */
const char *scope_word(size_t n);
const char *scope_says(size_t n);

/* The bit of a word; 0: there is none. */
uint32_t scope_find(const char *word, size_t len);

/* The words of a set with spaces between. */
void scope_write(uint32_t scopes, char ret[static SCOPE_TEXT]);

/* Reads words with spaces or commas between. Returns 0, or -1: a word is none, or there is none. */
int scope_read(const char *text, uint32_t *ret_scopes) __attribute__((warn_unused_result));

#endif
