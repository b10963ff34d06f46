#include <sodium.h>
#include <stddef.h>
#include <string.h>

#include "gate/desk/desk.h"

/* What a session was is gone, but for its mutex. The desk's lock is held. */
static void clear(struct desk_session *session)
{
	const size_t kept = offsetof(struct desk_session, used);

	sodium_memzero((char *)session + kept, sizeof(*session) - kept);
}

static void free_if_unused(struct desk_session *session)
{
	if (session->ended && session->users == 0)
		clear(session);
}

/* A clock read before the lock was waited for may be older than what stands behind it. */
static uint64_t since(uint64_t then, uint64_t now)
{
	return now > then ? now - then : 0;
}

static bool is_over(const struct desk *desk, const struct desk_session *session, uint64_t now)
{
	return since(session->began_ms, now) > desk->options.shift_ms;
}

static bool is_idle(const struct desk *desk, const struct desk_session *session, uint64_t now)
{
	return since(session->last_ms, now) > desk->options.lock_ms;
}

struct desk_session *session_new(struct desk *desk, const uint8_t hash[static TOKEN_BYTES],
    int64_t pairing, const struct shift *shift, const struct door *door)
{
	struct desk_session *session = NULL;

	pthread_mutex_lock(&desk->lock);
	for (size_t i = 0; i < DESK_SESSIONS_MAX && session == NULL; i++)
		if (!desk->sessions[i].used)
			session = &desk->sessions[i];
	if (session != NULL) {
		session->used = true;
		session->users = 1;
		memcpy(session->hash, hash, TOKEN_BYTES);
		session->pairing = pairing;
		session->began_ms = session->last_ms = desk_now_ms();
		session->shift = *shift;
		memcpy(session->officer, shift->officer, sizeof(session->officer));
		session->role = shift->role;
		session->door = *door;
	}
	pthread_mutex_unlock(&desk->lock);
	return session;
}

struct desk_session *session_hold(struct desk *desk, const uint8_t hash[static TOKEN_BYTES])
{
	struct desk_session *found = NULL;
	uint64_t now = desk_now_ms();

	pthread_mutex_lock(&desk->lock);
	for (size_t i = 0; i < DESK_SESSIONS_MAX && found == NULL; i++) {
		struct desk_session *session = &desk->sessions[i];

		if (session->used && !session->ended && !is_over(desk, session, now) &&
		    token_same(session->hash, hash))
			found = session;
	}
	if (found != NULL)
		found->users++;
	pthread_mutex_unlock(&desk->lock);
	return found;
}

void session_let_go(struct desk *desk, struct desk_session *session)
{
	pthread_mutex_lock(&desk->lock);
	session->users--;
	free_if_unused(session);
	pthread_mutex_unlock(&desk->lock);
}

uint32_t session_roles(struct desk *desk, const struct desk_session *session)
{
	uint64_t now = desk_now_ms();
	bool locked;

	pthread_mutex_lock(&desk->lock);
	locked = session->locked || is_idle(desk, session, now);
	pthread_mutex_unlock(&desk->lock);
	return locked ? DESK_LOCKED : DESK_OFFICER;
}

void session_touch(struct desk *desk, struct desk_session *session)
{
	uint64_t now = desk_now_ms();

	pthread_mutex_lock(&desk->lock);
	if (!is_idle(desk, session, now))
		session->last_ms = now;
	pthread_mutex_unlock(&desk->lock);
}

void session_lock(struct desk *desk, struct desk_session *session, enum desk_lock_why why)
{
	pthread_mutex_lock(&desk->lock);
	session->locked = true;
	session->why = why;
	pthread_mutex_unlock(&desk->lock);
	door_forget(&session->look);
	session->number = 0;
	shift_end(&session->shift);
	gong_ring(&desk->gate->gong);
}

void session_unlock(struct desk *desk, struct desk_session *session, const struct shift *shift)
{
	shift_end(&session->shift);
	session->shift = *shift;
	session->role = shift->role;
	pthread_mutex_lock(&desk->lock);
	session->locked = false;
	session->last_ms = desk_now_ms();
	pthread_mutex_unlock(&desk->lock);
}

