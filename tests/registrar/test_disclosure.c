/* What a public text must not say is found, and what it may say is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "registrar/press/disclosure.h"
#include "registrar/refusal.h"

struct example {
	enum disclosure_rule rule;
	const char *text;
	const char *words; /* as found; NULL: nothing of this rule */
};

static const struct example examples[] = {
    {DISCLOSURE_YOUTH_AGE, "A boy aged 15 was found.", "aged 15"},
    {DISCLOSURE_YOUTH_AGE, "A 15-year-old of Lakeside", "15-year-old"},
    {DISCLOSURE_YOUTH_AGE, "two 9 year olds", "9 year olds"},
    {DISCLOSURE_YOUTH_AGE, "a fifteen-year-old girl", "fifteen-year-old"},
    {DISCLOSURE_YOUTH_AGE, "un garçon âgé de 12 ans", "âgé de 12"},
    {DISCLOSURE_YOUTH_AGE, "une fille de 14 ans", "14 ans"},
    {DISCLOSURE_YOUTH_AGE, "A man aged 51, a woman aged 18", NULL},
    {DISCLOSURE_YOUTH_AGE, "a 35-year-old programme", NULL},
    {DISCLOSURE_YOUTH_AGE, "15 years of service", NULL},
    {DISCLOSURE_YOUTH, "charged under the YCJA today", "YCJA"},
    {DISCLOSURE_YOUTH, "a young offender", "young offender"},
    {DISCLOSURE_YOUTH, "une jeune contrevenante", "jeune contrevenante"},
    {DISCLOSURE_YOUTH, "Youth week at the library", NULL},
    {DISCLOSURE_SEXUAL, "Arrest of John Example for sexual assault",
	"John Example for sexual assault"},
    {DISCLOSURE_SEXUAL, "A sexual assault reported by Ann B. Example.",
	"sexual assault reported by Ann B. Example"},
    {DISCLOSURE_SEXUAL, "Une agression sexuelle, dit Éloïse Modèle",
	"agression sexuelle, dit Éloïse Modèle"},
    {DISCLOSURE_SEXUAL, "Figures on sexual assault in the city", NULL},
    {DISCLOSURE_SEXUAL, "John Example speaks about road safety", NULL},
    {DISCLOSURE_VICTIM, "The victim, Ann Example, is well", "victim, Ann Example"},
    {DISCLOSURE_VICTIM, "The victim is identified as Ann", "victim is identified as Ann"},
    {DISCLOSURE_VICTIM, "La victime est Éloïse Modèle", "victime est Éloïse Modèle"},
    {DISCLOSURE_VICTIM, "a victim of the crash on Friday was Ann Example",
	"victim of the crash on Friday was Ann Example"},
    {DISCLOSURE_VICTIM, "Help for victims of fraud", NULL},
    {DISCLOSURE_VICTIM, "Three victims were taken to hospital.", NULL},
    {DISCLOSURE_WITNESS, "Witness Ann Example called us", "Witness Ann Example"},
    {DISCLOSURE_WITNESS, "le témoin Éloïse Modèle", "témoin Éloïse Modèle"},
    {DISCLOSURE_WITNESS, "We look for witnesses of the collision", NULL},
    {DISCLOSURE_ADDRESS, "a fire at 12 Harbour Street last night", "12 Harbour Street"},
    {DISCLOSURE_ADDRESS, "at 1204B Old Mill Rd.", "1204B Old Mill Rd"},
    {DISCLOSURE_ADDRESS, "au 48, rue des Érables", "48, rue des É"},
    {DISCLOSURE_ADDRESS, "Collision on Harbour Street: update", NULL},
    {DISCLOSURE_ADDRESS, "3 people at the street corner", NULL},
    {DISCLOSURE_POSTAL_CODE, "near M5G 2J3 in town", "M5G 2J3"},
    {DISCLOSURE_POSTAL_CODE, "at h2x1y4.", "h2x1y4"},
    {DISCLOSURE_POSTAL_CODE, "the D1A 1A1 form", NULL},
    {DISCLOSURE_PHONE, "call 416-555-0123 now", "416-555-0123"},
    {DISCLOSURE_PHONE, "call (416) 555 0123 now", "(416) 555 0123"},
    {DISCLOSURE_PHONE, "+1 416.555.0123", "+1 416.555.0123"},
    {DISCLOSURE_PHONE, "4165550123", "4165550123"},
    {DISCLOSURE_PHONE, "the years 2024-2026, report 2026-114", NULL},
    {DISCLOSURE_PHONE, "dial 9-1-1", NULL},
    {DISCLOSURE_EMAIL, "write to ann.example@mail.example today", "ann.example@mail.example"},
    {DISCLOSURE_EMAIL, "Éloïse: éloïse@courriel.example", "éloïse@courriel.example"},
    {DISCLOSURE_EMAIL, "write to media@service.example", NULL},
    {DISCLOSURE_EMAIL, "meet @ noon", NULL},
    {DISCLOSURE_PLATE, "a grey car, ABCD 123, was seen", "ABCD 123"},
    {DISCLOSURE_PLATE, "licence plate: XY12Z4", "licence plate: XY12Z4"},
    {DISCLOSURE_PLATE, "plaque d'immatriculation E12 ABC", "plaque d'immatriculation E12 ABC"},
    {DISCLOSURE_PLATE, "Highway 401 and HIGHWAY 7", NULL},
    {DISCLOSURE_PLATE, "number plates are checked", NULL},
    {DISCLOSURE_BIRTH, "DOB: 1989-04-12", "DOB: 1989-04-12"},
    {DISCLOSURE_BIRTH, "born on 3 May 1971 in", "born on 3 May 1971"},
    {DISCLOSURE_BIRTH, "née le 3 février 1971", "née le 3 février 1971"},
    {DISCLOSURE_BIRTH, "A new idea was born in the spring", NULL},
    {DISCLOSURE_HEALTH_CARD, "card 9876-543-217 AB", "9876-543-217 AB"},
    {DISCLOSURE_HEALTH_CARD, "card 9876-543-216", NULL},
    {DISCLOSURE_SIN, "SIN 046 454 286", "046 454 286"},
    {DISCLOSURE_SIN, "SIN 046454286.", "046454286"},
    {DISCLOSURE_SIN, "file 046 454 287", NULL},
    {DISCLOSURE_SIN, "000 000 000", NULL},
    {DISCLOSURE_INVESTIGATION, "This is an ongoing investigation.", "ongoing investigation"},
    {DISCLOSURE_INVESTIGATION, "with a search warrant", "search warrant"},
    {DISCLOSURE_INVESTIGATION, "une enquête en cours", "enquête en cours"},
    {DISCLOSURE_INVESTIGATION, "The investigation is over", NULL},
    {DISCLOSURE_BAN, "under a publication ban", "publication ban"},
    {DISCLOSURE_BAN, "une ordonnance de non-publication", "ordonnance de non-publication"},
    {DISCLOSURE_BAN, "The publication is online; the ban on fires holds", NULL},
};

