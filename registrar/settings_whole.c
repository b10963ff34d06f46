/* What only the whole file can get wrong. */
#include <string.h>
#include <strings.h>

#include "registrar/settings_private.h"
#include "registrar/wallet/wallet.h"

/* A wallet is offered whole or not at all, and only by a program that was built with it. */
static const char *wrong_wallets(const struct settings *s)
{
	if (*s->apple_pass_type && !wallet_built(WALLET_APPLE))
		return "[wallet] apple-pass-type is set, and this program was built without "
		       "Apple Wallet. Take it out, or build with -Dwallet_apple=enabled.";
	if (*s->apple_pass_type && (!*s->apple_team || !*s->apple_certificate || !*s->apple_key ||
				       !*s->apple_intermediate))
		return "[wallet] apple-pass-type is set and one of apple-team, "
		       "apple-certificate, apple-key and apple-intermediate is not. Add it.";
	if (*s->google_issuer && !wallet_built(WALLET_GOOGLE))
		return "[wallet] google-issuer is set, and this program was built without "
		       "Google Wallet. Take it out, or build with -Dwallet_google=enabled.";
	if (*s->google_issuer && (!*s->google_class || !*s->google_account || !*s->google_key))
		return "[wallet] google-issuer is set and one of google-class, "
		       "google-account and google-key is not. Add it.";
	return NULL;
}

/* A header is believed from a trusted proxy only, and only beside a secret. */
static const char *wrong_staff(const struct settings *s)
{
	if (*s->proxy_user_header && !s->proxy)
		return "[staff] proxy-user-header is set, and [web] proxy is no: anybody could "
		       "send that header. Take it out, or put a trusted proxy in front.";
	if (*s->proxy_user_header && (!*s->proxy_secret_header || !*s->proxy_secret_file))
		return "[staff] proxy-user-header is set and one of proxy-secret-header and "
		       "proxy-secret-file is not. Add it.";
	if (*s->proxy_user_header && strcasecmp(s->proxy_user_header, s->proxy_secret_header) == 0)
		return "[staff] proxy-secret-header is the same as proxy-user-header. Name "
		       "another.";
	if (!*s->proxy_user_header && !s->local_sign_in)
		return "[staff] local-sign-in is no and proxy-user-header is not set: nobody "
		       "could sign in. Mend one of them.";
	return NULL;
}

const char *settings_wrong(const struct settings *settings)
{
	const char *wrong = wrong_staff(settings);

	if (!*settings->site)
		return "[service] site is missing. Add it: the host name of this registrar.";
	if (settings->opens >= settings->closes)
		return "[desk] opens is not before closes. Mend one of them.";
	if (*settings->mail_server && !*settings->mail_from)
		return "[mail] server is set and from is not. Add from: the sender's address.";
	if (*settings->mail_user && !*settings->mail_password_file)
		return "[mail] user is set and password-file is not. Add the file's path.";
	return wrong ? wrong : wrong_wallets(settings);
}
