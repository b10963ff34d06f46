/* What gates tell the registrar in JSON: how they stand (even first byte), and the letters of
 * their questions (odd). What is taken is plain and within its bounds. */
#include <string.h>

#include "badges/text.h"
#include "registrar/doors/health.h"
#include "registrar/doors/referral.h"
#include "tests/fuzz/fuzz.h"
#include "web/text.h"

static void need_plain(const char *text, size_t max)
{
	size_t len = strlen(text);

	FUZZ_NEED(len <= max && (len == 0 || text_is_plain(text, len)));
}

static void stand(const char *text, size_t len)
{
	struct health health;

	if (health_read(text, len, &health) != 0)
		return;
	need_plain(health.version, HEALTH_WORD_MAX);
	need_plain(health.clock, HEALTH_WORD_MAX);
	need_plain(health.conference, HEALTH_SLUG_MAX);
	need_plain(health.next, HEALTH_SLUG_MAX);
	FUZZ_NEED(health.n <= HEALTH_FINDINGS_MAX && health.size >= -1 && health.entry >= -1);
	FUZZ_NEED(health.entry <= INT64_C(1) << 53 && health.clock_ahead_ms > INT64_MIN);
	for (size_t i = 0; i < health.n; i++) {
		need_plain(health.findings[i].words, HEALTH_WORDS_MAX);
		need_plain(health.findings[i].remedy, HEALTH_WORDS_MAX);
	}
}

static void letter(const char *text, size_t len)
{
	struct referral_question question = {.gate = 5};
	struct referral_letter *holder = NULL;

	if (referral_read(text, len, &question, &holder) != 0) {
		FUZZ_NEED(holder == NULL && question.kind == NULL);
		return;
	}
	FUZZ_NEED(question.gate == 5 && question.conference >= 1 && question.made_ms >= 0);
	FUZZ_NEED(strlen(question.kind) <= REFERRAL_KIND_MAX && question.kind[0] != '\0');
	FUZZ_NEED(text_length(question.name) <= REFERRAL_NAME_MAX);
	FUZZ_NEED(text_length(question.outlet) <= REFERRAL_NAME_MAX);
	FUZZ_NEED(text_length(question.words) <= REFERRAL_WORDS_MAX);
	need_plain(question.words, REFERRAL_LETTER_MAX);
	referral_letter_free(holder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		stand((const char *)data + 1, size - 1);
	else
		letter((const char *)data + 1, size - 1);
	return 0;
}
