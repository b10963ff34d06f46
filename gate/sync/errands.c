#include "gate/sync/errands.h"

static const struct {
	const char *name;
	errand *run;
} errands[] = {
    {"referral", referral_errand},
    {"photographs", photo_errand},
    {"health", health_errand},
};

/* Without the network the rest is no better off; a gate that is refused has nothing to ask. */
static bool ends_the_pass(int result)
{
	return result == SYNC_REFUSED || (result <= CLIENT_MEMORY && result >= CLIENT_KEY);
}

int errands_once(struct sync *sync, struct sync_line *line)
{
	int result = 0;

	for (size_t i = 0; i < sizeof(errands) / sizeof(errands[0]); i++) {
		int r = sync_stopping(sync) ? 0 : errands[i].run(sync, line);

		if (r != 0 && result == 0) {
			sync_say(sync, "%s: %s", errands[i].name, sync_strerror(r));
			result = r;
		}
		if (ends_the_pass(r))
			break;
	}
	return result;
}
