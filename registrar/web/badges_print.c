/* What pages of badges share: the size, the file on its way to the printer, the picture. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "registrar/web/badges.h"
#include "registrar/web/handlers.h"

const struct form_choice badges_sizes[BADGES_SIZES + 1] = {
    {"design", "As the design says", NULL},
    {"cr80", "Card (CR80, 85.6 × 54 mm)", NULL},
    {"a6", "A6 (105 × 148 mm)", NULL},
    {"letter-8up", "Eight cards on a letter sheet", NULL},
    {NULL, NULL, NULL},
};

struct spool {
	int fd;
	uint64_t len;
};

static bool spool_write(void *context, const uint8_t *bytes, size_t len)
{
	struct spool *spool = context;

	while (len > 0) {
		ssize_t n = write(spool->fd, bytes, len);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
		spool->len += (uint64_t)n;
	}
	return true;
}

/* In the data folder, without a name: it is gone with the last who has it open. */
static int spool_open(const struct registrar *registrar)
{
	char *path = registrar_path(registrar, "badges-XXXXXX");
	int fd = path ? mkstemp(path) : -1;

	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static bool sink_body(void *context, const uint8_t *bytes, size_t len)
{
	buf_add(context, (const char *)bytes, len);
	return !buf_error(context);
}

int badges_size(const struct form *form, size_t field)
{
	return form_given(form, field) ? (int)form_number(form, field) - 1 : -1;
}

int badges_reply(struct request *req, struct reply *rep, const struct badge_wish *wish,
    const char *name, struct refusal *why)
{
	struct spool spool = {spool_open(registrar_of(req)), 0};
	unsigned badges = 0;
	char file[160];
	int result;

	if (spool.fd < 0)
		return MODEL_SYSTEM;
	result = badge_print(
	    registrar_of(req), wish, spool_write, &spool, registrar_now(), &badges, why);
	if (result != 0) {
		close(spool.fd);
		return result;
	}
	snprintf(file, sizeof(file), "badges-%.100s.pdf", name);
	reply_type(rep, "application/pdf");
	reply_download(rep, file);
	reply_file(rep, spool.fd, spool.len);
	return 0;
}

int badges_picture(struct request *req, struct reply *rep, const char *reference)
{
	struct refusal why = {0};
	int result = badge_picture(registrar_of(req), request_segment(req, "slug"), reference, -1,
	    sink_body, reply_body(rep), &why);

	if (result == 0)
		reply_type(rep, "image/png");
	else
		buf_reset(reply_body(rep));
	return result == MODEL_REFUSED ? 404 : site_result(result);
}
