#include "registrar/settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "badges/ini_source.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/decision.h"
#include "registrar/refusal.h"
#include "registrar/settings_private.h"
#include "web/text.h"

enum kind {
	LINE,
	HOST,
	ADDRESS,
	URL,
	SERVER,
	CLOCK,
	COUNT,
	SWITCH,
	FORMAT,
	HOSTS,
	FACTOR,
	HEADER,
	POLICY
};

struct key {
	const char *section, *name;
	enum kind kind;
	size_t offset, size;
	unsigned low, high;
	bool required;
};

#define FIELD(member) offsetof(struct settings, member), sizeof((struct settings *)0)->member

#define TERM(rule)                                                                                 \
	COUNT, offsetof(struct settings, retention) + (rule) * sizeof(unsigned), sizeof(unsigned), \
	    1, RULE_DAYS_MAX, true

static const struct key keys[] = {
    {"service", "name", LINE, FIELD(name), 0, 0, true},
    {"service", "site", HOST, FIELD(site), 0, 0, true},
    {"service", "zone", LINE, FIELD(zone), 0, 0, true},
    {"service", "url", URL, FIELD(url), 0, 0, false},
    {"service", "address", LINE, FIELD(address), 0, 0, false},
    {"service", "email", ADDRESS, FIELD(email), 0, 0, false},
    {"service", "phone", LINE, FIELD(phone), 0, 0, false},
    {"service", "authority", LINE, FIELD(authority), 0, 0, false},
    {"desk", "opens", CLOCK, FIELD(opens), 0, 1439, true},
    {"desk", "closes", CLOCK, FIELD(closes), 1, 1440, true},
    {"desk", "acknowledge-minutes", COUNT, FIELD(acknowledge_minutes), 1, 1440, true},
    {"desk", "a4-paper", SWITCH, FIELD(a4), 0, 0, true},
    {"accreditation", "months", COUNT, FIELD(accreditation_months), 1, ACCREDITATION_MONTHS_MAX,
	true},
    {"review", "second-reviewer", POLICY, FIELD(second_reviewer), 0, 0, false},
    {"records", "keep-days", COUNT, FIELD(keep_days), 1, 36500, true},
    {"retention", "person", TERM(RULE_PERSON)},
    {"retention", "photo", TERM(RULE_PHOTO)},
    {"retention", "application", TERM(RULE_APPLICATION)},
    {"retention", "proof", TERM(RULE_PROOF)},
    {"retention", "correspondence", TERM(RULE_CORRESPONDENCE)},
    {"retention", "notes", TERM(RULE_NOTES)},
    {"retention", "registration", TERM(RULE_REGISTRATION)},
    {"retention", "pass", TERM(RULE_PASS)},
    {"retention", "journal", TERM(RULE_JOURNAL)},
    {"retention", "views", TERM(RULE_VIEWS)},
    {"retention", "referral", TERM(RULE_REFERRAL)},
    {"retention", "restriction", TERM(RULE_RESTRICTION)},
    {"retention", "request", TERM(RULE_REQUEST)},
    {"retention", "bounce", TERM(RULE_BOUNCE)},
    {"retention", "subscription", TERM(RULE_SUBSCRIPTION)},
    {"retention", "links", TERM(RULE_LINKS)},
    {"retention", "outbox", TERM(RULE_OUTBOX)},
    {"retention", "mail-files", TERM(RULE_MAIL_FILES)},
    {"retention", "hold", TERM(RULE_HOLD)},
    {"retention", "backup", TERM(RULE_BACKUP)},
    {"staff", "second-factor", FACTOR, FIELD(second_factor), 0, 0, true},
    {"staff", "local-sign-in", SWITCH, FIELD(local_sign_in), 0, 0, true},
    {"staff", "proxy-user-header", HEADER, FIELD(proxy_user_header), 0, 0, false},
    {"staff", "proxy-secret-header", HEADER, FIELD(proxy_secret_header), 0, 0, false},
    {"staff", "proxy-secret-file", LINE, FIELD(proxy_secret_file), 0, 0, false},
    {"web", "hosts", HOSTS, FIELD(host_text), 0, 0, false},
    {"web", "proxy", SWITCH, FIELD(proxy), 0, 0, true},
    {"api", "per-minute", COUNT, FIELD(api_per_minute), 1, 100000, true},
    {"metrics", "loopback", SWITCH, FIELD(metrics_loopback), 0, 0, true},
    {"log", "format", FORMAT, FIELD(log_json), 0, 0, true},
    {"webhooks", "http", SWITCH, FIELD(webhook_http), 0, 0, true},
    {"webhooks", "private", SWITCH, FIELD(webhook_private), 0, 0, true},
    {"mail", "server", SERVER, FIELD(mail_server), 0, 0, false},
    {"mail", "from", ADDRESS, FIELD(mail_from), 0, 0, false},
    {"mail", "user", LINE, FIELD(mail_user), 0, 0, false},
    {"mail", "password-file", LINE, FIELD(mail_password_file), 0, 0, false},
    {"wallet", "apple-pass-type", LINE, FIELD(apple_pass_type), 0, 0, false},
    {"wallet", "apple-team", LINE, FIELD(apple_team), 0, 0, false},
    {"wallet", "apple-certificate", LINE, FIELD(apple_certificate), 0, 0, false},
    {"wallet", "apple-key", LINE, FIELD(apple_key), 0, 0, false},
    {"wallet", "apple-intermediate", LINE, FIELD(apple_intermediate), 0, 0, false},
    {"wallet", "google-issuer", LINE, FIELD(google_issuer), 0, 0, false},
    {"wallet", "google-class", LINE, FIELD(google_class), 0, 0, false},
    {"wallet", "google-account", ADDRESS, FIELD(google_account), 0, 0, false},
    {"wallet", "google-key", LINE, FIELD(google_key), 0, 0, false},
};

