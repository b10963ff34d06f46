#include "badges/cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

void cmd_say(const char *format, ...)
{
	va_list args;

	(void)fputs("badges ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
}

bool cmd_number(const char *text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		uint64_t digit;

		if (*text < '0' || *text > '9')
			return false;
		digit = (uint64_t)(*text - '0');
		if (number > (max - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return true;
}

enum cmd_line cmd_line_read(FILE *in, char *ret_text, size_t cap, size_t *ret_len)
{
	bool any = false, has_cr = false, is_long = false;
	size_t len = 0;
	int c;

	/* A CR is kept back until what follows shows whether it ends the line. */
	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		any = true;
		if (has_cr) {
			if (len < cap)
				ret_text[len++] = '\r';
			else
				is_long = true;
		}
		has_cr = c == '\r';
		if (has_cr)
			continue;
		if (len < cap)
			ret_text[len++] = (char)c;
		else
			is_long = true;
	}
	if (c == EOF && !any)
		return CMD_LINE_END;
	*ret_len = len;
	return is_long ? CMD_LINE_LONG : CMD_LINE_WHOLE;
}

int cmd_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return CMD_OK;
	(void)fprintf(stderr, "badges: cannot write standard output: %s\n", strerror(errno));
	return CMD_REFUSE;
}
