#define _GNU_SOURCE /* mkostemp */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/x509.h>

#include "gate/ready/ready_private.h"
#include "gate/door/words.h"

enum {
	ROOM_BAD_MIB = 64, /* about 50,000 entries with their details */
	ROOM_WARN_MIB = 1024,
	WRITE_WARN_MS = 500, /* a verdict waits for one */
	WRITE_BAD_MS = 3000,
	PROBE_BYTES = 4096,
	BATTERY_WARN = 50, /* percent, without mains */
	BATTERY_BAD = 20,
	CERTIFICATE_WARN_S = 90 * 86400,
};

#define POWER_DIR "/sys/class/power_supply"

/* ---- clock ---- */

static void clock_away(const struct looking *looking, struct ready_finding *finding)
{
	int64_t ahead = looking->sync.clock_ahead_ms / 1000;
	char words[WORDS_AGE_MAX];

	words_age(ahead < 0 ? -ahead : ahead, words);
	ready_say(finding, READY_BAD, "Set the clock right, or the registrar's.",
	    "The clock is %s %s the registrar's.", words, ahead < 0 ? "behind" : "ahead of");
}

void ready_clock(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	int64_t ahead = looking->sync.clock_ahead_ms;
	bool known = looking->syncing && looking->sync.clock_known;
	char beside[80] = "";

	(void)tx;
	if (known)
		(void)snprintf(beside, sizeof(beside),
		    ", %" PRId64 ".%" PRId64 " s %s the registrar's",
		    (ahead < 0 ? -ahead : ahead) / 1000, (ahead < 0 ? -ahead : ahead) / 100 % 10,
		    ahead < 0 ? "behind" : "ahead of");
	if (!looking->timed)
		ready_say(finding, READY_BAD, "Restart the machine.", "The machine gives no time.");
	else if (looking->suspect)
		ready_say(finding, READY_BAD,
		    "Set it. If it is right now and was wrong before, run: gate check "
		    "--accept-clock",
		    "The clock is behind what is recorded.");
	else if (known && (ahead > SYNC_CLOCK_SECONDS * 1000 || ahead < -SYNC_CLOCK_SECONDS * 1000))
		clock_away(looking, finding);
	else if (looking->now.state == ENTRY_CLOCK_STEPPED)
		ready_say(finding, READY_WARN, "See that it is right; the next entry notes it.",
		    "The clock was set since the last entry%s.", beside);
	else if (looking->now.state != ENTRY_CLOCK_SYNCED)
		ready_say(finding, READY_WARN,
		    "Switch the machine's time synchronisation on, and look at the clock.",
		    "Nothing on this machine keeps the clock right%s.", beside);
	else
		ready_say(finding, READY_OK, "", "The clock is kept right%s.", beside);
}

/* ---- disk ---- */

int64_t ready_write_ms(const char *dir)
{
	static const uint8_t bytes[PROBE_BYTES];
	struct timespec begin, end;
	char path[4096];
	int fd, error;
	bool written;

	if (snprintf(path, sizeof(path), "%s/probe-XXXXXX", dir) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -1;
	written = write(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) && fsync(fd) == 0;
	error = errno;
	unlink(path);
	close(fd);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (!written) {
		errno = error;
		return -1;
	}
	return (int64_t)(end.tv_sec - begin.tv_sec) * 1000 +
	       (end.tv_nsec - begin.tv_nsec) / 1000000;
}

static void judge_write(const struct looking *looking, uint64_t mib, struct ready_finding *finding)
{
	int64_t ms = ready_write_ms(looking->gate->dir);

	if (ms < 0)
		ready_say(finding, READY_BAD, "Make room, or use another disk. Use the paper list.",
		    "Nothing can be written: %s.", strerror(errno));
	else if (ms >= WRITE_WARN_MS)
		ready_say(finding, ms >= WRITE_BAD_MS ? READY_BAD : READY_WARN,
		    "Every verdict waits for the disk: end what else writes to it, or use another.",
		    "A write took %" PRId64 " ms until it was safe.", ms);
	else if (finding->state == READY_OK)
		ready_say(finding, READY_OK, "",
		    "%" PRIu64 " MiB free; a write is safe after %" PRId64 " ms.", mib, ms);
}

void ready_disk(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	struct statvfs room;
	uint64_t mib;

	(void)tx;
	if (statvfs(looking->gate->dir, &room) != 0) {
		ready_say(finding, READY_BAD, "See that the disk is there.",
		    "The folder can't be looked at: %s.", strerror(errno));
		return;
	}
	mib = (uint64_t)room.f_bavail * room.f_frsize >> 20;
	looking->facts->free_mib = (int64_t)mib;
	if (mib < ROOM_WARN_MIB)
		ready_say(finding, mib < ROOM_BAD_MIB ? READY_BAD : READY_WARN,
		    "Make room: without it nothing is recorded, and nobody admitted.",
		    "The disk has room for %" PRIu64 " MiB only.", mib);
	else
		ready_say(finding, READY_OK, "", "%" PRIu64 " MiB free.", mib);
	if (looking->depth != READY_GLANCE && finding->state != READY_BAD)
		judge_write(looking, mib, finding);
}

/* ---- certificate ---- */

static int64_t certificate_end(const char *path)
{
	gnutls_x509_crt_t crt = NULL;
	gnutls_datum_t pem = {0};
	int64_t end = -1;

	/* The file holds the key too. */
	if (gnutls_load_file(path, &pem) == 0 && gnutls_x509_crt_init(&crt) == 0 &&
	    gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM) == 0)
		end = (int64_t)gnutls_x509_crt_get_expiration_time(crt);
	if (crt != NULL)
		gnutls_x509_crt_deinit(crt);
	if (pem.data != NULL)
		gnutls_memset(pem.data, 0, pem.size);
	gnutls_free(pem.data);
	return end;
}

