#define _GNU_SOURCE /* pipe2 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <sodium.h>

#include "registrar/photo/photo_child.h"
#include "web/say.h"

enum {
	ANSWER_MAX = PHOTO_CHILD_HEAD + PHOTO_WIDTH * PHOTO_HEIGHT * 3,
	QUALITY_FIRST = 86,
	QUALITY_STEP = 12,
	QUALITY_LAST = 26,
};

/* One child at a time: what strangers send costs the machine no more than that. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* A running child and what went through its pipes. */
struct talk {
	enum photo_frame frame;
	pid_t child;
	int to, from; /* -1: closed */
	const uint8_t *file;
	size_t left;
	uint8_t *answer;
	size_t len;
};

static int64_t boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int spawn(int in, int out, enum photo_frame frame, pid_t *ret_child)
{
	/* Whatever was installed over this file meanwhile, the child is this very program. */
	static char name[] = "registrar", whole[] = PHOTO_CHILD_WHOLE,
		    portrait[] = PHOTO_CHILD_PORTRAIT;
	char *const arguments[] = {name, frame == PHOTO_PORTRAIT ? portrait : whole, NULL};
	char *const empty[] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int r = posix_spawn_file_actions_init(&actions);

	if (r != 0)
		return r;
	r = posix_spawnattr_init(&attributes);
	if (r != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return r;
	}
	sigemptyset(&none);
	sigfillset(&all);
	if ((r = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO)) == 0 &&
	    (r = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO)) == 0 &&
	    (r = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
	    (r = posix_spawnattr_setsigdefault(&attributes, &all)) == 0 &&
	    (r = posix_spawnattr_setflags(
		 &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)) == 0)
		r = posix_spawn(
		    ret_child, "/proc/self/exe", &actions, &attributes, arguments, empty);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

static bool start(struct talk *talk)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1};
	bool started = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 &&
		       fcntl(in[1], F_SETFL, O_NONBLOCK) == 0 &&
		       fcntl(out[0], F_SETFL, O_NONBLOCK) == 0 &&
		       spawn(in[0], out[1], talk->frame, &talk->child) == 0;

	shut(&in[0]);
	shut(&out[1]);
	if (!started) {
		shut(&in[1]);
		shut(&out[0]);
	}
	talk->to = in[1];
	talk->from = out[0];
	return started;
}

static void send_some(struct talk *talk)
{
	ssize_t n = write(talk->to, talk->file, talk->left);

	if (n > 0) {
		talk->file += n;
		talk->left -= (size_t)n;
	}
	/* A child that has ended is asked for its status, not for a reason here. */
	if (talk->left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(&talk->to);
}

static void receive_some(struct talk *talk)
{
	ssize_t n = read(talk->from, talk->answer + talk->len, ANSWER_MAX + 1 - talk->len);

	if (n > 0)
		talk->len += (size_t)n;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || talk->len > ANSWER_MAX)
		shut(&talk->from);
}

/* Until the child has said everything, or its time is up. */
static bool converse(struct talk *talk)
{
	int64_t end = boot_ms() + PHOTO_CHILD_SECONDS * 1000;

	while (talk->from >= 0) {
		struct pollfd fds[2] = {
		    {talk->from, POLLIN, 0}, {talk->to, POLLOUT, 0}}; /* one below 0 is left out */
		int64_t left = end - boot_ms();

		if (left <= 0 || (poll(fds, 2, (int)left) < 0 && errno != EINTR))
			return false;
		if (fds[1].revents != 0 && talk->to >= 0)
			send_some(talk);
		if (fds[0].revents != 0)
			receive_some(talk);
	}
	return true;
}

static int status_result(int status)
{
	if (WIFSIGNALED(status)) {
		int signal = WTERMSIG(status);

		return signal == SIGXCPU || signal == SIGKILL ? PHOTO_BOUNDS : PHOTO_BROKEN;
	}
	if (WEXITSTATUS(status) == 0)
		return 0;
	if (WEXITSTATUS(status) >= PHOTO_CHILD_REFUSED &&
	    WEXITSTATUS(status) <= PHOTO_CHILD_REFUSED + PHOTO_SYSTEM - PHOTO_TOO_LONG)
		return PHOTO_TOO_LONG + WEXITSTATUS(status) - PHOTO_CHILD_REFUSED;
	return PHOTO_SYSTEM;
}

