#include <string.h>

#include "tests/desk/stage.h"

#define PHOTO	"/photo/face"
#define AMINA	.name = "Amina Ọkáfọ̀", .outlet = "The Lantern", .class_words = "Reporter", .photo = PHOTO
#define NO_LAST .last_time = "", .last_gate = "", .last_staff = ""
#define DONE	.time = "14:05:12", .staff = "officer1", .entry = "1-42"

static const struct {
	const char *name;
	struct view_look look;
} looks[] = {
    {"admit",
	{.state = DOOR_ASK, .word = "ADMIT?", .tone = "admit", .reason = "ok",
	    .words = "The pass is good. Ask for consent to screening, then admit.", AMINA,
	    .check_screening = true, .may_admit = true, .may_deny = true}},
    {"check-id",
	{.state = DOOR_ASK, .word = "CHECK ID", .tone = "check", .reason = "ok",
	    .words = "The pass is good. Look at identification, then admit.",
	    .name = "Maximilian-Konstantin Featherstonehaugh-Wolfeschlegelsteinhausen von und zu "
		    "Niederösterreich",
	    .outlet = "Bundesverband der freien Nachrichtenfotografinnen und -fotografen",
	    .class_words = "Photographer", .check_screening = true, .check_id = true,
	    .may_admit = true, .may_deny = true}},
    {"check-name",
	{.state = DOOR_ASK, .word = "CHECK", .tone = "check", .reason = "ok",
	    .words = "Found by the typed code. Ask for the name and look at identification.",
	    .name = "محمد الأمين", .outlet = "صوت المدينة", .class_words = "Camera",
	    .photo = PHOTO, .check_screening = true, .check_id = true, .check_name = true,
	    .may_admit = true, .may_deny = true}},
    {"admit-offline",
	{.state = DOOR_ASK, .word = "ADMIT?", .tone = "admit", .reason = "ok",
	    .words = "The pass is good as far as this gate can see.", AMINA,
	    .check_screening = true, .offline = true, .no_changes = true, .no_cancellations = true,
	    .no_doors = true, .age = "14 minutes", .may_admit = true, .may_deny = true}},
    {"check-offline",
	{.state = DOOR_ASK, .word = "CHECK", .tone = "check", .reason = "ok",
	    .words = "The pass is good. Ask for the name, and compare it with identification. "
		     "Security screening needs consent. Not checked: entries at east-door and "
		     "south-door, which can't be heard now.",
	    AMINA, .check_screening = true, .check_id = true, .check_name = true, .offline = true,
	    .no_changes = true, .no_doors = true, .may_admit = true, .may_deny = true}},
    {"admitted",
	{.state = DOOR_ADMITTED, .word = "ADMITTED", .tone = "admit", .reason = "ok",
	    .words = "Let in. The next scan replaces this.", AMINA, DONE, .undo_seconds = 57,
	    .may_undo = true}},
    {"admitted-offline",
	{.state = DOOR_ADMITTED, .word = "ADMITTED", .tone = "admit", .reason = "ok",
	    .words = "Let in. The next scan replaces this.", AMINA, DONE, .offline = true,
	    .no_cancellations = true, .no_doors = true, .age = "2 hours", .undo_seconds = 30,
	    .may_undo = true}},
    {"overridden",
	{.state = DOOR_OVERRIDDEN, .word = "OVERRIDDEN", .tone = "admit", .reason = "full",
	    .words = "Let in by a supervisor.", AMINA, DONE, .undo_seconds = 12, .may_undo = true}},
    {"malformed",
	{.state = DOOR_DENIED, .word = "STOP", .tone = "stop", .reason = "malformed",
	    .words = "This is not a pass. Ask for the pass, or type the code under it; if you typed it, read it again.", DONE,
	    .may_deny = true, .may_refer = true, .may_override = true}},
    {"bad-signature",
	{.state = DOOR_DENIED, .word = "STOP", .tone = "stop", .reason = "bad-signature",
	    .words = "This pass is forged or damaged. Do not admit. Keep the holder waiting, and "
		     "call Communications.",
	    DONE, .may_deny = true, .may_refer = true, .may_override = true}},
    {"revoked",
	{.state = DOOR_DENIED, .word = "STOP", .tone = "stop", .reason = "revoked",
	    .words = "This pass was cancelled. Do not admit. Call Communications, or refuse with "
		     "one tap.",
	    AMINA, .code = "1a2b-3c4d", DONE, .may_deny = true, .may_refer = true,
	    .may_override = true, .may_bar = true}},
    {"restricted",
	{.state = DOOR_DENIED, .word = "STOP", .tone = "stop", .reason = "restricted",
	    .words = "This outlet is restricted by the Service now: Access is under review. Do not "
		     "admit. Call Communications.",
	    AMINA, .code = "1a2b-3c4d", DONE, .may_deny = true, .may_refer = true,
	    .may_override = true}},
    {"already-inside",
	{.state = DOOR_DENIED, .word = "USED", .tone = "check", .reason = "already-inside",
	    .words = "Already inside: this pass was admitted at 13:52 at south-door. Do not admit a "
		     "second person on it. Call Communications.",
	    AMINA, .code = "1a2b-3c4d", .last_time = "13:52", .last_gate = "south-door",
	    .last_staff = "officer2", DONE, .may_deny = true, .may_refer = true,
	    .may_override = true, .may_exit = true, .may_bar = true}},
    {"full",
	{.state = DOOR_DENIED, .word = "FULL", .tone = "stop", .reason = "full",
	    .words = "The room is full: 80 inside, 80 places. Do not admit now. Ask the holder to "
		     "wait until someone leaves.",
	    AMINA, DONE, .may_deny = true, .may_refer = true, .may_override = true}},
    {"not-on-roster",
	{.state = DOOR_REFERRED, .word = "ASK", .tone = "refer", .reason = "not-on-roster",
	    .words = "This pass is genuine, but it is not on this gate's list. Do not admit yet. "
		     "Call Communications.",
	    .code = "1a2b-3c4d", DONE, .may_deny = true, .may_refer = true, .may_override = true}},
    {"roster-stale",
	{.state = DOOR_REFERRED, .word = "ASK", .tone = "refer", .reason = "roster-stale",
	    .words = "This gate's lists are 7 hours old. Compare the name with the paper list, or "
		     "call Communications before admitting.",
	    AMINA, DONE, .may_deny = true, .may_refer = true, .may_override = true,
	    .may_accept = true}},
    {"refused",
	{.state = DOOR_REFUSED, .word = "REFUSED", .tone = "stop", .reason = "ok",
	    .words = "Not let in. The pass stays good.", AMINA, DONE,
	    .given = "No identification"}},
    {"undone",
	{.state = DOOR_UNDONE, .word = "UNDONE", .tone = "working", .reason = "ok",
	    .words = "The admission was taken back. Admit or deny anew.", AMINA, DONE,
	    .may_admit = true, .may_deny = true}},
    {"exited",
	{.state = DOOR_EXITED, .word = "EXIT", .tone = "exit", .reason = "ok",
	    .words = "Left. 13 are inside now.", AMINA, DONE}},
    {"asked",
	{.state = DOOR_ASKED, .word = "ASKED", .tone = "working", .reason = "not-on-roster",
	    .words = "Communications was asked. The strip says when the answer is here.",
	    .name = "Jo Ng", DONE, .may_deny = true, .may_override = true}},
    {"failed",
	{.state = DOOR_FAILED, .word = "PAPER", .tone = "refer", .reason = "journal-unavailable",
	    .words = "This gate can't record entries now. Use the paper list: write down name, "
		     "outlet and time. Call Communications."}},
};

static void no_null(struct view_look *look)
{
	const char **texts[] = {&look->word, &look->tone, &look->reason, &look->words, &look->name,
	    &look->outlet, &look->class_words, &look->last_gate, &look->last_staff, &look->staff, &look->given};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (!*texts[i])
			*texts[i] = "";
	}
}

bool stage_look(const char *name, struct view_look *ret_look)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
		if (strcmp(looks[i].name, name) == 0) {
			*ret_look = looks[i].look;
			ret_look->number = 7;
			no_null(ret_look);
			return true;
		}
	}
	return false;
}

const char *stage_look_name(size_t i)
{
	return i < sizeof(looks) / sizeof(*looks) ? looks[i].name : NULL;
}

const char *view_colour_word(enum view_colour colour)
{
	return colour == VIEW_GREEN ? "green" : colour == VIEW_AMBER ? "amber" : "red";
}
