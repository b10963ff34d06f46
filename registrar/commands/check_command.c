#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "badges/bytes.h"
#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/journal/journal.h"
#include "registrar/keys/keyring.h"
#include "registrar/keys/keys_object.h"
#include "registrar/registrar.h"
#include "registrar/staff/factor.h"
#include "schema/registrar_db.h"
#include "web/tls.h"

#define DAY	    ((int64_t)86400)
#define WARN_BEFORE (60 * DAY)
#define ROOT_WARN   (10 * DAY)
/* Room for some days of journal and mail, and for the store's own copy in an upgrade. */
#define DISK_MIN ((uint64_t)256 << 20)

struct checking {
	struct command *command;
	struct registrar *registrar;
	unsigned wrong;
};

__attribute__((format(printf, 3, 4))) static void wrong(
    struct checking *checking, const char *what, const char *format, ...)
{
	va_list args;

	checking->wrong++;
	fprintf(checking->command->out, "wrong  %-9s ", what);
	va_start(args, format);
	vfprintf(checking->command->out, format, args);
	va_end(args);
	fputc('\n', checking->command->out);
}

static void good(struct checking *checking, const char *what, const char *words)
{
	fprintf(checking->command->out, "good   %-9s %s\n", what, words);
}

static void check_store(struct checking *checking)
{
	char why[300] = "";
	int result = store_verify(checking->registrar->store, why, sizeof why);

	if (result)
		wrong(checking, "store",
		    "%s %s Stop `registrar serve`, keep a copy of this folder, and put the newest "
		    "backup back.",
		    store_strerror(result), why);
	else
		good(checking, "store", "whole");
}

static void check_mode(struct checking *checking, const char *name, mode_t most, const char *run)
{
	char *path = registrar_path(checking->registrar, name);
	struct stat status;

	if (!path || stat(path, &status))
		wrong(checking, "files", "%s: %s. Put it back from your backup.", name,
		    path ? strerror(errno) : "no memory");
	else if (status.st_mode & 07777 & ~most)
		wrong(checking, "files", "%s can be used by others. Run: %s %s", name, run, path);
	else if (status.st_uid != geteuid())
		wrong(checking, "files", "%s belongs to another user. Run: chown %u %s", name,
		    (unsigned)geteuid(), path);
	free(path);
}

static void check_files(struct checking *checking)
{
	unsigned before = checking->wrong;

	check_mode(checking, "keys", 0700, "chmod 700");
	check_mode(checking, "tls", 0700, "chmod 700");
	check_mode(checking, "mail", 0700, "chmod 700");
	check_mode(checking, "registrar.db", 0600, "chmod 600");
	check_mode(checking, "tls/device.key", 0600, "chmod 600");
	check_mode(checking, "settings.ini", 0644, "chmod 644");
	if (checking->wrong == before)
		good(checking, "files", "nobody else can use them");
}

static void check_key(struct checking *checking, const struct keyring_row *row, int64_t now)
{
	char kid[2 * KEY_KID_SIZE + 1], name[64];
	bool journal = row->use == KEY_USE_DEVICE;

	if (strcmp(row->state, "active") != 0)
		return;
	bytes_hex(row->kid, KEY_KID_SIZE, kid);
	snprintf(name, sizeof name, "keys/%s-%s.key", key_use_word(row->use), kid);
	char *path = registrar_path(checking->registrar, name);
	bool offline = row->use == KEY_USE_ROOT && path && access(path, F_OK);
	free(path);
	if (!offline)
		check_mode(checking, name, 0600, "chmod 600");
	/* A pass key ends with its conference. */
	if (row->use != KEY_USE_PASS && row->valid_until < now + WARN_BEFORE)
		wrong(checking, "keys",
		    "%s key %s ends within %d days. Run: registrar keys rotate --use %s",
		    journal ? "journal" : key_use_word(row->use), kid, (int)(WARN_BEFORE / DAY),
		    journal ? "journal" : key_use_word(row->use));
}

/* What gates get while the root key is away must be the newest, and live. */
static void check_root(struct checking *checking)
{
	static const char remedy[] = "Put the root key's file back and run: registrar keys sign";
	struct keys_object object = {0};
	struct store_tx *tx = NULL;
	int64_t version = 0;
	int result = store_read_begin(checking->registrar->store, &tx);

	if (!result)
		result = keys_object_read(tx, &object);
	if (!result)
		result = registrar_counter(tx, "keys_version", &version);
	store_read_end(tx);
	free(object.bytes);
	if (result || keyring_signer(checking->registrar->keyring, KEY_USE_ROOT))
		return;
	if (object.version == 0 || object.version != version)
		wrong(checking, "keys", "there is no list of keys to give to gates. %s", remedy);
	else if (object.not_after < registrar_now() + ROOT_WARN)
		wrong(checking, "keys", "the list of keys that gates get ends within %d days. %s",
		    (int)(ROOT_WARN / DAY), remedy);
	else if (object.waits)
		wrong(checking, "keys",
		    "keys or gates were revoked while the root key was away; gates don't know. %s",
		    remedy);
}

