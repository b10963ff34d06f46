#include "registrar/api/body.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "badges/class.h"
#include "registrar/api/answer.h"

static const char shape[] = "dddd-dd-ddTdd:dd:dd";

static bool has_shape(const char *text, const char *wanted, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (wanted[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != wanted[i])
			return false;
	return true;
}

/* "Z" or "+hh:mm", as seconds ahead of UTC. */
static int read_offset(const char *text, int *ret)
{
	int hours = 0, minutes = 0;

	if (strcmp(text, "Z") == 0)
		return *ret = 0;
	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 ||
	    !has_shape(text + 1, "dd:dd", 5) ||
	    sscanf(text + 1, "%2d:%2d", &hours, &minutes) != 2 || hours > 23 || minutes > 59)
		return -1;
	*ret = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
	return 0;
}

int body_time(const char *text, int64_t *ret_seconds)
{
	size_t len = sizeof(shape) - 1;
	struct tm when = {0}, again;
	int offset;
	time_t seconds;

	if (strlen(text) <= len || !has_shape(text, shape, len) ||
	    sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &when.tm_year, &when.tm_mon, &when.tm_mday,
		&when.tm_hour, &when.tm_min, &when.tm_sec) != 6 ||
	    read_offset(text + len, &offset))
		return -1;
	when.tm_year -= 1900;
	when.tm_mon -= 1;
	again = when;
	seconds = timegm(&again);
	/* timegm() turns 30 February into March. */
	if (again.tm_mday != when.tm_mday || again.tm_mon != when.tm_mon ||
	    again.tm_hour != when.tm_hour || again.tm_min != when.tm_min)
		return -1;
	*ret_seconds = (int64_t)seconds - offset;
	return 0;
}

static const char *put_classes(const json_t *value, uint32_t *to)
{
	static const char wrong[] = "Give an array of classes, such as [\"reporter\", \"camera\"].";
	uint32_t classes = 0;
	size_t i;
	json_t *one;

	if (!json_is_array(value))
		return wrong;
	json_array_foreach(value, i, one)
	{
		uint8_t number;
		if (!json_is_string(one) || class_find(json_string_value(one), &number))
			return wrong;
		classes |= UINT32_C(1) << number;
	}
	*to = classes;
	return NULL;
}

static const char *put_texts(json_t *value, json_t **to)
{
	size_t i;
	json_t *one;

	if (!json_is_array(value))
		return "Give an array of texts.";
	json_array_foreach(value, i, one)
	{
		if (!json_is_string(one))
			return "Give an array of texts.";
	}
	*to = value;
	return NULL;
}

/* NULL, or what is wrong. */
static const char *put(const struct body_member *m, json_t *value)
{
	int64_t number;

	switch (m->kind) {
	case BODY_TEXT:
		if (!json_is_string(value))
			return "Give a text.";
		*(const char **)m->to = json_string_value(value);
		return NULL;
	case BODY_NUMBER:
		number = json_integer_value(value);
		if (!json_is_integer(value) || number < m->low || number > m->high)
			return "Give a whole number within its range.";
		*(int64_t *)m->to = number;
		return NULL;
	case BODY_SWITCH:
		if (!json_is_boolean(value))
			return "Give true or false.";
		*(bool *)m->to = json_is_true(value);
		return NULL;
	case BODY_TIME:
		if (!json_is_string(value) || body_time(json_string_value(value), m->to))
			return "Give a time with its offset, such as 2026-09-12T14:05:00-04:00.";
		return NULL;
	case BODY_CLASSES:
		return put_classes(value, m->to);
	case BODY_TEXTS:
		return put_texts(value, m->to);
	}
	return "";
}

static const struct body_member *member_of(
    const struct body_member *members, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}

/* Whether a problem was sent. */
static bool check_members(struct request *req, struct reply *rep, const struct body_member *members,
    size_t n, json_t *object)
{
	const char *name, *wrong;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		const struct body_member *m = member_of(members, n, name);

		wrong = m ? put(m, value) : "There is no such member. Take it out.";
		if (wrong) {
			(void)answer_problem(req, rep, 422, m ? m->name : NULL, wrong);
			return true;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (members[i].required && !json_object_get(object, members[i].name)) {
			(void)answer_problem(
			    req, rep, 422, members[i].name, "This member is missing. Add it.");
			return true;
		}
	return false;
}

static bool is_json(const struct request *req)
{
	static const char type[] = "application/json";
	const char *given = request_header(req, "Content-Type");
	size_t len = sizeof(type) - 1;

	return given && strncasecmp(given, type, len) == 0 &&
	       (given[len] == '\0' || given[len] == ';' || given[len] == ' ');
}

int body_read(struct request *req, struct reply *rep, const struct body_member *members, size_t n,
    json_t **ret_object)
{
	size_t len;
	const void *bytes = request_body(req, &len);
	json_t *object;

	if (!is_json(req)) {
		(void)answer_problem(req, rep, 415, NULL, NULL);
		return 1;
	}
	object = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(object)) {
		json_decref(object);
		(void)answer_problem(req, rep, 400, NULL,
		    "The body is not one JSON object (RFC 8259) with each member once.");
		return 1;
	}
	if (check_members(req, rep, members, n, object)) {
		json_decref(object);
		return 1;
	}
	*ret_object = object;
	return 0;
}
