#include "badges/entry.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "badges/bytes.h"
#include "badges/decimal.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char entry_header[] = "pressgate-entry/v1\n";

/* 9999-12-31T23:59:59.999Z: the last time that four digits of year can write. */
static const int64_t entry_time_max = INT64_C(253402300799999);

static const char *const clock_words[] = {
    [ENTRY_CLOCK_SYNCED] = "synced",
    [ENTRY_CLOCK_HOLDOVER] = "holdover",
    [ENTRY_CLOCK_UNSYNCED] = "unsynced",
    [ENTRY_CLOCK_STEPPED] = "stepped",
};

static const char *const decision_words[] = {
    [ENTRY_ADMIT] = "admit",
    [ENTRY_DENY] = "deny",
    [ENTRY_OVERRIDE] = "override",
    [ENTRY_EXIT] = "exit",
    [ENTRY_VOID] = "void",
    [ENTRY_EPOCH] = "epoch",
    [ENTRY_BOOT] = "boot",
    [ENTRY_SYNC] = "sync",
    [ENTRY_KEYS] = "keys",
    [ENTRY_GAP] = "gap",
};

static const char event_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
static const char reason_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
static const char staff_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789";
static const char hex_bytes[] = "0123456789abcdef";

/* A value as it stands in the text. */
struct value {
	const char *text;
	size_t len;
};

enum { VALUE_MAX = ENTRY_EVENT_MAX }; /* the longest value; a commit has 64 too */

static bool only(const char *text, size_t len, const char *allowed)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0' || strchr(allowed, text[i]) == NULL)
			return false;
	}
	return true;
}

static bool is_none(struct value value)
{
	return value.len == 1 && value.text[0] == '-';
}

static bool read_token(struct value value, const char *allowed, size_t max, char *ret_token)
{
	if (value.len == 0 || value.len > max || !only(value.text, value.len, allowed))
		return false;
	memcpy(ret_token, value.text, value.len);
	ret_token[value.len] = '\0';
	return true;
}

static size_t write_token(const char *token, const char *allowed, size_t max, char *ret_text)
{
	size_t len = strnlen(token, max + 1);

	if (len == 0 || len > max || !only(token, len, allowed))
		return 0;
	memcpy(ret_text, token, len);
	return len;
}

static bool read_hex(struct value value, uint8_t *ret_bytes, size_t len)
{
	return only(value.text, value.len, hex_bytes) &&
	       bytes_unhex(value.text, value.len, ret_bytes, len) == 0;
}

static size_t write_hex(const uint8_t *bytes, size_t len, char *ret_text)
{
	bytes_hex(bytes, len, ret_text);
	return 2 * len;
}

static size_t write_number(uint64_t number, char *ret_text)
{
	return (size_t)snprintf(ret_text, VALUE_MAX + 1, "%" PRIu64, number);
}

static bool read_word(
    struct value value, const char *const *words, size_t count, unsigned *ret_index)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) == value.len && memcmp(words[i], value.text, value.len) == 0) {
			*ret_index = (unsigned)i;
			return true;
		}
	}
	return false;
}

static size_t write_word(const char *word, char *ret_text)
{
	return word == NULL ? 0 : (size_t)(stpcpy(ret_text, word) - ret_text);
}

static bool read_seq(struct value value, struct entry *entry)
{
	return decimal_read(value.text, value.len, &entry->seq);
}

static size_t write_seq(const struct entry *entry, char *ret_text)
{
	return write_number(entry->seq, ret_text);
}

static bool digits(const char *text, size_t len, int *ret_number)
{
	int number = 0;

	if (!only(text, len, "0123456789"))
		return false;
	for (size_t i = 0; i < len; i++)
		number = number * 10 + (text[i] - '0');
	*ret_number = number;
	return true;
}

static bool read_time(struct value value, struct entry *entry)
{
	char again[ENTRY_TIME_LEN + 1];
	struct tm tm = {0};
	const char *at = value.text;
	int64_t time_ms;
	int millis;

	if (value.len != ENTRY_TIME_LEN || !digits(at, 4, &tm.tm_year) ||
	    !digits(at + 5, 2, &tm.tm_mon) || !digits(at + 8, 2, &tm.tm_mday) ||
	    !digits(at + 11, 2, &tm.tm_hour) || !digits(at + 14, 2, &tm.tm_min) ||
	    !digits(at + 17, 2, &tm.tm_sec) || !digits(at + 20, 3, &millis))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	time_ms = (int64_t)timegm(&tm) * 1000 + millis;
	/* timegm() takes a 31st of June; writing it again shows what is no date, and the signs. */
	if (entry_time_format(time_ms, again) < 0 || memcmp(again, at, ENTRY_TIME_LEN) != 0)
		return false;
	entry->time_ms = time_ms;
	return true;
}

