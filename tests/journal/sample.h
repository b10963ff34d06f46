#ifndef TESTS_JOURNAL_SAMPLE_H
#define TESTS_JOURNAL_SAMPLE_H

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "badges/entry.h"
#include "badges/log.h"

/* An invented gate's log, the same at every run. */

#define SAMPLE_ORIGIN  "police.example/presslog/north-door/k3v9q2"
#define SAMPLE_WITNESS "police.example/witness"

struct sample_key {
	uint8_t public_key[32];
	uint8_t secret_key[64];
};

static inline struct sample_key sample_key(uint8_t number)
{
	struct sample_key key;
	uint8_t seed[32];

	memset(seed, number, sizeof(seed));
	crypto_sign_seed_keypair(key.public_key, key.secret_key, seed);
	return key;
}

/* Entry seq of the sample: admissions and denials, with and without the optional fields. */
static inline struct entry sample_entry(uint64_t seq)
{
	struct entry entry = {.seq = seq,
	    .time_ms = INT64_C(1789221802417) + (int64_t)seq * 1234,
	    .mono_ms = 5000 + seq * 1234,
	    .clock = (enum entry_clock)(seq % 4),
	    .decision = (enum entry_decision)(seq % 10),
	    .rev = seq / 3};

	memset(entry.boot, 0xb0, sizeof(entry.boot));
	snprintf(entry.reason, sizeof(entry.reason), "%s", seq % 2 ? "already-inside" : "ok");
	if (seq % 3 != 0)
		snprintf(entry.event, sizeof(entry.event), "briefing-%d", (int)(seq % 7));
	if (seq % 5 != 0) {
		entry.has_pass = true;
		memset(entry.pass, (int)(seq & 0xff), sizeof(entry.pass));
	}
	if (seq % 2 == 0)
		snprintf(entry.staff, sizeof(entry.staff), "officer%d", (int)(seq % 3));
	entry.has_commit = seq % 4 == 1;
	memset(entry.commit, (int)(seq & 0x7f), sizeof(entry.commit));
	return entry;
}

#endif
