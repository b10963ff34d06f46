#include "registrar/web/conference_form.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "badges/class.h"
#include "registrar/zone.h"

static const struct form_choice which[] = {
    {"first", "The first time, before clocks go back", NULL},
    {"second", "The second time, after clocks went back", NULL},
    {NULL, NULL, NULL},
};
static const struct form_choice id_checks[] = {
    [CONFERENCE_ID_ON_REQUEST] = {"request", "On request", "Officers ask where they see reason"},
    [CONFERENCE_ID_ALWAYS] = {"always", "Always", "Everyone is asked; it is on the pass"},
    [CONFERENCE_ID_SHARE] = {"share", "A share, by chance", "Of each hundred, as many as below"},
    {NULL, NULL, NULL},
};
static const struct form_choice classes[] = {
    [CLASS_GENERAL] = {"general", "General", NULL},
    [CLASS_REPORTER] = {"reporter", "Reporters", NULL},
    [CLASS_PHOTOGRAPHER] = {"photographer", "Photographers", NULL},
    [CLASS_CAMERA] = {"camera", "Camera operators", NULL},
    [CLASS_SOUND] = {"sound", "Sound operators", NULL},
    [CLASS_PRODUCER] = {"producer", "Producers", NULL},
    [CLASS_FREELANCE] = {"freelance", "Freelances", NULL},
    [CLASS_STUDENT] = {"student", "Students", NULL},
    [CLASS_DOCUMENTARY] = {"documentary", "Documentary crews", NULL},
    {NULL, NULL, NULL},
};

/* clang-format off */
#define TWICE(word) \
	{.name = word "-which", .label = "which of the two", .hint = "This time comes twice that night", \
	    .kind = FORM_CHOICE, .choices = which}
#define MINUTES(word, text, words, needed) \
	{.name = word, .label = text, .hint = words, .kind = FORM_INTEGER, .high = 44640, \
	    .required = needed, .missing = "Enter a number of minutes"}

#define ALL(dated, kept) \
	[CONFERENCE_NAME] = {.name = "name", .label = "name of the template", .kind = FORM_LINE, \
	    .max = 100, .required = kept}, \
	[CONFERENCE_TITLE] = {.name = "title", .label = "title", .kind = FORM_LINE, .max = 200, \
	    .required = dated, .hint = "The public reads it, and the address is made of it"}, \
	[CONFERENCE_SUMMARY] = {.name = "summary", .label = "summary", .kind = FORM_TEXT, \
	    .hint = "What people should know: who speaks, what is shown, whether questions are taken"}, \
	[CONFERENCE_PLACE] = {.name = "place", .label = "place", .kind = FORM_LINE, .max = 200, \
	    .required = true}, \
	[CONFERENCE_STARTS] = {.name = "starts", .label = "start", .kind = FORM_DATETIME, \
	    .required = dated, .hint = "Local time", .missing = "Enter when it starts"}, \
	[CONFERENCE_STARTS_WHICH] = TWICE("starts"), \
	[CONFERENCE_DOORS] = {.name = "doors", .label = "doors open", .kind = FORM_DATETIME, \
	    .hint = "Left empty: an hour before the start, or as the template has it"}, \
	[CONFERENCE_DOORS_WHICH] = TWICE("doors"), \
	[CONFERENCE_ENDS] = {.name = "ends", .label = "end", .kind = FORM_DATETIME, \
	    .hint = "Left empty: two hours after the start, or as the template has it"}, \
	[CONFERENCE_ENDS_WHICH] = TWICE("ends"), \
	[CONFERENCE_BEFORE] = MINUTES("before", "doors open before the start", "In minutes", kept), \
	[CONFERENCE_LASTS] = MINUTES("lasts", "how long it lasts", "In minutes", kept), \
	[CONFERENCE_CAPACITY] = {.name = "capacity", .label = "places", .kind = FORM_INTEGER, \
	    .high = 1000000, .hint = "0 or empty: no limit"}, \
	[CONFERENCE_PER_OUTLET] = {.name = "per-outlet", .label = "places an outlet may have", \
	    .kind = FORM_INTEGER, .high = 10000, .hint = "0 or empty: no limit"}, \
	[CONFERENCE_CLASSES] = {.name = "classes", .label = "who is admitted", .kind = FORM_SET, \
	    .choices = classes, .required = true, .missing = "Choose at least one"}, \
	[CONFERENCE_PREREGISTRATION] = {.name = "preregistration", \
	    .label = "people must register before", .kind = FORM_CHECKBOX}, \
	[CONFERENCE_EMERGING] = {.name = "emerging", \
	    .label = "an emerging matter: local outlets come first", .kind = FORM_CHECKBOX}, \
	[CONFERENCE_STREAM] = {.name = "stream", .label = "live stream", .kind = FORM_LINE, \
	    .max = 500, .hint = "An address that begins with https://"}, \
	[CONFERENCE_ID_CHECK] = {.name = "id-check", .label = "identification", .kind = FORM_CHOICE, \
	    .choices = id_checks, .required = true, .missing = "Choose when it is asked for"}, \
	[CONFERENCE_SHARE] = {.name = "id-share", .label = "share that is asked", \
	    .kind = FORM_INTEGER, .high = 100, .hint = "Percent, where a share is chosen above"}, \
	[CONFERENCE_REENTRY] = {.name = "re-entry", .label = "holders may leave and come back", \
	    .kind = FORM_CHECKBOX}, \
	[CONFERENCE_AT_ONCE] = {.name = "admit-at-once", \
	    .label = "a good scan admits without a second step", .kind = FORM_CHECKBOX}, \
	[CONFERENCE_NAMES] = {.name = "names-on-pass", \
	    .label = "name and outlet travel on the pass itself", .kind = FORM_CHECKBOX}, \
	[CONFERENCE_AMBER] = MINUTES("amber", "lists at a door turn amber after", \
	    "Minutes without news from here", true), \
	[CONFERENCE_RED] = MINUTES("red", "and red after", "Minutes; more than amber", true), \
	[CONFERENCE_SLUG] = {.name = "slug", .label = "word in its address", .kind = FORM_SLUG, \
	    .hint = "Left empty it is made of the title. It stays as it is from then on"}, \
	PUBLICATION_FORM
