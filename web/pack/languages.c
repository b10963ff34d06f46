/*
 * languages: turns .mo files into a C table for say_add().
 *
 *     languages OUT.c SET_NAME FILE.mo...
 */
#include <stdio.h>
#include <stdlib.h>

#include "web/say.h"

enum { FILE_MOST = 4 << 20 };

static int write_file(FILE *out, const char *path, size_t i, size_t *ret_len)
{
	FILE *in = fopen(path, "rb");
	size_t len = 0;
	int c = EOF;

	if (in)
		fprintf(out, "static const unsigned char data%zu[] = {", i);
	while (in && len < FILE_MOST && (c = getc(in)) != EOF)
		fprintf(out, "%s%d,", len++ % 20 == 0 ? "\n" : "", c);
	fputs("\n};\n", out);
	if (!in || ferror(in) || c != EOF || len == 0) {
		fprintf(stderr, "languages: %s: cannot be read, is empty or too large\n", path);
		if (in)
			fclose(in);
		return -1;
	}
	fclose(in);
	*ret_len = len;
	return 0;
}

static int write_all(FILE *out, const char *set, char **paths, size_t n)
{
	size_t len[SAY_MOST];

	fputs("#include \"web/say.h\"\n\n", out);
	for (size_t i = 0; i < n; i++)
		if (write_file(out, paths[i], i, &len[i]))
			return 1;
	fputs("static const struct say_file files[] = {\n", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "\t{data%zu, %zu},\n", i, len[i]);
	fprintf(out, "};\nextern const struct say_set %s;\n", set);
	fprintf(out, "const struct say_set %s = {files, %zu};\n", set, n);
	return ferror(out) ? 1 : 0;
}

int main(int argc, char **argv)
{
	FILE *out;
	int result;

	if (argc < 4 || argc - 3 > SAY_MOST) {
		fputs("usage: languages OUT.c SET_NAME FILE.mo...\n", stderr);
		return 2;
	}
	out = fopen(argv[1], "w");
	if (!out)
		return 1;
	result = write_all(out, argv[2], argv + 3, (size_t)argc - 3);
	if (fclose(out) || result)
		result = remove(argv[1]) | 1;
	return result;
}
