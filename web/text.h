/*
 * text: what outside text must be before this system keeps or shows it.
 *
 * Unicode as libunistring has it. A "code point" count is of the NFC form.
 */
#ifndef WEB_TEXT_H
#define WEB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum text_error {
	TEXT_OK = 0,
	TEXT_UTF8 = -1,	  /* not UTF-8 */
	TEXT_HIDDEN = -2, /* a control, bidi, zero-width or other invisible character */
	TEXT_LONG = -3,	  /* too many code points */
	TEXT_NOMEM = -4,
	TEXT_SYNTAX = -5 /* not an address, not a slug */
};

/* The longest name of a person, an outlet or a conference, in code points. */
#define TEXT_NAME_MAX 200

enum text_lines {
	TEXT_ONE_LINE,	 /* a line break is a control character */
	TEXT_MANY_LINES, /* CR LF and CR become LF; LF and tab are allowed */
	TEXT_AS_TYPED	 /* one line, not trimmed: a password */
};

/*
 * Cleans outside text: checks that it is UTF-8 without control, bidi, zero-width, private-use or
 * unassigned characters, brings it into NFC, trims white space at both ends, and counts.
 * On success *ret_text is NUL-terminated and the caller frees it; on failure it is untouched.
 * Joiners (U+200C, U+200D) count as zero-width.
 */
int text_clean(const char *text, size_t len, enum text_lines lines, size_t max_code_points,
    char **ret_text) __attribute__((warn_unused_result));

/* Code points of a UTF-8 string; 0 for text that is not UTF-8. */
size_t text_length(const char *text);

/*
 * The form in which names are looked up: NFKC, case folded, white space runs made one space.
 * The caller frees *ret_folded.
 */
int text_fold(const char *text, char **ret_folded) __attribute__((warn_unused_result));

/*
 * One e-mail address as people have them: local@domain, 254 bytes at most (RFC 5321), local part
 * of at most 64 bytes in dot-atom characters or UTF-8 letters, domain of labels with at least one
 * dot. No display name, no comment, no quoted local part, no address literal, no byte below 0x21.
 */
int text_email(const char *text) __attribute__((warn_unused_result));

/* A slug: 1..64 of [a-z0-9-], no hyphen first, last or doubled. */
int text_slug(const char *text) __attribute__((warn_unused_result));

/*
 * Makes a slug out of a title: letters lose their accents, the rest becomes hyphens. The result
 * may be empty (a title in another script). size counts the NUL; 65 holds any slug.
 */
void text_make_slug(const char *title, char *ret, size_t size);

/*
 * Makes outside text fit for a line of a log: printable ASCII stays, a backslash and every other
 * byte become \xHH, and what does not fit ends in "...". size counts the NUL and is at least 8.
 */
void text_for_log(const char *text, size_t len, char *ret, size_t size);

#endif