void ready_certificate(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	char *path = gate_path(looking->gate, "keys/tls.pem");
	int64_t end = path == NULL ? -1 : certificate_end(path);
	char words[WORDS_AGE_MAX];

	(void)tx;
	free(path);
	if (end < 0) {
		ready_say(finding, READY_WARN, "Without it nothing syncs: enrol a new folder.",
		    "This gate's certificate can't be read.");
		return;
	}
	words_age(end > looking->now_s ? end - looking->now_s : 0, words);
	if (end - looking->now_s > CERTIFICATE_WARN_S)
		ready_say(finding, READY_OK, "", "This gate's certificate ends in %s.", words);
	else
		ready_say(finding, READY_WARN,
		    "Both sides go by its key, so nothing stops; enrol anew when there is time.",
		    "This gate's certificate %s%s.",
		    end > looking->now_s ? "ends in " : "has ended",
		    end > looking->now_s ? words : "");
}

/* ---- power ---- */

/* The first word of a file of one supply; "" where there is none. */
static void supply_word(
    const char *dir, const char *supply, const char *name, char *ret, size_t size)
{
	char path[1024];
	FILE *file;

	ret[0] = '\0';
	if (snprintf(path, sizeof(path), "%s/%s/%s", dir, supply, name) >= (int)sizeof(path))
		return;
	file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fgets(ret, (int)size, file) == NULL)
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	fclose(file);
}

struct power {
	bool mains, battery;
	long charge; /* percent of the fullest battery */
};

static void read_supply(const char *dir, const char *supply, struct power *power)
{
	char type[24], value[24], scope[24];

	supply_word(dir, supply, "type", type, sizeof(type));
	supply_word(dir, supply, "scope", scope, sizeof(scope));
	/* A mouse has a battery too. */
	if (strcmp(scope, "Device") == 0)
		return;
	if (strcmp(type, "Battery") == 0) {
		long charge;

		supply_word(dir, supply, "capacity", value, sizeof(value));
		charge = strtol(value, NULL, 10);
		if (value[0] != '\0' && (!power->battery || charge > power->charge))
			power->charge = charge;
		power->battery = power->battery || value[0] != '\0';
		return;
	}
	supply_word(dir, supply, "online", value, sizeof(value));
	if (strcmp(value, "1") == 0)
		power->mains = true;
}

void ready_power_of(const char *dir, struct ready_finding *finding)
{
	struct power power = {0};
	const struct dirent *entry;
	DIR *folder = opendir(dir);

	while (folder != NULL && (entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			read_supply(dir, entry->d_name, &power);
	if (folder != NULL)
		closedir(folder);
	if (!power.battery)
		ready_say(finding, READY_OK, "",
		    power.mains ? "On mains." : "The machine says nothing of its power.");
	else if (power.mains)
		ready_say(
		    finding, READY_OK, "", "On mains; the battery holds %ld %%.", power.charge);
	else
		ready_say(finding,
		    power.charge < BATTERY_BAD	  ? READY_BAD
		    : power.charge < BATTERY_WARN ? READY_WARN
						  : READY_OK,
		    power.charge < BATTERY_WARN ? "Plug the machine in." : "",
		    "On battery: %ld %%.", power.charge);
}

void ready_power(struct looking *looking, struct store_tx *tx, struct ready_finding *finding)
{
	(void)looking;
	(void)tx;
	ready_power_of(POWER_DIR, finding);
}
