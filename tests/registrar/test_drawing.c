/* Passes on paper, as bytes and as words that are read out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "badges/drawing.h"
#include "registrar/press/pass_file.h"
#include "registrar/press/spoken.h"

/* As a test of the language's own reader does: none is loaded, so English stands for all. */
static void code_is_read_out(void **state)
{
	char words[SPOKEN_MAX];

	(void)state;
	spoken_code(NULL, "K7QF2M9X", words, sizeof(words));
	assert_string_equal(words, "Kilo seven Quebec Foxtrot, two Mike nine X-ray");
	spoken_code(NULL, "k7qf-2m9x", words, sizeof(words));
	assert_string_equal(words, "Kilo seven Quebec Foxtrot, two Mike nine X-ray");
	spoken_code(NULL, "", words, sizeof(words));
	assert_string_equal(words, "");
	spoken_code(NULL, "é*\x01", words, sizeof(words));
	assert_string_equal(words, "");
}

/* Each character has a word of its own, and the longest code fits. */
static void words_differ_and_fit(void **state)
{
	static const char all[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char one[SPOKEN_MAX], two[SPOKEN_MAX], text[2] = "", other[2] = "";

	(void)state;
	for (size_t i = 0; all[i]; i++)
		for (size_t j = 0; j < i; j++) {
			text[0] = all[i];
			other[0] = all[j];
			spoken_code(NULL, text, one, sizeof(one));
			spoken_code(NULL, other, two, sizeof(two));
			assert_true(*one && strcmp(one, two) != 0);
		}
	spoken_code(NULL, "NNNNNNNN", one, sizeof(one));
	assert_int_equal(strlen(one), 8 * strlen("November") + 7 + 1);
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
	char words[16];

	(void)state;
	for (size_t size = 0; size <= sizeof(words); size++) {
		memset(words, '#', sizeof(words));
		spoken_code(NULL, "K7QF", words, size);
		if (size > 0)
			assert_true(strlen(words) < size);
		for (size_t i = size; i < sizeof(words); i++)
			assert_int_equal(words[i], '#');
	}
}

static struct drawing *begin(void)
{
	struct drawing *drawing = NULL;

	assert_int_equal(
	    drawing_open(DRAWING_LETTER_WIDTH, DRAWING_LETTER_HEIGHT, "Press pass", "en", &drawing),
	    0);
	return drawing;
}

static void finish(struct drawing *drawing)
{
	uint8_t *bytes = NULL;
	size_t len = 0;

	assert_int_equal(drawing_close(drawing, &bytes, &len), 0);
	assert_true(len > 500 && memcmp(bytes, "%PDF-1.", 7) == 0);
	free(bytes);
}

/* The machine has the fonts that setup.sh names; without one a box would be drawn. */
static void every_script_has_its_letters(void **state)
{
	static const char *const names[] = {"Ana Ferreira", "Tomasz Wójcik", "陳美玲", "山田 太郎", "𠮷野家",
	    "さくら カタカナ", "김서연", "Олена Коваль", "فاطمة الزهراء", "אברהם שלום",
	    "அருள் சுப்ரமணியம்", "Γιώργος Παπαδόπουλος", "अमृता शेरगिल", "সত্যজিৎ রায়", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
	    "ગીતા પટેલ", "సీతారామ శాస్త్రి", "ಗಿರೀಶ", "മലയാളം", "සිංහල", "สมชาย ใจดี", "ລາວ", "မြန်မာ", "អង្គរ",
	    "བོད་", "አበበ ቢቂላ", "Աննա", "ანა", "ᐃᓄᒃᑎᑐᑦ", "ᏣᎳᎩ", "Nguyễn Thị", "Ọkáfọ̀", "ތާނަ", "ܣܘܪܝܝܐ",
	    "ⵜⴰⵎⴰⵣⵉⵖⵜ", "😀 Sam"};
	const struct drawing_style style = {.size = 12};
	struct drawing *drawing = begin();
	size_t before;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		before = drawing_unknown(drawing);
		assert_true(drawing_text(drawing, 50, 50, 300, &style, names[i]) > 10);
		if (drawing_unknown(drawing) != before)
			fail_msg("no letters for %s", names[i]);
	}
	/* The control: a character that is nobody's. */
	before = drawing_unknown(drawing);
	drawing_text(drawing, 50, 50, 300, &style, "\xf3\xb0\x80\x80");
	assert_true(drawing_unknown(drawing) > before);
	finish(drawing);
}

static void a_long_text_keeps_to_its_lines(void **state)
{
	const struct drawing_style free_ = {.size = 12}, two = {.size = 12, .lines = 2};
	struct drawing *drawing = begin();
	char name[401];
	double one, whole, cut;

	(void)state;
	memset(name, 'W', 400);
	name[400] = '\0';
	one = drawing_text(drawing, 0, 0, 300, &free_, "W");
	whole = drawing_text(drawing, 0, 0, 300, &free_, name);
	cut = drawing_text(drawing, 0, 0, 300, &two, name);
	assert_true(whole > 10 * one);
	assert_true(cut > 1.5 * one && cut < 2.5 * one);
	assert_true(drawing_text(drawing, 0, 0, 300, &free_, "") == 0.0);
	finish(drawing);
}

/* Markup in a name is letters. */
static void text_is_never_markup(void **state)
{
	const struct drawing_style style = {.size = 12};
	struct drawing *drawing = begin();
	double plain = drawing_text(drawing, 0, 0, 500, &style, "Ana"), marked;

	(void)state;
	marked = drawing_text(drawing, 0, 0, 500, &style, "<span size='99999'>Ana</span>");
	assert_true(marked < 1.5 * plain);
	finish(drawing);
}

static void a_pass_without_a_code_makes_no_file(void **state)
{
	static struct settings settings;
	static struct registration registration;
	struct conference conference = {.title = "T", .place = "P"};
	struct pass_file file = {.settings = &settings,
	    .registration = &registration,
	    .conference = &conference,
	    .name = "",
	    .outlet = ""};
	uint8_t *bytes = NULL;
	size_t len = 7;

	(void)state;
	settings_default(&settings);
	assert_int_equal(pass_file_png(&file, &bytes, &len), MODEL_SYSTEM);
	assert_int_equal(pass_file_pdf(&file, &bytes, &len), MODEL_SYSTEM);
	assert_null(bytes);
	assert_int_equal(len, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(code_is_read_out),
	    cmocka_unit_test(words_differ_and_fit),
	    cmocka_unit_test(what_does_not_fit_is_left_out_whole),
	    cmocka_unit_test(every_script_has_its_letters),
	    cmocka_unit_test(a_long_text_keeps_to_its_lines),
	    cmocka_unit_test(text_is_never_markup),
	    cmocka_unit_test(a_pass_without_a_code_makes_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
