#include <stdio.h>
#include <string.h>

#include "gate/desk/lists.html.h"
#include "gate/desk/message.html.h"
#include "gate/desk/pair.html.h"
#include "gate/desk/ready.html.h"
#include "gate/desk/refer.html.h"
#include "gate/desk/search.html.h"
#include "gate/desk/shift.html.h"
#include "gate/desk/stop.html.h"
#include "tests/desk/stage.h"

const struct view_choice stage_reasons[7] = {
    {"screening-refused", "Refuses screening", NULL, false},
    {"no-identification", "No identification", NULL, false},
    {"identity-mismatch", "Not the same person", NULL, false},
    {"prohibited-item", "Prohibited item", NULL, false},
    {"conduct", "Conduct", NULL, false},
    {"service-restricted", "The Service restricts", NULL, false},
    {"other", "Other", NULL, true},
};

const struct view_choice stage_kinds[5] = {
    {"not-on-roster", "Not on the list", NULL, false},
    {"no-phone", "No phone or dead battery", NULL, false},
    {"lost-badge", "Lost pass", NULL, false},
    {"wrong-day", "Wrong day", NULL, false},
    {"other", "Something else", NULL, true},
};

static void set_ages(struct view_strip *s, const char *words, enum view_colour colour)
{
	snprintf(s->roster.words, VIEW_AGE, "%s", words);
	s->roster.colour = colour;
	s->roster.seconds = 60;
	s->revoked = s->roster;
}

struct view_frame stage_frame(const char *title, bool has_strip, enum stage_strip strip,
    const char *csrf, const char *tag)
{
	struct view_frame f = {.page = {.title = title, .site = "Pressgate", .home = "/",
				   .csrf = csrf},
	    .has_strip = has_strip,
	    .lock_after = 10};
	struct view_strip *s = &f.strip;

	s->conference = "Road safety: results of the autumn campaign";
	s->door = "north-door";
	s->officer = "officer1";
	s->clock = s->journal = "ok";
	s->online = strip == STAGE_ONLINE || strip == STAGE_STOPPED;
	s->inside = 14;
	s->capacity = 80;
	snprintf(s->tag, sizeof(s->tag), "%s", tag);
	snprintf(s->at, VIEW_TIME, "14:05:31");
	s->stop_scope = "";
	set_ages(s, "20 seconds", VIEW_GREEN);
	if (strip == STAGE_OFFLINE || strip == STAGE_BAD) {
		snprintf(s->since, VIEW_TIME, "13:52");
		s->unsent = 37;
		set_ages(s, "14 minutes", VIEW_AMBER);
		snprintf(s->unheard, VIEW_LINE, "south-door, west-door");
	}
	if (strip == STAGE_BAD) {
		s->supervisor = true;
		set_ages(s, "7 hours", VIEW_RED);
		s->conflicts = 2;
		s->answers = 1;
		s->clock = "This gate's clock is wrong";
		s->journal = "Nothing can be recorded: use the paper list";
	}
	if (strip == STAGE_STOPPED) {
		s->stopped = true;
		s->stop_scope = "building";
		snprintf(s->stop_words, sizeof(s->stop_words), "A suspicious object is looked at in "
							       "the lobby. Keep everybody outside.");
		snprintf(s->stop_since, VIEW_TIME, "14:03");
	}
	return f;
}

enum { SUPERVISOR_FIELDS = 3 };
static const struct form_field start_fields[] = {
    {.name = "officer", .label = "your name", .kind = FORM_LINE, .required = true,
	.autocomplete = "username"},
    {.name = "pin", .label = "PIN or passphrase", .kind = FORM_PASSWORD, .required = true},
    {.name = "conference", .label = "conference", .kind = FORM_SLUG, .required = true},
};
static const struct form_field halt_fields[] = {
    {.name = "words", .label = "reason, as every officer will read it", .kind = FORM_TEXT,
	.required = true},
    {.name = "supervisor", .label = "supervisor", .kind = FORM_LINE, .required = true},
    {.name = "pin", .label = "PIN of the supervisor", .kind = FORM_PASSWORD, .required = true},
    {.name = "scope", .label = "scope", .kind = FORM_LINE},
    {.name = "look", .label = "look", .kind = FORM_INTEGER},
};
static const struct form_field accept_fields[] = {
    {.name = "minutes", .label = "for how many minutes", .kind = FORM_CHOICE, .required = true,
	.choices = (const struct form_choice[]){{"15", "15 minutes", NULL}, {"60", "1 hour", NULL},
	    {"240", "4 hours", NULL}, {NULL, NULL, NULL}}},
    {.name = "words", .label = "why", .kind = FORM_LINE, .required = true},
    {.name = "supervisor", .label = "supervisor", .kind = FORM_LINE, .required = true},
    {.name = "pin", .label = "PIN of the supervisor", .kind = FORM_PASSWORD, .required = true},
};
static const struct form_field refer_fields[] = {
    {.name = "kind", .label = "kind", .kind = FORM_LINE, .required = true},
    {.name = "person", .label = "name of the person", .kind = FORM_LINE, .required = true},
    {.name = "words", .label = "words", .kind = FORM_LINE},
    {.name = "look", .label = "look", .kind = FORM_INTEGER},
};
static const struct form_field line_fields[] = {
    {.name = "name", .label = "name of this device", .hint = "“Tablet at the side door”",
	.kind = FORM_LINE, .required = true},
};
static const struct form_field query_fields[] = {
    {.name = "q", .label = "name or outlet", .kind = FORM_LINE}};

