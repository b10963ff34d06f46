#include "web/tmpl/tmpl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int read_all(const char *path, char **ret, size_t *ret_len)
{
	enum { MOST = 1 << 20 };
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t len = 0;
	int result = -1;

	if (!f)
		goto done;
	text = malloc(MOST + 1);
	if (!text)
		goto done;
	len = fread(text, 1, MOST + 1, f);
	if (ferror(f) || len > MOST)
		goto done;
	text[len] = '\0';
	*ret = text;
	*ret_len = len;
	text = NULL;
	result = 0;
done:
	if (f)
		fclose(f);
	free(text);
	return result;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The header's guard is its name in capitals. */
static void write_guard(FILE *h, const char *name)
{
	fputs("TMPL_", h);
	for (; *name; name++)
		fputc(strchr("./-", *name) ? '_' : *name & (*name >= 'a' ? ~0x20 : ~0), h);
	fputc('\n', h);
}

static void write_heads(struct tmpl *t, const char *h_path)
{
	const char *name = base_name(h_path);

	fprintf(t->h, "/* Made from %s: change that. */\n#ifndef ", base_name(t->path));
	write_guard(t->h, name);
	fputs("#define ", t->h);
	write_guard(t->h, name);
	fputs("#include \"web/buf.h\"\n", t->h);
	fprintf(
	    t->c, "/* Made from %s: change that. */\n#include \"%s\"\n", base_name(t->path), name);
	fputs("#include \"web/say.h\"\n#include \"web/tmpl.h\"\n", t->c);
}

static int close_output(FILE *f, const char *path, bool failed)
{
	int result = f && !failed ? 0 : -1;

	if (f && (fflush(f) || ferror(f)))
		result = -1;
	if (f && fclose(f))
		result = -1;
	if (result)
		remove(path);
	return result;
}

static int compile(struct tmpl *t, const char *c_path, const char *h_path)
{
	int result = 0;

	t->c = fopen(c_path, "w");
	t->h = fopen(h_path, "w");
	if (t->c && t->h) {
		write_heads(t, h_path);
		tmpl_parse(t);
		fputs("#endif\n", t->h);
	} else {
		tmpl_error(t, 1, "cannot write %s or %s: %s", c_path, h_path, strerror(errno));
	}
	if (close_output(t->c, c_path, t->failed))
		result = 1;
	if (close_output(t->h, h_path, t->failed))
		result = 1;
	return result;
}

int main(int argc, char **argv)
{
	struct tmpl t = {0};
	char *text = NULL;
	int result;

	if (argc != 4) {
		fputs("usage: tmpl TEMPLATE.html OUT.c OUT.h\n", stderr);
		return 2;
	}
	if (read_all(argv[1], &text, &t.len)) {
		fprintf(stderr, "%s:1: error: cannot read it: %s\n", argv[1], strerror(errno));
		return 1;
	}
	t.path = argv[1];
	t.text = text;
	result = compile(&t, argv[2], argv[3]);
	free(text);
	return result;
}
