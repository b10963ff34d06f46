#include "registrar/web/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/web/handlers.h"
#include "registrar/web/queue.html.h"
#include "registrar/zone.h"

enum { PAGE_ITEMS = 50 };

enum {
	ASK_SHOW,
	ASK_KIND,
	ASK_WHO,
	ASK_CLASS,
	ASK_FIND,
	ASK_LOCAL,
	ASK_OVERDUE,
	ASK_VOUCHED,
	ASK_AFTER,
	ASK_DONE
};
enum { SHOW_DESK, SHOW_HELD, SHOW_APPLICANT };
static const struct form_choice show_choices[] = {
    {"desk", "What waits for us", NULL},
    {"held", "What is held", NULL},
    {"applicant", "What waits for the applicant", NULL},
    {NULL, NULL, NULL},
};
static const struct form_choice kind_choices[] = {
    {"all", "All", NULL},
    {"application", "Applications", NULL},
    {"answer", "Answers", NULL},
    {"response", "Responses to a refusal", NULL},
    {"appeal", "Appeals", NULL},
    {"renewal", "Renewals", NULL},
    {"outlet", "Changes of outlet", NULL},
    {"message", "Messages", NULL},
    {"request", "Requests about own records", NULL},
    {NULL, NULL, NULL},
};
enum { WHO_ANY, WHO_ME, WHO_NOBODY };
static const struct form_choice who_choices[] = {
    {"any", "Anybody", NULL},
    {"me", "Me", NULL},
    {"nobody", "Nobody", NULL},
    {NULL, NULL, NULL},
};
static const struct form_choice class_choices[] = {
    {"all", "All", NULL},
    {"general", "General", NULL},
    {"reporter", "Reporter", NULL},
    {"photographer", "Photographer", NULL},
    {"camera", "Camera operator", NULL},
    {"sound", "Sound", NULL},
    {"producer", "Producer", NULL},
    {"freelance", "Freelance", NULL},
    {"student", "Student", NULL},
    {"documentary", "Documentary", NULL},
    {NULL, NULL, NULL},
};
static const struct form_choice done_choices[] = {
    {"approved", "Approved. The applicant has been written to.", NULL},
    {"refused", "Refused. The applicant has been written to.", NULL},
    {"proposed",
	"Proposed. Another reviewer confirms it or sends it back; until then nothing is "
	"decided and nobody is written to.",
	NULL},
    {"sent-back", "Sent back to who proposed it. Nothing was decided.", NULL},
    {"held", "Held. It comes back by itself on the day you chose.", NULL},
    {NULL, NULL, NULL},
};
const struct form_field queue_query[QUEUE_QUERY] = {
    [ASK_SHOW] = {.name = "show", .label = "show", .kind = FORM_CHOICE, .choices = show_choices},
    [ASK_KIND] = {.name = "kind", .label = "kind", .kind = FORM_CHOICE, .choices = kind_choices},
    [ASK_WHO] = {.name = "who", .label = "who has it", .kind = FORM_CHOICE, .choices = who_choices},
    [ASK_CLASS] = {.name = "class", .label = "role", .kind = FORM_CHOICE, .choices = class_choices},
    [ASK_FIND] = {.name = "find",
	.label = "name, outlet or reference",
	.kind = FORM_LINE,
	.max = 100},
    [ASK_LOCAL] = {.name = "local", .label = "local media only", .kind = FORM_CHECKBOX},
    [ASK_OVERDUE] = {.name = "overdue", .label = "overdue only", .kind = FORM_CHECKBOX},
    [ASK_VOUCHED] = {.name = "vouched",
	.label = "with a focal point’s word only",
	.kind = FORM_CHECKBOX},
    [ASK_AFTER] = {.name = "after", .label = "after", .kind = FORM_LINE, .max = 60},
    [ASK_DONE] = {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices},
};

/* ---- words ---- */

const char *view_queue_reason(const struct queue_item *item, int64_t now)
{
	static _Thread_local char words[300];
	struct view_when when = view_when(NULL, item->due);

	return queue_reason(
	    item, now, view_same_day(item->due, now) ? when.time : when.full, words, sizeof(words));
}

const char *view_queue_count(int64_t count)
{
	static _Thread_local char words[40];

	snprintf(words, sizeof(words),
	    count >= QUEUE_COUNT_MAX ? "%" PRId64 " or more" : "%" PRId64, count);
	return words;
}

const char *view_queue_url(const struct queue_item *item)
{
	static _Thread_local char url[80];

	snprintf(url, sizeof(url), "/staff/%s/%s%s",
	    item->kind == QUEUE_REQUEST ? "requests" : "applications", item->reference,
	    item->kind == QUEUE_MESSAGE ? "#correspondence" : "");
	return url;
}

const char *queue_label(const struct form_field *field)
{
	static _Thread_local char label[80];

	snprintf(label, sizeof(label), "%s", field->label);
	if (label[0] >= 'a' && label[0] <= 'z')
		label[0] = (char)(label[0] - 'a' + 'A');
	return label;
}

size_t queue_choices(const struct form_field *field)
{
	size_t n = 0;

	while (field->choices[n].value)
		n++;
	return n;
}

struct page_tag view_queue_tag(const struct queue_item *item)
{
	if (item->proposed)
		return (struct page_tag){"Waits for a second reviewer", PAGE_CHECK};
	if (item->kind != QUEUE_MESSAGE && strcmp(item->state, "pre-approved") == 0)
		return (struct page_tag){"Pre-approved", PAGE_GOOD};
	return (struct page_tag){
	    queue_kind_words(item->kind), item->kind == QUEUE_APPEAL ? PAGE_CHECK : PAGE_PLAIN};
}

