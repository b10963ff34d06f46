/* Starts workers and kills them. */
#include "tests/store/killer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUND_MS = 20000 }; /* a worker that says nothing for so long is stuck */

struct killer {
	int fd;
};

/* One worker and what it said. */
struct round {
	pid_t pid;
	int in, out; /* to its standard input (-1: none), from its standard output */
	char *text;
	size_t len, room;
	size_t n_lines;
};

void killer_ack(struct killer *killer, const char *line)
{
	char buffer[512];
	int len = snprintf(buffer, sizeof(buffer), "%s\n", line);
	/* Short enough to be written whole or not at all. */
	if (write(killer->fd, buffer, (size_t)len) != len)
		_exit(3);
}

static uint64_t chance(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void child(const struct killer_job *job, unsigned number, int in, int out)
{
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	if (job->argv) {
		if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
			_exit(126);
		execvp(job->argv[0], job->argv);
		perror(job->argv[0]);
		_exit(127);
	}
	struct killer killer = {out};
	_exit(job->work(&killer, job->context, number));
}

static int start(const struct killer_job *job, unsigned number, struct round *round)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1};
	*round = (struct round){.in = -1, .out = -1};
	if (pipe(in) || pipe(out))
		return -1;
	for (int i = 0; i < 2; i++) {
		fcntl(in[i], F_SETFD, FD_CLOEXEC);
		fcntl(out[i], F_SETFD, FD_CLOEXEC);
	}
	fflush(NULL);
	round->pid = fork();
	if (round->pid < 0)
		return -1;
	if (!round->pid)
		child(job, number, in[0], out[1]);
	setpgid(round->pid, round->pid);
	close(in[0]);
	close(out[1]);
	round->in = in[1];
	round->out = out[0];
	return 0;
}

/* Waits up to ms and takes what came. False at the end of the worker's output. */
static bool take(struct round *round, int ms, bool *ret_quiet)
{
	struct pollfd poller = {.fd = round->out, .events = POLLIN};
	*ret_quiet = poll(&poller, 1, ms) == 0;
	if (*ret_quiet)
		return true;
	if (round->room - round->len < 4096) {
		round->room = round->room * 2 + 8192;
		round->text = realloc(round->text, round->room);
		if (!round->text)
			abort();
	}
	ssize_t got = read(round->out, round->text + round->len, round->room - round->len - 1);
	if (got <= 0)
		return got < 0 && errno == EINTR;
	for (ssize_t i = 0; i < got; i++)
		round->n_lines += round->text[round->len + (size_t)i] == '\n';
	round->len += (size_t)got;
	return true;
}

/* Sends lines until as many are unanswered as may be. */
static void feed(const struct killer_job *job, unsigned number, struct round *round, size_t *sent)
{
	size_t ahead = job->ahead ? job->ahead : 1;
	while (job->feed && round->in >= 0 && *sent < round->n_lines + ahead) {
		const char *line = job->feed(job->context, number, *sent);
		size_t len = line ? strlen(line) : 0;
		if (!line || write(round->in, line, len) != (ssize_t)len ||
		    write(round->in, "\n", 1) != 1) {
			close(round->in);
			round->in = -1;
			return;
		}
		++*sent;
	}
}

/* True when the worker was alive to the moment of the kill. */
static bool run_until_kill(
    const struct killer_job *job, unsigned number, struct round *round, uint64_t *seed)
{
	size_t sent = 0;
	size_t lines = chance(seed) % ((job->most_acks ? job->most_acks : 20) + 1);
	long wait = (long)(chance(seed) % ((job->most_us ? job->most_us : 2000) + 1)) * 1000;
	bool alive = true, quiet = false;
	while (alive && !quiet && round->n_lines < lines) {
		feed(job, number, round, &sent);
		alive = take(round, ROUND_MS, &quiet);
	}
	feed(job, number, round, &sent);
	nanosleep(&(struct timespec){wait / 1000000000, wait % 1000000000}, NULL);
	return alive;
}

/* Points into text; the last line counts only with its newline. */
static char **split(struct round *round)
{
	char **lines = calloc(round->n_lines + 1, sizeof(*lines));
	char *at = round->text;
	if (!lines)
		abort();
	for (size_t i = 0; i < round->n_lines; i++) {
		char *end = memchr(at, '\n', round->len - (size_t)(at - round->text));
		*end = '\0';
		lines[i] = at;
		at = end + 1;
	}
	return lines;
}

static int one_round(
    const struct killer_job *job, unsigned number, uint64_t *seed, struct killer_stats *stats)
{
	struct round round;
	uint64_t lost = 0, corrupt = 0;
	bool quiet = false;
	int status = 0;

	if (start(job, number, &round))
		return -1;
	bool alive = run_until_kill(job, number, &round, seed);
	kill(-round.pid, SIGKILL);
	kill(round.pid, SIGKILL);
	while (take(&round, ROUND_MS, &quiet) && !quiet)
		;
	if (waitpid(round.pid, &status, 0) < 0)
		return -1;
	if (WIFEXITED(status)) {
		stats->ended++;
		stats->failed += WEXITSTATUS(status) != 0;
	} else if (alive) {
		stats->kills++;
	}
	if (round.in >= 0)
		close(round.in);
	close(round.out);
	char **lines = split(&round);
	job->check(job->context, number, lines, round.n_lines, &lost, &corrupt);
	stats->acks += round.n_lines;
	stats->lost += lost;
	stats->rounds_with_loss += lost > 0;
	stats->corrupt += corrupt;
	free(lines);
	free(round.text);
	return 0;
}

int killer_run(
    const struct killer_job *job, unsigned kills, uint64_t seed, struct killer_stats *ret_stats)
{
	struct killer_stats stats = {0};
	struct timespec start, end;
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	int result = 0;

	seed |= 1;
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (unsigned i = 0; !result && i < kills; i++)
		result = one_round(job, i, &seed, &stats);
	clock_gettime(CLOCK_MONOTONIC, &end);
	signal(SIGPIPE, before);
	if (result)
		return result;
	stats.seconds =
	    (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	*ret_stats = stats;
	return 0;
}

void killer_print(const char *name, const struct killer_stats *stats)
{
	printf("# %s: %llu kills, %llu acknowledged: %llu lost in %llu rounds, %llu corrupt; %llu "
	       "ended by themselves (%llu failed); %.1f s\n",
	    name, (unsigned long long)stats->kills, (unsigned long long)stats->acks,
	    (unsigned long long)stats->lost, (unsigned long long)stats->rounds_with_loss,
	    (unsigned long long)stats->corrupt, (unsigned long long)stats->ended,
	    (unsigned long long)stats->failed, stats->seconds);
	fflush(stdout);
}
