/* What the doors recorded, counted; and the lists written out. */
#include "tests/device/house.h"

#include "badges/bytes.h"
#include "registrar/attendance/attendance.h"
#include "registrar/attendance/export.h"

#define START INT64_C(1789236180000)

/* One entry at a door, about a person's pass. */
struct step {
	char person; /* 'a'..: who; '?': a pass of nobody here; '-': no pass */
	char door;   /* 'n' or 's' */
	enum entry_decision decision;
	const char *reason;
	int64_t seconds; /* after START */
};

struct want {
	uint32_t expected, arrived, inside, no_show, walk_ins, denials, denied, conflicts;
};

struct row {
	const char *name;
	struct step steps[6];
	struct want want;
};

/* Four people: a, b and c are confirmed, d is confirmed and cancels (revoked at START + 1000 s). */
static const struct row rows[] = {
    {"nobody came", {{0}}, {.expected = 3, .no_show = 3}},
    {"one came", {{'a', 'n', ENTRY_ADMIT, "ok", 1}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2}},
    {"one came and went", {{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 'n', ENTRY_EXIT, "ok", 2}},
	{.expected = 3, .arrived = 1, .no_show = 2}},
    {"one came, went and came back by the other door",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 'n', ENTRY_EXIT, "ok", 2},
	    {'a', 's', ENTRY_ADMIT, "ok", 3}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2}},
    {"one came in by two doors without leaving",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 's', ENTRY_ADMIT, "ok", 3}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2, .conflicts = 1}},
    {"the order is that of time, not of upload",
	{{'a', 'n', ENTRY_EXIT, "ok", 5}, {'a', 's', ENTRY_ADMIT, "ok", 3}},
	{.expected = 3, .arrived = 1, .no_show = 2}},
    {"a supervisor let one in again at the same door",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 'n', ENTRY_OVERRIDE, "other", 3}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2}},
    {"an admission was taken back",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 'n', ENTRY_VOID, "other", 2}},
	{.expected = 3, .no_show = 3}},
    {"the second door's admission was taken back, and contradicts the first no longer",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 's', ENTRY_ADMIT, "ok", 2},
	    {'a', 's', ENTRY_VOID, "undo", 3}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2}},
    {"the first door's was taken back after another had admitted",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 's', ENTRY_ADMIT, "ok", 2},
	    {'a', 'n', ENTRY_VOID, "undo", 3}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2}},
    {"an undo takes back one admission, and what contradicts what is left stays",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 's', ENTRY_ADMIT, "ok", 2},
	    {'a', 's', ENTRY_ADMIT, "ok", 3}, {'a', 's', ENTRY_VOID, "undo", 4}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2, .conflicts = 1}},
    {"an undo that arrives after the exit leaves an exit of nobody",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 's', ENTRY_EXIT, "ok", 2},
	    {'a', 'n', ENTRY_VOID, "undo", 3}},
	{.expected = 3, .no_show = 3}},
    {"an undo twice takes back one",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 'n', ENTRY_OVERRIDE, "other", 2},
	    {'a', 'n', ENTRY_VOID, "undo", 3}, {'a', 'n', ENTRY_VOID, "undo", 4}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2}},
    {"a door takes back nothing of another's, nor of another pass",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 's', ENTRY_VOID, "undo", 2},
	    {'b', 'n', ENTRY_VOID, "undo", 3}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2}},
    {"one whose admission was taken back was admitted again",
	{{'a', 'n', ENTRY_ADMIT, "ok", 1}, {'a', 'n', ENTRY_VOID, "undo", 2},
	    {'a', 'n', ENTRY_ADMIT, "ok", 3}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2}},
    {"the clock went back before the undo",
	{{'a', 'n', ENTRY_ADMIT, "ok", 5}, {'a', 'n', ENTRY_VOID, "undo", 3}},
	{.expected = 3, .no_show = 3}},
    {"a cancelled pass was admitted afterwards, and that was taken back",
	{{'d', 'n', ENTRY_ADMIT, "ok", 2000}, {'d', 'n', ENTRY_VOID, "undo", 2001}},
	{.expected = 3, .no_show = 3}},
    {"one was refused and not admitted", {{'a', 'n', ENTRY_DENY, "screening-refused", 1}},
	{.expected = 3, .no_show = 3, .denials = 1, .denied = 1}},
    {"one was refused twice, then admitted",
	{{'a', 'n', ENTRY_DENY, "no-identification", 1},
	    {'a', 'n', ENTRY_DENY, "no-identification", 2}, {'a', 'n', ENTRY_ADMIT, "ok", 3}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 2, .denials = 2}},
    {"a pass of nobody here was refused, and a text that is none",
	{{'?', 'n', ENTRY_DENY, "not-on-roster", 1}, {'-', 'n', ENTRY_DENY, "malformed", 2}},
	{.expected = 3, .no_show = 3, .denials = 2, .denied = 1}},
    {"a stranger was let in by a supervisor", {{'?', 'n', ENTRY_OVERRIDE, "other", 1}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 3, .walk_ins = 1}},
    {"a cancelled pass was admitted before it was cancelled", {{'d', 'n', ENTRY_ADMIT, "ok", 1}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 3, .walk_ins = 1}},
    {"a cancelled pass was admitted afterwards", {{'d', 'n', ENTRY_ADMIT, "ok", 2000}},
	{.expected = 3, .arrived = 1, .inside = 1, .no_show = 3, .walk_ins = 1, .conflicts = 1}},
    {"a gate's own entries count for nothing",
	{{'-', 'n', ENTRY_BOOT, "started", 1}, {'-', 'n', ENTRY_SYNC, "roster", 2}},
	{.expected = 3, .no_show = 3}},
};

