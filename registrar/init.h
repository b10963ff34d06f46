/*
 * init: makes a data folder. Everything is made in a folder beside it and moved into place at the
 * end, so that a failure leaves nothing half-made.
 */
#ifndef REGISTRAR_INIT_H
#define REGISTRAR_INIT_H

#include <stdbool.h>

#include "registrar/refusal.h"
#include "registrar/settings.h"

struct init_wish {
	struct settings settings;
	const char *password; /* of the administrator `admin`; must_change: a one-time one */
	bool must_change;
	const char *pin; /* of the officer `officer1` and, in a sample, the supervisor `super1` */
	bool sample;
};

/* dir must not exist or be empty, and stand in a folder that exists. */
int init_folder(const char *dir, const struct init_wish *wish, struct refusal *why)
    __attribute__((warn_unused_result));

#endif
