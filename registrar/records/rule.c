#include "registrar/records/rule.h"

#include <string.h>

#include "registrar/settings.h"
#include "web/say.h"

#define YEAR "R.R.O. 1990, Reg. 823, s. 5: a year after the last use"
#define NEED "Kept no longer than it is needed (MFIPPA)"

const struct rule records_rules[RULES] = {
    [RULE_PERSON] = {"person", SAY("Name, e-mail address, telephone, language"),
	SAY("the end of your last accreditation, conference or message"), YEAR, 0},
    [RULE_PHOTO] = {"photo", SAY("Photograph on the pass"),
	SAY("the end of your last accreditation, conference or message"), YEAR, 0},
    [RULE_APPLICATION] = {"application", SAY("Applications: name, address, outlet, decision"),
	SAY("the decision, or the end of the accreditation that came of it"), YEAR, 0},
    [RULE_PROOF] = {"proof", SAY("Proof: what you answered and the files you sent"),
	SAY("the decision, or the end of the accreditation that came of it"), YEAR, 0},
    [RULE_CORRESPONDENCE] = {"correspondence", SAY("Messages between you and the media office"),
	SAY("the decision, or the end of the accreditation that came of it"), YEAR, 0},
    [RULE_NOTES] = {"notes", SAY("Internal notes of the media office"),
	SAY("the decision, or the end of the accreditation that came of it"), YEAR, 0},
    [RULE_REGISTRATION] = {"registration", SAY("Which conferences you registered for and came to"),
	SAY("the end of the conference"), YEAR, 0},
    [RULE_PASS] = {"pass", SAY("Passes: QR text and typed code"), SAY("the end of the conference"),
	YEAR, 0},
    [RULE_JOURNAL] = {"journal", SAY("Details behind the entries of the journals"),
	SAY("the entry"), YEAR, 0},
    [RULE_VIEWS] = {"views", SAY("Who of the staff opened your file, and why"), SAY("the visit"),
	YEAR, 0},
    [RULE_REFERRAL] = {"referral", SAY("Questions from the entrance about you"), SAY("the answer"),
	YEAR, 0},
    [RULE_RESTRICTION] = {"restriction", SAY("Reasons of restrictions on a pass"),
	SAY("the end of the restriction"), YEAR, 0},
    [RULE_REQUEST] = {"request", SAY("Your requests about your own records"), SAY("the answer"),
	YEAR, 0},
    [RULE_BOUNCE] = {"bounce", SAY("That mail to an address came back"),
	SAY("the last mail that came back"), NEED, 0},
    [RULE_SUBSCRIPTION] = {"subscription",
	SAY("Announcements that nobody confirmed, or that you stopped"),
	SAY("when they were asked for"), NEED, 30},
    [RULE_LINKS] = {"links", SAY("Links we sent, sign-ins, changes of address"), SAY("their end"),
	NEED, 30},
    [RULE_OUTBOX] = {"outbox", SAY("Mails that could not be sent"), SAY("when they were written"),
	NEED, 30},
    [RULE_MAIL_FILES] = {"mail-files", SAY("Mails kept as files, where there is no mail server"),
	SAY("when they were written"), NEED, 30},
    [RULE_HOLD] = {"hold", SAY("Reasons of legal holds"), SAY("the end of the hold"), YEAR, 0},
    [RULE_BACKUP] = {"backup", SAY("Encrypted backups"), SAY("when they were made"),
	"What was purged leaves them when they end", 35},
};

unsigned rule_days(const struct settings *settings, enum records_rule rule)
{
	if (settings->retention[rule] > 0)
		return settings->retention[rule];
	return records_rules[rule].days > 0 ? records_rules[rule].days : settings->keep_days;
}

int64_t rule_before(const struct settings *settings, enum records_rule rule, int64_t now)
{
	return now - rule_days(settings, rule) * INT64_C(86400);
}

enum records_rule rule_find(const char *key)
{
	for (unsigned i = 0; i < RULES; i++)
		if (strcmp(records_rules[i].key, key) == 0)
			return (enum records_rule)i;
	return RULES;
}