static void put_step(
    const struct step *step, struct house_gate *gates, uint8_t (*passes)[16], const char *slug)
{
	struct entry entry = {.decision = step->decision,
	    .time_ms = START + step->seconds * 1000,
	    .has_pass = step->person != '-'};

	(void)snprintf(entry.event, sizeof(entry.event), "%s", slug);
	(void)snprintf(entry.reason, sizeof(entry.reason), "%s", step->reason);
	if (step->person == '?')
		memset(entry.pass, 0xee, sizeof(entry.pass));
	else if (entry.has_pass)
		memcpy(entry.pass, passes[step->person - 'a'], sizeof(entry.pass));
	house_gate_add(&gates[step->door == 'n' ? 0 : 1], &entry);
}

static struct attendance *load(struct house *house, int64_t conference)
{
	struct attendance *attendance = NULL;
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(attendance_load(tx, conference, &attendance), 0);
	store_read_end(tx);
	return attendance;
}

static void check_want(const struct attendance *got, const struct want *want)
{
	assert_int_equal(got->expected, want->expected);
	assert_int_equal(got->arrived, want->arrived);
	assert_int_equal(got->inside, want->inside);
	assert_int_equal(got->no_show, want->no_show);
	assert_int_equal(got->walk_ins, want->walk_ins);
	assert_int_equal(got->denials, want->denials);
	assert_int_equal(got->denied, want->denied);
	assert_int_equal(got->n_conflicts, want->conflicts);
}

/* Every sum is also the sum of its parts. */
static void check_sums(const struct attendance *got)
{
	uint32_t inside = 0, denials = 0, by_outlet = 0, reasons = 0;

	for (size_t i = 0; i < got->n_gates; i++) {
		inside += got->gates[i].inside;
		denials += got->gates[i].denials;
	}
	for (size_t i = 0; i < got->n_outlets; i++)
		by_outlet += got->outlets[i].expected;
	for (size_t i = 0; i < got->n_reasons; i++)
		reasons += got->reasons[i].count;
	assert_int_equal(inside, got->inside);
	assert_int_equal(denials, got->denials);
	assert_int_equal(reasons, got->denials);
	assert_int_equal(by_outlet, got->expected);
}

static size_t doors_of(const struct row *row)
{
	bool north = false, south = false;

	for (size_t s = 0; s < 6 && row->steps[s].person != 0; s++) {
		if (row->steps[s].decision == ENTRY_BOOT || row->steps[s].decision == ENTRY_SYNC)
			continue;
		north = north || row->steps[s].door == 'n';
		south = south || row->steps[s].door == 's';
	}
	return (size_t)north + south;
}