/* clang-format on */

const struct form_field conference_fields[CONFERENCE_FIELDS] = {ALL(true, false)};
const struct form_field template_fields[CONFERENCE_FIELDS] = {ALL(false, true)};

static void fill_number(struct form *form, size_t field, int64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)number);
	form_fill(form, field, text);
}

static void fill_check(struct form *form, size_t field, bool checked)
{
	form_fill(form, field, checked ? "yes" : "");
}

/* A moment as a browser's field has it, and, where clocks show it twice, which it is. */
static void fill_time(struct form *form, size_t field, int64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm local;
	char text[32];
	int64_t first = 0;

	if (!localtime_r(&at, &local))
		return;
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M", &local);
	form_fill(form, field, text);
	if (zone_is_twice(seconds) &&
	    zone_seconds(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour,
		local.tm_min, ZONE_FIRST, &first) == 0)
		form_fill(form, field + 1, which[first != seconds - seconds % 60].value);
}

static void fill_classes(struct form *form, uint32_t mask)
{
	char text[200] = "";
	size_t len = 0;

	for (unsigned i = 0; i < CLASS_NAMED; i++)
		if (mask >> i & 1)
			len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
			    len ? "\n" : "", classes[i].value);
	form_fill(form, CONFERENCE_CLASSES, text);
}

void conference_form_fill(struct form *form, const struct conference *c, bool dated)
{
	form_fill(form, CONFERENCE_TITLE, c->title);
	form_fill(form, CONFERENCE_SUMMARY, c->summary);
	form_fill(form, CONFERENCE_PLACE, c->place);
	form_fill(form, CONFERENCE_STREAM, c->stream);
	if (dated) {
		fill_time(form, CONFERENCE_DOORS, c->doors);
		fill_time(form, CONFERENCE_STARTS, c->starts);
		fill_time(form, CONFERENCE_ENDS, c->ends);
	}
	fill_number(form, CONFERENCE_BEFORE, (c->starts - c->doors) / 60);
	fill_number(form, CONFERENCE_LASTS, (c->ends - c->starts) / 60);
	fill_number(form, CONFERENCE_CAPACITY, c->capacity);
	fill_number(form, CONFERENCE_PER_OUTLET, c->per_outlet);
	fill_classes(form, c->classes);
	fill_check(form, CONFERENCE_PREREGISTRATION, c->preregistration);
	fill_check(form, CONFERENCE_EMERGING, c->emerging);
	form_fill(form, CONFERENCE_ID_CHECK, id_checks[c->id_check].value);
	fill_number(form, CONFERENCE_SHARE, c->id_share);
	fill_check(form, CONFERENCE_REENTRY, c->reentry);
	fill_check(form, CONFERENCE_AT_ONCE, c->admit_at_once);
	fill_check(form, CONFERENCE_NAMES, c->names_on_pass);
	fill_number(form, CONFERENCE_AMBER, c->amber / 60);
	fill_number(form, CONFERENCE_RED, c->red / 60);
}

