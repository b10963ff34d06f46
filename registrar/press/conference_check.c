/* The rules of a conference's fields. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/pass.h"
#include "registrar/press/conference_private.h"
#include "web/text.h"

#define SUMMARY_MAX 4000 /* characters, as the table has it */
#define STREAM_MAX  500

/* A text of the wish (NULL is empty), cleaned; the caller frees it. */
static int clean(const char *text, const char *field, const char *words, enum text_lines lines,
    size_t max, bool required, char **ret, struct refusal *why)
{
	const char *given = text ? text : "";
	int bad = text_clean(given, strlen(given), lines, max, ret);

	if (bad == TEXT_NOMEM)
		return MODEL_SYSTEM;
	if (bad == TEXT_LONG)
		return refuse(
		    why, field, "The %s is too long. Use %zu characters at most.", words, max);
	if (bad)
		return refuse(why, field,
		    "The %s has a character that can't be shown. Take out control and invisible "
		    "characters.",
		    words);
	if (required && !**ret)
		return refuse(why, field, "The %s is missing. Give one.", words);
	return 0;
}

void conference_text_free(struct conference_text *text)
{
	free(text->title);
	free(text->summary);
	free(text->place);
	free(text->stream);
	*text = (struct conference_text){NULL, NULL, NULL, NULL};
}

int conference_check_text(
    const struct conference *wish, struct conference_text *ret, struct refusal *why)
{
	int result = clean(
	    wish->title, "title", "title", TEXT_ONE_LINE, TEXT_NAME_MAX, true, &ret->title, why);

	if (!result)
		result = clean(wish->place, "place", "place", TEXT_ONE_LINE, TEXT_NAME_MAX, true,
		    &ret->place, why);
	if (!result)
		result = clean(wish->summary, "summary", "summary", TEXT_MANY_LINES, SUMMARY_MAX,
		    false, &ret->summary, why);
	if (!result)
		result = clean(wish->stream, "stream", "live-stream link", TEXT_ONE_LINE,
		    STREAM_MAX, false, &ret->stream, why);
	if (!result && *ret->stream && strncmp(ret->stream, "https://", 8) != 0)
		result = refuse(why, "stream", "A live-stream link begins with https://.");
	return result;
}

int conference_check_times(const struct conference *wish, struct refusal *why)
{
	if (wish->doors < PASS_TIME_MIN + CONFERENCE_KEY_BEFORE)
		return refuse(why, "doors", "This is before passes exist. Check the year.");
	if (wish->starts < wish->doors)
		return refuse(why, "starts", "It starts before doors open. Make doors earlier.");
	if (wish->ends <= wish->starts)
		return refuse(why, "ends", "It ends before it starts. Give a later end.");
	if (wish->ends - wish->doors > 31 * 86400)
		return refuse(why, "ends", "It lasts over a month. Check the dates.");
	if (wish->ends > PASS_TIME_MAX - CONFERENCE_KEY_AFTER)
		return refuse(why, "ends", "This is later than a pass can say. Check the year.");
	return 0;
}

int conference_check_numbers(const struct conference *wish, struct refusal *why)
{
	if (wish->capacity < 0 || wish->capacity > 1000000)
		return refuse(why, "capacity", "Give a number from 0 (no limit) to 1000000.");
	if (wish->per_outlet < 0 || wish->per_outlet > 10000)
		return refuse(why, "per-outlet", "Give a number from 0 (no limit) to 10000.");
	if (wish->classes == 0 || wish->classes > CONFERENCE_CLASSES_ALL)
		return refuse(why, "classes", "Admit at least one class.");
	if (wish->id_share < 0 || wish->id_share > 100)
		return refuse(why, "id-share", "Give a share from 0 to 100 percent.");
	if (wish->amber <= 0 || wish->red <= wish->amber || wish->red > 30 * 86400)
		return refuse(why, "red",
		    "Lists turn amber after some seconds and red after more, 30 days at most.");
	return 0;
}
