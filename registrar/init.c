#define _GNU_SOURCE /* nftw */
#include "registrar/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registrar/registrar.h"
#include "registrar/sample/sample.h"
#include "registrar/staff/staff.h"
#include "schema/registrar_db.h"
#include "web/tls.h"

#define DAY ((int64_t)86400)

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status, (void)type, (void)at;
	return remove(path);
}

/* A folder that is not there, or has nothing in it. */
static int check_free(const char *dir, struct refusal *why)
{
	DIR *open = opendir(dir);
	const struct dirent *entry;
	bool empty = true;

	if (!open)
		return errno == ENOENT ? 0 : refuse(why, "data", "%s: %s.", dir, strerror(errno));
	while (empty && (entry = readdir(open)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(open);
	return empty ? 0
		     : refuse(why, "data",
			   "%s is not empty, and nothing is ever overwritten. Name a new folder.",
			   dir);
}

static int make_folders(const char *dir, struct refusal *why)
{
	static const char *const names[] = {"keys", "tls", "mail"};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		if (mkdir(path, 0700))
			return refuse(why, "data", "%s: %s.", path, strerror(errno));
	}
	return 0;
}

static int make_settings(const char *dir, const struct settings *settings, struct refusal *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/settings.ini", dir);
	FILE *file = fopen(path, "wxe");
	int bad = !file || settings_write(file, settings);
	if (file && fclose(file))
		bad = 1;
	return bad ? refuse(why, "data", "%s: %s.", path, strerror(errno)) : 0;
}

/* The device listener's certificate: gates know it by its key, so its names say nothing. */
static int make_tls(const char *dir, const char *site, struct refusal *why)
{
	char cert[PATH_MAX], key[PATH_MAX];
	struct tls_pair pair = {0};

	snprintf(cert, sizeof cert, "%s/tls/device.crt", dir);
	snprintf(key, sizeof key, "%s/tls/device.key", dir);
	int bad = tls_make(site, (const char *const[]){site, NULL}, &pair);
	if (!bad)
		bad = tls_save(&pair, cert, key);
	tls_pair_free(&pair);
	return bad ? refuse(why, "", "%s: %s", cert, tls_error_text(bad)) : 0;
}

struct bootstrap {
	struct registrar *registrar;
	const char *site;
	int64_t now;
};

static int bootstrap_body(struct store_tx *tx, void *context)
{
	static const struct {
		enum key_use use;
		int64_t days;
	} keys[] = {{KEY_USE_ROOT, 3653}, {KEY_USE_BUNDLE, 1096}, {KEY_USE_WITNESS, 1096},
	    {KEY_USE_DEVICE, 1096}, {KEY_USE_DETAILS, 3653}};
	struct bootstrap *made = context;
	int result = store_exec(
	    tx, REGISTRAR_Q_META_PUT, STORE_ARGS(store_text("site"), store_text(made->site)), NULL);

	for (size_t i = 0; !result && i < sizeof keys / sizeof *keys; i++) {
		struct key_secret *key = NULL;
		result = keyring_make(tx, made->registrar, keys[i].use, 0, made->now - 60,
		    made->now + keys[i].days * DAY, NULL, &key);
		key_free(key);
	}
	return result;
}

/* The store, and the keys every registrar has. */
static int make_store(const char *dir, const char *site, struct refusal *why)
{
	const struct store_options options = {.create = true};
	char folder[PATH_MAX], path[PATH_MAX];
	struct registrar registrar = {.dir = folder};
	struct bootstrap made = {&registrar, site, registrar_now()};

	snprintf(folder, sizeof folder, "%s", dir);
	snprintf(path, sizeof path, "%s/registrar.db", dir);
	why->field[0] = '\0';
	int result = store_open(
	    path, &registrar_store_spec, &options, &registrar.store, why->words, sizeof why->words);
	if (result)
		return result;
	result = store_write(registrar.store, bootstrap_body, &made);
	store_close(registrar.store);
	return result;
}

static int fill(const char *dir, const struct init_wish *wish, struct refusal *why)
{
	struct registrar *registrar = NULL;
	const char *news = NULL;
	int64_t now = registrar_now();
	int result = registrar_open(dir, &registrar, &news, why);

	if (!result)
		result = staff_add(registrar,
		    &(struct staff_wish){.name = "admin",
			.full_name = "Administrator",
			.role = ROLE_ADMINISTRATOR,
			.password = wish->password,
			.must_change = wish->must_change},
		    NULL, now, why);
	if (!result)
		result = staff_add(registrar,
		    &(struct staff_wish){.name = "officer1",
			.full_name = "Security officer 1",
			.role = ROLE_SECURITY,
			.pin = wish->pin},
		    NULL, now, why);
	if (!result && wish->sample)
		result = sample_fill(registrar,
		    &(struct sample_secrets){wish->password, wish->must_change, wish->pin}, now,
		    why);
	registrar_close(registrar);
	return result;
}

/* In a folder that is being filled: locked as long as the init that makes it lives. */
#define UNFINISHED ".init-unfinished"

static int mark_unfinished(const char *fresh)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof path, "%s/" UNFINISHED, fresh);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A folder of this user's that an init made and died over. */
static bool is_leftover(const char *path)
{
	char mark[PATH_MAX];
	struct stat info;
	bool dead;
	int fd;

	if (lstat(path, &info) || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
	    snprintf(mark, sizeof mark, "%s/" UNFINISHED, path) >= (int)sizeof mark)
		return false;
	fd = open(mark, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	dead = flock(fd, LOCK_EX | LOCK_NB) == 0;
	close(fd);
	return dead;
}

static int remove_inside(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status, (void)type;
	if (at->level == 0 || strcmp(path + at->base, UNFINISHED) == 0)
		return 0;
	return remove(path);
}

/* The mark goes last, so that a removal that is cut short is gone on with. */
static void remove_leftover(const char *path)
{
	char mark[PATH_MAX];

	if (nftw(path, remove_inside, 16, FTW_DEPTH | FTW_PHYS) == 0 &&
	    snprintf(mark, sizeof mark, "%s/" UNFINISHED, path) < (int)sizeof mark &&
	    unlink(mark) == 0)
		(void)rmdir(path);
}

/* What an init of the same folder left when it was killed. */
static void remove_leftovers(const char *dir)
{
	char pattern[PATH_MAX];
	glob_t found;

	if (strpbrk(dir, "*?[\\") ||
	    snprintf(pattern, sizeof pattern, "%s.??????", dir) >= (int)sizeof pattern)
		return;
	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (is_leftover(found.gl_pathv[i]))
				remove_leftover(found.gl_pathv[i]);
		globfree(&found);
	}
}

