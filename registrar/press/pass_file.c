#include "registrar/press/pass_file.h"

#include <stdio.h>
#include <string.h>

#include "badges/qr.h"
#include "registrar/press/class_say.h"
#include "badges/drawing.h"
#include "registrar/press/spoken.h"
#include "registrar/zone.h"

enum { PNG_MODULE_PX = 10 };

/* The sheet's measures, in points. */
#define EDGE   54.0
#define WIDTH  (DRAWING_LETTER_WIDTH - 2 * EDGE)
#define CODE   (8 * DRAWING_CM)
#define COLUMN (EDGE + CODE + 24)
#define LABEL  9.0
#define GAP    10.0

static const struct drawing_style label = {.size = LABEL, .grey = 0.3};
static const struct drawing_style plain = {.size = 11.5};
static const struct drawing_style strong = {.size = 12, .bold = true};

void pass_file_code(const struct registration *registration, char ret[static 10])
{
	const char *typed = registration->pass_code;

	snprintf(ret, 10, "%.4s%s%.4s", typed, typed[0] ? "-" : "", typed[0] ? typed + 4 : "");
}

static int make_code(const struct pass_file *file, struct qr *ret)
{
	const char *text = file->registration->pass_qr;

	return qr_make(text, strlen(text), ret) == 0 ? 0 : MODEL_SYSTEM;
}

int pass_file_png(const struct pass_file *file, uint8_t **ret_bytes, size_t *ret_len)
{
	struct qr qr = {0};
	int result = make_code(file, &qr);

	if (result == 0 && qr_png(&qr, PNG_MODULE_PX, ret_bytes, ret_len) != 0)
		result = MODEL_SYSTEM;
	qr_free(&qr);
	return result;
}

/* ---- the sheet ---- */

struct sheet {
	struct drawing *drawing;
	const struct pass_file *file;
	double y;
};

/* A label and, below it, what it names; nothing where that is empty. */
static void add_fact(
    struct sheet *sheet, const char *name, const struct drawing_style *style, const char *text)
{
	double width = EDGE + WIDTH - COLUMN;

	if (!*text)
		return;
	sheet->y += drawing_text(
	    sheet->drawing, COLUMN, sheet->y, width, &label, say(sheet->file->language, name));
	sheet->y += drawing_text(sheet->drawing, COLUMN, sheet->y, width, style, text) + GAP;
}

static void add_head(struct sheet *sheet)
{
	const struct pass_file *file = sheet->file;
	const struct drawing_style service = {.size = 12, .bold = true, .lines = 1};
	const struct drawing_style title = {.size = 22, .bold = true, .lines = 3};
	const struct drawing_style kind = {.size = 13, .grey = 0.3};

	sheet->y = EDGE;
	sheet->y +=
	    drawing_text(sheet->drawing, EDGE, sheet->y, WIDTH, &service, file->settings->name) + 6;
	drawing_rule(sheet->drawing, EDGE, sheet->y, WIDTH, 2, 0);
	sheet->y += 16;
	sheet->y += drawing_text(
	    sheet->drawing, EDGE, sheet->y, WIDTH, &kind, say(file->language, "Press pass"));
	sheet->y +=
	    drawing_text(sheet->drawing, EDGE, sheet->y, WIDTH, &title, file->conference->title) +
	    14;
}

static void add_times(struct sheet *sheet)
{
	const struct conference *conference = sheet->file->conference;
	const struct say *language = sheet->file->language;
	const char *address = sheet->file->settings->address;
	char when[128], place[2000];

	zone_say_date(language, conference->starts, when, sizeof(when));
	add_fact(sheet, SAY("Date"), &strong, when);
	zone_say_time(language, conference->doors, when, sizeof(when));
	add_fact(sheet, SAY("Doors open"), &strong, when);
	zone_say_time(language, conference->starts, when, sizeof(when));
	add_fact(sheet, SAY("Starts"), &strong, when);
	snprintf(place, sizeof(place), "%s%s%s", conference->place, *address ? "\n" : "", address);
	add_fact(sheet, SAY("Place"), &plain, place);
}

/* Whose it is, beside the code. */
static void add_facts(struct sheet *sheet)
{
	const struct pass_file *file = sheet->file;
	const struct drawing_style name = {.size = 17, .bold = true, .lines = 4};
	const struct drawing_style outlet = {.size = 12, .lines = 4};

	add_fact(sheet, SAY("Name"), &name, file->name);
	add_fact(sheet, SAY("For"), &outlet, file->outlet);
	add_fact(
	    sheet, SAY("Role"), &plain, class_say(file->language, file->registration->pass_class));
	add_times(sheet);
	add_fact(sheet, SAY("Reference"), &plain, file->registration->reference);
}

