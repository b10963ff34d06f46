#include "registrar/api/meter.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

static const char *const classes[] = {"public", "person", "staff", "api", "gate", "none"};
enum { PUBLIC, PERSON, STAFF, API, GATE, NONE, CLASSES };

/* What is told by its number; anything else is "other". */
static const unsigned statuses[] = {
    200, 201, 204, 303, 304, 400, 401, 403, 404, 405, 409, 413, 415, 421, 422, 429, 500, 503, 0};
enum { STATUSES = sizeof(statuses) / sizeof(*statuses) };

static const struct {
	int64_t us;
	const char *le;
} buckets[] = {{5000, "0.005"}, {10000, "0.01"}, {25000, "0.025"}, {50000, "0.05"}, {100000, "0.1"},
    {250000, "0.25"}, {500000, "0.5"}, {1000000, "1"}, {2500000, "2.5"}, {10000000, "10"}};
enum { BUCKETS = sizeof(buckets) / sizeof(*buckets) };

static atomic_uint_fast64_t answered_n[CLASSES][STATUSES];
static atomic_uint_fast64_t timed_n[CLASSES][BUCKETS + 1], timed_us[CLASSES];

static size_t class_of(const char *pattern, bool gate)
{
	static const struct {
		const char *begins;
		size_t class;
	} known[] = {{"/api/", API}, {"/metrics", API}, {"/staff", STAFF}, {"/my", PERSON},
	    {"/registrations", PERSON}};

	if (!pattern)
		return NONE;
	if (gate)
		return GATE;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strncmp(pattern, known[i].begins, strlen(known[i].begins)) == 0)
			return known[i].class;
	return PUBLIC;
}

const char *meter_class(const char *pattern, bool gate)
{
	return classes[class_of(pattern, gate)];
}

void meter_count(const struct http_answered *a, bool gate)
{
	size_t class = class_of(a->pattern, gate), status = 0, bucket = 0;

	while (status < STATUSES - 1 && statuses[status] != a->status)
		status++;
	atomic_fetch_add(&answered_n[class][status], 1);
	if (a->waits)
		return;
	while (bucket < BUCKETS && a->us > buckets[bucket].us)
		bucket++;
	atomic_fetch_add(&timed_n[class][bucket], 1);
	atomic_fetch_add(&timed_us[class], a->us > 0 ? (uint64_t)a->us : 0);
}

static void write_counts(struct buf *out)
{
	buf_puts(out, "# HELP pressgate_requests_total Requests answered, by class of route and "
		      "status.\n# TYPE pressgate_requests_total counter\n");
	for (size_t i = 0; i < CLASSES; i++)
		for (size_t k = 0; k < STATUSES; k++) {
			uint64_t n = atomic_load(&answered_n[i][k]);

			if (n && statuses[k])
				buf_printf(out,
				    "pressgate_requests_total{class=\"%s\",code=\"%u\"} %" PRIu64
				    "\n",
				    classes[i], statuses[k], n);
			else if (n)
				buf_printf(out,
				    "pressgate_requests_total{class=\"%s\",code=\"other\"} %" PRIu64
				    "\n",
				    classes[i], n);
		}
}

static void write_times(struct buf *out, size_t class)
{
	uint64_t sum = 0, us = atomic_load(&timed_us[class]);

	for (size_t k = 0; k <= BUCKETS; k++) {
		sum += atomic_load(&timed_n[class][k]);
		buf_printf(out,
		    "pressgate_request_seconds_bucket{class=\"%s\",le=\"%s\"} %" PRIu64 "\n",
		    classes[class], k < BUCKETS ? buckets[k].le : "+Inf", sum);
	}
	buf_printf(out, "pressgate_request_seconds_sum{class=\"%s\"} %" PRIu64 ".%06" PRIu64 "\n",
	    classes[class], us / 1000000, us % 1000000);
	buf_printf(out, "pressgate_request_seconds_count{class=\"%s\"} %" PRIu64 "\n",
	    classes[class], sum);
}

void meter_write(struct buf *out)
{
	write_counts(out);
	buf_puts(out, "# HELP pressgate_request_seconds Time from a request's last byte to its "
		      "answer, long polls left out.\n# TYPE pressgate_request_seconds histogram\n");
	for (size_t i = 0; i < CLASSES; i++)
		write_times(out, i);
}