/* The field after it says which of two times is meant. */
static void read_time(struct form *form, size_t field, int64_t otherwise, int64_t *ret)
{
	struct form_time t = form_when(form, field);
	enum zone_which wanted = ZONE_ONLY;

	*ret = otherwise;
	if (!form_given(form, field) || form_message(form, field))
		return;
	if (form_given(form, field + 1) && !form_message(form, field + 1))
		wanted = form_number(form, field + 1) ? ZONE_SECOND : ZONE_FIRST;
	switch (zone_seconds(t.year, t.month, t.day, t.hour, t.minute, wanted, ret)) {
	case 0:
		return;
	case ZONE_GAP:
		form_refuse(form, field,
		    "This time does not exist: clocks jump over it when they go forward that "
		    "night. Choose an hour later or earlier");
		return;
	case ZONE_FOLD:
		form_refuse(form, field + 1,
		    "This time comes twice that night, when clocks go back. Choose which");
		return;
	default:
		form_refuse(form, field, "This is no day of the calendar. Check the date");
	}
}

static void read_times(struct form *form, struct conference *to)
{
	int64_t before =
	    form_given(form, CONFERENCE_BEFORE) ? form_number(form, CONFERENCE_BEFORE) * 60 : 3600;
	int64_t lasts =
	    form_given(form, CONFERENCE_LASTS) ? form_number(form, CONFERENCE_LASTS) * 60 : 7200;

	read_time(form, CONFERENCE_STARTS, 0, &to->starts);
	read_time(form, CONFERENCE_DOORS, to->starts - before, &to->doors);
	read_time(form, CONFERENCE_ENDS, to->starts + lasts, &to->ends);
}

/* All that have a name are all there are, those to come too. */
static uint32_t read_classes(const struct form *form)
{
	uint32_t mask = (uint32_t)form_number(form, CONFERENCE_CLASSES);

	return mask == (1u << CLASS_NAMED) - 1 ? CONFERENCE_CLASSES_ALL : mask;
}

bool conference_form_read(struct form *form, bool dated, struct conference *to)
{
	to->title = form_text(form, CONFERENCE_TITLE);
	to->summary = form_text(form, CONFERENCE_SUMMARY);
	to->place = form_text(form, CONFERENCE_PLACE);
	to->stream = form_text(form, CONFERENCE_STREAM);
	to->slug = form_text(form, CONFERENCE_SLUG);
	to->starts = 0;
	to->doors = -form_number(form, CONFERENCE_BEFORE) * 60;
	to->ends = form_number(form, CONFERENCE_LASTS) * 60;
	if (dated)
		read_times(form, to);
	to->capacity = form_number(form, CONFERENCE_CAPACITY);
	to->per_outlet = form_number(form, CONFERENCE_PER_OUTLET);
	to->classes = read_classes(form);
	to->preregistration = form_checked(form, CONFERENCE_PREREGISTRATION);
	to->emerging = form_checked(form, CONFERENCE_EMERGING);
	to->id_check = (enum conference_id_check)form_number(form, CONFERENCE_ID_CHECK);
	to->id_share = (int)form_number(form, CONFERENCE_SHARE);
	to->reentry = form_checked(form, CONFERENCE_REENTRY);
	to->admit_at_once = form_checked(form, CONFERENCE_AT_ONCE);
	to->names_on_pass = form_checked(form, CONFERENCE_NAMES);
	to->amber = form_number(form, CONFERENCE_AMBER) * 60;
	to->red = form_number(form, CONFERENCE_RED) * 60;
	return form_ok(form);
}

bool conference_form_refuse(struct form *form, const struct refusal *why)
{
	for (size_t i = 0; i < publication_seen(form); i++)
		if (strcmp(form_field(form, i)->name, why->field) == 0) {
			form_refuse(form, i, why->words);
			return true;
		}
	return false;
}
