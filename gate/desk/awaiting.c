/* What the folder above does not have yet: nothing is held, and what is asked for is refused. */
#include "gate/photo.h"
#include "gate/referral.h"
#include "gate/stop.h"

#define AWAITING __attribute__((weak))

AWAITING const struct referral_kind referral_kinds[] = {{NULL, NULL}};

AWAITING const char *referral_kind_words(const char *token)
{
	(void)token;
	return NULL;
}

AWAITING int referral_make(
    struct gate *gate, const struct referral_question *question, uint8_t ret_id[static REFERRAL_ID])
{
	(void)gate;
	(void)question;
	(void)ret_id;
	return REFERRAL_NO_KEY;
}

AWAITING int referral_find(struct gate *gate, struct store_tx *tx,
    const uint8_t id[static REFERRAL_ID], struct referral *ret_referral)
{
	(void)gate;
	(void)tx;
	(void)id;
	(void)ret_referral;
	return STORE_NOT_FOUND;
}

AWAITING int referral_each(struct gate *gate, struct store_tx *tx, uint32_t conference,
    referral_visit *visit, void *context)
{
	(void)gate;
	(void)tx;
	(void)conference;
	(void)visit;
	(void)context;
	return 0;
}

AWAITING int referral_close(
    struct store_tx *tx, const uint8_t id[static REFERRAL_ID], int64_t now_ms)
{
	(void)tx;
	(void)id;
	(void)now_ms;
	return REFERRAL_UNKNOWN;
}

AWAITING int referral_withdraw(
    struct gate *gate, const uint8_t id[static REFERRAL_ID], const char *staff)
{
	(void)gate;
	(void)id;
	(void)staff;
	return REFERRAL_UNKNOWN;
}

AWAITING const char *referral_strerror(int result)
{
	(void)result;
	return "Communications can't be asked from this gate yet. Call them.";
}

AWAITING int stop_each(
    struct gate *gate, struct store_tx *tx, int64_t now_s, stop_visit *visit, void *context)
{
	(void)gate;
	(void)tx;
	(void)now_s;
	(void)visit;
	(void)context;
	return 0;
}

AWAITING int stop_standing(struct gate *gate, struct store_tx *tx, int64_t now_s,
    uint32_t conference, struct stop *ret_stop)
{
	(void)gate;
	(void)tx;
	(void)now_s;
	(void)conference;
	(void)ret_stop;
	return STORE_NOT_FOUND;
}

AWAITING int photo_open(
    struct gate *gate, const uint8_t hash[static PHOTO_HASH], uint8_t **ret_bytes, size_t *ret_len)
{
	(void)gate;
	(void)hash;
	(void)ret_bytes;
	(void)ret_len;
	return PHOTO_NONE;
}

AWAITING void photo_wipe(uint8_t *bytes, size_t len)
{
	(void)bytes;
	(void)len;
}
