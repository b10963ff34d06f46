/* The questions of an application, in their order, and which of them is still open. */
#include <string.h>

#include "registrar/web/apply.h"
#include "web/text.h"

#define THEN                                                                                       \
	{                                                                                          \
		.name = APPLY_THEN_NAME, .label = SAY("next step"), .kind = FORM_CHOICE,           \
		.choices = then_choices                                                            \
	}

static const struct form_choice then_choices[] = {
    [APPLY_ON] = {"go", SAY("Continue"), NULL},
    [APPLY_SAVE] = {"save", SAY("Save and come back later"), NULL},
    [APPLY_ADD] = {"add", SAY("Add this file"), NULL},
    {NULL, NULL, NULL},
};

static const struct form_choice classes[] = {
    {"reporter", SAY("Staff reporter"), SAY("You are employed by an outlet")},
    {"photographer", SAY("Photographer"), NULL},
    {"camera", SAY("Camera operator"), NULL},
    {"sound", SAY("Sound"), NULL},
    {"producer", SAY("Producer"), NULL},
    {"freelance", SAY("Freelance"), SAY("You sell your work to several outlets")},
    {"student", SAY("Student"), SAY("You study journalism, or report for a school")},
    {"documentary", SAY("Documentary or feature"), SAY("You work on a longer piece")},
    {NULL, NULL, NULL},
};

const struct form_field apply_kind_fields[2] = {{.name = "class",
						    .label = SAY("work"),
						    .kind = FORM_CHOICE,
						    .choices = classes,
						    .required = true,
						    .missing = SAY("Choose the work you come for")},
    THEN};

const struct form_field apply_you_fields[5] = {
    {.name = "name",
	.label = SAY("full name"),
	.hint = SAY("As on the identification you bring, in any script"),
	.kind = FORM_LINE,
	.max = TEXT_NAME_MAX,
	.required = true,
	.autocomplete = "name",
	.missing = SAY("Enter your full name")},
    {.name = "email",
	.label = SAY("e-mail address"),
	.hint = SAY("We send a link there; your work address is best"),
	.kind = FORM_EMAIL,
	.required = true,
	.autocomplete = "email",
	.missing = SAY("Enter your e-mail address")},
    {.name = "phone",
	.label = SAY("telephone number"),
	.hint = SAY("For the day itself, when a conference moves or is called off"),
	.kind = FORM_LINE,
	.max = 40,
	.autocomplete = "tel"},
    {.name = APPLY_TRAP,
	.label = SAY("leave this field empty"),
	.kind = FORM_LINE,
	.max = TEXT_NAME_MAX},
    THEN};

const struct form_field apply_outlet_fields[2] = {
    {.name = "outlet",
	.label = SAY("outlet"),
	.hint =
	    SAY("A newspaper, station, agency or school. Your own name if you work for yourself"),
	.kind = FORM_LINE,
	.max = TEXT_NAME_MAX,
	.required = true,
	.autocomplete = "organization",
	.missing = SAY("Enter the outlet you work for, or your own name")},
    THEN};

const struct form_field apply_new_outlet_fields[3] = {
    {.name = "site",
	.label = SAY("web site"),
	.hint = SAY("Where the public finds what it publishes, such as www.lantern.example"),
	.kind = FORM_LINE,
	.max = 500,
	.required = true,
	.autocomplete = "url",
	.missing = SAY("Enter its web site, or where its work can be found")},
    {.name = "address", .label = SAY("postal address"), .kind = FORM_TEXT, .max = 500}, THEN};

const struct form_field apply_student_fields[3] = {
    {.name = "scope",
	.label = SAY("what you work on"),
	.hint =
	    SAY("The full scope: your subject, your course and school, whom you want to speak to "
		"and what you want to see"),
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = SAY("Tell us what you work on, in full")},
    {.name = "deadline",
	.label = SAY("your deadline"),
	.hint = SAY("Student requests can take 10 business days"),
	.kind = FORM_DATE,
	.required = true,
	.missing = SAY("Enter your deadline")},
    THEN};

const struct form_field apply_documentary_fields[6] = {
    {.name = "title",
	.label = SAY("title"),
	.hint = SAY("A working title will do"),
	.kind = FORM_LINE,
	.max = TEXT_NAME_MAX,
	.required = true,
	.missing = SAY("Enter the title, or a working title")},
    {.name = "synopsis",
	.label = SAY("synopsis"),
	.hint = SAY("What it is about, for whom it is made, and where it will be shown"),
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = SAY("Tell us what it is about")},
    {.name = "begins",
	.label = SAY("first projected day of work with us"),
	.kind = FORM_DATE,
	.required = true,
	.missing = SAY("Enter the first day you have in mind")},
    {.name = "ends",
	.label = SAY("last projected day of work with us"),
	.kind = FORM_DATE,
	.required = true,
	.missing = SAY("Enter the last day you have in mind")},
    {.name = "requirements",
	.label = SAY("what you need"),
	.hint = SAY("Places, people, equipment, power, parking. Not all can be accommodated"),
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = SAY("Tell us what you need from us")},
    THEN};

const struct form_field apply_proof_fields[2] = {
    {.name = "proof",
	.label = SAY("proof of your work"),
	.hint = SAY("Links to recent work, the number of a press card, or whom we may ask at your "
		    "outlet. On the next page you can send files instead"),
	.kind = FORM_TEXT,
	.max = 4000},
    THEN};

static const struct form_choice file_kinds[] = {
    {"letter", SAY("A letter of your outlet"), SAY("On its paper, signed by an editor")},
    {"press-card", SAY("A press card"), NULL},
    {"sample", SAY("A sample of your work"), NULL},
    {NULL, NULL, NULL},
};