static int ask_child(struct talk *talk)
{
	int status = 0;
	bool ended;

	if (!start(talk))
		return PHOTO_SYSTEM;
	ended = converse(talk);
	shut(&talk->to);
	shut(&talk->from);
	if (!ended)
		kill(talk->child, SIGKILL);
	while (waitpid(talk->child, &status, 0) < 0)
		if (errno != EINTR)
			return PHOTO_SYSTEM;
	return ended ? status_result(status) : PHOTO_BOUNDS;
}

/* The answer comes from a process that hostile bytes may have taken over. */
static int read_answer(const struct talk *talk, struct photo_pixels *ret_pixels)
{
	struct photo_pixels pixels;
	size_t len;

	if (talk->len < PHOTO_CHILD_HEAD || memcmp(talk->answer, "PGPX", 4) != 0)
		return PHOTO_BROKEN;
	pixels.width = (unsigned)talk->answer[4] << 8 | talk->answer[5];
	pixels.height = (unsigned)talk->answer[6] << 8 | talk->answer[7];
	if (pixels.width < 1 || pixels.width > PHOTO_WIDTH || pixels.height < 1 ||
	    pixels.height > PHOTO_HEIGHT)
		return PHOTO_BROKEN;
	len = (size_t)pixels.width * pixels.height * 3;
	if (talk->len != PHOTO_CHILD_HEAD + len)
		return PHOTO_BROKEN;
	pixels.rgb = malloc(len);
	if (pixels.rgb == NULL)
		return PHOTO_SYSTEM;
	memcpy(pixels.rgb, talk->answer + PHOTO_CHILD_HEAD, len);
	*ret_pixels = pixels;
	return 0;
}

