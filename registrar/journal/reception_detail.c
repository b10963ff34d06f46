#include "registrar/journal/reception_detail.h"

#include <string.h>

#include <sodium.h>

#include "badges/commit.h"
#include "registrar/keys/details.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

/* A detail as it came, or as it was sealed; *opened holds what was sealed. False: it can't be had.
 */
static bool open_detail(struct registrar *registrar, const struct reception_detail *detail,
    uint8_t opened[static RECEPTION_SEALED_MAX], struct reception_detail *ret)
{
	*ret = *detail;
	if (detail->sealed != NULL) {
		if (detail->sealed_len < COMMIT_SALT + DETAILS_OVERHEAD ||
		    detail->sealed_len > RECEPTION_SEALED_MAX ||
		    details_open(registrar, detail->sealed, detail->sealed_len, opened) != 0)
			return false;
		memcpy(ret->salt, opened, COMMIT_SALT);
		ret->text = (const char *)opened + COMMIT_SALT;
		ret->len = detail->sealed_len - DETAILS_OVERHEAD - COMMIT_SALT;
	}
	/* The store keeps text: what is none was made by no gate. */
	return ret->len <= RECEPTION_DETAIL_MAX && memchr(ret->text, '\0', ret->len) == NULL;
}

int reception_detail_put(struct registrar *registrar, struct store_tx *tx, int64_t log,
    const struct entry *entry, const struct reception_detail *sent, bool *ret_kept)
{
	uint8_t opened[RECEPTION_SEALED_MAX];
	struct reception_detail detail;
	int r = 0;

	*ret_kept = entry->has_commit && open_detail(registrar, sent, opened, &detail) &&
		    commit_opens(entry->commit, detail.salt, detail.text, detail.len);
	if (*ret_kept)
		r = store_exec(tx, REGISTRAR_Q_UPLOAD_DETAIL_INSERT,
		    STORE_ARGS(store_i64(log), store_i64((int64_t)detail.seq),
			store_blob(detail.salt, sizeof(detail.salt)),
			store_textn(detail.text, detail.len)),
		    NULL);
	sodium_memzero(opened, sizeof(opened));
	return r;
}
