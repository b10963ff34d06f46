/* What strangers may cause, and how often: see handlers.h. */
#include <stdio.h>

#include "registrar/press/person.h"
#include "registrar/web/handlers.h"

static const struct throttle_rule newsroom = {.free = 120, .first = 30, .most = 900, .forgive = 20};
static const struct throttle_rule newsrooms = {.free = 480, .first = 30, .most = 900, .forgive = 5};

int64_t site_may(struct request *req, char kind, int64_t now)
{
	struct throttle *throttle = site_of(req)->throttle;
	char network[64], wide[64], site[64];
	int64_t wait, more = 0;

	throttle_network(request_address(req), network);
	throttle_site(request_address(req), site);
	snprintf(wide, sizeof(wide), "/%.62s", site);
	wait = throttle_wait(throttle, &newsroom, kind, network, now);
	if (*site)
		more = throttle_wait(throttle, &newsrooms, kind, wide, now);
	if (wait > 0 || more > 0)
		return wait > more ? wait : more;
	throttle_count(throttle, kind, network, now);
	if (*site)
		throttle_count(throttle, kind, wide, now);
	return 0;
}

bool site_must_wait(struct request *req, char kind, struct form *form, size_t field, int64_t now)
{
	int64_t seconds = site_may(req, kind, now);
	char wait[160];

	if (seconds == 0)
		return false;
	site_say_wait(req, seconds, wait, sizeof(wait));
	form_refuse(form, field, wait);
	return true;
}

bool site_may_mail(struct request *req, char kind, const char *email, int64_t now)
{
	static const struct throttle_rule from_one = {.free = 3, .first = 300, .most = 3600};
	static const struct throttle_rule from_all = {.free = 12, .first = 60, .most = 900};
	struct throttle *throttle = site_of(req)->throttle;
	char network[64], both[PERSON_EMAIL_MAX + 80];

	throttle_network(request_address(req), network);
	snprintf(both, sizeof(both), "%c %s %s", kind, network, email);
	if (throttle_wait(throttle, &from_one, 'o', both, now) > 0 ||
	    throttle_wait(throttle, &from_all, kind, email, now) > 0)
		return false;
	throttle_count(throttle, 'o', both, now);
	throttle_count(throttle, kind, email, now);
	return true;
}

int site_mail(
    struct request *req, char kind, const char *email, int64_t now, store_body *body, void *context)
{
	struct registrar *registrar = registrar_of(req);
	int result;

	if (!site_may_mail(req, kind, email, now))
		return 0;
	result = store_write(registrar->store, body, context);
	registrar_mail_waits(registrar);
	return result;
}