enum { KEYS = sizeof keys / sizeof *keys };

struct reading {
	struct ini_source source;
	struct settings *settings;
	bool given[KEYS];
};

static bool is_host(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 64 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len && *text != '.' &&
	       *text != '-' && text[len - 1] != '.' && text[len - 1] != '-' && !strstr(text, "..");
}

static bool is_url(const char *text, const char *first, const char *second)
{
	size_t len = strlen(text);
	size_t scheme = strncmp(text, first, strlen(first)) == 0     ? strlen(first)
			: strncmp(text, second, strlen(second)) == 0 ? strlen(second)
								     : 0;

	return scheme && len > scheme && text[len - 1] != '/' && !strpbrk(text, " \"<>\\?#@") &&
	       !strchr(text + scheme, '/');
}

/* "06:00" as minutes; 24:00 is the end of the day. */
static bool read_clock(const char *text, unsigned *ret_minutes)
{
	unsigned hour, minute;
	int end = 0;

	if (sscanf(text, "%2u:%2u%n", &hour, &minute, &end) != 2 || text[end] ||
	    strlen(text) != 5 || minute > 59 || hour * 60 + minute > 1440)
		return false;
	*ret_minutes = hour * 60 + minute;
	return true;
}

static int put_number(struct reading *reading, const struct key *key, const char *value)
{
	unsigned number = 0;
	char *end = NULL;

	if (key->kind == CLOCK) {
		if (!read_clock(value, &number))
			return ini_source_fail(&reading->source,
			    "%s is a time of day, such as 06:00. Write it so.", key->name);
	} else {
		errno = 0;
		unsigned long read = strtoul(value, &end, 10);
		if (errno || !*value || *end || *value == '-' || read > UINT32_MAX)
			return ini_source_fail(&reading->source,
			    "%s is a whole number. Write it in digits.", key->name);
		number = (unsigned)read;
	}
	if (number < key->low || number > key->high)
		return ini_source_fail(&reading->source,
		    "%s is out of its range. Write a value from %u to %u%s.", key->name, key->low,
		    key->high, key->kind == CLOCK ? " minutes of the day" : "");
	memcpy((char *)reading->settings + key->offset, &number, sizeof number);
	return 1;
}

static int put_switch(struct reading *reading, const struct key *key, const char *value)
{
	const char *yes = key->kind == FORMAT ? "json" : "yes";
	const char *no = key->kind == FORMAT ? "text" : "no";
	bool on = strcmp(value, yes) == 0;

	if (!on && strcmp(value, no) != 0)
		return ini_source_fail(
		    &reading->source, "%s is %s or %s. Write one of them.", key->name, yes, no);
	memcpy((char *)reading->settings + key->offset, &on, sizeof on);
	return 1;
}

static const char *const factor_words[] = {"off", "offered", "required"};

static int put_factor(struct reading *reading, const struct key *key, const char *value)
{
	for (unsigned i = 0; i < sizeof factor_words / sizeof *factor_words; i++)
		if (strcmp(value, factor_words[i]) == 0) {
			memcpy((char *)reading->settings + key->offset, &i, sizeof i);
			return 1;
		}
	return ini_source_fail(
	    &reading->source, "%s is off, offered or required. Write one of them.", key->name);
}

