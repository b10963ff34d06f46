#include "registrar/mail/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "registrar/mail/bounce.h"
#include "registrar/mail/link.h"
#include "registrar/mail/subscription.h"
#include "registrar/press/dossier.h"
#include "registrar/serve_log.h"
#include "registrar/registrar.h"
#include "registrar/staff/session.h"

/* The thread looks at least this often, and tidies up this often. */
enum { LOOK_MS = 30000, SETTLE_MS = 100, TIDY_SECONDS = 3600, PASSWORD_MAX = 256 };

struct mail {
	struct registrar *registrar;
	pthread_t thread;
	atomic_bool stopping;
	int64_t tidied;
	char password[PASSWORD_MAX];
};

struct outcome { /* of one delivery, for the store */
	int64_t id;
	int64_t now;
	int result;
	char said[200];
	char recipient[255];
};

static int write_all(int fd, const char *data, size_t len)
{
	ssize_t put;

	for (; len > 0; data += put, len -= (size_t)put) {
		put = write(fd, data, len);
		if (put < 0 && errno == EINTR)
			put = 0;
		else if (put < 0)
			return -1;
	}
	return 0;
}

/* A file that is complete or absent, under a name that one mail always has. */
static int save(struct registrar *registrar, int64_t id, const struct buf *message)
{
	char name[64];
	char *temporary = registrar_path(registrar, "mail.part"), *path = NULL, *dir = NULL;
	int fd = -1, result = MAIL_E_FILE;

	snprintf(name, sizeof(name), "mail/%lld.eml", (long long)id);
	path = registrar_path(registrar, name);
	dir = registrar_path(registrar, "mail");
	if (!temporary || !path || !dir || (mkdir(dir, 0700) < 0 && errno != EEXIST))
		goto done;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || fchmod(fd, 0600) < 0 || write_all(fd, buf_text(message), message->len) < 0 ||
	    fsync(fd) < 0 || rename(temporary, path) < 0)
		goto done;
	result = 0;
done:
	if (fd >= 0)
		close(fd);
	free(temporary);
	free(path);
	free(dir);
	return result;
}

static int deliver(struct mail *mail, const struct outbox_mail *waiting, struct outcome *outcome)
{
	struct settings *settings = &mail->registrar->settings;
	struct mail_head head = {.from = settings->mail_from,
	    .from_name = settings->name,
	    .site = settings->site,
	    .url = mail->registrar->public_url};
	struct mail_server server = {settings->mail_server, settings->mail_user, mail->password};
	struct buf message;
	int result;

	buf_init(&message, BUF_LIMIT_PAGE);
	result = mail_format(&head, waiting, &message);
	if (result < 0)
		snprintf(outcome->said, sizeof(outcome->said), "the message could not be made");
	else if (*settings->mail_server)
		result = mail_send(&server, settings->mail_from, waiting->recipient, &message,
		    outcome->said, sizeof(outcome->said));
	else if ((result = save(mail->registrar, waiting->id, &message)) < 0)
		snprintf(outcome->said, sizeof(outcome->said), "the file was not written: %s",
		    strerror(errno));
	buf_free(&message);
	return result;
}

static bool is_final(int result)
{
	return result == MAIL_E_REFUSED || result == MAIL_E_MAILBOX || result == MAIL_E_HEADER;
}

static int record(struct store_tx *tx, void *context)
{
	const struct outcome *outcome = context;
	int result = 0;

	if (outcome->result == 0)
		return outbox_sent(tx, outcome->id);
	if (outcome->result == MAIL_E_MAILBOX)
		result = bounce_note(tx, outcome->recipient, outcome->said, outcome->now);
	if (result < 0)
		return result;
	return outbox_failed(
	    tx, outcome->id, outcome->now, outcome->said, is_final(outcome->result));
}

static int next_waiting(struct store *store, int64_t now, struct outbox_mail *ret_mail)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(store, &tx);

	if (result < 0)
		return result;
	result = outbox_next(tx, now, ret_mail);
	store_read_end(tx);
	return result;
}