static size_t write_time(const struct entry *entry, char *ret_text)
{
	return entry_time_format(entry->time_ms, ret_text) < 0 ? 0 : ENTRY_TIME_LEN;
}

static bool read_clock(struct value value, struct entry *entry)
{
	unsigned index = 0;

	if (!read_word(value, clock_words, LENGTH(clock_words), &index))
		return false;
	entry->clock = (enum entry_clock)index;
	return true;
}

static size_t write_clock(const struct entry *entry, char *ret_text)
{
	return write_word(entry_clock_word(entry->clock), ret_text);
}

static bool read_boot(struct value value, struct entry *entry)
{
	return read_hex(value, entry->boot, sizeof(entry->boot));
}

static size_t write_boot(const struct entry *entry, char *ret_text)
{
	return write_hex(entry->boot, sizeof(entry->boot), ret_text);
}

static bool read_mono(struct value value, struct entry *entry)
{
	return decimal_read(value.text, value.len, &entry->mono_ms);
}

static size_t write_mono(const struct entry *entry, char *ret_text)
{
	return write_number(entry->mono_ms, ret_text);
}

/* An event named "-" would read as none, so "-" alone is none and no event may have that name. */
bool entry_is_event(const char *text, size_t len)
{
	return len > 0 && len <= ENTRY_EVENT_MAX && only(text, len, event_bytes) &&
	       !is_none((struct value){text, len});
}

static bool read_event(struct value value, struct entry *entry)
{
	return is_none(value) || read_token(value, event_bytes, ENTRY_EVENT_MAX, entry->event);
}

static size_t write_event(const struct entry *entry, char *ret_text)
{
	if (entry->event[0] == '\0')
		return write_word("-", ret_text);
	if (!entry_is_event(entry->event, strnlen(entry->event, sizeof(entry->event))))
		return 0;
	return write_word(entry->event, ret_text);
}

static bool read_pass(struct value value, struct entry *entry)
{
	entry->has_pass = !is_none(value);
	return !entry->has_pass || read_hex(value, entry->pass, sizeof(entry->pass));
}

static size_t write_pass(const struct entry *entry, char *ret_text)
{
	return entry->has_pass ? write_hex(entry->pass, sizeof(entry->pass), ret_text)
			       : write_word("-", ret_text);
}

static bool read_decision(struct value value, struct entry *entry)
{
	unsigned index = 0;

	if (!read_word(value, decision_words, LENGTH(decision_words), &index))
		return false;
	entry->decision = (enum entry_decision)index;
	return true;
}

static size_t write_decision(const struct entry *entry, char *ret_text)
{
	return write_word(entry_decision_word(entry->decision), ret_text);
}

static bool read_reason(struct value value, struct entry *entry)
{
	return read_token(value, reason_bytes, ENTRY_REASON_MAX, entry->reason);
}

static size_t write_reason(const struct entry *entry, char *ret_text)
{
	return write_token(entry->reason, reason_bytes, ENTRY_REASON_MAX, ret_text);
}

static bool read_rev(struct value value, struct entry *entry)
{
	return decimal_read(value.text, value.len, &entry->rev);
}

static size_t write_rev(const struct entry *entry, char *ret_text)
{
	return write_number(entry->rev, ret_text);
}

static bool read_staff(struct value value, struct entry *entry)
{
	return is_none(value) || read_token(value, staff_bytes, ENTRY_STAFF_MAX, entry->staff);
}

static size_t write_staff(const struct entry *entry, char *ret_text)
{
	return entry->staff[0] == '\0'
		   ? write_word("-", ret_text)
		   : write_token(entry->staff, staff_bytes, ENTRY_STAFF_MAX, ret_text);
}

static bool read_commit(struct value value, struct entry *entry)
{
	entry->has_commit = !is_none(value);
	return !entry->has_commit || read_hex(value, entry->commit, sizeof(entry->commit));
}

static size_t write_commit(const struct entry *entry, char *ret_text)
{
	return entry->has_commit ? write_hex(entry->commit, sizeof(entry->commit), ret_text)
				 : write_word("-", ret_text);
}