static struct disclosure_list check(const char *text)
{
	struct disclosure_list list = {NULL, 0, false};

	assert_int_equal(disclosure_check(text, &list), 0);
	return list;
}

/* The words a rule found first, in `ret`; false: none. */
static bool first(const char *text, enum disclosure_rule rule, char ret[256])
{
	struct disclosure_list list = check(text);
	bool found = false;

	for (size_t i = 0; i < list.n && !found; i++) {
		found = list.items[i].rule == rule;
		if (found)
			snprintf(ret, 256, "%.*s", (int)list.items[i].len, text + list.items[i].at);
	}
	free(list.items);
	return found;
}

static void each_rule_finds_what_it_is_for_and_leaves_the_rest(void **state)
{
	bool finds[DISCLOSURE_RULES] = {false}, leaves[DISCLOSURE_RULES] = {false};
	char words[256];

	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *e = &examples[i];
		bool found = first(e->text, e->rule, words);
		if (found != (e->words != NULL) || (found && strcmp(words, e->words) != 0))
			fail_msg("%s: \"%s\": found \"%s\"", disclosure_word(e->rule), e->text,
			    found ? words : "");
		finds[e->rule] = finds[e->rule] || found;
		leaves[e->rule] = leaves[e->rule] || !found;
	}
	for (unsigned rule = 0; rule < DISCLOSURE_RULES; rule++) {
		assert_true(finds[rule] && leaves[rule]);
		assert_true(
		    strlen(disclosure_word(rule)) > 0 && strlen(disclosure_title(rule)) > 0);
		assert_true(strlen(disclosure_reason(rule)) > 20);
	}
}

