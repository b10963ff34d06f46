/* Writes what was read as C. */
#include "schema/pack.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Closes, and takes the file away when something of it was not written. */
static int finish(FILE *file, const char *path)
{
	int bad = ferror(file);
	if (fclose(file) || bad) {
		perror(path);
		remove(path);
		return -1;
	}
	return 0;
}

static void put_upper(FILE *file, const char *text)
{
	for (; *text; text++)
		fputc(toupper((unsigned char)*text), file);
}

/* A contract line may not end the comment that carries it. */
static void put_contract(FILE *file, const struct pack_text *contract)
{
	const char *line = contract->bytes;
	while (*line) {
		size_t len = strcspn(line, "\n");
		fputs("\t * ", file);
		for (size_t i = 0; i < len; i++) {
			if (line[i] == '/' && i && line[i - 1] == '*')
				fputc(' ', file);
			fputc(line[i], file);
		}
		fputc('\n', file);
		line += len + (line[len] == '\n');
	}
}

static void put_literal(FILE *file, const struct pack_text *text)
{
	fputs("\t  \"", file);
	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->bytes[i];
		if (c == '\n')
			fputs(i + 1 < text->len ? "\\n\"\n\t  \"" : "\\n", file);
		else if (c == '"' || c == '\\' || c == '?')
			fprintf(file, "\\%c", c);
		else if (c == '\t')
			fputs("\\t", file);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(file, "\\%03o", c);
		else
			fputc(c, file);
	}
	fputc('"', file);
}

int pack_write_header(const struct pack *pack, const char *path)
{
	FILE *file = fopen(path, "w");
	if (!file) {
		perror(path);
		return -1;
	}
	fprintf(file, "/* Made from schema/%s by the pack tool. */\n", pack->name);
	fputs("#ifndef PRESSGATE_SCHEMA_", file);
	put_upper(file, pack->name);
	fputs("_DB_H\n#define PRESSGATE_SCHEMA_", file);
	put_upper(file, pack->name);
	fputs("_DB_H\n\n#include \"schema/store.h\"\n\nenum {\n", file);
	for (size_t i = 0; i < pack->n_queries; i++) {
		const struct pack_query *query = &pack->queries[i];
		if (query->contract.len) {
			fputs("\t/*\n", file);
			put_contract(file, &query->contract);
			fputs("\t */\n", file);
		}
		fputc('\t', file);
		put_upper(file, pack->name);
		fputs("_Q_", file);
		put_upper(file, query->name);
		fprintf(file, " = %zu, /* takes %u */\n", i, query->args);
	}
	fputc('\t', file);
	put_upper(file, pack->name);
	fprintf(file,
	    "_Q_COUNT = %zu\n};\n\nextern const struct store_spec %s_store_spec;\n\n#endif\n",
	    pack->n_queries, pack->name);
	return finish(file, path);
}

static void put_migrations(FILE *file, const struct pack *pack)
{
	fputs("static const struct store_migration migrations[] = {\n", file);
	for (size_t i = 0; i < pack->n_migrations; i++) {
		fprintf(file, "\t{\"%s\",\n", pack->migrations[i].name);
		put_literal(file, &pack->migrations[i].sql);
		fputs("},\n", file);
	}
	fputs("\t{0, 0},\n};\n\n", file);
}

static void put_queries(FILE *file, const struct pack *pack)
{
	fputs("static const struct store_query queries[] = {\n", file);
	for (size_t i = 0; i < pack->n_queries; i++) {
		fprintf(file, "\t{\"%s\",\n", pack->queries[i].name);
		put_literal(file, &pack->queries[i].sql);
		fprintf(file, ",\n\t  %u},\n", pack->queries[i].args);
	}
	fputs("\t{0, 0, 0},\n};\n\n", file);
}

int pack_write_source(const struct pack *pack, const char *path)
{
	FILE *file = fopen(path, "w");
	if (!file) {
		perror(path);
		return -1;
	}
	fprintf(file, "/* Made from schema/%s by the pack tool. */\n#include \"%s_db.h\"\n\n",
	    pack->name, pack->name);
	put_migrations(file, pack);
	put_queries(file, pack);
	fprintf(file,
	    "const struct store_spec %s_store_spec = {\n"
	    "\t\"%s\", 0x%08xu, migrations, %zu, queries, %zu,\n};\n",
	    pack->name, pack->name, (unsigned)pack->application_id, pack->n_migrations,
	    pack->n_queries);
	return finish(file, path);
}

static void put_escaped_path(FILE *file, const char *path)
{
	for (; *path; path++) {
		if (*path == ' ' || *path == '#' || *path == '\\')
			fputc('\\', file);
		fputc(*path, file);
	}
}

int pack_write_depfile(
    const struct pack *pack, const char *path, const char *header, const char *source)
{
	FILE *file = fopen(path, "w");
	if (!file) {
		perror(path);
		return -1;
	}
	put_escaped_path(file, header);
	fputc(' ', file);
	put_escaped_path(file, source);
	fputs(": ", file);
	/* The folder itself: its time changes when a file comes or goes. */
	put_escaped_path(file, pack->folder);
	for (size_t i = 0; i < pack->n_files; i++) {
		fputc(' ', file);
		put_escaped_path(file, pack->files[i]);
	}
	fputc('\n', file);
	return finish(file, path);
}