#define FORM(fields) form_new(fields, sizeof(fields) / sizeof(*(fields)))

static void start(struct buf *b, const struct view_frame *f, bool hand_over, bool wrong)
{
	static const struct view_conference list[] = {
	    {"road-safety", "Road safety: results of the autumn campaign", "14:00", true},
	    {"budget", "Budget 2027", "10:00 on 3 December", false}};
	struct form *form = FORM(start_fields);
	struct view_start v = {.frame = *f, .hand_over = hand_over, .from = "officer2", .form = form,
	    .conferences = list, .n = hand_over ? 1 : 2, .door = "north-door"};

	if (wrong) {
		form_fill(form, 0, "officer1");
		form_refuse(form, 1, "Name and PIN don’t fit. Try again in 20 seconds.");
		v.frame.page.error = true;
	}
	start_page(b, &v);
	form_free(form);
}

static void unlock(struct buf *b, const struct view_frame *f)
{
	struct form *form = form_new(start_fields + 1, 1);
	struct view_unlock v = {.frame = *f, .officer = "officer1", .door = "north-door",
	    .conference = "Road safety: results of the autumn campaign", .form = form,
	    .idle = true};

	unlock_page(b, &v);
	form_free(form);
}

static void end(struct buf *b, const struct view_frame *f, bool ended)
{
	static const struct view_count reasons[] = {{"Cancelled pass", 2}, {"No identification", 1}};
	struct view_end v = {.frame = *f, .ended = ended, .officer = "officer1",
	    .conference = "Road safety: results of the autumn campaign", .began = "13:00",
	    .now = "16:12", .admitted = 61, .denied = 3, .overrides = 1, .exits = 12, .undone = 1,
	    .referred = 2, .reasons = reasons, .reasons_n = 2, .unsent = ended ? 0 : 5};

	end_page(b, &v);
}

static void search(struct buf *b, const struct view_frame *f, bool found)
{
	static const struct view_found list[] = {
	    {"1", "Amina Ọkáfọ̀", "The Lantern", "Reporter", "/photo/face", "", true},
	    {"2", "Amir Haddad", "Metro Radio", "Sound", "", "waiting list", false}};
	struct form *form = FORM(query_fields);
	struct view_search v = {.frame = *f, .query = found ? "am" : "zzz", .searched = true,
	    .rows = 84, .found = list, .n = found ? 2 : 0, .more = found, .form = form};

	search_page(b, &v);
	form_free(form);
}

static void refer(struct buf *b, const struct view_frame *f)
{
	struct form *form = FORM(refer_fields);
	struct view_refer v = {.frame = *f, .form = form, .kinds = stage_kinds, .kinds_n = 5};

	refer_page(b, &v);
	form_free(form);
}

static void referrals(struct buf *b, const struct view_frame *f)
{
	static const struct view_referral list[] = {
	    {.id = "a1", .time = "14:01", .kind = "Not on the list", .person = "Jo Ng",
		.staff = "officer1", .answered = true, .admit = true, .sent = true,
		.answer = "Admit", .words = "On the list of the mayor's office.", .by = "Dana",
		.at = "14:03"},
	    {.id = "a2", .time = "13:58", .kind = "Wrong day", .person = "Sam Poe",
		.staff = "officer1", .answered = true, .sent = true, .answer = "Refuse",
		.words = "Invited for tomorrow.", .by = "Dana", .at = "13:59"},
	    {.id = "a3", .time = "13:55", .kind = "No phone", .person = "", .staff = "officer2",
		.answer = "", .words = "", .by = "", .at = ""}};
	struct view_referrals v = {.frame = *f, .lines = list, .n = 3};

	referrals_page(b, &v);
}

static void conflicts(struct buf *b, const struct view_frame *f)
{
	static const struct view_conflict list[] = {{.name = "Amina Ọkáfọ̀", .outlet = "The Lantern",
	    .pass = "1a2b-3c4d", .first_gate = "north-door", .first_staff = "officer1",
	    .second_gate = "south-door", .second_staff = "officer2", .first_time = "13:50",
	    .second_time = "13:52", .found = "14:01"}};
	struct view_conflicts v = {.frame = *f, .lines = list, .n = 1};

	conflicts_page(b, &v);
}

