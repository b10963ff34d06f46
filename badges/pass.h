#ifndef BADGES_PASS_H
#define BADGES_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/key.h"
#include "badges/reason.h"

/* The pass: the text in the QR code.
 *
 *	"ACR1:" base45( D2 84                           COSE_Sign1 (RFC 9052)
 *	                4D A2 01 27 04 48 <kid 8>       protected: EdDSA, kid
 *	                A0                              unprotected: none
 *	                58 <41..119> <claims>           payload, a CWT (RFC 8392)
 *	                58 40 <signature 64> )
 *
 *	claims: A4 04 <exp> 05 <nbf> 07 50 <pass id 16> 3A 00 01 00 00
 *	          A2..A5 01 <conference> 02 <class> [03 <name>] [04 <outlet>] [05 <flags>]
 *
 * Signed: 84 6A "Signature1" 4D <protected> 4B "accr/pass/1" 58 <len> <claims>.
 * There is exactly one encoding of each pass, and the reader takes no other. */

#define PASS_AAD	"accr/pass/1"
#define PASS_TEXT_MAX	311
#define PASS_TOKEN_MIN	126
#define PASS_TOKEN_MAX	204
#define PASS_NAME_MAX	40 /* bytes */
#define PASS_OUTLET_MAX 24 /* bytes */
#define PASS_TIME_MIN	1600000000
#define PASS_TIME_MAX	4294967295
#define PASS_SKEW	60 /* seconds by which a gate's clock may be off */

/* Bits of flags. */
#define PASS_FLAG_CHECK_ID 1 /* look at the holder's identification */

struct pass_claims {
	int64_t exp, nbf; /* Unix seconds: valid while nbf <= now < exp */
	uint8_t id[16];	  /* pass id: random */
	uint32_t conference;
	uint8_t pass_class; /* 0..23, see class.h */
	uint16_t flags;
	size_t name_len, outlet_len;	  /* 0: the pass carries none */
	char name[PASS_NAME_MAX + 1];	  /* UTF-8 NFC, NUL at the end */
	char outlet[PASS_OUTLET_MAX + 1]; /* the same */
};

struct pass_token {
	uint8_t bytes[PASS_TOKEN_MAX];
	size_t len;
};

/* A pass as read by pass_parse. Nothing of the claims may be used before pass_verify holds. */
struct pass_view {
	struct pass_token token;
	uint8_t kid[KEY_KID_SIZE];
	size_t payload, payload_len; /* where the claims lie in token.bytes */
	struct pass_claims claims;
};

enum pass_error {
	PASS_E_CLAIMS = -1,    /* a claim is out of its range: pass_fault names it */
	PASS_E_KEY = -2,       /* not a pass key */
	PASS_E_SIGN = -3,      /* the pass did not read back, and was not released */
	PASS_E_MALFORMED = -4, /* the text is not a pass (rules 1..6 of the format) */
	PASS_E_SIGNATURE = -5, /* the signature does not hold (rule 8) */
	PASS_E_REFUSED = -6,   /* pass_open: the reason says why */
};

/* The name of the first claim that no pass may carry ("exp", "nbf", "class", "name", "outlet"), or
 * NULL when all are well. */
const char *pass_fault(const struct pass_claims *claims);

/* Signs a pass with a pass key, and reads it back before it is released. Whether the key is the
 * conference's own is the caller's to know. Returns 0 with the QR text (NUL at its end), or
 * PASS_E_CLAIMS, PASS_E_KEY or PASS_E_SIGN with ret_text untouched. */
int pass_sign(const struct pass_claims *claims, const struct key_secret *key,
    char ret_text[static PASS_TEXT_MAX + 1]) __attribute__((warn_unused_result));

/* Reads the text of a scanned code (text need not end in NUL), without any key: rules 1 to 6 of the
 * format. No allocation, no recursion, work bounded by the length. Returns 0, or PASS_E_MALFORMED
 * with ret_view in an unusable state. */
int pass_parse(const char *text, size_t len, struct pass_view *ret_view)
    __attribute__((warn_unused_result));

/* Whether the pass was signed by this key (rule 8), which was checked with key_is_point when it was
 * taken in. Returns 0 or PASS_E_SIGNATURE. */
int pass_verify(const struct pass_view *view, const uint8_t public[static KEY_PUBLIC_SIZE])
    __attribute__((warn_unused_result));

/* What a gate asks of a pass. {0} asks nothing but a good signature. */
struct pass_want {
	bool has_conference;
	uint32_t conference;
	uint32_t classes; /* bit n: class n may enter; 0: every class */
	bool has_now;
	int64_t now; /* Unix seconds */
};

/* Rules 9 and 10 on claims whose signature holds: conference, class, and time with PASS_SKEW
 * seconds of tolerance. Returns REASON_OK or the reason of the refusal. */
enum reason pass_judge(const struct pass_claims *claims, const struct pass_want *want);

struct keyset;

/* Rules 1 to 10 in their order. The key is found by the pass's kid alone among the installed keys:
 * it must be an active pass key; then the signature must hold; then the key must list the pass's
 * own conference; then want is asked, and now must lie in the key's own validity too.
 * Returns 0 with REASON_OK and the claims, or PASS_E_REFUSED with the reason. ret_claims is filled
 * also on a refusal when the signature holds and the key may sign for that conference (every
 * reason but malformed, unknown-key and bad-signature), so that a gate can name the conference;
 * it is untouched otherwise. */
int pass_open(const char *text, size_t len, const struct keyset *keys, const struct pass_want *want,
    struct pass_claims *ret_claims, enum reason *ret_reason) __attribute__((warn_unused_result));

/* Sets a claim's text, cut to its limit at a character boundary. text is valid UTF-8 in NFC; the
 * empty text takes the claim away. */
void pass_cut_name(struct pass_claims *claims, const char *text, size_t len);
void pass_cut_outlet(struct pass_claims *claims, const char *text, size_t len);

#endif