/* Below the picture: what is said and typed where it can't be read. Gives where it ends. */
static double add_code(struct sheet *sheet, const struct qr *qr, double top)
{
	const struct say *language = sheet->file->language;
	const struct drawing_style code = {.size = 24, .bold = true, .align = DRAWING_CENTRE};
	const struct drawing_style words = {.size = 11, .align = DRAWING_CENTRE};
	const struct drawing_style hint = {.size = LABEL, .grey = 0.3, .align = DRAWING_CENTRE};
	char typed[10], spoken[SPOKEN_MAX], *comma;
	double y = top + CODE;

	pass_file_code(sheet->file->registration, typed);
	spoken_code(language, typed, spoken, sizeof(spoken));
	/* One half of the code a line. */
	if ((comma = strchr(spoken, ',')))
		comma[1] = '\n';
	drawing_qr(sheet->drawing, qr, EDGE, top, CODE);
	y += drawing_text(sheet->drawing, EDGE + 8, y, CODE - 16, &code, typed);
	y += drawing_text(sheet->drawing, EDGE + 8, y, CODE - 16, &words, spoken) + 4;
	y += drawing_text(sheet->drawing, EDGE + 8, y, CODE - 16, &hint,
		 say(language,
		     "Typed code, if the picture can't be scanned: read it out like this")) +
	     8;
	drawing_frame(sheet->drawing, EDGE, top, CODE, y - top);
	return y;
}

static void add_rule(struct sheet *sheet, const char *text)
{
	drawing_text(sheet->drawing, EDGE, sheet->y, 14, &plain, "•");
	sheet->y += drawing_text(sheet->drawing, EDGE + 14, sheet->y, WIDTH - 14, &plain,
			say(sheet->file->language, text)) +
		    4;
}

static void add_rules(struct sheet *sheet)
{
	const struct pass_file *file = sheet->file;
	const struct drawing_style heading = {.size = 14, .bold = true};
	const struct drawing_style office = {.size = 10, .grey = 0.3, .lines = 2};
	char line[1600];

	sheet->y += drawing_text(sheet->drawing, EDGE, sheet->y, WIDTH, &heading,
			say(file->language, "At the door")) +
		    6;
	add_rule(sheet, SAY("Bring this sheet, or the pass on your phone: it is the same pass."));
	add_rule(sheet, conference_id_words(file->conference));
	add_rule(sheet, SAY("You and your equipment go through security screening, as you agreed "
			    "when you registered."));
	add_rule(sheet, SAY("The pass is yours alone. Whoever has a copy of this code can use it "
			    "before you: show it only at the door."));
	add_rule(sheet, SAY("If you can't come, cancel: the pass stops working, also on paper, and "
			    "someone who waits gets your place."));
	SAY_FORMAT(line, sizeof(line), "%1  %2  %3", file->settings->name, file->settings->email,
	    file->settings->phone);
	drawing_text(sheet->drawing, EDGE, DRAWING_LETTER_HEIGHT - EDGE - 14, WIDTH, &office, line);
}

static void draw(struct sheet *sheet, const struct qr *qr)
{
	double top, end;

	add_head(sheet);
	top = sheet->y;
	end = add_code(sheet, qr, top);
	sheet->y = top;
	add_facts(sheet);
	if (sheet->y < end)
		sheet->y = end;
	sheet->y += 18;
	add_rules(sheet);
}

int pass_file_pdf(const struct pass_file *file, uint8_t **ret_bytes, size_t *ret_len)
{
	struct sheet sheet = {.file = file};
	struct qr qr = {0};
	int result = make_code(file, &qr);

	if (result == 0 &&
	    drawing_open(DRAWING_LETTER_WIDTH, DRAWING_LETTER_HEIGHT,
		say(file->language, "Press pass"), say_code(file->language), &sheet.drawing) != 0)
		result = MODEL_SYSTEM;
	if (result == 0) {
		draw(&sheet, &qr);
		if (drawing_close(sheet.drawing, ret_bytes, ret_len) != 0)
			result = MODEL_SYSTEM;
	}
	qr_free(&qr);
	return result;
}
