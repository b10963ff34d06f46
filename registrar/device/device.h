/*
 * device: the listener for gates, as `registrar serve` needs it: its route table, and what the HTTP
 * server asks of it. The context of that server's options is a struct device.
 */
#ifndef REGISTRAR_DEVICE_DEVICE_H
#define REGISTRAR_DEVICE_DEVICE_H

#include <stddef.h>

#include "registrar/registrar.h"
#include "web/http.h"
#include "web/route.h"

extern const struct route registrar_device_routes[];
extern const size_t registrar_n_device_routes;

/* Refusals as JSON; serve copies it and sets `log`. */
extern const struct http_program device_program;

/* What the handlers share: the registrar, the bundles' cache, the guard of enrolment codes. */
struct device;

/* registrar must outlive it. Returns 0, or MODEL_SYSTEM. */
int device_open(struct registrar *registrar, struct device **ret_device)
    __attribute__((warn_unused_result));
void device_close(struct device *device); /* NULL is quiet */

#endif
