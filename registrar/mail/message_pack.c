/*
 * message_pack: a build tool. Reads the message files named on its command line and writes
 * messages.h (enum message) or messages.c (their texts, cut at each value).
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

enum { LINE_MAX_BYTES = 400, NAME_MAX_BYTES = 64 };

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

/* Writes a line as parts {text, value}; value -1 has none. */
static int put_line(const char *file, int number, const char *line)
{
	const char *open, *close;
	int value;

	while ((open = strstr(line, "{{"))) {
		close = strstr(open, "}}");
		if (!close)
			return complain(file, number, "{{ without }}");
		value = value_number(open + 2, (size_t)(close - open - 2));
		if (value < 0)
			return complain(file, number, "not a value of message_values.h");
		printf("\t{");
		put_quoted(line, (size_t)(open - line));
		printf(", %d},\n", value);
		line = close + 2;
	}
	printf("\t{");
	put_quoted(line, strlen(line));
	printf(", -1},\n");
	return 0;
}

static int put_message(const char *path)
{
	char line[LINE_MAX_BYTES], name[NAME_MAX_BYTES];
	int number = 0, result = 0;
	FILE *in = fopen(path, "r");

	if (!in)
		return complain(path, 0, "can't be read");
	name_of(path, 1, name);
	printf("static const struct message_part subject_%s[] = {\n", name);
	while (result == 0 && fgets(line, sizeof(line), in)) {
		number++;
		if (!strchr(line, '\n'))
			result = complain(path, number, "the line is too long or does not end");
		else if (number == 1 && strncmp(line, "Subject: ", 9) != 0)
			result = complain(path, number, "the first line must be \"Subject: ...\"");
		else if (number == 2 && strcmp(line, "\n") != 0)
			result = complain(path, number, "the second line must be empty");
		else if (number == 2)
			printf("};\nstatic const struct message_part body_%s[] = {\n", name);
		else if (number == 1)
			result = (line[strlen(line) - 1] = 0, put_line(path, number, line + 9));
		else
			result = put_line(path, number, line);
	}
	fclose(in);
	printf("};\n");
	if (result == 0 && number < 3)
		result = complain(path, number, "the message has no text");
	return result;
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
	       "/* A text, and the value that follows it; -1: none. */\n"
	       "struct message_part {\n\tconst char *text;\n\tint value;\n};\n"
	       "struct message_text {\n\tconst struct message_part *subject, *body;\n"
	       "\tunsigned n_subject, n_body;\n};\n"
	       "extern const struct message_text message_texts[MESSAGE_COUNT];\n\n#endif\n");
}

static int put_source(int n, char **files)
{
	char name[NAME_MAX_BYTES];

	printf("#include \"registrar/mail/messages.h\"\n\n");
	for (int i = 0; i < n; i++)
		if (put_message(files[i]) < 0)
			return -1;
	printf("const struct message_text message_texts[MESSAGE_COUNT] = {\n");
	for (int i = 0; i < n; i++) {
		name_of(files[i], 1, name);
		printf("\t{subject_%s, body_%s, sizeof(subject_%s) / sizeof(*subject_%s), "
		       "sizeof(body_%s) / sizeof(*body_%s)},\n",
		    name, name, name, name, name, name);
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