/* Cuts the list of host names at its spaces and points at each. */
static int put_hosts(struct reading *reading, const char *value)
{
	struct settings *settings = reading->settings;
	char *rest = NULL;
	size_t n = 0;

	if (strlen(value) >= sizeof settings->host_text)
		return ini_source_fail(&reading->source, "hosts is too long. Name fewer.");
	strcpy(settings->host_text, value);
	for (char *host = strtok_r(settings->host_text, " ", &rest); host;
	     host = strtok_r(NULL, " ", &rest)) {
		if (!is_host(host))
			return ini_source_fail(&reading->source,
			    "hosts has a name that is none: names are in small letters, "
			    "such as media.police.example, with spaces between.");
		if (n == SETTINGS_HOSTS_MAX)
			return ini_source_fail(&reading->source,
			    "hosts has too many names. Name %d at most.", SETTINGS_HOSTS_MAX);
		settings->hosts[n++] = host;
	}
	settings->hosts[n] = NULL;
	return 1;
}

static const char *wrong_text(const struct key *key, const char *value)
{
	struct decision_policy policy;

	switch (key->kind) {
	case HOST:
		return is_host(value)
			   ? NULL
			   : "is a host name in small letters, such as media.police.example";
	case ADDRESS:
		return text_email(value) == 0
			   ? NULL
			   : "is an e-mail address, such as media@police.example";
	case URL:
		return is_url(value, "https://", "http://")
			   ? NULL
			   : "begins with https:// or http:// and has nothing behind the host and "
			     "port";
	case HEADER:
		return strspn(value,
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") ==
			       strlen(value)
			   ? NULL
			   : "is a header's name, such as X-Forwarded-Email";
	case POLICY:
		return decision_policy_read(value, &policy) == 0
			   ? NULL
			   : "is never, refusals, all, or roles such as student documentary";
	case SERVER:
		return is_url(value, "smtp://", "smtps://")
			   ? NULL
			   : "begins with smtp:// or smtps:// and has nothing behind the host and "
			     "port";
	default:
		return NULL;
	}
}

static int put_text(struct reading *reading, const struct key *key, const char *value)
{
	char *clean = NULL;
	const char *wrong;

	if (text_clean(value, strlen(value), TEXT_ONE_LINE, key->size - 1, &clean) ||
	    strlen(clean) >= key->size) {
		free(clean);
		return ini_source_fail(&reading->source,
		    "%s is too long, or has a character that can't be shown. Write it "
		    "as plain text.",
		    key->name);
	}
	wrong = *clean ? wrong_text(key, clean) : NULL;
	if (!wrong)
		strcpy((char *)reading->settings + key->offset, clean);
	free(clean);
	return wrong ? ini_source_fail(&reading->source, "%s %s. Write it so.", key->name, wrong)
		     : 1;
}

static int take(void *context, const char *section, const char *name, const char *value)
{
	struct reading *reading = context;
	size_t i = 0;

	if (reading->source.failed)
		return 0;
	while (
	    i < KEYS && (strcmp(keys[i].section, section) != 0 || strcmp(keys[i].name, name) != 0))
		i++;
	if (i == KEYS)
		return ini_source_fail(&reading->source,
		    "there is no setting '%.40s' in [%.40s]. Check the spelling, or take the "
		    "line out.",
		    name, section);
	if (reading->given[i])
		return ini_source_fail(
		    &reading->source, "%s stands here a second time. Take one of them out.", name);
	reading->given[i] = true;
	if (!*value && keys[i].required)
		return ini_source_fail(
		    &reading->source, "%s has no value. Write one, or take the line out.", name);
	if (!*value)
		return 1;
	switch (keys[i].kind) {
	case CLOCK:
	case COUNT:
		return put_number(reading, &keys[i], value);
	case SWITCH:
	case FORMAT:
		return put_switch(reading, &keys[i], value);
	case FACTOR:
		return put_factor(reading, &keys[i], value);
	case HOSTS:
		return put_hosts(reading, value);
	default:
		return put_text(reading, &keys[i], value);
	}
}

void settings_default(struct settings *ret)
{
	memset(ret, 0, sizeof *ret);
	strcpy(ret->name, "Police Service");
	strcpy(ret->zone, "America/Toronto");
	ret->opens = 6 * 60;
	ret->closes = 24 * 60;
	ret->acknowledge_minutes = 120;
	ret->accreditation_months = ACCREDITATION_MONTHS;
	snprintf(ret->second_reviewer, sizeof ret->second_reviewer, "never");
	ret->keep_days = 365;
	ret->api_per_minute = 600;
	ret->second_factor = SETTINGS_FACTOR_OFFERED;
	ret->local_sign_in = true;
}

int settings_load(const char *path, struct settings *ret, char *why, size_t why_size)
{
	struct settings *read = malloc(sizeof *read);
	struct reading reading = {
	    .source = {.path = path, .why = why, .why_size = why_size}, .settings = read};

	if (!read)
		return MODEL_SYSTEM;
	reading.source.file = fopen(path, "re");
	if (!reading.source.file) {
		snprintf(why, why_size,
		    "%s: %s. The data folder must have a settings file that you may read.", path,
		    strerror(errno));
		free(read);
		return MODEL_REFUSED;
	}
	settings_default(read);
	int bad = ini_parse_stream(ini_source_line, &reading.source, take, &reading);
	fclose(reading.source.file);
	if (bad && !reading.source.failed) {
		if (bad > 0)
			reading.source.line = (unsigned)bad;
		ini_source_fail(&reading.source,
		    "this is no [section], no key = value and no comment. Mend or remove it.");
	}
	const char *wrong = settings_wrong(read);
	if (wrong)
		ini_source_fail(&reading.source, "%s", wrong);
	if (!reading.source.failed) {
		*ret = *read;
		for (size_t i = 0; i < SETTINGS_HOSTS_MAX && read->hosts[i]; i++)
			ret->hosts[i] = ret->host_text + (read->hosts[i] - read->host_text);
	}
	free(read);
	return reading.source.failed ? MODEL_REFUSED : 0;
}

int settings_write(FILE *out, const struct settings *s)
{
	fprintf(out,
	    "# Settings of this registrar. After a change, restart `registrar serve`.\n"
	    "[service]\n"
	    "name = %s\n"
	    "# This registrar's name in journals: never change it.\n"
	    "site = %s\n"
	    "zone = %s\n"
	    "# Where people reach the pages; links in mail begin with it.\n"
	    "url = %s\n"
	    "address = %s\n"
	    "email = %s\n"
	    "phone = %s\n"
	    "# The law under which personal details are collected.\n"
	    "authority = %s\n",
	    s->name, s->site, s->zone, s->url, s->address, s->email, s->phone, s->authority);
	fprintf(out,
	    "\n[desk]\n"
	    "# The hours the desk is staffed, every day, and how soon an inquiry is acknowledged.\n"
	    "opens = %02u:%02u\n"
	    "closes = %02u:%02u\n"
	    "acknowledge-minutes = %u\n"
	    "# Lists are printed on A4 (yes) or US Letter (no).\n"
	    "a4-paper = %s\n"
	    "\n[accreditation]\n"
	    "months = %u\n"
	    "\n[review]\n"
	    "# Decisions that a second reviewer confirms: never, refusals, all, or roles of "
	    "applicants,\n"
	    "# such as student documentary.\n"
	    "second-reviewer = %s\n"
	    "\n[records]\n"
	    "# Personal details are kept so many days after they were last used.\n"
	    "keep-days = %u\n"
	    "\n[retention]\n"
	    "# Other terms, in days, by kind; the page /staff/records shows all of them.\n",
	    s->opens / 60, s->opens % 60, s->closes / 60, s->closes % 60, s->acknowledge_minutes,
	    s->a4 ? "yes" : "no", s->accreditation_months, s->second_reviewer, s->keep_days);
	fprintf(out,
	    "\n[staff]\n"
	    "# A second factor beside the password: off, offered or required.\n"
	    "second-factor = %s\n"
	    "# Sign-in through a trusted proxy (OIDC): see registrar/settings.h.\n"
	    "local-sign-in = yes\n"
	    "\n[web]\n"
	    "# Further names browsers may call it by, and whether a trusted proxy in front ends "
	    "the TLS.\n"
	    "hosts =\n"
	    "proxy = no\n"
	    "\n[mail]\n"
	    "# Without a server mails are written as files into the folder mail.\n"
	    "server = %s\n"
	    "from = %s\n"
	    "user =\n"
	    "password-file =\n",
	    factor_words[s->second_factor], s->mail_server, s->mail_from);
	return ferror(out) ? -1 : 0;
}
