/* Reports of failed deliveries, as anybody may mail them. What is taken names plain addresses, a
 * permanent status and a mail of the site; what is refused leaves everything as it was. */
#include <string.h>

#include "registrar/mail/bounce.h"
#include "registrar/mail/dsn.h"
#include "tests/fuzz/fuzz.h"
#include "web/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsn dsn, before;
	char *message = malloc(size ? size : 1);

	FUZZ_NEED(message);
	memcpy(message, data, size); /* exactly as large, so that a read past its end is seen */
	memset(&dsn, 0x5a, sizeof(dsn));
	before = dsn;
	if (dsn_read(message, size, "media.lakemount.example", &dsn) < 0) {
		FUZZ_NEED(memcmp(&dsn, &before, sizeof(dsn)) == 0);
	} else {
		FUZZ_NEED(dsn.n >= 1 && dsn.n <= DSN_ADDRESSES);
		FUZZ_NEED(
		    strncmp(dsn.status, "5.", 2) == 0 && strlen(dsn.status) < sizeof(dsn.status));
		for (size_t i = 0; i < dsn.n; i++)
			FUZZ_NEED(text_email(dsn.addresses[i]) == 0);
		(void)bounce_is_of_mailbox(dsn.status);
	}
	free(message);
	return 0;
}
