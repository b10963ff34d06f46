#include "registrar/refusal.h"

#include <stdarg.h>
#include <stdio.h>

#include "schema/store.h"
#include "web/say.h"

int refuse(struct refusal *ret, const char *field, const char *format, ...)
{
	va_list args;

	if (!ret)
		return MODEL_REFUSED;
	snprintf(ret->field, sizeof ret->field, "%s", field);
	va_start(args, format);
	vsnprintf(ret->words, sizeof ret->words, say(ret->language, format), args);
	va_end(args);
	return MODEL_REFUSED;
}

const char *model_words(int result)
{
	switch (result) {
	case MODEL_REFUSED:
		return "a rule or a value refused this";
	case MODEL_NOT_FOUND:
		return "there is no such thing here";
	case MODEL_KEY:
		return "a signing key is missing or does not sign; run `registrar check`";
	case MODEL_JOURNAL:
		return "the journal can't take an entry; run `registrar check`";
	case MODEL_BUSY:
		return "too much is going on at once; try again in a moment";
	case MODEL_SYSTEM:
		return "the system has no memory or file left for this; run `registrar check`";
	default:
		return store_strerror(result);
	}
}
