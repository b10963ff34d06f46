/*
 * say: texts in the reader's language.
 *
 * The English text stands where it is used, in a template or in C, and is its own key. Each other
 * language is a catalogue: the bytes of a GNU .mo file, packed into the program, made by msgfmt
 * from NAME.po. libintl chooses one language a process; here each request and each mail chooses its
 * own. A text that a catalogue does not have is said in English.
 *
 * NULL is English, so what knows of no languages says English.
 */
#ifndef WEB_SAY_H
#define WEB_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks a text of a table, that say() or say_in() is given later, for xgettext. */
#define SAY(text)	      text
#define SAY_IN(context, text) text

enum say_error {
	SAY_OK = 0,
	SAY_BAD = -1, /* not a .mo file, or one that points outside itself */
	SAY_ROOM = -2 /* more languages than SAY_MOST, or one twice */
};

/* The most languages besides English; the longest of their codes and names, with the NUL. */
enum { SAY_MOST = 15, SAY_CODE = 16, SAY_NAME = 48, SAY_RULE = 160 };

/* One catalogue, read: made by say_read(), its bytes borrowed. */
struct say {
	const unsigned char *data;
	size_t len;
	uint32_t n, originals, translations; /* entries; where their tables begin */
	bool big_endian;
	char code[SAY_CODE]; /* "fr": from the header's Language */
	char name[SAY_NAME]; /* "Français": from X-Language-Name, the language in itself */
	unsigned forms;	     /* of a plural */
	char rule[SAY_RULE]; /* which of them, as C: from Plural-Forms */
};

/*
 * Reads a .mo file (GNU gettext, revision 0, either byte order). Every offset and length is looked
 * at here, and that the texts are sorted, so that say() need not. Returns 0, or SAY_BAD and *ret
 * untouched.
 */
int say_read(const unsigned char *data, size_t len, struct say *ret)
    __attribute__((warn_unused_result));

/* What the build packs of the .po files of one folder. */
struct say_set {
	const struct say_file {
		const unsigned char *data;
		size_t len;
	} * files;
	size_t n;
};

/* Makes a set's languages known, at start, before any thread runs; once more is quiet. Returns 0
 * or a negative enum say_error. */
int say_add(const struct say_set *set) __attribute__((warn_unused_result));

/* How many languages are known, English among them; and the i-th: 0 is English, NULL. */
size_t say_count(void);
const struct say *say_nth(size_t i);

/* Finds a language by its code. False, and *ret untouched, where it is not known. */
bool say_find(const char *code, const struct say **ret);

/* "en", "fr": for lang attributes and Content-Language (BCP 47). */
const char *say_code(const struct say *language);

/* "English", "Français". */
const char *say_name(const struct say *language);

/*
 * The language an Accept-Language header asks for (RFC 9110, 12.5.4; ranges as RFC 4647 looks them
 * up: "fr-CA" is met by "fr"): of those known, the one with the highest weight, then the one named
 * first. A member that is no range is passed over; NULL, or nothing that fits, is English.
 */
const struct say *say_choose(const char *accept);

/* The text in that language. Borrowed: text itself or the catalogue's. */
const char *say(const struct say *language, const char *text) __attribute__((format_arg(2)));

/* The same for a text that stands for something else elsewhere: context tells them apart. */
const char *say_in(const struct say *language, const char *context, const char *text);

/* The form for n of a text with a number: one is for 1, many for others, in English. */
const char *say_plural(const struct say *language, const char *one, const char *many, long long n);

/* The first letter of a text made large, where that is as long; its length. "" gives 0. */
size_t say_capital(const char *text, char ret[3]);

/* A whole number as the language writes it: "12,500", "12 500" (its spaces do not break). */
void say_number(const struct say *language, long long n, char ret[32]);

/*
 * Writes a text with %1 to %9 replaced by the values, %% by %. What does not fit is cut between
 * characters (UTF-8). text has been through say().
 */
void say_format(char *ret, size_t size, const char *text, const char *const *values, size_t n);

/* say_format(ret, size, text, (values), n) with the values named one after the other. */
#define SAY_FORMAT(ret, size, text, ...)                                                           \
	say_format(ret, size, text, (const char *const[]){__VA_ARGS__},                            \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Writes say_plural()'s form for n, %n replaced by the number. */
void say_counted(const struct say *language, char *ret, size_t size, const char *one,
    const char *many, long long n);

/*
 * A sentence that is kept, to be said later in whichever language: the English text and its values
 * with a US (0x1F) between. say_keep() writes it, say_kept() says it; what was not written by
 * say_keep() is a text without values.
 */
void say_keep(char *ret, size_t size, const char *text, const char *const *values, size_t n);
void say_kept(const struct say *language, char *ret, size_t size, const char *kept);

#endif