static void check_keys(struct checking *checking)
{
	static const enum key_use uses[] = {
	    KEY_USE_BUNDLE, KEY_USE_WITNESS, KEY_USE_DEVICE, KEY_USE_DETAILS};
	unsigned before = checking->wrong;
	struct store_tx *tx = NULL;
	struct keyring_row *rows = NULL;
	size_t n = 0;
	int result = store_read_begin(checking->registrar->store, &tx);

	if (!result)
		result = keyring_rows(tx, &rows, &n);
	store_read_end(tx);
	for (size_t i = 0; !result && i < n; i++)
		check_key(checking, &rows[i], registrar_now());
	free(rows);
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
		if (!keyring_signer(checking->registrar->keyring, uses[i]))
			wrong(checking, "keys",
			    "there is no active %s key. Put the folder's backup back.",
			    key_use_word(uses[i]));
	check_root(checking);
	if (checking->wrong == before && !result)
		good(checking, "keys",
		    keyring_signer(checking->registrar->keyring, KEY_USE_ROOT)
			? "all there; the root key is here: you can keep its file offline"
			: "all there; the root key is kept offline");
}

static void check_tls(struct checking *checking)
{
	char *cert = registrar_path(checking->registrar, "tls/device.crt");
	char *key = registrar_path(checking->registrar, "tls/device.key");
	struct tls_pair pair = {0};
	int bad = cert && key ? tls_load(cert, key, &pair) : TLS_NOMEM;

	if (bad)
		wrong(checking, "tls", "%s: %s", cert ? cert : "device.crt", tls_error_text(bad));
	else
		good(checking, "tls", "the device port's certificate and key are a pair");
	tls_pair_free(&pair);
	free(cert);
	free(key);
}

static void check_clock(struct checking *checking)
{
	struct timex clock = {0};
	struct entry stamp = {0};
	int64_t newest = 0;
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;

	journal_stamp(&stamp);
	if (!store_read_begin(checking->registrar->store, &tx) &&
	    store_one(tx, REGISTRAR_Q_JOURNAL_NEWEST_TIME, STORE_NO_ARGS, &rows) == STORE_ROW)
		newest = store_get_i64(rows, 0);
	store_done(rows);
	store_read_end(tx);
	if (stamp.time_ms + 60000 < newest)
		wrong(checking, "clock",
		    "this machine's clock is behind the newest journal entry. Set it: timedatectl "
		    "set-ntp true");
	else if (adjtimex(&clock) < 0 || (clock.status & STA_UNSYNC))
		good(checking, "clock",
		    "not behind the journal; this machine does not say that it is synchronised "
		    "(timedatectl set-ntp true)");
	else
		good(checking, "clock", "synchronised");
}

static void check_disk(struct checking *checking)
{
	struct statvfs disk;

	if (statvfs(checking->registrar->dir, &disk))
		wrong(checking, "disk", "%s: %s", checking->registrar->dir, strerror(errno));
	else if ((uint64_t)disk.f_bavail * disk.f_frsize < DISK_MIN)
		wrong(checking, "disk", "less than %u MiB are free. Make room, or move the folder.",
		    (unsigned)(DISK_MIN >> 20));
	else
		good(checking, "disk", "there is room");
}

static void check_settings(struct checking *checking)
{
	char why[400] = "";
	char *path = registrar_path(checking->registrar, "settings.ini");
	struct settings *read = malloc(sizeof *read);

	if (!path || !read)
		wrong(checking, "settings", "no memory");
	else if (settings_load(path, read, why, sizeof why))
		wrong(checking, "settings", "%s", why);
	else
		good(checking, "settings",
		    *read->mail_server
			? "they hold; mail goes to the server"
			: "they hold; mails are written as files into the folder mail");
	free(read);
	free(path);
}

static void check_factors(struct checking *checking)
{
	if (factor_probe(checking->registrar))
		wrong(checking, "staff",
		    "keys/factor.key is missing or is another one: nobody with a second factor can "
		    "sign in. Put it back from the backup, with mode 0600; or reset each with "
		    "`registrar staff reset-factor`.");
	else
		good(checking, "staff", "the key of the second factors holds");
}

struct input {
	bool new_epoch;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	if (key == 'e') {
		input->new_epoch = true;
		return 0;
	}
	return key == ARGP_KEY_ARG ? cli_misuse(state, "'%s' is no option", argument)
				   : ARGP_ERR_UNKNOWN;
}

static int epoch_body(struct store_tx *tx, void *context)
{
	return journal_begin_epoch(tx, context, "ordered", CLI_STAFF);
}

int command_check(struct command *command)
{
	static const struct argp_option options[] = {
	    {"new-epoch", 'e', NULL, 0,
		"First begin a new epoch of the registrar's own journal, as after a repair", 0},
	    {0}};
	struct checking checking = {.command = command, .registrar = cli_registrar(command)};
	struct input input = {0};
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "",
		    "Looks at store, files, keys, TLS, clock, disk and settings, and says what to "
		    "do "
		    "about what is wrong.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	if (input.new_epoch) {
		int result = store_write(checking.registrar->store, epoch_body, checking.registrar);
		if (result)
			return cli_result(command, result, NULL);
		good(&checking, "journal", "a new epoch has begun");
	}
	check_settings(&checking);
	check_files(&checking);
	check_keys(&checking);
	check_factors(&checking);
	check_tls(&checking);
	check_clock(&checking);
	check_disk(&checking);
	check_store(&checking);
	return checking.wrong ? COMMAND_REFUSED : COMMAND_OK;
}
