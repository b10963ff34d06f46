/* What its owner knows a session by. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "registrar/list.h"
#include "registrar/staff/session.h"
#include "registrar/staff/throttle.h"
#include "schema/registrar_db.h"

struct known {
	const char *mark, *word;
};

static const char *find(const struct known *known, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(text, known[i].mark))
			return known[i].word;
	return NULL;
}

/* Every browser names others before it, so the first that fits decides. */
void session_browser(const char *user_agent, char ret_words[SESSION_WORDS])
{
	static const struct known browsers[] = {{"Edg", "Edge"}, {"OPR/", "Opera"},
	    {"SamsungBrowser", "Samsung Internet"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"},
	    {"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}};
	static const struct known systems[] = {{"iPhone", "iPhone"}, {"iPad", "iPad"},
	    {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
	    {"Mac OS X", "Mac"}, {"Linux", "Linux"}};
	const char *agent = user_agent ? user_agent : "";
	const char *browser = find(browsers, sizeof(browsers) / sizeof(*browsers), agent);
	const char *system = find(systems, sizeof(systems) / sizeof(*systems), agent);

	snprintf(ret_words, SESSION_WORDS, "%s%s%s", browser ? browser : "An unknown browser",
	    system ? " on " : "", system ? system : "");
}

void session_network(const char *address, char ret_words[SESSION_WORDS])
{
	char site[64];
	const char *last;

	throttle_site(address, site);
	last = strrchr(address, '.');
	if (*site)
		snprintf(ret_words, SESSION_WORDS, "%.60s:*", site);
	else if (last && last - address < 60)
		snprintf(ret_words, SESSION_WORDS, "%.*s.*", (int)(last - address), address);
	else
		snprintf(ret_words, SESSION_WORDS, "%.60s", address);
}

static void make_handle(const uint8_t *hash, char ret_handle[SESSION_HANDLE])
{
	static const uint8_t purpose[] = "pressgate-session-handle/v1";
	uint8_t short_hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(
	    short_hash, sizeof(short_hash), hash, SESSION_HASH, purpose, sizeof(purpose));
	sodium_bin2hex(ret_handle, SESSION_HANDLE, short_hash, (SESSION_HANDLE - 1) / 2);
}

static bool line_stands(const struct session_line *line, int64_t now)
{
	return now >= line->created && now - line->seen < SESSION_STAFF_IDLE &&
	       now - line->created < (line->half ? SESSION_HALF_MAX : SESSION_STAFF_MAX);
}

static void read_line(struct store_rows *rows, struct session_line *ret)
{
	uint8_t hash[SESSION_HASH] = {0};

	*ret = (struct session_line){
	    .created = store_get_i64(rows, 1),
	    .seen = store_get_i64(rows, 2),
	    .half = strcmp(store_get_text(rows, 3), "half") == 0,
	    .proxy = strcmp(store_get_text(rows, 4), "proxy") == 0,
	};
	if (store_get_fixed(rows, 0, hash, sizeof(hash)) == 0)
		make_handle(hash, ret->handle);
	snprintf(ret->browser, sizeof(ret->browser), "%s", store_get_text(rows, 5));
	snprintf(ret->network, sizeof(ret->network), "%s", store_get_text(rows, 6));
}

int session_list(struct store_tx *tx, const char *staff, const uint8_t own[SESSION_HASH],
    int64_t now, struct session_line **ret_lines, size_t *ret_n)
{
	struct session_line *lines = NULL, *more, line;
	struct store_rows *rows = NULL;
	char own_handle[SESSION_HANDLE] = "";
	size_t n = 0, room = 0;
	int result =
	    store_query(tx, REGISTRAR_Q_SESSION_LIST_STAFF, STORE_ARGS(store_text(staff)), &rows);

	if (own)
		make_handle(own, own_handle);
	while (result == 0 && n < SESSION_LIST && (result = store_next(rows)) == STORE_ROW) {
		result = 0;
		read_line(rows, &line);
		if (!line_stands(&line, now))
			continue;
		line.own = strcmp(line.handle, own_handle) == 0;
		more = list_grow(lines, n, &room, sizeof(*lines));
		if (!more) {
			result = STORE_NO_MEMORY;
			break;
		}
		lines = more;
		lines[n++] = line;
	}
	store_done(rows);
	if (result < 0) {
		free(lines);
		return result;
	}
	*ret_lines = lines;
	*ret_n = n;
	return 0;
}

int session_end_handle(struct store_tx *tx, const char *staff, const char *handle, int64_t now)
{
	struct store_rows *rows = NULL;
	struct session_line line = {.created = 0};
	uint8_t hash[SESSION_HASH] = {0};
	bool found = false;
	int result =
	    store_query(tx, REGISTRAR_Q_SESSION_LIST_STAFF, STORE_ARGS(store_text(staff)), &rows);

	while (result == 0 && !found && (result = store_next(rows)) == STORE_ROW) {
		read_line(rows, &line);
		found = strcmp(line.handle, handle) == 0 && line_stands(&line, now);
		result = found ? store_get_fixed(rows, 0, hash, sizeof(hash)) : 0;
	}
	store_done(rows);
	if (result < 0)
		return result;
	return found ? session_end(tx, hash) : STORE_NOT_FOUND;
}

int session_end_others(struct store_tx *tx, const char *staff, const uint8_t stays[SESSION_HASH])
{
	return store_exec(tx, REGISTRAR_Q_SESSION_END_OTHERS,
	    STORE_ARGS(store_text(staff), store_blob(stays, SESSION_HASH)), NULL);
}