/* Delivers one mail; false when none waits, or the store can't say so. */
static bool deliver_next(struct mail *mail)
{
	struct outbox_mail waiting = {0};
	struct outcome outcome = {0};
	int result;

	outcome.now = registrar_now();
	if (next_waiting(mail->registrar->store, outcome.now, &waiting) < 0)
		return false;
	outcome.id = waiting.id;
	outcome.result = deliver(mail, &waiting, &outcome);
	snprintf(outcome.recipient, sizeof(outcome.recipient), "%s", waiting.recipient);
	outbox_mail_free(&waiting);
	if (outcome.result < 0)
		serve_log_say("mail %lld was not sent: %s. %s", (long long)outcome.id,
		    outcome.said,
		    is_final(outcome.result)
			? "It is not tried again."
			: "It is tried again later; see [mail] in settings.ini.");
	result = store_write(mail->registrar->store, record, &outcome);
	return result == 0;
}

static int tidy(struct store_tx *tx, void *context)
{
	int64_t now = *(int64_t *)context;
	int result = link_purge(tx, now);

	if (result == 0)
		result = dossier_purge(tx, now);
	if (result == 0)
		result = session_purge(tx, now);
	if (result == 0)
		result = outbox_purge(tx, now);
	if (result == 0)
		result = bounce_purge(tx, now);
	if (result == 0)
		result = subscription_purge(tx, now);
	return result;
}

static void tidy_when_due(struct mail *mail)
{
	int64_t now = registrar_now();

	if (now - mail->tidied < TIDY_SECONDS)
		return;
	mail->tidied = now;
	if (store_write(mail->registrar->store, tidy, &now) < 0)
		serve_log_say("ended sessions and links were not removed; tried again in an hour");
}

/* Whoever asked for a link has the answer before its mail is worked on: otherwise the time of the
 * answer would tell whether there is a mail. */
static void settle(void)
{
	nanosleep(&(struct timespec){0, SETTLE_MS * 1000000L}, NULL);
}

static void *run(void *context)
{
	struct mail *mail = context;
	uint64_t seen;

	while (!atomic_load(&mail->stopping)) {
		seen = bell_count(&mail->registrar->mail);
		tidy_when_due(mail);
		while (!atomic_load(&mail->stopping) && deliver_next(mail))
			;
		if (!atomic_load(&mail->stopping))
			bell_wait(&mail->registrar->mail, seen, LOOK_MS);
		settle();
	}
	return NULL;
}

/* The first line of the password file, which nobody else may read. */
static int read_password(const char *path, char ret_password[PASSWORD_MAX])
{
	struct stat status;
	FILE *in;
	int result = MODEL_SYSTEM;

	if (!*path)
		return 0;
	in = fopen(path, "re");
	if (!in)
		return MODEL_SYSTEM;
	errno = EACCES;
	if (fstat(fileno(in), &status) == 0 && !(status.st_mode & 077) &&
	    fgets(ret_password, PASSWORD_MAX, in)) {
		ret_password[strcspn(ret_password, "\r\n")] = 0;
		result = 0;
	}
	fclose(in);
	return result;
}

int mail_start(struct registrar *registrar, struct mail **ret_mail)
{
	struct mail *mail = calloc(1, sizeof(*mail));
	int failed;

	if (!mail)
		return MODEL_SYSTEM;
	mail->registrar = registrar;
	if (read_password(registrar->settings.mail_password_file, mail->password) < 0)
		goto fail;
	failed = pthread_create(&mail->thread, NULL, run, mail);
	errno = failed;
	if (failed)
		goto fail;
	*ret_mail = mail;
	return 0;
fail:
	sodium_memzero(mail, sizeof(*mail));
	free(mail);
	return MODEL_SYSTEM;
}

void mail_stop(struct mail *mail)
{
	if (!mail)
		return;
	atomic_store(&mail->stopping, true);
	bell_ring(&mail->registrar->mail);
	pthread_join(mail->thread, NULL);
	sodium_memzero(mail, sizeof(*mail));
	free(mail);
}