/* In its place it is finished. */
static void unmark(const char *dir, int fd)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/" UNFINISHED, dir) < (int)sizeof path)
		(void)unlink(path);
	close(fd);
}

int init_folder(const char *dir, const struct init_wish *wish, struct refusal *why)
{
	char fresh[PATH_MAX - 64]; /* with room for the names inside */
	int result = check_free(dir, why), mark;

	if (result)
		return result;
	if (snprintf(fresh, sizeof fresh, "%s.XXXXXX", dir) >= (int)sizeof fresh)
		return refuse(why, "data", "The folder's path is too long.");
	remove_leftovers(dir);
	if (!mkdtemp(fresh))
		return refuse(why, "data", "%s can't be made: %s.%s", dir, strerror(errno),
		    errno == ENOENT ? " Make the folder it stands in first." : "");
	mark = mark_unfinished(fresh);
	result = make_folders(fresh, why);
	if (!result)
		result = make_settings(fresh, &wish->settings, why);
	if (!result)
		result = make_tls(fresh, wish->settings.site, why);
	if (!result)
		result = make_store(fresh, wish->settings.site, why);
	if (!result)
		result = fill(fresh, wish, why);
	if (!result && rename(fresh, dir))
		result = refuse(why, "data", "%s can't be put in place: %s.", dir, strerror(errno));
	if (mark >= 0)
		unmark(result ? fresh : dir, mark);
	if (result)
		nftw(fresh, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return result;
}
