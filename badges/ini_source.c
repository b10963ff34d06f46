#include "badges/ini_source.h"

#include <stdarg.h>
#include <string.h>

int ini_source_fail(struct ini_source *source, const char *format, ...)
{
	va_list args;
	int len;

	if (source->failed)
		return 0;
	source->failed = true;
	len = snprintf(source->why, source->why_size, "%s, line %u: ", source->path, source->line);
	if (len > 0 && (size_t)len < source->why_size) {
		va_start(args, format);
		vsnprintf(source->why + len, source->why_size - (size_t)len, format, args);
		va_end(args);
	}
	return 0;
}

char *ini_source_line(char *text, int size, void *stream)
{
	struct ini_source *source = stream;
	char *line = fgets(text, size, source->file);

	if (!line)
		return NULL;
	source->line++;
	if (!strchr(line, '\n') && !feof(source->file))
		ini_source_fail(
		    source, "the line is too long; %d bytes are taken. Shorten it.", size - 2);
	return line;
}
