#include "gate/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "badges/bytes.h"
#include "gate/build_time.h"

enum { SYNCED_ERROR_MS = 1000 }; /* a larger error: nobody has set the clock right for long */

/* The boot id never changes while the process lives. */
static int read_boot_id(uint8_t ret_boot[static 16])
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	char text[37], hex[33];
	ssize_t got;
	size_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	for (ssize_t i = 0; i < got && n < sizeof(hex) - 1; i++)
		if (text[i] != '-')
			hex[n++] = text[i];
	return bytes_unhex(hex, n, ret_boot, 16);
}

static int64_t milliseconds(const struct timespec *time)
{
	return (int64_t)time->tv_sec * 1000 + time->tv_nsec / 1000000;
}

static int system_source(void *context, struct clock_raw *ret_raw)
{
	struct timespec wall, boot;
	struct timex timex = {0};
	struct clock_raw raw = {0};
	const uint8_t *boot_id = context;

	if (clock_gettime(CLOCK_REALTIME, &wall) != 0 || clock_gettime(CLOCK_BOOTTIME, &boot) != 0)
		return -1;
	raw.time_ms = milliseconds(&wall);
	raw.mono_ms = (uint64_t)milliseconds(&boot);
	memcpy(raw.boot, boot_id, sizeof(raw.boot));
	if (adjtimex(&timex) >= 0) {
		raw.disciplined = (timex.status & STA_UNSYNC) == 0;
		raw.error_ms = timex.maxerror / 1000;
	}
	*ret_raw = raw;
	return 0;
}

void clock_init(struct clock *clock, clock_source *source, void *context)
{
	static uint8_t boot_id[16];
	struct clock_raw raw;

	*clock = (struct clock){.source = source, .context = context, .built_s = GATE_BUILD_TIME};
	if (source == NULL) {
		/* Without a boot id all readings are of one boot, which is what the zeros say. */
		if (read_boot_id(boot_id) != 0)
			memset(boot_id, 0, sizeof(boot_id));
		clock->source = system_source;
		clock->context = boot_id;
	}
	if (clock->source(clock->context, &raw) == 0) {
		clock->last = raw;
		clock->settled = true;
		clock->was_synced = raw.disciplined;
	}
}

static int64_t step_of(const struct clock *clock, const struct clock_raw *raw)
{
	int64_t elapsed, step;

	if (!clock->settled || memcmp(clock->last.boot, raw->boot, sizeof(raw->boot)) != 0)
		return 0;
	elapsed = (int64_t)raw->mono_ms - (int64_t)clock->last.mono_ms;
	step = raw->time_ms - clock->last.time_ms - elapsed;
	/* A time source that slews moves the clock by up to 500 millionths: that is no step. */
	return llabs(step) > CLOCK_STEP_MS + elapsed / 1000 ? step : 0;
}

static enum entry_clock state_of(
    const struct clock *clock, const struct clock_raw *raw, int64_t step_ms)
{
	if (step_ms != 0)
		return ENTRY_CLOCK_STEPPED;
	if (raw->disciplined && raw->error_ms <= SYNCED_ERROR_MS)
		return ENTRY_CLOCK_SYNCED;
	return raw->disciplined || clock->was_synced ? ENTRY_CLOCK_HOLDOVER : ENTRY_CLOCK_UNSYNCED;
}

int clock_read(const struct clock *clock, struct clock_reading *ret_reading)
{
	struct clock_raw raw = {0};
	struct clock_reading reading = {0};

	if (clock->source(clock->context, &raw) != 0)
		return -1;
	reading.time_ms = raw.time_ms;
	reading.mono_ms = raw.mono_ms;
	memcpy(reading.boot, raw.boot, sizeof(reading.boot));
	reading.step_ms = step_of(clock, &raw);
	reading.state = state_of(clock, &raw, reading.step_ms);
	*ret_reading = reading;
	return 0;
}

int64_t clock_wall_ms(const struct clock *clock)
{
	struct clock_raw raw;

	return clock->source(clock->context, &raw) == 0 ? raw.time_ms : 0;
}

int64_t clock_boot_ms(const struct clock *clock)
{
	struct clock_raw raw;

	return clock->source(clock->context, &raw) == 0 ? (int64_t)raw.mono_ms : 0;
}

void clock_settle(struct clock *clock, const struct clock_reading *reading)
{
	clock->last.time_ms = reading->time_ms;
	clock->last.mono_ms = reading->mono_ms;
	memcpy(clock->last.boot, reading->boot, sizeof(reading->boot));
	clock->was_synced = clock->was_synced || reading->state == ENTRY_CLOCK_SYNCED;
	clock->settled = true;
}

bool clock_suspect(
    const struct clock *clock, const struct clock_reading *now, const struct clock_floor *floor)
{
	int64_t latest = clock->built_s * 1000;

	if (floor->bundle_ms > latest)
		latest = floor->bundle_ms;
	if (floor->entry_ms > latest)
		latest = floor->entry_ms;
	return now->time_ms < latest - CLOCK_TOLERANCE_MS;
}
