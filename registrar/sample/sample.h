/*
 * sample: an invented agency with outlets, reporters and three conferences, to try the system out.
 * The same each time but for ids, keys and the day.
 */
#ifndef REGISTRAR_SAMPLE_H
#define REGISTRAR_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "registrar/settings.h"

struct registrar;

struct sample_secrets {
	const char *password; /* of the communications officer `desk1` */
	bool must_change;
	const char *pin; /* of the supervisor `super1` */
};

/* The invented agency's settings over the defaults. */
void sample_settings(struct settings *settings);

/* Fills a new data folder. One conference is on at now, one is tomorrow, one is over. */
int sample_fill(struct registrar *registrar, const struct sample_secrets *secrets, int64_t now,
    struct refusal *why) __attribute__((warn_unused_result));

#endif