int session_act(struct desk *desk, struct desk_session *session)
{
	pthread_mutex_lock(&session->acting);
	if (desk->options.test.no_enter)
		return 0;
	if (!session->ended && !session->locked && !shift_stands(&session->shift))
		session_lock(desk, session, DESK_CHANGED);
	if (!session->ended && !session->locked)
		return 0;
	pthread_mutex_unlock(&session->acting);
	return 403;
}

void session_end(struct desk *desk, struct desk_session *session)
{
	door_forget(&session->look);
	shift_end(&session->shift);
	pthread_mutex_lock(&desk->lock);
	session->ended = true;
	/* Nobody pairs a device any more by the word of somebody who is gone. */
	for (size_t i = 0; i < DESK_LINKS_MAX && !desk->options.test.links_stay; i++)
		if (token_same(desk->links[i].session, session->hash))
			sodium_memzero(&desk->links[i], sizeof(desk->links[i]));
	pthread_mutex_unlock(&desk->lock);
	gong_ring(&desk->gate->gong);
}

/* ---- many at once ---- */

enum due { DUE_NOT, DUE_LOCK, DUE_END };

/* Holds the next session from *at on for which something is due. */
static struct desk_session *hold_due(
    struct desk *desk, size_t *at, int64_t pairing, enum due *ret_due)
{
	struct desk_session *found = NULL;
	uint64_t now = desk_now_ms();

	pthread_mutex_lock(&desk->lock);
	while (*at < DESK_SESSIONS_MAX && found == NULL) {
		struct desk_session *session = &desk->sessions[(*at)++];

		if (!session->used || session->ended)
			continue;
		*ret_due = DUE_NOT;
		if (pairing != 0)
			*ret_due = session->pairing == pairing ? DUE_END : DUE_NOT;
		else if (is_over(desk, session, now))
			*ret_due = DUE_END;
		else if (!session->locked && is_idle(desk, session, now))
			*ret_due = DUE_LOCK;
		if (*ret_due != DUE_NOT)
			found = session;
	}
	if (found != NULL)
		found->users++;
	pthread_mutex_unlock(&desk->lock);
	return found;
}

static void settle(struct desk *desk, int64_t pairing)
{
	struct desk_session *session;
	enum due due = DUE_NOT;
	size_t at = 0;

	while ((session = hold_due(desk, &at, pairing, &due)) != NULL) {
		pthread_mutex_lock(&session->acting);
		if (due == DUE_END)
			session_end(desk, session);
		else
			session_lock(desk, session, DESK_IDLE);
		pthread_mutex_unlock(&session->acting);
		session_let_go(desk, session);
	}
}

static bool hold_open(struct desk *desk, struct desk_session *session)
{
	bool held;

	pthread_mutex_lock(&desk->lock);
	held = session->used && !session->ended && !session->locked;
	if (held)
		session->users++;
	pthread_mutex_unlock(&desk->lock);
	return held;
}

static void check_officers(struct desk *desk)
{
	for (size_t i = 0; i < DESK_SESSIONS_MAX; i++) {
		struct desk_session *session = &desk->sessions[i];

		if (!hold_open(desk, session))
			continue;
		if (session_act(desk, session) == 0)
			pthread_mutex_unlock(&session->acting);
		session_let_go(desk, session);
	}
}

void session_sweep(struct desk *desk)
{
	settle(desk, 0);
	check_officers(desk);
}

void session_end_of(struct desk *desk, int64_t pairing)
{
	settle(desk, pairing);
}

bool session_of_pairing(struct desk *desk, int64_t pairing)
{
	bool found = false;

	pthread_mutex_lock(&desk->lock);
	for (size_t i = 0; i < DESK_SESSIONS_MAX; i++)
		found |= desk->sessions[i].used && !desk->sessions[i].ended &&
			 desk->sessions[i].pairing == pairing;
	pthread_mutex_unlock(&desk->lock);
	return found;
}