/* ---- the filter ---- */

/* The index chosen, 0 where nothing was. */
static long long chosen(const struct form *query, size_t field)
{
	return form_given(query, field) ? form_number(query, field) : 0;
}

static bool read_place(const char *text, struct queue_place *ret)
{
	int later, remote, end = 0;
	int64_t due, id;

	if (sscanf(text, "%1d.%1d.%" SCNd64 ".%" SCNd64 "%n", &later, &remote, &due, &id, &end) !=
		4 ||
	    text[end])
		return false;
	*ret = (struct queue_place){
	    .after = true, .later = later == 1, .remote = remote == 1, .due = due, .id = id};
	return true;
}

static bool fill_filter(
    const struct form *query, const char *staff, int64_t now, struct queue_filter *ret)
{
	long long kind = chosen(query, ASK_KIND), class = chosen(query, ASK_CLASS);
	long long who = chosen(query, ASK_WHO), shows = chosen(query, ASK_SHOW);

	*ret = (struct queue_filter){.waits_for_applicant = shows == SHOW_APPLICANT,
	    .held = shows == SHOW_HELD,
	    .kind = kind ? kind_choices[kind].value : NULL,
	    .assignee = who == WHO_ME	    ? staff
			: who == WHO_NOBODY ? ""
					    : NULL,
	    .class = class ? (int)class - 1 : -1,
	    .local = form_checked(query, ASK_LOCAL),
	    .overdue = form_checked(query, ASK_OVERDUE),
	    .vouched = form_checked(query, ASK_VOUCHED),
	    .words = form_text(query, ASK_FIND),
	    .most = PAGE_ITEMS,
	    .now = now};
	return !form_given(query, ASK_AFTER) || read_place(form_text(query, ASK_AFTER), &ret->from);
}

static bool is_filtered(const struct form *query)
{
	for (size_t i = ASK_SHOW; i <= ASK_VOUCHED; i++)
		if (form_given(query, i) && (i >= ASK_FIND || form_number(query, i) != 0))
			return true;
	return false;
}

/* Percent-encodes what is not plain. */
static void encode(char *out, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text && n + 4 < size; text++) {
		unsigned char byte = (unsigned char)*text;

		if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
		    (byte >= '0' && byte <= '9') || byte == '-')
			out[n++] = (char)byte;
		else
			n += (size_t)snprintf(out + n, size - n, "%%%02X", byte);
	}
	out[n] = '\0';
}

/* The same filter, from the last item on. */
static const char *next_url(const struct form *query, const struct queue *queue)
{
	static const char *const names[] = {"local", "overdue", "vouched"};
	static _Thread_local char url[1800];
	struct queue_place place = queue_place_of(&queue->items[queue->n - 1]);
	char find[1300];
	int n;

	encode(find, sizeof(find), form_text(query, ASK_FIND));
	n = snprintf(url, sizeof(url),
	    "/staff?after=%d.%d.%" PRId64 ".%" PRId64 "&show=%s&kind=%s&who=%s&class=%s&find=%s",
	    place.later, place.remote, place.due, place.id,
	    show_choices[chosen(query, ASK_SHOW)].value,
	    kind_choices[chosen(query, ASK_KIND)].value, who_choices[chosen(query, ASK_WHO)].value,
	    class_choices[chosen(query, ASK_CLASS)].value, find);
	for (size_t i = 0; i < 3; i++)
		if (form_checked(query, ASK_LOCAL + i))
			n += snprintf(url + n, sizeof(url) - (size_t)n, "&%s=yes", names[i]);
	return url;
}

/* ---- the page ---- */

static int read_all(struct store_tx *tx, const struct queue_filter *filter, const char *staff,
    struct queue *queue, struct queue_counts *counts, struct view_queue *view)
{
	int result = queue_read(tx, filter, queue);

	if (result == 0)
		result = queue_counts(tx, staff, filter->now, counts);
	if (result == 0 && !view->filtered && view->begins)
		result = application_decided(tx, &view->decided);
	return result;
}

int queue_get(struct request *req, struct reply *rep)
{
	struct registrar *registrar = registrar_of(req);
	struct form *query = request_query(req);
	struct queue queue = {0};
	struct queue_counts counts;
	struct queue_filter filter;
	struct view_queue view = {.query = query,
	    .queue = &queue,
	    .counts = &counts,
	    .staff = session_of(req)->staff,
	    .now = registrar_now()};
	struct store_tx *tx = NULL;
	int result;

	if (!form_ok(query) || !fill_filter(query, view.staff, view.now, &filter))
		return 400;
	view.filtered = is_filtered(query);
	view.begins = !form_given(query, ASK_AFTER);
	result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = read_all(tx, &filter, view.staff, &queue, &counts, &view);
	store_read_end(tx);
	if (result == 0) {
		if (form_given(query, ASK_DONE))
			view.done = done_choices[form_number(query, ASK_DONE)].label;
		if (queue.more)
			view.next = next_url(query, &queue);
		site_page(req, rep, &view.page, "Review queue", "/staff", SITE_FORMS);
		view.page.wide = true;
		queue_page(reply_body(rep), &view);
	}
	application_list_free(&view.decided);
	queue_free(&queue);
	return site_result(result);
}
