/*
 * rule: how long what is kept, as data. Each rule names its fields in words, the basis, what the
 * term is counted from, and its setting: [retention] KEY = days; 0 or none: [records] keep-days, or
 * the rule's own.
 *
 * R.R.O. 1990, Reg. 823, s. 5: what was used is kept for a year after its last use, unless a by-law
 * sets a shorter term or the person agrees to an earlier end.
 */
#ifndef PRESSGATE_REGISTRAR_RULE_H
#define PRESSGATE_REGISTRAR_RULE_H

#include <stdint.h>

struct settings;

enum records_rule {
	RULE_PERSON,
	RULE_PHOTO,
	RULE_APPLICATION,
	RULE_PROOF,
	RULE_CORRESPONDENCE,
	RULE_NOTES,
	RULE_REGISTRATION,
	RULE_PASS,
	RULE_JOURNAL,
	RULE_VIEWS,
	RULE_REFERRAL,
	RULE_RESTRICTION,
	RULE_REQUEST,
	RULE_BOUNCE,
	RULE_SUBSCRIPTION,
	RULE_LINKS,
	RULE_OUTBOX,
	RULE_MAIL_FILES,
	RULE_HOLD,
	RULE_BACKUP,
	RULES
};

#define RULE_DAYS_MAX 36500u

/* Texts are marked with SAY(): they stand on the public privacy page too. */
struct rule {
	const char *key;   /* in settings, receipts and the inventory */
	const char *words; /* what is kept */
	const char *from;  /* what the term is counted from */
	const char *basis; /* the law or need; English, for staff */
	unsigned days;	   /* where neither setting is given; 0: [records] keep-days */
};
extern const struct rule records_rules[RULES];

/* Its term in days as the settings have it. */
unsigned rule_days(const struct settings *settings, enum records_rule rule);

/* What was last used before this is past the term. */
int64_t rule_before(const struct settings *settings, enum records_rule rule, int64_t now);

/* The rule of a key; RULES where there is none. */
enum records_rule rule_find(const char *key);

#endif
