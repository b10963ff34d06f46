#include "registrar/web/staff_entry.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct throttle_rule account_rule = {.free = 5, .first = 30, .most = 900};
static const struct throttle_rule network_rule = {.free = 20, .first = 30, .most = 900};
/* Six digits are soon guessed from many networks, each with some tries of its own. Whoever tries
 * has the password: no stranger locks anybody out by this. */
static const struct throttle_rule code_rule = {
    .free = 40, .first = 30, .most = 900, .forgive = 900};

enum { KNOWN_DAYS = 90 };
#define KNOWN_COOKIE "known"
#define CODE_KIND    'w'

/* What the cookie of a browser that signed in to this account holds. */
static void browser_mark(const struct site *site, const char *name, char ret[65])
{
	uint8_t mark[32];

	crypto_generichash(mark, sizeof(mark), (const unsigned char *)name, strlen(name),
	    site->browser_key, sizeof(site->browser_key));
	sodium_bin2hex(ret, 65, mark, sizeof(mark));
}

void staff_entry_of(
    struct request *req, enum staff_guess guess, const char *name, struct staff_entry *ret)
{
	const char *cookie = request_cookie(req, KNOWN_COOKIE);
	char mark[65];

	browser_mark(site_of(req), name, mark);
	throttle_network(request_address(req), ret->network);
	ret->guess = guess;
	ret->known = cookie && strlen(cookie) == 64 && sodium_memcmp(cookie, mark, 64) == 0;
	snprintf(ret->name, sizeof(ret->name), "%.64s", name);
	snprintf(ret->account, sizeof(ret->account), "%.64s %s", name,
	    ret->known ? "known" : ret->network);
}

static char account_kind(const struct staff_entry *entry)
{
	return entry->guess == STAFF_GUESS_CODE ? 'c' : 'p';
}

static char network_kind(const struct staff_entry *entry)
{
	return entry->guess == STAFF_GUESS_CODE ? 'C' : 'n';
}

/* Codes from browsers that are not known count for the account as well, wherever they come from. */
static bool counts_widely(const struct staff_entry *entry)
{
	return entry->guess == STAFF_GUESS_CODE && !entry->known;
}

int64_t staff_entry_wait(struct request *req, const struct staff_entry *entry, int64_t now)
{
	struct throttle *throttle = site_of(req)->throttle;
	int64_t account =
	    throttle_wait(throttle, &account_rule, account_kind(entry), entry->account, now);
	int64_t network = entry->known ? 0
				       : throttle_wait(throttle, &network_rule, network_kind(entry),
					     entry->network, now);
	int64_t wide = counts_widely(entry)
			   ? throttle_wait(throttle, &code_rule, CODE_KIND, entry->name, now)
			   : 0;

	if (wide > network)
		network = wide;
	return account > network ? account : network;
}

void staff_entry_count(struct request *req, const struct staff_entry *entry, int64_t now)
{
	struct throttle *throttle = site_of(req)->throttle;

	throttle_count(throttle, account_kind(entry), entry->account, now);
	if (!entry->known)
		throttle_count(throttle, network_kind(entry), entry->network, now);
	if (counts_widely(entry))
		throttle_count(throttle, CODE_KIND, entry->name, now);
}

void staff_entry_clear(struct request *req, const struct staff_entry *entry)
{
	struct throttle *throttle = site_of(req)->throttle;

	throttle_clear(throttle, account_kind(entry), entry->account);
	if (!entry->known)
		throttle_clear(throttle, network_kind(entry), entry->network);
}

struct entering {
	const struct staff_begin *begin;
	const uint8_t *old; /* a session of this browser that ends, or NULL */
	uint8_t hash[TOKEN_BYTES];
	char browser[SESSION_WORDS], network[SESSION_WORDS];
	int64_t now;
};

/* The half session may have ended while the code was checked: the account was disabled, or its
 * password changed. */
static int goes_on(struct store_tx *tx, const struct entering *it)
{
	struct session half;
	int result = it->old ? session_find(tx, it->old, it->now, &half) : STORE_NOT_FOUND;

	return result != 0 || half.half ? result : STORE_NOT_FOUND;
}

static int enter(struct store_tx *tx, void *context)
{
	const struct entering *it = context;
	const struct session_start start = {.staff = it->begin->name,
	    .half = it->begin->half,
	    .proxy = it->begin->proxy,
	    .browser = it->browser,
	    .network = it->network};
	/* The password may have been changed while it was checked. */
	int result = it->begin->checked ? staff_still(tx, it->begin->checked) : 0;

	if (result == 0 && it->begin->goes_on)
		result = goes_on(tx, it);
	if (result == 0 && it->old)
		result = session_end(tx, it->old);
	return result != 0 ? result : session_start_staff(tx, it->hash, &start, it->now);
}

int staff_entry_begin(struct request *req, struct reply *rep, const struct staff_begin *begin)
{
	const struct visitor *visitor = request_visitor(req);
	struct entering it = {.begin = begin,
	    .old = visitor->signed_in ? visitor->session : NULL,
	    .now = registrar_now()};
	char mark[65];

	session_browser(request_header(req, "User-Agent"), it.browser);
	session_network(request_address(req), it.network);
	reply_session_start(rep, it.hash);
	if (!begin->half) {
		browser_mark(site_of(req), begin->name, mark);
		reply_cookie(rep, KNOWN_COOKIE, mark, KNOWN_DAYS * 86400);
	}
	return store_write(registrar_of(req)->store, enter, &it);
}

const char *staff_entry_start(enum role role)
{
	return role & ROLES_REVIEW ? "/staff" : "/staff/conferences";
}

bool staff_entry_may(struct request *req, struct reply *rep, const struct staff_account *account)
{
	const char *words[4] = {
	    "Your account works at the door, with your PIN. There is nothing for it here."};
	const char *heading = "This account is for the door";
	int64_t now = registrar_now();
	char why[256];

	if (authority_state(&account->authority, now) != AUTHORITY_STANDS) {
		if (!authority_say(&account->authority, now, why, sizeof(why)))
			why[0] = '\0';
		heading = "This account is outside of its dates";
		words[0] = why;
		words[1] = "Ask an administrator of this system.";
	} else if (account->role != ROLE_SECURITY)
		return true;
	if (site_say(req, rep, 403, heading, words, "/", "Public site") != 0)
		reply_status(rep, 403);
	return false;
}
