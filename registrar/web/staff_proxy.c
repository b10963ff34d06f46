#include "registrar/web/staff_proxy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include "registrar/web/staff_entry.h"
#include "registrar/web/staff_handlers.h"

#define LINE_MAX_BYTES 512

static void hash(const char *secret, uint8_t ret[SITE_PROXY_HASH])
{
	crypto_generichash(
	    ret, SITE_PROXY_HASH, (const unsigned char *)secret, strlen(secret), NULL, 0);
}

/* The first line of a file that nobody else may read. */
static int read_line(const char *path, char ret_line[LINE_MAX_BYTES], struct refusal *why)
{
	struct stat status;
	FILE *in = fopen(path, "re");
	int result = 0;

	if (!in)
		return refuse(why, "settings.ini", "[staff] proxy-secret-file: %.100s: %s.", path,
		    strerror(errno));
	if (fstat(fileno(in), &status) || (status.st_mode & 077))
		result = refuse(why, "settings.ini",
		    "[staff] proxy-secret-file: others may read %.100s. Run: chmod 600 %.100s",
		    path, path);
	else if (!fgets(ret_line, LINE_MAX_BYTES, in))
		result = refuse(why, "settings.ini",
		    "[staff] proxy-secret-file: %.100s has no first line. Write the secret into "
		    "it.",
		    path);
	fclose(in);
	return result;
}

int staff_proxy_open(struct site *site, struct refusal *why)
{
	const struct settings *settings = &site->registrar->settings;
	char line[LINE_MAX_BYTES] = "";
	int result;

	if (!*settings->proxy_user_header)
		return 0;
	result = read_line(settings->proxy_secret_file, line, why);
	line[strcspn(line, "\r\n")] = '\0';
	if (!result && strlen(line) < STAFF_PROXY_SECRET_MIN)
		result = refuse(why, "settings.ini",
		    "[staff] proxy-secret-file: the secret is too short. Write %d characters or "
		    "more, such as `openssl rand -hex 32` prints.",
		    STAFF_PROXY_SECRET_MIN);
	if (!result)
		hash(line, site->proxy_hash);
	sodium_memzero(line, sizeof(line));
	return result;
}

bool staff_proxy_offered(const struct request *req)
{
	return *registrar_of(req)->settings.proxy_user_header != '\0';
}

/* Hashes are compared, so that neither what is alike nor the length shows in the time. */
static bool is_trusted(const struct request *req)
{
	const struct settings *settings = &registrar_of(req)->settings;
	const char *given = request_header_once(req, settings->proxy_secret_header);
	uint8_t said[SITE_PROXY_HASH];
	bool same;

	hash(given ? given : "", said);
	same = sodium_memcmp(said, site_of(req)->proxy_hash, sizeof(said)) == 0;
	return same && given && settings->proxy;
}

const char *staff_proxy_user(const struct request *req)
{
	const char *user;

	if (!staff_proxy_offered(req) || !is_trusted(req))
		return NULL;
	user = request_header_once(req, registrar_of(req)->settings.proxy_user_header);
	return user && *user && strlen(user) <= STAFF_PROXY_USER_MAX ? user : NULL;
}

static int find(struct request *req, const char *user, struct staff_account *ret)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = staff_by_proxy_user(tx, user, ret);
	store_read_end(tx);
	return result;
}

static int not_known(struct request *req, struct reply *rep)
{
	static const char *const words[4] = {
	    "You signed in where your agency's people do, and there is no account here under that "
	    "name.",
	    "Ask an administrator of this system for one, or for your name to be noted with it."};

	return site_say(
	    req, rep, 403, "There is no account for you here", words, "/", "Public site");
}

int staff_proxy_post(struct request *req, struct reply *rep)
{
	const char *user = staff_proxy_user(req);
	struct staff_account account;
	int result;

	if (!staff_proxy_offered(req))
		return 404;
	if (!user)
		return 403;
	result = find(req, user, &account);
	if (result == MODEL_NOT_FOUND)
		return not_known(req, rep);
	if (result < 0)
		return site_result(result);
	if (!staff_entry_may(req, rep, &account))
		return 0;
	result =
	    staff_entry_begin(req, rep, &(struct staff_begin){.name = account.name, .proxy = true});
	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "%s", staff_entry_start(account.role));
	return 0;
}