static void the_doors_records_are_counted(void **state)
{
	struct house *house = *state;
	struct house_gate gates[2];
	const char *names[] = {"Ana Ferreira", "Bo Lindqvist", "Chidi Okonkwo", "Dina Aziz"};
	int64_t people[4];

	house->now = START / 1000 - 1000;
	for (int i = 0; i < 4; i++)
		people[i] = house_reporter(house, names[i], i < 2 ? "Lumen TV" : "Radio Aurore");
	house_gate_begin(house, &gates[0], "north");
	house_gate_begin(house, &gates[1], "south");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char slug[32];
		int64_t conference;
		uint8_t passes[4][16];
		struct attendance *got;
		struct registration made[4];

		(void)snprintf(slug, sizeof(slug), "row-%zu", i);
		house->now = START / 1000 - 1000;
		conference = house_conference(house, slug, 0);
		for (int p = 0; p < 4; p++) {
			made[p] = house_register(house, conference, people[p]);
			memcpy(passes[p], made[p].pass_id, 16);
		}
		house->now = START / 1000 + 1000;
		house_cancel(house, made[3].reference);
		for (size_t s = 0; s < 6 && rows[i].steps[s].person != 0; s++)
			put_step(&rows[i].steps[s], gates, passes, slug);
		house_gate_sync(house, &gates[0]);
		house_gate_sync(house, &gates[1]);
		print_message("# %s\n", rows[i].name);
		got = load(house, conference);
		check_want(got, &rows[i].want);
		check_sums(got);
		assert_int_equal(got->cancelled, 1);
		/* A door is listed once it has decided about somebody, and not before. */
		assert_int_equal(got->n_gates, doors_of(&rows[i]));
		attendance_free(got);
	}
	house_gate_end(&gates[0]);
	house_gate_end(&gates[1]);
}

struct csv_row {
	const char *text, *want;
	bool outside;
};

static const struct csv_row csv_rows[] = {
    {"Ana Ferreira", "Ana Ferreira", true},
    {"", "", true},
    {"Smith, Jo", "\"Smith, Jo\"", true},
    {"Jo \"Ace\" Smith", "\"Jo \"\"Ace\"\" Smith\"", true},
    {"two\r\nlines", "\"two\r\nlines\"", true},
    {"two\nlines", "\"two\nlines\"", true},
    {"=1+2", "'=1+2", true},
    {"+1", "'+1", true},
    {"-1", "'-1", true},
    {"@sum", "'@sum", true},
    {"\tx", "'\tx", true},
    {"\rx", "\"'\rx\"", true},
    {"=cmd,\"x\"", "\"'=cmd,\"\"x\"\"\"", true},
    {"O'Neill", "O'Neill", true},
    {" padded ", " padded ", true},
    {"김서연", "김서연", true},
    {"-ours", "-ours", false},
    {"ACR1:RRQT 9P$*%+-./:", "ACR1:RRQT 9P$*%+-./:", false},
};

static void csv_quotes_what_must_be_and_no_more(void **state)
{
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof(csv_rows) / sizeof(csv_rows[0]); i++) {
		buf_init(&out, 4096);
		sheet_csv_text(&out, csv_rows[i].text, csv_rows[i].outside, true);
		assert_string_equal(buf_text(&out), csv_rows[i].want);
		buf_free(&out);
	}
	buf_init(&out, 4096);
	sheet_csv_text(&out, "a", true, true);
	sheet_csv_text(&out, "b", true, false);
	assert_string_equal(buf_text(&out), "a,b");
	buf_free(&out);
}

static void passes_are_exported_byte_for_byte(void **state)
{
	struct house *house = *state;
	struct registration made;
	struct store_tx *tx = NULL;
	struct export export;
	struct buf out;
	char want[1024];
	int64_t conference;

	house->now = registrar_now();
	conference = house_conference(house, "exported", 0);
	made = house_register(
	    house, conference, house_reporter(house, "=HYPERLINK(\"x\")", "Lumen, of the harbour"));
	assert_true(made.has_pass);
	export = (struct export){
	    .registrar = house->registrar, .conference = conference, .passes = true};
	buf_init(&out, 1 << 20);
	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(export_write(tx, &export, &out, NULL, NULL, NULL), 0);
	(void)snprintf(want, sizeof(want),
	    "person,outlet,class,status,qr,code\r\n"
	    "\"'=HYPERLINK(\"\"x\"\")\",\"Lumen, of the harbour\",reporter,confirmed,%s,%.4s-%.4s\r\n",
	    made.pass_qr, made.pass_code, made.pass_code + 4);
	assert_string_equal(buf_text(&out), want);
	buf_reset(&out);
	export = (struct export){.registrar = house->registrar,
	    .conference = conference,
	    .kind = LISTING_DENIALS,
	    .format = SHEET_JSON};
	assert_int_equal(export_write(tx, &export, &out, NULL, NULL, NULL), 0);
	assert_string_equal(buf_text(&out), "[]\n");
	buf_reset(&out);
	export.conference += 999;
	assert_int_equal(
	    export_write(tx, &export, &out, NULL, NULL, NULL), STORE_NOT_FOUND);
	store_read_end(tx);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_doors_records_are_counted),
	    cmocka_unit_test(csv_quotes_what_must_be_and_no_more),
	    cmocka_unit_test(passes_are_exported_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, house_begin, house_end);
}
