/*
 * message_pack: a build tool. Reads the message files named on its command line and writes
 * messages.h (enum message) or messages.c (their texts, paragraph by paragraph, marked for
 * xgettext).
 *
 *	message_pack --header|--source FILE.txt...
 *
 * A file's first line is "Subject: " and the subject, its second is empty, the rest is the text.
 * {{name}} must be one of MESSAGE_VALUES; anything else stops the build with file and line.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/mail/message_values.h"

enum { LINE_MAX_BYTES = 400, PARAGRAPH_MAX_BYTES = 4000, NAME_MAX_BYTES = 64 };

#define MESSAGE_NAME(name) #name,
static const char *const names[] = {MESSAGE_VALUES(MESSAGE_NAME)};

static int complain(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	return -1;
}

/* "mail/sign-in.txt" as "SIGN_IN" (upper) or "sign-in". */
static void name_of(const char *path, int upper, char name[NAME_MAX_BYTES])
{
	const char *base = strrchr(path, '/');
	size_t len;

	snprintf(name, NAME_MAX_BYTES, "%s", base ? base + 1 : path);
	len = strlen(name);
	if (len > 4)
		name[len - 4] = 0;
	for (char *c = name; upper && *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static void put_quoted(const char *text, size_t len)
{
	putchar('"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			printf("\\%03o", c);
		else
			putchar(c);
	}
	putchar('"');
}

static int value_number(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
			return (int)i;
	return -1;
}

/* Each {{name}} of a line is one that there is. */
static int check_line(const char *file, int number, const char *line)
{
	const char *open, *close;

	for (; (open = strstr(line, "{{")); line = close + 2) {
		close = strstr(open, "}}");
		if (!close)
			return complain(file, number, "{{ without }}");
		if (value_number(open + 2, (size_t)(close - open - 2)) < 0)
			return complain(file, number, "not a value of message_values.h");
	}
	return 0;
}

/* Whether there is a word between the values: something to translate. A path is none. */
static int has_words(const char *text)
{
	int depth = 0;
	char before = ' ';

	for (; *text; before = *text++) {
		if (strncmp(text, "{{", 2) == 0 || strncmp(text, "}}", 2) == 0)
			depth += *text++ == '{' ? 1 : -1;
		else if (depth == 0 && isalpha((unsigned char)*text) && before != '/' &&
			 !isalpha((unsigned char)before))
			return 1;
	}
	return 0;
}

static void put_text(const char *text, size_t len)
{
	fputs(has_words(text) ? "SAY(" : "PLAIN(", stdout);
	put_quoted(text, len);
	putchar(')');
}

/* Writes the lines up to an empty one, or the end, as one text. Returns 1, 0 at the end, or -1. */
static int put_paragraph(const char *path, FILE *in, int *number)
{
	char line[LINE_MAX_BYTES], text[PARAGRAPH_MAX_BYTES] = "";
	size_t len = 0;

	while (fgets(line, sizeof(line), in)) {
		++*number;
		if (!strchr(line, '\n'))
			return complain(path, *number, "the line is too long or does not end");
		if (check_line(path, *number, line) < 0)
			return -1;
		if (strcmp(line, "\n") == 0)
			break;
		if (len + strlen(line) >= sizeof(text))
			return complain(path, *number, "the paragraph is too long");
		memcpy(text + len, line, strlen(line) + 1);
		len += strlen(line);
	}
	if (len > 0) {
		text[--len] = 0;
		putchar('\t');
		put_text(text, len);
		puts(",");
	}
	return !feof(in);
}

static int put_subject(const char *path, FILE *in)
{
	char line[LINE_MAX_BYTES], name[NAME_MAX_BYTES];

	name_of(path, 1, name);
	if (!fgets(line, sizeof(line), in) || !strchr(line, '\n') ||
	    strncmp(line, "Subject: ", 9) != 0)
		return complain(path, 1, "the first line must be \"Subject: ...\"");
	if (check_line(path, 1, line) < 0)
		return -1;
	printf("#define SUBJECT_%s ", name);
	line[strlen(line) - 1] = 0;
	put_text(line + 9, strlen(line + 9));
	putchar('\n');
	if (!fgets(line, sizeof(line), in) || strcmp(line, "\n") != 0)
		return complain(path, 2, "the second line must be empty");
	return 0;
}

static int put_message(const char *path)
{
	char name[NAME_MAX_BYTES];
	int number = 2, more = 1;
	FILE *in = fopen(path, "r");

	if (!in)
		return complain(path, 0, "can't be read");
	name_of(path, 1, name);
	if (put_subject(path, in) < 0) {
		fclose(in);
		return -1;
	}
	printf("static const char *const body_%s[] = {\n", name);
	while (more > 0)
		more = put_paragraph(path, in, &number);
	fclose(in);
	printf("};\n");
	if (more == 0 && number < 3)
		return complain(path, number, "the message has no text");
	return more;
}

static void put_header(int n, char **files)
{
	char name[NAME_MAX_BYTES];

	printf("#ifndef PRESSGATE_REGISTRAR_MESSAGES_H\n#define PRESSGATE_REGISTRAR_MESSAGES_H\n\n"
	       "enum message {\n");
	for (int i = 0; i < n; i++) {
		name_of(files[i], 1, name);
		printf("\tMESSAGE_%s,\n", name);
	}
	printf("\tMESSAGE_COUNT\n};\n\n"
	       "/* English, with {{names}}. */\n"
	       "struct message_text {\n\tconst char *subject;\n"
	       "\tconst char *const *paragraphs;\n\tunsigned n;\n};\n"
	       "extern const struct message_text message_texts[MESSAGE_COUNT];\n\n#endif\n");
}

static int put_source(int n, char **files)
{
	char name[NAME_MAX_BYTES];

	printf("#include \"registrar/mail/messages.h\"\n#include \"web/say.h\"\n\n"
	       "/* Nothing but values: the same in every language. */\n"
	       "#define PLAIN(text) text\n\n");
	for (int i = 0; i < n; i++)
		if (put_message(files[i]) < 0)
			return -1;
	printf("const struct message_text message_texts[MESSAGE_COUNT] = {\n");
	for (int i = 0; i < n; i++) {
		name_of(files[i], 1, name);
		printf("\t{SUBJECT_%s, body_%s, sizeof(body_%s) / sizeof(*body_%s)},\n", name, name,
		    name, name);
	}
	printf("};\n");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "--header") == 0)
		put_header(argc - 2, argv + 2);
	else if (put_source(argc - 2, argv + 2) < 0)
		return 1;
	return fflush(stdout) == 0 ? 0 : 1;
}
