/* Readiness: what is said of power, disk and scanner, and that every finding is there each time. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gate/ready/ready.h"
#include "gate/ready/ready_private.h"

static char folder[] = "/tmp/pressgate-ready-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void put(const char *supply, const char *name, const char *value)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, supply);
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/%s", folder, supply, name);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%s\n", value);
	fclose(file);
}

static void power_is_told_as_the_machine_has_it(void **state)
{
	struct ready_finding finding = {0};

	(void)state;
	ready_power_of("/nowhere/at/all", &finding);
	assert_int_equal(finding.state, READY_OK);
	put("BAT0", "type", "Battery");
	put("BAT0", "capacity", "80");
	ready_power_of(folder, &finding);
	assert_int_equal(finding.state, READY_OK);
	assert_string_equal(finding.words, "On battery: 80 %.");
	put("BAT0", "capacity", "45");
	ready_power_of(folder, &finding);
	assert_int_equal(finding.state, READY_WARN);
	put("BAT0", "capacity", "7");
	ready_power_of(folder, &finding);
	assert_int_equal(finding.state, READY_BAD);
	assert_string_equal(finding.remedy, "Plug the machine in.");
	/* A mouse's battery is no reason to be calm. */
	put("mouse", "type", "Battery");
	put("mouse", "scope", "Device");
	put("mouse", "capacity", "100");
	ready_power_of(folder, &finding);
	assert_int_equal(finding.state, READY_BAD);
	put("AC", "type", "Mains");
	put("AC", "online", "1");
	ready_power_of(folder, &finding);
	assert_int_equal(finding.state, READY_OK);
	assert_string_equal(finding.words, "On mains; the battery holds 7 %.");
}

static void a_probe_of_the_disk_leaves_nothing(void **state)
{
	char empty[sizeof(folder) + 8];

	(void)state;
	snprintf(empty, sizeof(empty), "%s/empty", folder);
	assert_int_equal(mkdir(empty, 0700), 0);
	assert_true(ready_write_ms(empty) >= 0);
	assert_true(ready_write_ms("/nowhere/at/all") < 0);
	assert_true(ready_write_ms("/proc") < 0);
	/* A folder that holds anything is not removed. */
	assert_int_equal(rmdir(empty), 0);
}

static void judged(const char *text, size_t len, bool good, const char *part)
{
	char words[READY_WORDS_MAX];

	assert_int_equal(ready_card_judge(text, len, words), good);
	if (strstr(words, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", words, part);
}

static void the_card_says_what_is_wrong_with_a_scanner(void **state)
{
	const char *card = READY_CARD_TEXT;
	char text[256];

	(void)state;
	judged(card, strlen(card), true, "every character");
	snprintf(text, sizeof(text), "%s\r\n", card);
	judged(text, strlen(text), true, "every character");
	judged("", 0, false, "Nothing came");
	for (size_t i = 0; i <= strlen(card); i++)
		text[i] = (char)(card[i] >= 'A' && card[i] <= 'Z' ? card[i] + 32 : card[i]);
	judged(text, strlen(text), false, "Caps Lock");
	snprintf(text, sizeof(text), "]Q1%s", card);
	judged(text, strlen(text), false, "3 characters before");
	snprintf(text, sizeof(text), "%s\t\r", card);
	judged(text, strlen(text), false, "1 character after");
	judged(card + 5, strlen(card) - 5, false, "5 of");
	snprintf(text, sizeof(text), "%.20s%s", card, card + 23);
	judged(text, strlen(text), false, "3 of");
	/* As a French layout types it: letters change places, digits and signs become others. */
	for (size_t i = 0; i <= strlen(card); i++) {
		static const char from[] = "AQZWM1234567890$%*+-./:";
		static const char to[] = "QAWZ?&~#'([|`^@!%*=)!;M";
		const char *at = card[i] == '\0' ? NULL : strchr(from, card[i]);

		text[i] = at == NULL ? card[i] : to[at - from];
	}
	judged(text, strlen(text), false, "keyboard layouts");
	judged("http://www.example/", 19, false, "not the test card");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(power_is_told_as_the_machine_has_it),
	    cmocka_unit_test(a_probe_of_the_disk_leaves_nothing),
	    cmocka_unit_test(the_card_says_what_is_wrong_with_a_scanner),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