/* The lines behind the header, in their order. write returns 0 for a value that has no text. */
static const struct field {
	const char *name;
	int error;
	bool (*read)(struct value value, struct entry *entry);
	size_t (*write)(const struct entry *entry, char *ret_text);
} fields[] = {
    {"seq", ENTRY_BAD_SEQ, read_seq, write_seq},
    {"time", ENTRY_BAD_TIME, read_time, write_time},
    {"clock", ENTRY_BAD_CLOCK, read_clock, write_clock},
    {"boot", ENTRY_BAD_BOOT, read_boot, write_boot},
    {"mono", ENTRY_BAD_MONO, read_mono, write_mono},
    {"event", ENTRY_BAD_EVENT, read_event, write_event},
    {"pass", ENTRY_BAD_PASS, read_pass, write_pass},
    {"decision", ENTRY_BAD_DECISION, read_decision, write_decision},
    {"reason", ENTRY_BAD_REASON, read_reason, write_reason},
    {"rev", ENTRY_BAD_REV, read_rev, write_rev},
    {"staff", ENTRY_BAD_STAFF, read_staff, write_staff},
    {"commit", ENTRY_BAD_COMMIT, read_commit, write_commit},
};

/* Every field at its longest, with room to spare: entry_format() can't run over. */
static_assert(sizeof(entry_header) + LENGTH(fields) * (sizeof("decision ") + VALUE_MAX) < ENTRY_MAX,
    "an entry fits");

int entry_format(const struct entry *entry, char ret_text[static ENTRY_MAX + 1], size_t *ret_len)
{
	char text[ENTRY_MAX + 1];
	size_t len = sizeof(entry_header) - 1;

	memcpy(text, entry_header, len);
	for (size_t i = 0; i < LENGTH(fields); i++) {
		size_t value;

		len += write_word(fields[i].name, text + len);
		text[len++] = ' ';
		value = fields[i].write(entry, text + len);
		if (value == 0)
			return fields[i].error;
		len += value;
		text[len++] = '\n';
	}
	text[len] = '\0';
	memcpy(ret_text, text, len + 1);
	*ret_len = len;
	return 0;
}

/* The value of the line "<name> <value>\n" at text, which has len bytes left. */
static bool take_value(const char *text, size_t len, const char *name, struct value *ret_value)
{
	size_t name_len = strlen(name);
	const char *value, *end;

	if (len <= name_len || memcmp(text, name, name_len) != 0 || text[name_len] != ' ')
		return false;
	value = text + name_len + 1;
	end = memchr(value, '\n', len - name_len - 1);
	if (end == NULL)
		return false;
	*ret_value = (struct value){value, (size_t)(end - value)};
	return true;
}

int entry_parse(const char *text, size_t len, struct entry *ret_entry)
{
	size_t at = sizeof(entry_header) - 1;
	struct entry entry = {0};

	if (len > ENTRY_MAX)
		return ENTRY_BAD_LENGTH;
	if (len < at || memcmp(text, entry_header, at) != 0)
		return ENTRY_BAD_HEADER;
	for (size_t i = 0; i < LENGTH(fields); i++) {
		struct value value;

		if (!take_value(text + at, len - at, fields[i].name, &value) ||
		    !fields[i].read(value, &entry))
			return fields[i].error;
		at = (size_t)(value.text + value.len + 1 - text);
	}
	if (at != len)
		return ENTRY_BAD_END;
	*ret_entry = entry;
	return 0;
}

const char *entry_error_word(int code)
{
	for (size_t i = 0; i < LENGTH(fields); i++) {
		if (fields[i].error == code)
			return fields[i].name;
	}
	switch (code) {
	case ENTRY_BAD_HEADER:
		return "header";
	case ENTRY_BAD_END:
		return "end";
	case ENTRY_BAD_LENGTH:
		return "length";
	default:
		return "entry";
	}
}

const char *entry_clock_word(enum entry_clock clock)
{
	return (size_t)clock < LENGTH(clock_words) ? clock_words[clock] : NULL;
}

const char *entry_decision_word(enum entry_decision decision)
{
	return (size_t)decision < LENGTH(decision_words) ? decision_words[decision] : NULL;
}

int entry_decision_read(const char *word, enum entry_decision *ret_decision)
{
	unsigned index = 0;
	struct value value = {word, strlen(word)};

	if (!read_word(value, decision_words, LENGTH(decision_words), &index))
		return ENTRY_BAD_DECISION;
	*ret_decision = (enum entry_decision)index;
	return 0;
}

int entry_time_format(int64_t time_ms, char ret_text[static ENTRY_TIME_LEN + 1])
{
	time_t seconds = (time_t)(time_ms / 1000);
	char text[ENTRY_TIME_LEN + 8];
	struct tm tm;

	if (time_ms < 0 || time_ms > entry_time_max || gmtime_r(&seconds, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) != ENTRY_TIME_LEN - 5)
		return ENTRY_BAD_TIME;
	snprintf(text + ENTRY_TIME_LEN - 5, 8, ".%03dZ", (int)(time_ms % 1000));
	memcpy(ret_text, text, ENTRY_TIME_LEN + 1);
	return 0;
}