const struct form_field apply_files_fields[3] = {
    {.name = "kind", .label = SAY("what this file is"), .kind = FORM_CHOICE, .choices = file_kinds},
    {.name = "file",
	.label = SAY("file"),
	.hint = SAY("PDF, JPEG or PNG, up to 5 MB"),
	.kind = FORM_FILE,
	.max = UPLOAD_BYTES_MAX,
	.accept = "application/pdf,image/jpeg,image/png"},
    THEN};

const struct form_field apply_photo_fields[2] = {
    {.name = "photo",
	.label = SAY("picture of your face"),
	.hint = SAY("JPEG or PNG, up to 5 MB. Look into the camera; no hat, no dark glasses"),
	.kind = FORM_FILE,
	.max = PHOTO_FILE_MAX,
	.accept = "image/jpeg,image/png"},
    THEN};

const struct form_field apply_choose_fields[1] = {{.name = "choice",
    .label = SAY("outlet"),
    .kind = FORM_INTEGER,
    .high = 9007199254740991,
    .required = true,
    .missing = SAY("Choose one of these outlets, or none of these")}};

#define Q(slug, heading, words, fields, only)                                                      \
	{                                                                                          \
		slug, heading, words, fields, sizeof(fields) / sizeof(*(fields)), only             \
	}

const struct apply_question apply_questions[] = {
    Q("kind", SAY("What work do you come for?"), NULL, apply_kind_fields, NULL),
    Q("you", SAY("Who you are"), NULL, apply_you_fields, NULL),
    Q("outlet", SAY("Which outlet do you work for?"), NULL, apply_outlet_fields, NULL),
    Q("outlet-new", SAY("About this outlet"),
	SAY("We do not know this outlet yet. Someone at the media desk looks it up."),
	apply_new_outlet_fields, NULL),
    Q("student", SAY("Your student project"), NULL, apply_student_fields, "student"),
    Q("documentary", SAY("Your documentary or feature"), NULL, apply_documentary_fields,
	"documentary"),
    Q("proof", SAY("How can we see that you do this work?"), NULL, apply_proof_fields, NULL),
    Q("files", SAY("Files that show your work"), NULL, apply_files_fields, NULL),
    Q("photo", SAY("Your photograph"), NULL, apply_photo_fields, NULL),
};
const size_t apply_n_questions = sizeof(apply_questions) / sizeof(*apply_questions);

const struct apply_question *apply_question(const char *slug)
{
	for (size_t i = 0; i < apply_n_questions; i++)
		if (strcmp(apply_questions[i].slug, slug) == 0)
			return &apply_questions[i];
	return NULL;
}

enum apply_then apply_then(const struct apply_question *question, const struct form *form)
{
	size_t then = question->n - 1;

	return form_given(form, then) && !form_message(form, then)
		   ? (enum apply_then)form_number(form, then)
		   : APPLY_ON;
}

static bool is_slug(const struct apply_question *question, const char *slug)
{
	return strcmp(question->slug, slug) == 0;
}

bool apply_is_asked(const struct apply *apply, const struct apply_question *question)
{
	if (question->only)
		return strcmp(dossier_answer(&apply->answers, "class"), question->only) == 0;
	if (is_slug(question, "outlet-new"))
		return *dossier_answer(&apply->answers, "outlet-new") != '\0';
	return true;
}

const char *apply_after(const struct apply *apply, const struct apply_question *question)
{
	const struct apply_question *end = apply_questions + apply_n_questions;

	for (question++; question < end; question++)
		if (apply_is_asked(apply, question))
			return question->slug;
	return NULL;
}

const char *apply_before(const struct apply *apply, const struct apply_question *question)
{
	while (question-- > apply_questions)
		if (apply_is_asked(apply, question))
			return question->slug;
	return NULL;
}

size_t apply_files(const struct apply *apply)
{
	return apply->uploads.n - apply_has_photo(apply);
}

bool apply_has_photo(const struct apply *apply)
{
	for (size_t i = 0; i < apply->uploads.n; i++)
		if (apply->uploads.items[i].kind == UPLOAD_PHOTO)
			return true;
	return false;
}

static bool is_answered(const struct apply *apply, const struct apply_question *question)
{
	const struct dossier_answers *answers = &apply->answers;

	for (size_t i = 0; i + 1 < question->n; i++)
		if (question->fields[i].required &&
		    !*dossier_answer(answers, question->fields[i].name))
			return false;
	if (is_slug(question, "outlet"))
		return *dossier_answer(answers, "outlet-id") ||
		       *dossier_answer(answers, "outlet-new");
	if (is_slug(question, "files"))
		return *dossier_answer(answers, "proof") || apply_files(apply) > 0;
	return true;
}

const char *apply_missing(const struct apply *apply)
{
	for (size_t i = 0; i < apply_n_questions; i++)
		if (apply_is_asked(apply, &apply_questions[i]) &&
		    !is_answered(apply, &apply_questions[i]))
			return apply_questions[i].slug;
	return NULL;
}

bool apply_is_shown(const struct apply_question *question, size_t field)
{
	return question->fields[field].kind != FORM_FILE && !is_slug(question, "files") &&
	       !apply_is_trap(question, field);
}

bool apply_is_trap(const struct apply_question *question, size_t field)
{
	return strcmp(question->fields[field].name, APPLY_TRAP) == 0;
}

const char *apply_said(
    const struct say *language, const struct apply *apply, const struct form_field *field)
{
	const char *value = dossier_answer(&apply->answers, field->name);

	for (size_t i = 0; field->kind == FORM_CHOICE && field->choices[i].value; i++)
		if (strcmp(field->choices[i].value, value) == 0)
			return say(language, field->choices[i].label);
	return value;
}
