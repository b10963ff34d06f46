#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gate/desk/handlers.h"

/* One hashing on its way through the pool. */
struct hashing {
	struct gate *gate;
	const char *name, *pin;
	bool authorise;
	struct shift shift;
	int64_t wait_s;
	int result;
};

static void hash(void *context)
{
	struct hashing *it = context;
	size_t len = strlen(it->pin);

	if (it->authorise)
		it->result = shift_authorise(
		    it->gate, it->name, it->pin, len, STAFF_SUPERVISOR, &it->wait_s);
	else
		it->result = shift_begin(it->gate, it->name, it->pin, len, &it->shift, &it->wait_s);
}

static void say(int result, int64_t wait_s, bool authorise, char ret_words[static PIN_WORDS])
{
	char wait[WORDS_AGE_MAX];

	switch (result) {
	case SHIFT_WRONG:
		snprintf(ret_words, PIN_WORDS, "No %s has this name and this PIN. Try again%s.",
		    authorise ? "supervisor" : "officer", authorise ? "" : ", or ask a supervisor");
		break;
	case SHIFT_WAIT:
		words_age(wait_s, wait);
		snprintf(ret_words, PIN_WORDS, "Too many wrong PINs. Try again in %s.", wait);
		break;
	case SHIFT_NO_LIST:
		snprintf(ret_words, PIN_WORDS,
		    "This gate has no list of officers yet. It comes as soon as the registrar is "
		    "reached; call Communications.");
		break;
	case SHIFT_ROLE:
		snprintf(ret_words, PIN_WORDS,
		    "The PIN is right, but this officer is no supervisor. Ask one.");
		break;
	case SHIFT_BUSY:
	case SHIFT_MEMORY:
		snprintf(ret_words, PIN_WORDS, "Too many sign-ins at once. Try again.");
		break;
	default:
		snprintf(ret_words, PIN_WORDS,
		    "The sign-in can't be recorded at this gate. Use the paper list, and call "
		    "Communications.");
		break;
	}
}

static int run(struct desk *desk, struct hashing *it, char ret_words[static PIN_WORDS])
{
	int r = work_run(desk->hashers, hash, it);

	if (r != WORK_OK)
		it->result = SHIFT_BUSY;
	if (it->result != SHIFT_OK)
		say(it->result, it->wait_s, it->authorise, ret_words);
	return it->result;
}

int pin_begin(struct desk *desk, const char *name, const char *pin, struct shift *ret_shift,
    char ret_words[static PIN_WORDS])
{
	struct hashing it = {.gate = desk->gate, .name = name, .pin = pin};
	int r = run(desk, &it, ret_words);

	if (r == SHIFT_OK)
		*ret_shift = it.shift;
	return r;
}

int pin_supervise(struct desk *desk, const struct desk_session *session, const char *name,
    const char *pin, char ret_name[static STAFF_NAME_MAX + 1], struct door_who *ret_who,
    char ret_words[static PIN_WORDS])
{
	struct hashing it = {.gate = desk->gate, .name = name, .pin = pin, .authorise = true};

	if ((session->role == STAFF_SUPERVISOR || desk->options.test.any_officer) && name[0] == '\0') {
		*ret_who = (struct door_who){.staff = session->officer};
		return 0;
	}
	if (name[0] == '\0' || pin[0] == '\0') {
		snprintf(ret_words, PIN_WORDS,
		    "Only a supervisor may do this: enter a "
		    "supervisor's name and PIN.");
		return -1;
	}
	if (run(desk, &it, ret_words) != SHIFT_OK)
		return -1;
	snprintf(ret_name, STAFF_NAME_MAX + 1, "%s", name);
	*ret_who = (struct door_who){.staff = ret_name, .officer = session->officer};
	return 0;
}
