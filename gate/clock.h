#ifndef GATE_CLOCK_H
#define GATE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/entry.h"

/*
 * The time, and how far it can be trusted. A gate never sets its clock: it notices.
 *
 * Intervals are taken from the time since boot (CLOCK_BOOTTIME), which no one can set back; the
 * wall clock (CLOCK_REALTIME) only says what o'clock it is. Behind an interface, so that tests say
 * what time it is.
 */

enum {
	CLOCK_TOLERANCE_MS = 60000, /* the wall clock may be behind what is known by this much */
	CLOCK_STEP_MS = 1000,	    /* a change of wall against boot time that is called a step */
};

/* What the system says, unjudged. */
struct clock_raw {
	int64_t time_ms;  /* Unix milliseconds */
	uint64_t mono_ms; /* milliseconds since boot, suspend included */
	uint8_t boot[16]; /* the boot id: mono_ms compares only within one */
	bool disciplined; /* the kernel has a time source (adjtimex: STA_UNSYNC is not set) */
	int64_t error_ms; /* the kernel's estimate of the largest error */
};

/* Fills *ret_raw; returns 0, or -1 when the system gives no time. */
typedef int clock_source(void *context, struct clock_raw *ret_raw);

struct clock_reading {
	int64_t time_ms;
	uint64_t mono_ms;
	uint8_t boot[16];
	enum entry_clock state; /* stepped: since the last reading that was kept by clock_settle */
	int64_t step_ms;	/* how far the wall clock was set, + forward; 0: it was not */
};

struct clock {
	clock_source *source;
	void *context;
	int64_t built_s; /* when this program was built, Unix seconds: no true time is before it */
	bool settled;	 /* last holds a reading */
	bool was_synced; /* the kernel had a time source earlier in this boot */
	struct clock_raw last;
};

/* clock_init: source NULL takes the system's clocks. Cannot fail. */
void clock_init(struct clock *clock, clock_source *source, void *context);

/* clock_read: what time it is and how trusted: synced (the kernel has a time source and its error
 * is under a second), holdover (it had one), unsynced, or stepped (wall and boot time moved apart
 * since clock_settle). Returns 0, or -1 when the system gives no time. */
int clock_read(const struct clock *clock, struct clock_reading *ret_reading)
    __attribute__((warn_unused_result));

/*
 * clock_wall_ms, clock_boot_ms: Unix milliseconds, and milliseconds since boot with suspend, as the
 * source gives them, unjudged; 0 when it gives no time. From any thread, without the gate's lock.
 */
int64_t clock_wall_ms(const struct clock *clock);
int64_t clock_boot_ms(const struct clock *clock);

/* clock_settle: takes a reading as what steps are counted from, after the entry made with it is
 * recorded. */
void clock_settle(struct clock *clock, const struct clock_reading *reading);

/* What the time must not be behind: each in Unix milliseconds, 0 where nothing is known. */
struct clock_floor {
	int64_t bundle_ms; /* issue time of the newest object held */
	int64_t entry_ms;  /* the newest recorded entry */
};

/* clock_suspect: whether the time is behind the build, the newest object or the newest entry by
 * more than CLOCK_TOLERANCE_MS. */
bool clock_suspect(
    const struct clock *clock, const struct clock_reading *now, const struct clock_floor *floor);

#endif
