#include "registrar/staff/throttle.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 8,192 entries of 32 bytes; a key may stand in any of the WAYS places of its set. */
enum { SETS = 1024, WAYS = 8 };

struct entry {
	uint64_t key;  /* 0: empty */
	int64_t last;  /* seconds */
	int64_t eased; /* tries are forgiven up to then */
	uint32_t tries;
};

struct throttle {
	pthread_mutex_t mutex;
	unsigned char secret[crypto_shorthash_KEYBYTES];
	struct entry entries[SETS][WAYS];
};

struct throttle *throttle_new(void)
{
	struct throttle *throttle = calloc(1, sizeof(*throttle));

	if (!throttle)
		return NULL;
	pthread_mutex_init(&throttle->mutex, NULL);
	crypto_shorthash_keygen(throttle->secret);
	return throttle;
}

void throttle_free(struct throttle *throttle)
{
	if (!throttle)
		return;
	pthread_mutex_destroy(&throttle->mutex);
	free(throttle);
}

static uint64_t key_of(const struct throttle *throttle, char kind, const char *key)
{
	unsigned char hash[crypto_shorthash_BYTES];
	char text[512];
	uint64_t number;
	int len = snprintf(text, sizeof(text), "%c%s", kind, key);

	if (len < 0 || (size_t)len >= sizeof(text))
		len = (int)sizeof(text) - 1;
	crypto_shorthash(
	    hash, (const unsigned char *)text, (unsigned long long)len, throttle->secret);
	memcpy(&number, hash, sizeof(number));
	return number ? number : 1;
}

/* The entry of a key, or NULL. Called with the mutex held. */
static struct entry *find(struct throttle *throttle, uint64_t key, int64_t now)
{
	struct entry *set = throttle->entries[key % SETS];

	for (int i = 0; i < WAYS; i++)
		if (set[i].key == key)
			return now - set[i].last < THROTTLE_FORGET ? &set[i] : NULL;
	return NULL;
}

/* The place for a new key: its old one, an empty one, or the one that was quiet the longest. */
static struct entry *place(struct throttle *throttle, uint64_t key)
{
	struct entry *set = throttle->entries[key % SETS], *best = &set[0];

	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == key || set[i].key == 0)
			return &set[i];
		if (set[i].last < best->last)
			best = &set[i];
	}
	return best;
}

static int64_t penalty(const struct throttle_rule *rule, uint32_t tries)
{
	int64_t seconds = rule->first;

	if (tries < rule->free)
		return 0;
	for (uint32_t over = tries - rule->free; over > 0 && seconds < rule->most; over--)
		seconds *= 2;
	return seconds < rule->most ? seconds : rule->most;
}

static void ease(struct entry *entry, const struct throttle_rule *rule, int64_t now)
{
	int64_t over = rule->forgive ? (now - entry->eased) / rule->forgive : 0;

	if (over <= 0)
		return;
	entry->eased += over * rule->forgive;
	entry->tries -= over < entry->tries ? (uint32_t)over : entry->tries;
}

int64_t throttle_wait(struct throttle *throttle, const struct throttle_rule *rule, char kind,
    const char *key, int64_t now)
{
	uint64_t number = key_of(throttle, kind, key);
	struct entry *entry;
	int64_t wait = 0;

	pthread_mutex_lock(&throttle->mutex);
	entry = find(throttle, number, now);
	if (entry)
		ease(entry, rule, now);
	if (entry)
		wait = entry->last + penalty(rule, entry->tries) - now;
	pthread_mutex_unlock(&throttle->mutex);
	return wait > 0 ? wait : 0;
}

void throttle_count(struct throttle *throttle, char kind, const char *key, int64_t now)
{
	uint64_t number = key_of(throttle, kind, key);
	struct entry *entry;

	pthread_mutex_lock(&throttle->mutex);
	entry = find(throttle, number, now);
	if (!entry) {
		entry = place(throttle, number);
		*entry = (struct entry){.key = number, .eased = now};
	}
	entry->tries += entry->tries < 1000;
	entry->last = now;
	pthread_mutex_unlock(&throttle->mutex);
}

void throttle_clear(struct throttle *throttle, char kind, const char *key)
{
	uint64_t number = key_of(throttle, kind, key);
	struct entry *set = throttle->entries[number % SETS];

	pthread_mutex_lock(&throttle->mutex);
	for (int i = 0; i < WAYS; i++)
		if (set[i].key == number)
			set[i] = (struct entry){0};
	pthread_mutex_unlock(&throttle->mutex);
}

/* An IPv6 address up to the colon of that number; another whole. */
static void cut(const char *address, int colons, char ret[64])
{
	size_t i;

	snprintf(ret, 64, "%s", address);
	/* "::" may stand for several groups; a shorter key then only joins more addresses. */
	for (i = 0; ret[i]; i++)
		if (ret[i] == ':' && --colons == 0)
			break;
	ret[i] = 0;
}

void throttle_network(const char *address, char ret_network[64])
{
	cut(address, 4, ret_network);
}

void throttle_site(const char *address, char ret_site[64])
{
	/* An IPv4 address in an IPv6 one is nobody's /48. */
	if (strchr(address, ':') && !strchr(address, '.'))
		cut(address, 3, ret_site);
	else
		ret_site[0] = '\0';
}
