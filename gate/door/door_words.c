#include <stdio.h>
#include <string.h>

#include "gate/door/door_private.h"

/* What was done, for the officer who did it: the same three things as in words.c. */

static void say_let_in(struct door_look *look, const char *when)
{
	char unchecked[WORDS_MAX / 2];

	words_unchecked(&look->verdict, &look->facts.decide, unchecked, sizeof(unchecked));
	snprintf(look->words, sizeof(look->words),
	    "Let in at %s, and recorded. It can be taken back for a minute.%s", when, unchecked);
}

static void say_refused(struct door_look *look, const char *when)
{
	snprintf(look->words, sizeof(look->words),
	    "Refused at %s: %s. Recorded; the pass is not used up.", when,
	    words_reason(look->given));
}

void door_say(struct door_look *look)
{
	/* Before and behind the time. */
	static const struct {
		const char *before, *behind;
	} words[] = {
	    [DOOR_OVERRIDDEN] = {"Let in at", "by a supervisor's word, and recorded. It can be "
					      "taken back for a minute."},
	    [DOOR_UNDONE] = {"Taken back at", "and recorded: this person is not counted as inside. "
					      "If they went in, ask them to come out. Decide "
					      "again, or refuse with a reason."},
	    [DOOR_EXITED] = {"Left at", "and recorded."},
	    [DOOR_ASKED] = {"Communications was asked at", "and will answer on this screen. Ask "
							   "the person to wait aside."},
	};
	char when[WORDS_TIME_MAX];

	words_time(look->time_ms / 1000, look->time_ms / 1000, when);
	if (look->state == DOOR_ADMITTED)
		say_let_in(look, when);
	else if (look->state == DOOR_REFUSED)
		say_refused(look, when);
	else if ((size_t)look->state < sizeof(words) / sizeof(*words) &&
		 words[look->state].before != NULL)
		snprintf(look->words, sizeof(look->words), "%s %s %s", words[look->state].before,
		    when, words[look->state].behind);
}

const char *door_strerror(int result)
{
	switch (result) {
	case DOOR_NOT_NOW:
		return "That can't be done with what is on the screen now. Look at it again.";
	case DOOR_LATE:
		return "The time for that is over. What is recorded stays.";
	case DOOR_NOT_THERE:
		return "There is no admission here that can be taken back: it was taken back "
		       "already, or the person has moved since.";
	case DOOR_NO_WORDS:
		return "Say why in words: at most 300 characters, on one line.";
	case DOOR_CHANGED:
		return "Something has changed since you looked, and nobody was let in. This is "
		       "what stands now.";
	case DOOR_FORGED:
		return "Nobody is let in on this code: the registrar did not sign it. Ask "
		       "Communications, or let the person in by name, as somebody without a pass.";
	case DOOR_STOPPED:
		return "Entry is restricted now, so this answer does not let in. Ask "
		       "Communications again once it is lifted.";
	case DOOR_INSIDE:
		return "This pass is inside already. Close the question, and ask Communications "
		       "about the person who is here.";
	case DOOR_OVER:
		return "This conference is over at this door: the answer lets nobody in any more. "
		       "Close the question.";
	case DOOR_REVOKED:
		return "This pass is revoked or suspended, so this answer does not let in. Ask "
		       "Communications again.";
	case DOOR_NOT_INSIDE:
		return "Nobody of that code is inside without a pass: they have left already.";
	case DOOR_NO_REASON:
		return "Choose one of the reasons.";
	default:
		return journal_strerror(result);
	}
}
