#include "registrar/wallet/wallet.h"

#include "registrar/refusal.h"

bool wallet_built(enum wallet wallet)
{
	switch (wallet) {
#ifdef WALLET_HAS_APPLE
	case WALLET_APPLE:
		return true;
#endif
#ifdef WALLET_HAS_GOOGLE
	case WALLET_GOOGLE:
		return true;
#endif
	default:
		return false;
	}
}

bool wallet_offers(const struct settings *settings, enum wallet wallet)
{
	if (!wallet_built(wallet))
		return false;
	return wallet == WALLET_APPLE ? *settings->apple_pass_type : *settings->google_issuer;
}

#ifndef WALLET_HAS_APPLE
int wallet_apple(const struct pass_file *file, uint8_t **ret_bytes, size_t *ret_len)
{
	(void)file, (void)ret_bytes, (void)ret_len;
	return MODEL_NOT_FOUND;
}
#endif

#ifndef WALLET_HAS_GOOGLE
int wallet_google(const struct pass_file *file, const char *origin, int64_t now, char **ret_url)
{
	(void)file, (void)origin, (void)now, (void)ret_url;
	return MODEL_NOT_FOUND;
}
#endif
