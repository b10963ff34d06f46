#include "registrar/registrar.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "registrar/attendance/attendance_cache.h"
#include "registrar/attendance/reconcile.h"
#include "registrar/keys/details.h"
#include "registrar/journal/journal.h"
#include "registrar/keys/keys_object.h"
#include "registrar/press/outlet.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"
#include "web/say.h"

extern const struct say_set registrar_languages;

int64_t registrar_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t registrar_now(void)
{
	return registrar_now_ms() / 1000;
}

char *registrar_path(const struct registrar *registrar, const char *name)
{
	size_t size = strlen(registrar->dir) + strlen(name) + 2;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s/%s", registrar->dir, name);
	return path;
}

void registrar_changed(struct registrar *registrar)
{
	bell_ring(&registrar->changes);
	bell_ring(&registrar->pages);
}

void registrar_heard(struct registrar *registrar)
{
	bell_ring(&registrar->pages);
}

void registrar_mail_waits(struct registrar *registrar)
{
	bell_ring(&registrar->mail);
}

int registrar_counter(struct store_tx *tx, const char *key, int64_t *ret_value)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_META_READ, STORE_ARGS(store_text(key)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? STORE_CORRUPT : result;
	*ret_value = store_get_i64(rows, 0);
	store_done(rows);
	return 0;
}

int registrar_raise(struct store_tx *tx, const char *key, int64_t *ret_value)
{
	int64_t value = 0;
	int result = store_exec(tx, REGISTRAR_Q_META_RAISE, STORE_ARGS(store_text(key)), NULL);

	if (!result)
		result = registrar_counter(tx, key, &value);
	if (!result && ret_value)
		*ret_value = value;
	return result;
}

int registrar_set_url(struct registrar *registrar, const char *url)
{
	char *copy = strdup(url);

	if (!copy)
		return MODEL_SYSTEM;
	free(registrar->public_url);
	registrar->public_url = copy;
	return 0;
}

/* The folder and what lies open in it. */
static int check_folder(const struct registrar *registrar, struct refusal *why)
{
	struct stat folder;

	if (stat(registrar->dir, &folder) || !S_ISDIR(folder.st_mode))
		return refuse(why, "data",
		    "There is no folder %s. Make one with `registrar init --data %s`.",
		    registrar->dir, registrar->dir);
	if (folder.st_mode & 077)
		return refuse(why, "data",
		    "%s is open to other users; it holds keys and personal details. Run: chmod 700 "
		    "%s",
		    registrar->dir, registrar->dir);
	return 0;
}

static int open_settings(struct registrar *registrar, struct refusal *why)
{
	char *path = registrar_path(registrar, "settings.ini");
	int result;

	if (!path)
		return MODEL_SYSTEM;
	why->field[0] = '\0';
	result = settings_load(path, &registrar->settings, why->words, sizeof why->words);
	free(path);
	if (!result)
		result = registrar_set_url(registrar,
		    *registrar->settings.url ? registrar->settings.url : REGISTRAR_DEFAULT_URL);
	if (!result && zone_set(registrar->settings.zone))
		result = refuse(why, "settings.ini",
		    "[service] zone: this machine has no time zone '%s'. Write one of "
		    "/usr/share/zoneinfo, such as America/Toronto.",
		    registrar->settings.zone);
	return result;
}

static int open_store(struct registrar *registrar, struct refusal *why)
{
	const struct store_options options = {.group_commit = true, .readers = 16};
	char *path = registrar_path(registrar, "registrar.db");
	int result;

	if (!path)
		return MODEL_SYSTEM;
	why->field[0] = '\0';
	result = store_open(path, &registrar_store_spec, &options, &registrar->store, why->words,
	    sizeof why->words);
	if (result == STORE_NOT_FOUND)
		refuse(why, "data",
		    "%s holds no registrar. Make one with `registrar init --data %s`.",
		    registrar->dir, registrar->dir);
	free(path);
	return result;
}

/* The site is part of every journal's name, so it is kept in the store too. */
static int check_site(struct registrar *registrar, struct refusal *why)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result =
		    store_one(tx, REGISTRAR_Q_META_READ, STORE_ARGS(store_text("site")), &rows);
	if (result == STORE_ROW) {
		result = 0;
		if (strcmp(store_get_text(rows, 0), registrar->settings.site) != 0)
			result = refuse(why, "settings.ini",
			    "[service] site was %s when this folder was made, and journals and "
			    "gates "
			    "know it by that name. Write it back.",
			    store_get_text(rows, 0));
	} else if (result == STORE_NOT_FOUND)
		result = 0; /* being made */
	store_done(rows);
	store_read_end(tx);
	return result;
}

int registrar_open(
    const char *dir, struct registrar **ret_registrar, const char **ret_news, struct refusal *why)
{
	struct registrar *registrar = calloc(1, sizeof *registrar);
	const char *news = NULL;
	int result = MODEL_SYSTEM;

	why->field[0] = why->words[0] = '\0';
	if (!registrar)
		return MODEL_SYSTEM;
	if (bell_init(&registrar->changes)) {
		free(registrar);
		return MODEL_SYSTEM;
	}
	if (bell_init(&registrar->pages)) {
		bell_destroy(&registrar->changes);
		free(registrar);
		return MODEL_SYSTEM;
	}
	if (bell_init(&registrar->mail)) {
		bell_destroy(&registrar->changes);
		bell_destroy(&registrar->pages);
		free(registrar);
		return MODEL_SYSTEM;
	}
	registrar->attendance = attendance_cache_new();
	registrar->reconciled = reconcile_memory_new();
	if (say_add(&registrar_languages) || !registrar->attendance || !registrar->reconciled ||
	    !(registrar->dir = strdup(dir)) ||
	    work_start(WORK_HASHERS, &registrar->hashers) || work_start(1, &registrar->printer))
		goto done;
	result = check_folder(registrar, why);
	if (!result)
		result = open_settings(registrar, why);
	if (!result)
		result = open_store(registrar, why);
	if (!result)
		result = check_site(registrar, why);
	if (!result)
		result = keyring_open(registrar->dir, registrar->store, &registrar->keyring, why);
	if (!result)
		result = journal_open(registrar, &news, why);
	if (!result)
		result = details_settle(registrar);
	if (!result)
		result = store_write(registrar->store, outlet_settle, NULL);
	if (!result)
		result = keys_object_settle(registrar);
done:
	if (result) {
		registrar_close(registrar);
		return result;
	}
	*ret_registrar = registrar;
	if (ret_news)
		*ret_news = news;
	return 0;
}

void registrar_close(struct registrar *registrar)
{
	if (!registrar)
		return;
	if (registrar->store)
		journal_close(registrar);
	work_stop(registrar->hashers);
	attendance_cache_free(registrar->attendance);
	work_stop(registrar->printer);
	reconcile_memory_free(registrar->reconciled);
	store_close(registrar->store);
	keyring_close(registrar->keyring);
	bell_destroy(&registrar->changes);
	bell_destroy(&registrar->pages);
	bell_destroy(&registrar->mail);
	free(registrar->public_url);
	free(registrar->dir);
	free(registrar);
}
