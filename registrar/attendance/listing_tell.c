/* What stands in the rows of a list. The columns of attendance, entries and denials are read by
 * other programs: add none in between, rename none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "registrar/attendance/listing.h"

static const struct sheet_column attendance_columns[] = {
    {"person", "Name", 26, SHEET_STRONG},
    {"outlet", "Outlet", 22, SHEET_TEXT},
    {"class", "Role", 20, SHEET_TEXT},
    {"registration", "Registration", 19, SHEET_TEXT},
    {"status", "Status", 15, SHEET_TEXT},
    {"inside", "Inside", 10, SHEET_TEXT},
    {"arrived", "Came", 27, SHEET_TEXT},
    {"arrived_at", "By", 15, SHEET_TEXT},
    {"last_seen", "Seen last", 27, SHEET_TEXT},
    {"last_seen_at", "At", 15, SHEET_TEXT},
    {"entries", "In", 5, SHEET_TEXT},
    {"exits", "Out", 8, SHEET_TEXT},
    {"denials", "Denied", 11, SHEET_TEXT},
};
static const struct sheet_column entry_columns[] = {
    {"time", "When", 24, SHEET_TEXT},
    {"gate", "Door", 14, SHEET_TEXT},
    {"epoch", "Epoch", 11, SHEET_TEXT},
    {"seq", "Entry", 8, SHEET_TEXT},
    {"decision", "Decision", 10, SHEET_TEXT},
    {"reason", "Reason", 18, SHEET_TEXT},
    {"pass", "Pass", 12, SHEET_HIDDEN},
    {"person", "Name", 26, SHEET_STRONG},
    {"outlet", "Outlet", 22, SHEET_TEXT},
    {"staff", "Officer", 11, SHEET_TEXT},
    {"detail", "Detail", 26, SHEET_HIDDEN},
};
static const struct sheet_column no_show_columns[] = {
    {"person", "Name", 30, SHEET_STRONG},
    {"outlet", "Outlet", 28, SHEET_TEXT},
    {"class", "Role", 16, SHEET_TEXT},
    {"reference", "Reference", 18, SHEET_TEXT},
    {"code", "Code", 15, SHEET_TEXT},
    {"denials", "Denied", 9, SHEET_TEXT},
};
static const struct sheet_column muster_columns[] = {
    {"found", "", 5, SHEET_TICK},
    {"person", "Name", 32, SHEET_STRONG},
    {"outlet", "Outlet", 26, SHEET_TEXT},
    {"class", "Role", 16, SHEET_TEXT},
    {"door", "Came in by", 14, SHEET_TEXT},
    {"since", "At", 24, SHEET_TEXT},
};
static const struct sheet_column guest_columns[] = {
    {"here", "", 5, SHEET_TICK},
    {"person", "Name", 32, SHEET_STRONG},
    {"outlet", "Outlet", 26, SHEET_TEXT},
    {"class", "Role", 21, SHEET_TEXT},
    {"code", "Code", 17, SHEET_TEXT},
    {"signature", "Signature", 30, SHEET_LINE},
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct {
	const struct sheet_column *columns;
	size_t n;
} shapes[] = {
    [LISTING_ATTENDANCE] = {attendance_columns, COUNT(attendance_columns)},
    [LISTING_ENTRIES] = {entry_columns, COUNT(entry_columns)},
    [LISTING_DENIALS] = {entry_columns, COUNT(entry_columns)},
    [LISTING_NO_SHOWS] = {no_show_columns, COUNT(no_show_columns)},
    [LISTING_MUSTER] = {muster_columns, COUNT(muster_columns)},
    [LISTING_GUESTS] = {guest_columns, COUNT(guest_columns)},
};

const struct sheet_column *listing_columns(enum listing_kind kind, size_t *ret_n)
{
	*ret_n = shapes[kind].n;
	return shapes[kind].columns;
}

const char *listing_status(
    const struct attendance *attendance, const struct attendance_person *person, int64_t now)
{
	if (person->arrived)
		return person->expected ? "arrived" : "walk-in";
	if (!person->expected)
		return person->denials > 0 ? "denied" : person->state;
	return now < attendance->over ? "expected" : "no-show";
}

static const char *class_of(const struct attendance_person *person)
{
	const char *word = class_token(person->pass_class);

	return person->name[0] == '\0' || word == NULL ? "" : word;
}

static void put_code(struct sheet *sheet, const char *code)
{
	char text[10];

	(void)snprintf(text, sizeof(text), "%.4s%s%.4s", code, code[0] != '\0' ? "-" : "",
	    strlen(code) > 4 ? code + 4 : "");
	sheet_ours(sheet, text);
}

static void put_attendance(
    const struct listing *l, const struct attendance_person *p, struct sheet *sheet)
{
	sheet_outside(sheet, p->name);
	sheet_outside(sheet, p->outlet);
	sheet_ours(sheet, class_of(p));
	sheet_ours(sheet, p->state);
	sheet_ours(sheet, listing_status(l->attendance, p, l->now));
	sheet_ours(sheet, p->inside ? "yes" : "no");
	sheet_time(sheet, p->first.time_ms);
	sheet_ours(sheet, p->first.device);
	sheet_time(sheet, p->last.time_ms);
	sheet_ours(sheet, p->last.device);
	sheet_number(sheet, p->entries);
	sheet_number(sheet, p->exits);
	sheet_number(sheet, p->denials);
}

static void put_no_show(const struct attendance_person *p, struct sheet *sheet)
{
	sheet_outside(sheet, p->name);
	sheet_outside(sheet, p->outlet);
	sheet_ours(sheet, class_of(p));
	sheet_ours(sheet, p->reference);
	put_code(sheet, p->code);
	sheet_number(sheet, p->denials);
}

static void put_muster(const struct attendance_person *p, struct sheet *sheet)
{
	sheet_ours(sheet, "");
	sheet_outside(sheet, p->name[0] != '\0' ? p->name : "(let in without a pass of ours)");
	sheet_outside(sheet, p->outlet);
	sheet_ours(sheet, class_of(p));
	sheet_ours(sheet, p->last.device);
	sheet_time(sheet, p->last.time_ms);
}

static void put_guest(const struct attendance_person *p, struct sheet *sheet)
{
	sheet_ours(sheet, "");
	sheet_outside(sheet, p->name);
	sheet_outside(sheet, p->outlet);
	sheet_ours(sheet, class_of(p));
	put_code(sheet, p->code);
	sheet_ours(sheet, "");
}

/* The letter a name is looked up under: without accents, capital; of other scripts its first. */
static void initial_of(const char *name, char ret[static 16])
{
	size_t len = 0, skip = 0;
	uint8_t *plain;
	int unit;

	/* Quotes and signs come before the letter. */
	while (name[skip] != '\0' && (unsigned char)name[skip] < 128 &&
	       strchr("=+-@'\"(.,; ", name[skip]) != NULL)
		skip++;
	plain = u8_toupper((const uint8_t *)name + skip, strlen(name + skip), NULL, UNINORM_NFKD,
	    NULL, &len);
	unit = plain == NULL || len == 0 ? 0 : u8_mblen(plain, len);
	ret[0] = '\0';
	if (unit > 0) {
		memcpy(ret, plain, (size_t)unit);
		ret[unit] = '\0';
	}
	free(plain);
}

