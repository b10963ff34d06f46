/*
 * acts: what the handlers of an officer's and a supervisor's acts share.
 */
#ifndef PRESSGATE_GATE_DESK_ACTS_H
#define PRESSGATE_GATE_DESK_ACTS_H

#include "gate/desk/handlers.h"
#include "gate/door/presence.h"

/* A look's number; 0: somebody who shows no pass. */
#define ACT_LOOK                                                                                   \
	{                                                                                          \
		.name = "look", .label = "look", .kind = FORM_INTEGER, .high = 1000000000,         \
		.required = true                                                                   \
	}
#define ACT_WORDS(says)                                                                            \
	{                                                                                          \
		.name = "words", .label = says, .kind = FORM_LINE, .max = DOOR_WORDS_MAX           \
	}
#define ACT_PERSON                                                                                 \
	{                                                                                          \
		.name = "person", .label = "name of the person", .kind = FORM_LINE                 \
	}
#define ACT_SUPERVISOR                                                                             \
	{                                                                                          \
		.name = "supervisor", .label = "supervisor", .kind = FORM_LINE,                    \
		.max = STAFF_NAME_MAX                                                              \
	}
#define ACT_PIN                                                                                    \
	{                                                                                          \
		.name = "pin", .label = "PIN of the supervisor", .kind = FORM_PASSWORD, .max = 64  \
	}

/* The status and the words of what a step at the door returned. */
unsigned act_status(int result);
const char *act_words(int result);

/* A page about what was done, or not, for somebody without a pass. */
int act_say(struct request *req, struct reply *rep, int result, const char *done);

/* A form about the look whose number it carries, or, without one, about somebody who shows no pass:
 * runs the one or the other while no other act of the session runs. */
typedef int act_part(struct request *req, struct reply *rep, struct desk_session *session);
int act_either(struct request *req, struct reply *rep, act_part *look, act_part *walk_up);

/* Those inside whom no roster names, newest first; the lock is taken. 0 or 1, or a store_result. */
enum { VISITORS_SHOWN = 100 };

struct visitor_list {
	struct presence_visitor items[VISITORS_SHOWN];
	struct view_visitor views[VISITORS_SHOWN];
	size_t n;
};

int visitors_read(struct gate *gate, uint32_t conference, struct visitor_list *list)
    __attribute__((warn_unused_result));

#endif