static void findings_stand_in_the_order_of_the_text(void **state)
{
	const char *text = "Éloïse, aged 15: 416-555-0123 and M5G 2J3; é 416-555-0124";
	struct disclosure_list list = check(text);

	(void)state;
	assert_int_equal(list.n, 4);
	assert_false(list.more);
	assert_memory_equal(text + list.items[0].at, "aged 15", 7);
	assert_memory_equal(text + list.items[2].at, "M5G 2J3", 7);
	assert_memory_equal(text + list.items[3].at, "416-555-0124", 12);
	free(list.items);
	list = check("Quarterly figures on road safety, and what comes next.");
	assert_int_equal(list.n, 0);
	free(list.items);
	list = check("");
	assert_int_equal(list.n, 0);
	free(list.items);
}

static void what_is_not_utf8_is_refused(void **state)
{
	struct disclosure_list list = {NULL, 0, false};

	(void)state;
	assert_int_equal(disclosure_check("aged 15 \xff", &list), MODEL_REFUSED);
	assert_int_equal(disclosure_check("\xc3", &list), MODEL_REFUSED);
	assert_null(list.items);
}

/* A text put together from pieces of the rules, by chance. */
static void chance(uint64_t *seed, char *text, size_t size)
{
	static const char *const pieces[] = {"victim", "témoin ", " Ann", " Example", "12", " ",
	    "-year-old", "416-", "555-0123", "M5G", " 2J3", "é", "𝒜", "@", ".example", "née le ",
	    "\n", "sexual assault", ", ", "A", "046 454 286", "ABCD", "ongoing investigation"};
	size_t len = 0;

	for (;;) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		const char *piece = pieces[(*seed >> 33) % (sizeof pieces / sizeof *pieces)];
		if (len + strlen(piece) + 1 > size)
			break;
		memcpy(text + len, piece, strlen(piece) + 1);
		len += strlen(piece);
	}
}

static bool begins(const char *text, size_t at)
{
	return ((unsigned char)text[at] & 0xc0) != 0x80;
}

static void whatever_the_text_findings_are_whole_characters_of_it(void **state)
{
	uint64_t seed = 7;
	char text[400];

	(void)state;
	for (int round = 0; round < 400; round++) {
		chance(&seed, text, 20 + (size_t)round % 380);
		struct disclosure_list list = check(text);
		for (size_t i = 0; i < list.n; i++) {
			const struct disclosure_finding *f = &list.items[i];
			assert_true(f->len > 0 && f->at + f->len <= strlen(text));
			assert_true(begins(text, f->at) && begins(text, f->at + f->len));
			assert_true(i == 0 || list.items[i - 1].at <= f->at);
		}
		free(list.items);
	}
}

static double seconds_of(const char *piece, size_t size)
{
	char *text = malloc(size + 1);
	struct timespec from, to;

	assert_non_null(text);
	for (size_t i = 0; i < size; i++)
		text[i] = piece[i % strlen(piece)];
	text[size] = '\0';
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	struct disclosure_list list = check(text);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	free(list.items);
	free(text);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Ten times the text takes about ten times as long: a hundred times would be quadratic. */
static void a_hundred_kilobytes_take_ten_times_as_long_as_ten(void **state)
{
	static const char *const pieces[] = {"A", "Aa ", "1 A", "12 Aa ", "victim was ",
	    "Sexual Assault Aa b ", "a@b.", "416-", "born on ", "ongoing ", "plate is "};
	double worst = 0, ratio = 0;

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		double small = seconds_of(pieces[i], 10000), large = seconds_of(pieces[i], 100000);
		worst = large > worst ? large : worst;
		ratio = large / (small + 0.0005) > ratio ? large / (small + 0.0005) : ratio;
		if (large / (small + 0.0005) > 40)
			fail_msg(
			    "\"%s\": %.4f s for 10 kB, %.4f s for 100 kB", pieces[i], small, large);
	}
	print_message("# 100 kB: %.3f s at worst, %.1f times 10 kB\n", worst, ratio);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_rule_finds_what_it_is_for_and_leaves_the_rest),
	    cmocka_unit_test(findings_stand_in_the_order_of_the_text),
	    cmocka_unit_test(what_is_not_utf8_is_refused),
	    cmocka_unit_test(whatever_the_text_findings_are_whole_characters_of_it),
	    cmocka_unit_test(a_hundred_kilobytes_take_ten_times_as_long_as_ten),
	};

	return cmocka_run_group_tests_name("disclosure", tests, NULL, NULL);
}