enum { GROUP = 1024 }; /* more than an outlet's name takes */

/* What a list on paper is divided by: it is said where it changes. */
static int divide(const struct listing *l, const struct attendance_person *p,
    char group[static GROUP], struct sheet *sheet)
{
	char now[GROUP] = "";

	if (l->kind == LISTING_GUESTS)
		initial_of(p->name, now);
	else if (l->kind == LISTING_MUSTER)
		(void)snprintf(now, sizeof(now), "%s",
		    p->outlet[0] != '\0' ? p->outlet : "Of no outlet known here");
	if (strcmp(now, group) == 0)
		return 0;
	memcpy(group, now, sizeof(now));
	return sheet_group(sheet, group);
}

static int tell_people(const struct listing *l, struct sheet *sheet)
{
	char group[GROUP] = "";
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->n; i++) {
		const struct attendance_person *p = &l->attendance->people[l->rows[i]];

		r = divide(l, p, group, sheet);
		if (r != 0)
			break;
		if (l->kind == LISTING_ATTENDANCE)
			put_attendance(l, p, sheet);
		else if (l->kind == LISTING_NO_SHOWS)
			put_no_show(p, sheet);
		else if (l->kind == LISTING_MUSTER)
			put_muster(p, sheet);
		else
			put_guest(p, sheet);
		r = sheet_row(sheet);
	}
	return r;
}

static int put_entry(void *context, const struct attendance_entry *entry)
{
	struct sheet *sheet = context;
	char pass[33] = "";

	if (entry->has_pass)
		bytes_hex(entry->pass, sizeof(entry->pass), pass);
	sheet_time(sheet, entry->at.time_ms);
	sheet_ours(sheet, entry->at.device);
	sheet_number(sheet, entry->at.epoch);
	sheet_number(sheet, entry->at.seq);
	sheet_ours(sheet, entry->decision);
	sheet_ours(sheet, entry->reason);
	sheet_ours(sheet, pass);
	sheet_outside(sheet, entry->name);
	sheet_outside(sheet, entry->outlet);
	sheet_ours(sheet, strcmp(entry->staff, "-") == 0 ? "" : entry->staff);
	sheet_outside(sheet, entry->detail == NULL ? "" : entry->detail);
	return sheet_row(sheet);
}

int listing_tell(void *listing, struct sheet *sheet)
{
	const struct listing *l = listing;

	if (listing_is_of_people(l->kind))
		return tell_people(l, sheet);
	return attendance_entries(l->tx, l->attendance, l->rows, l->n, put_entry, sheet);
}
