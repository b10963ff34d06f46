/*
 * device: the listener for gates, as `registrar serve` needs it: its route table, and what the HTTP
 * server asks of it. The context of that server's options is a struct device.
 *
 * The device protocol, version 1
 * ------------------------------
 * HTTPS, TLS 1.3 only. Each side knows the other by the SHA-256 of the SubjectPublicKeyInfo of its
 * certificate (web/tls.h); names, authorities and dates of certificates say nothing. A gate makes
 * two keys that never leave it: ECDSA P-256 for its certificate, Ed25519 for its journal. Bodies
 * are JSON in UTF-8 or signed objects; an unknown path, parameter or member is refused.
 *
 *	POST /device/v1/enrol             the certificate shown becomes the gate's
 *	GET  /device/v1/state             ?wait=SECONDS (0..25) &seen=TAG &peer=HOST:PORT
 *	GET  /device/v1/keys              signed object of badges/keyset.h
 *	GET  /device/v1/staff             badges/staff.h
 *	GET  /device/v1/roster/NUMBER     ?have=VERSION; badges/roster.h
 *	GET  /device/v1/revoked           ?have=VERSION; badges/revoked.h
 *	GET  /device/v1/photo/HEX         a photograph by its SHA-256: JPEG
 *	POST /device/v1/health            how the gate stands
 *	POST /device/v1/journal/EPOCH     entries of that epoch (badges/entry.h), receipt back
 *	POST /device/v1/doors             entries of other gates, and its own of before
 *	POST /device/v1/referral          a question to communications
 *	GET  /device/v1/answers           ?since=VERSION; answers to this gate's questions
 *
 * enrol: `registrar gate code NAME` prints {"code":"XXXX-XXXX-XXXX-XXXX","pin":"sha256//BASE64"};
 * the pin is the registrar's, the code stands for ten minutes and serves once.
 *	-> {"code":"...","journal_key":"<64 hex>"}
 *	<- {"device":"NAME","site":"HOST","root":"<64 hex>","fingerprint":"..."}
 * root is the public key that signs keys. Both screens show the fingerprint: the first 16 bytes of
 * SHA-256("pressgate-gate/v1\n" || SHA-256 of the gate's SPKI || journal key), in hex, in groups
 * of four. The same request again while the code stands gets the same answer.
 *
 * state: what is newest here, and what is held of this gate's newest epoch (0: nothing).
 *	<- {"tag":"T","now_ms":N,"keys":V,"revoked":V,"staff":V,"answers":V,
 *	    "rosters":[{"conference":N,"version":V},...],"log":{"epoch":N,"size":N}}
 * With wait, the answer comes once its tag is another than seen, or after so many seconds. log is
 * not under the tag. peer is where the asking gate's own door to other gates is, when it has one;
 * every other gate gets it as {"device":"NAME","address":"HOST:PORT"} in "peers". A gate compares
 * the versions with those it holds and asks for what is newer.
 *
 * lists: 200 with the object, its kind in the header Pressgate-Object (keys, staff, roster,
 * roster-delta, revoked, revoked-delta); 204 where have is the newest. A delta applies to exactly
 * the version that it names; without have, and where no delta reaches back, the full object comes.
 * The gate checks signature, use of the key, version and not-after itself, and keeps what it holds
 * where an object does not hold.
 *
 * photo: the JPEG whose SHA-256 a roster's row names, at most 100,000 bytes, 480 x 600. 404 where
 * no roster that gates may have shows it (any more). The gate checks the hash.
 *
 * health: each 15 seconds, and when something has changed; at most 8,000 bytes, answered by 204.
 *	-> {"version":"...","epoch":N,"size":N,"unsent":N,"clock":"synced|...","ahead_ms":N or null,
 *	    "conference":"SLUG or empty","inside":N,"shifts":N,"entry":T,"next":"SLUG or empty",
 *	    "roster_age":S,"revoked_age":S,"free_mib":N,"photos_wanted":N,"photos_held":N,
 *	    "worst":"ok|warn|bad","findings":[{"id":"..","state":"..","words":"..","remedy":".."},..]}
 * conference is the one that is scanned for, next the one whose roster it is ready for; entry is
 * the Unix time of the newest entry, 0: none; numbers are -1 where they are not known; findings are
 * those that are not ok. Every text is plain, without names. It is shown to staff, and nothing is
 * decided by it.
 *
 * journal: EPOCH is the Unix time at which the epoch began; at most 1,000 entries, 4 MiB.
 *	-> {"old":N,"checkpoint":"<signed note>","entries":["<entry>",...],
 *	    "details":[{"seq":N,"sealed":"<base64>"},...]}
 *	<- {"size":N,"cosignature":"<note signature line>\n"}
 * Entries are old, old + 1, ...; the checkpoint (badges/checkpoint.h) is the gate's own at the
 * size after the last of them. The answer is a tlog-cosignature over that checkpoint by the
 * site's witness key, made after the commit: the receipt, below which a gate may prune. The same
 * upload again gets the same receipt. What is sealed is salt (32 bytes) and text, by
 * crypto_box_seal (X25519, XSalsa20-Poly1305) to the details key of the staff object; a gate that
 * has none yet sends
 * {"seq":N,"salt":"<64 hex>","detail":"<text>"}. details may be left out; one that can't be opened,
 * is over 4,000 bytes or does not open its entry's commitment is dropped.
 *	409 {"error":"gap","size":N}          go on from N, which is what is held
 *	409 {"error":"equivocation","seq":N}  another entry or head is held: both are kept, the
 *	                                      gate stops this epoch's upload and raises an alarm
 *
 * doors: journals of all other enrolled gates, as far as they were received. The same message goes
 * from gate to gate, POST /peer/v1/doors (gate/peer/peer.h).
 *	-> {"wait":S,"held":[{"device":"n","epoch":E,"size":N},...]}        at most 512 logs
 *	<- {"logs":[{"device":"n","epoch":E,"old":N,"tree":"<hex>","checkpoint":"<signed note>",
 *	             "entries":["<entry>",...]},...],
 *	    "seen":[{"device":"n","ago":S},...]}
 * It comes as soon as some gate has more than held, or after wait (0..25) seconds with no logs.
 * Entries are old, old + 1, ...; the checkpoint is the gate's own at the size after the last of
 * them, signed with the journal key that the keys object names. Of a log that held does not name,
 * what comes begins at the first entry of the last 36 hours, or not at all where there is none;
 * then tree has the frontier at old (badges/tree.h, tree_store) in hex, and the root of frontier
 * and entries together is what the checkpoint signs: whoever follows checks that, and trusts
 * neither who sent it nor the frontier by itself. One answer has at most 1,000 entries; while there
 * is more, the next comes at once. A log that is to be followed no further is held with a size that
 * no log has. A gate that names its own present epoch, with such a size, gets its own logs of other
 * epochs as well: so a store that was put back learns what its gate recorded since. seen tells how
 *many seconds ago each gate was heard; one that is not named was not heard since the registrar
 *started.
 *
 * An entry `sync restrict` makes a restriction of the building, of the event's conference or of the
 * pass, with DEVICE/EPOCH/SEQ as its origin in the list of revocations; `sync restrict-lift` lifts
 * what gates made for the same. A restriction with an origin stays on the list for 15 days after
 * it was lifted, as one long over, so that each gate learns that its stop has ended.
 *
 * referral: id is 16 random bytes of the gate's; the same id is taken once.
 *	-> {"id":"<32 hex>","letter":"<base64>"}   or {"id":"<32 hex>","withdrawn":true}
 *	<- {"answer":""|"admit"|"refuse"|"withdrawn"}   how it stands
 * The letter is crypto_box_seal to the details key (badges/staff.h) of
 *	{"conference":N,"pass":"<32 hex>"?,"kind":"[a-z0-9-]{1,32}","staff":"<officer>",
 *	 "name":"...","outlet":"...","words":"...","made_ms":N}
 * name and outlet of at most 200 characters, words of 400; "" where nothing is known.
 *
 * answers: those above since, oldest first, 200 at most; and the questions that wait here, so that
 * a gate sends again what a registrar put back from a backup no longer has. version is that of the
 * newest answer, or of the last one handed over where there are more.
 *	<- {"version":V,"answers":[{"id":"...","answer":"...","words":"...","by":"...","at":N}],
 *	    "waiting":["<32 hex>",...]}
 *
 * Every other refusal is {"error":"token","message":"sentence for people"}: 400 what was sent does
 * not hold; 403 certificate, code, unknown (not enrolled) or revoked; 404 conference or path; 409
 * key (another gate's); 413; 429 busy (too many wrong codes: wait a minute); 503 key, root, witness
 * or store (this registrar's trouble: ask again later). None of them ever removes what a gate
 * recorded.
 */
#ifndef REGISTRAR_DEVICE_DEVICE_H
#define REGISTRAR_DEVICE_DEVICE_H

#include <stddef.h>

#include "registrar/registrar.h"
#include "web/http.h"
#include "web/route.h"

extern const struct route registrar_device_routes[];
extern const size_t registrar_n_device_routes;

/* Refusals as JSON; serve copies it and sets `log`. */
extern const struct http_program device_program;

/* What the handlers share: the registrar, the bundles' cache, the guard of enrolment codes. */
struct device;

/* registrar must outlive it. Returns 0, or MODEL_SYSTEM. */
int device_open(struct registrar *registrar, struct device **ret_device)
    __attribute__((warn_unused_result));
void device_close(struct device *device); /* NULL is quiet */

#endif