/* A child that ends early breaks the pipe: that is an answer, and no reason for us to end. */
static void pipe_signal(bool hold, sigset_t *old)
{
	const struct timespec now = {0, 0};
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (hold) {
		pthread_sigmask(SIG_BLOCK, &pipe, old);
		return;
	}
	while (sigtimedwait(&pipe, NULL, &now) > 0)
		;
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

int photo_decode(
    const uint8_t *file, size_t len, enum photo_frame frame, struct photo_pixels *ret_pixels)
{
	struct talk talk = {.frame = frame, .to = -1, .from = -1, .file = file, .left = len};
	sigset_t old;
	int r;

	if (len > PHOTO_FILE_MAX)
		return PHOTO_TOO_LONG;
	if ((len < 3 || memcmp(file, "\xff\xd8\xff", 3) != 0) &&
	    (len < 8 || memcmp(file, "\x89PNG\r\n\x1a\n", 8) != 0))
		return PHOTO_NOT_ONE;
	talk.answer = malloc(ANSWER_MAX + 1);
	if (talk.answer == NULL)
		return PHOTO_SYSTEM;
	pthread_mutex_lock(&turn);
	pipe_signal(true, &old);
	r = ask_child(&talk);
	pipe_signal(false, &old);
	pthread_mutex_unlock(&turn);
	if (r == 0)
		r = read_answer(&talk, ret_pixels);
	free(talk.answer);
	return r;
}

/* Its own mark: a comment of random bytes behind the JFIF header, which the encoder writes first.
 */
static int keep_marked(const uint8_t *bytes, size_t len, struct photo *photo)
{
	static const uint8_t comment[] = {0xff, 0xfe, 0, 2 + PHOTO_MARK};

	if (len < PHOTO_MARK_AT || memcmp(bytes, "\xff\xd8\xff\xe0\x00\x10", 6) != 0)
		return PHOTO_SYSTEM;
	photo->len = len + sizeof(comment) + PHOTO_MARK;
	photo->bytes = malloc(photo->len);
	if (photo->bytes == NULL)
		return PHOTO_SYSTEM;
	memcpy(photo->bytes, bytes, PHOTO_MARK_AT);
	memcpy(photo->bytes + PHOTO_MARK_AT, comment, sizeof(comment));
	randombytes_buf(photo->bytes + PHOTO_MARK_AT + sizeof(comment), PHOTO_MARK);
	memcpy(photo->bytes + PHOTO_MARK_AT + sizeof(comment) + PHOTO_MARK, bytes + PHOTO_MARK_AT,
	    len - PHOTO_MARK_AT);
	return 0;
}

bool photo_shows(const struct photo *photo, const uint8_t *bytes, size_t len)
{
	const size_t from = PHOTO_MARK_AT + 4, to = from + PHOTO_MARK;

	return photo->len == len && len >= to && memcmp(photo->bytes, bytes, from) == 0 &&
	       memcmp(photo->bytes + to, bytes + to, len - to) == 0;
}

static int compress(
    tjhandle encoder, const struct photo_pixels *pixels, int quality, struct photo *photo)
{
	unsigned char *bytes = NULL;
	unsigned long len = 0;
	int r;

	if (tjCompress2(encoder, pixels->rgb, (int)pixels->width, 0, (int)pixels->height, TJPF_RGB,
		&bytes, &len, TJSAMP_420, quality, TJFLAG_ACCURATEDCT) != 0) {
		tjFree(bytes);
		return PHOTO_SYSTEM;
	}
	r = keep_marked(bytes, len, photo);
	tjFree(bytes);
	return r;
}

int photo_encode(const struct photo_pixels *pixels, struct photo *ret_photo)
{
	struct photo photo = {.width = pixels->width, .height = pixels->height};
	tjhandle encoder = tjInitCompress();
	int quality = QUALITY_FIRST;
	int r = encoder == NULL ? PHOTO_SYSTEM : compress(encoder, pixels, quality, &photo);

	/* What is mostly noise takes more room than a face: less of it is kept. */
	while (r == 0 && photo.len > PHOTO_BYTES_MAX && quality > QUALITY_LAST) {
		photo_free(&photo);
		photo = (struct photo){.width = pixels->width, .height = pixels->height};
		quality -= QUALITY_STEP;
		r = compress(encoder, pixels, quality, &photo);
	}
	if (encoder != NULL)
		tjDestroy(encoder);
	if (r == 0 && photo.len > PHOTO_BYTES_MAX)
		r = PHOTO_BOUNDS;
	if (r == 0) {
		crypto_hash_sha256(photo.hash, photo.bytes, photo.len);
		*ret_photo = photo;
	} else {
		photo_free(&photo);
	}
	return r;
}

int photo_make(const uint8_t *file, size_t len, struct photo *ret_photo)
{
	struct photo_pixels pixels = {0};
	int r = photo_decode(file, len, PHOTO_WHOLE, &pixels);

	if (r == 0)
		r = photo_encode(&pixels, ret_photo);
	free(pixels.rgb);
	return r;
}

int photo_portrait(const uint8_t *file, size_t len, struct photo *ret_photo)
{
	struct photo_pixels pixels = {0};
	int r = photo_decode(file, len, PHOTO_PORTRAIT, &pixels);

	if (r == 0)
		r = photo_encode(&pixels, ret_photo);
	free(pixels.rgb);
	return r;
}

void photo_free(struct photo *photo)
{
	if (photo->bytes != NULL)
		sodium_memzero(photo->bytes, photo->len);
	free(photo->bytes);
	photo->bytes = NULL;
}

const char *photo_strerror(int result)
{
	switch (result) {
	case PHOTO_TOO_LONG:
		return SAY("the file is over 5 MiB: save the picture smaller, and try again");
	case PHOTO_NOT_ONE:
		return SAY("the file is no JPEG and no PNG picture: save it as one of these");
	case PHOTO_TOO_LARGE:
		return SAY("the picture has more than 24 million pixels: save it smaller");
	case PHOTO_TOO_MANY:
		return SAY(
		    "the picture is stored in more layers than a photograph has: save it anew "
		    "as an ordinary JPEG");
	case PHOTO_TOO_SMALL:
		return SAY(
		    "the picture is under 32 pixels wide or high: nobody would be known by it");
	case PHOTO_BROKEN:
		return SAY("the picture is cut short or damaged: take it from its source again");
	case PHOTO_BOUNDS:
		return SAY(
		    "the picture takes more memory or time than a photograph does: save it anew");
	case PHOTO_NO_PERSON:
		return SAY("there is nobody with this e-mail address");
	case PHOTO_SYSTEM:
		return SAY(
		    "the picture can't be looked at now: there is no memory, or no process can "
		    "be started");
	default:
		return NULL;
	}
}
