#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gate/ready/ready.h"

enum { CARD_LEN = sizeof(READY_CARD_TEXT) - 1 };

static bool same_but_case(const char *text, size_t len)
{
	if (len != CARD_LEN)
		return false;
	for (size_t i = 0; i < len; i++)
		if (toupper((unsigned char)text[i]) != READY_CARD_TEXT[i])
			return false;
	return true;
}

static bool has_inside(const char *text, size_t len, size_t *ret_at)
{
	for (size_t at = 0; at + CARD_LEN <= len; at++)
		if (memcmp(text + at, READY_CARD_TEXT, CARD_LEN) == 0) {
			*ret_at = at;
			return true;
		}
	return false;
}

/* Every character of text stands in the card, in its order: some were lost on the way. */
static bool is_thinned(const char *text, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < len; i++, at++) {
		while (at < CARD_LEN && READY_CARD_TEXT[at] != text[i])
			at++;
		if (at == CARD_LEN)
			return false;
	}
	return len > 0;
}

/* Letters where the card has letters at nearly all places, other signs elsewhere: the machine's
 * keyboard layout is another than the scanner's. */
static bool is_other_layout(const char *text, size_t len)
{
	size_t same = 0;

	for (size_t i = 0; i < len && i < CARD_LEN; i++)
		if (toupper((unsigned char)text[i]) == READY_CARD_TEXT[i])
			same++;
	return len >= CARD_LEN && same >= 8;
}

static void say(char ret_words[static READY_WORDS_MAX], const char *words)
{
	(void)snprintf(ret_words, READY_WORDS_MAX, "%s", words);
}

bool ready_card_judge(const char *text, size_t len, char ret_words[static READY_WORDS_MAX])
{
	size_t at = 0;

	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (len == CARD_LEN && memcmp(text, READY_CARD_TEXT, CARD_LEN) == 0) {
		say(ret_words, "The scanner delivers every character as it is printed.");
		return true;
	}
	if (len == 0)
		say(ret_words, "Nothing came. Click into the field, then scan the card.");
	else if (same_but_case(text, len))
		say(ret_words,
		    "Capital and small letters are exchanged. Switch Caps Lock off; in the "
		    "scanner's settings switch case conversion off.");
	else if (has_inside(text, len, &at))
		(void)snprintf(ret_words, READY_WORDS_MAX,
		    "The scanner adds %zu %s %s the text. In its settings take prefix and suffix "
		    "away; only Enter or Tab may follow.",
		    len - CARD_LEN, len - CARD_LEN == 1 ? "character" : "characters",
		    at == 0		   ? "after"
		    : at + CARD_LEN == len ? "before"
					   : "around");
	else if (len < CARD_LEN && is_thinned(text, len))
		(void)snprintf(ret_words, READY_WORDS_MAX,
		    "%zu of %d characters were lost. Set a longer pause between characters in the "
		    "scanner, or scan the card from nearer.",
		    CARD_LEN - len, CARD_LEN);
	else if (is_other_layout(text, len))
		say(ret_words,
		    "Letters and signs are exchanged: scanner and machine have different "
		    "keyboard layouts. Set the scanner to US English, or to this machine's "
		    "layout.");
	else
		say(ret_words,
		    "This is not the test card. Scan the card of this page, printed or on "
		    "another screen.");
	return false;
}
