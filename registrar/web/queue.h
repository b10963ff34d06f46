/*
 * queue: the page of everything that waits for the desk. Its filters stand in the address.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_QUEUE_H
#define PRESSGATE_REGISTRAR_WEB_QUEUE_H

#include "registrar/press/queue.h"
#include "registrar/web/views.h"

struct request;
struct reply;

enum { QUEUE_QUERY = 10 };
extern const struct form_field queue_query[QUEUE_QUERY];

struct view_queue {
	struct page page;
	const struct form *query;
	const struct queue *queue;
	const struct queue_counts *counts;
	struct application_list decided;
	const char *staff; /* who looks */
	const char *done;  /* what was just done, or NULL */
	const char *next;  /* where the list goes on, or NULL */
	int64_t now;
	bool filtered, begins; /* something is asked for; from the beginning */
};

/* The reason of an item's place, and a count as far as it goes ("12", "1,000 or more"); each valid
 * until the thread's next call. */
const char *view_queue_reason(const struct queue_item *item, int64_t now);
const char *view_queue_count(int64_t count);
/* Where an item is worked on. */
const char *view_queue_url(const struct queue_item *item);
/* A filter's label, as it begins a line, and how many choices it has. */
const char *queue_label(const struct form_field *field);
size_t queue_choices(const struct form_field *field);
struct page_tag view_queue_tag(const struct queue_item *item);

int queue_get(struct request *req, struct reply *rep);

#endif