static void last(struct buf *b, const struct view_frame *f)
{
	static const struct view_entry list[] = {
	    {"1-42", "14:05:12", "Admitted", "", "Amina Ọkáfọ̀", "The Lantern", "officer1", true, 41},
	    {"1-41", "14:04:50", "Denied", "cancelled pass", "Sam Poe", "Metro Radio", "officer1",
		false, 0},
	    {"1-40", "14:04:02", "Denied", "not a pass", "", "", "officer1", false, 0}};
	struct view_last v = {.frame = *f, .lines = list, .n = 3};

	last_page(b, &v);
}

static void stop(struct buf *b, const struct view_frame *f)
{
	static const struct view_stop_line list[] = {
	    {"north-door/1/9", "This conference", "Doors closed until the room is searched.",
		"14:03", "supervisor1 at north-door"},
	    {"", "One outlet", "Access is under review.", "11:20", "Communications"}};
	struct form *form = FORM(halt_fields);
	struct view_look look;
	struct view_stop v = {.frame = *f, .needs_supervisor = true, .form = form, .lines = list,
	    .n = 2, .look = &look};

	if (stage_look("revoked", &look))
		stop_page(b, &v);
	form_free(form);
}

static void accept(struct buf *b, const struct view_frame *f)
{
	struct form *form = FORM(accept_fields);
	struct view_accept v = {.frame = *f, .needs_supervisor = true, .form = form};

	accept_page(b, &v);
	form_free(form);
}

static void pair(struct buf *b, const struct view_frame *f)
{
	static const struct view_pairing list[] = {
	    {"3", "Tablet at the side door", "officer1", "09:12", "14:04", true},
	    {"2", "Spare phone", "officer2", "12:00 on 20 November", "", false}};
	struct view_pair v = {.frame = *f, .lan = true, .needs_supervisor = true,
	    .address = "https://192.0.2.10:8443",
	    .fingerprint = "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:"
			   "AB:CD:EF:01:23:45:67:89",
	    .link = "https://192.0.2.10:8443/join/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE",
	    .until = "14:15", .lines = list, .n = 2};

	pair_page(b, &v);
}

static void join(struct buf *b, const struct view_frame *f)
{
	struct form *form = FORM(line_fields);
	struct view_join v = {.frame = *f, .door = "north-door", .action = "/join/abc", .form = form,
	    .fingerprint = "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89"};

	join_page(b, &v);
	form_free(form);
}

static void ready(struct buf *b, const struct view_frame *f)
{
	static const struct view_finding list[] = {
	    {"clock", "ok", "The clock is right to a second.", ""},
	    {"roster", "warn", "The list of guests is 14 minutes old.",
		"Bring the gate to the network once before doors open."},
	    {"disk", "bad", "There is room for 200 entries only.", "Free at least 1 GiB."}};
	struct view_ready v = {.frame = *f, .at = "13:40", .worst = "bad", .lines = list, .n = 3,
	    .card_text = "ACR1:TEST CARD 0123456789 $%*+-./: ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	    .card_tried = true, .card_good = false,
	    .card_words = "“/” came as “é”: the scanner types for another keyboard."};
	struct form *form = FORM(query_fields);

	v.form = form;
	ready_page(b, &v);
	form_free(form);
}

static void message(struct buf *b, const struct view_frame *f)
{
	struct view_message v = {.frame = *f, .heading = "This gate was wiped",
	    .words = {"The registrar has revoked it. Nothing of what it knew is left on it.",
		"Bring it back to Communications, and use the paper list."}};

	message_page(b, &v);
}

bool stage_page(struct buf *b, const char *name, const struct view_frame *f)
{
	struct view_frame bare = *f;

	bare.has_strip = false;
	if (strcmp(name, "start") == 0)
		start(b, &bare, false, false);
	else if (strcmp(name, "start-wrong") == 0)
		start(b, &bare, false, true);
	else if (strcmp(name, "hand-over") == 0)
		start(b, f, true, false);
	else if (strcmp(name, "locked") == 0)
		unlock(b, &bare);
	else if (strcmp(name, "end") == 0)
		end(b, f, false);
	else if (strcmp(name, "ended") == 0)
		end(b, &bare, true);
	else if (strcmp(name, "search") == 0)
		search(b, f, true);
	else if (strcmp(name, "search-none") == 0)
		search(b, f, false);
	else if (strcmp(name, "refer") == 0)
		refer(b, f);
	else if (strcmp(name, "referrals") == 0)
		referrals(b, f);
	else if (strcmp(name, "conflicts") == 0)
		conflicts(b, f);
	else if (strcmp(name, "last") == 0)
		last(b, f);
	else if (strcmp(name, "stop") == 0)
		stop(b, f);
	else if (strcmp(name, "accept-stale") == 0)
		accept(b, f);
	else if (strcmp(name, "pair") == 0)
		pair(b, f);
	else if (strcmp(name, "join") == 0)
		join(b, &bare);
	else if (strcmp(name, "ready") == 0)
		ready(b, f);
	else if (strcmp(name, "message") == 0)
		message(b, &bare);
	else
		return false;
	return true;
}
