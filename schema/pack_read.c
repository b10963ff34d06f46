/* Reads migrations and named queries from a folder. */
#include "schema/pack.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "pack: no memory\n");
		exit(1);
	}
	return memory;
}

void pack_text_add(struct pack_text *text, const char *bytes, size_t len)
{
	text->bytes = must(realloc(text->bytes, text->len + len + 1));
	if (len)
		memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
}

static int read_file(const char *path, struct pack_text *ret_text)
{
	char buffer[4096];
	size_t got;
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return -1;
	}
	pack_text_add(ret_text, "", 0);
	while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
		pack_text_add(ret_text, buffer, got);
	int bad = ferror(file);
	if (fclose(file) || bad) {
		perror(path);
		return -1;
	}
	if (memchr(ret_text->bytes, '\0', ret_text->len)) {
		fprintf(stderr, "%s:1: a NUL byte in the file\n", path);
		return -1;
	}
	return 0;
}

static bool is_migration(const char *file)
{
	for (int i = 0; i < 4; i++)
		if (!isdigit((unsigned char)file[i]))
			return false;
	return file[4] == '-';
}

static int read_migration(struct pack *pack, const char *file, const char *path)
{
	size_t n = pack->n_migrations;
	unsigned long number = strtoul(file, NULL, 10);

	if (number != n + 1) {
		fprintf(stderr,
		    "%s:1: migration %04lu stands where %04zu belongs (a gap or a "
		    "number used twice)\n",
		    path, number, n + 1);
		return -1;
	}
	pack->migrations = must(realloc(pack->migrations, (n + 1) * sizeof(*pack->migrations)));
	struct pack_migration *migration = &pack->migrations[n];
	*migration = (struct pack_migration){0};
	pack->n_migrations++;
	migration->name = must(strndup(file, strlen(file) - strlen(".sql")));
	migration->file = must(strdup(path));
	return read_file(path, &migration->sql);
}

/* The name in "-- name: x", NULL when the line is no such line. Ends at the newline. */
static const char *name_line(const char *line)
{
	if (strncmp(line, "--", 2))
		return NULL;
	line += 2 + strspn(line + 2, " \t");
	if (strncmp(line, "name", 4))
		return NULL;
	line += 4 + strspn(line + 4, " \t");
	if (*line != ':')
		return NULL;
	return line + 1 + strspn(line + 1, " \t");
}

static int start_query(struct pack *pack, const char *path, unsigned line, const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
	size_t rest = strspn(name + len, " \t\r");

	if (!len || !islower((unsigned char)name[0]) ||
	    (name[len + rest] != '\n' && name[len + rest] != '\0')) {
		fprintf(stderr, "%s:%u: a name is a-z, 0-9 and _, and starts with a letter\n", path,
		    line);
		return -1;
	}
	for (size_t i = 0; i < pack->n_queries; i++) {
		struct pack_query *other = &pack->queries[i];
		if (strlen(other->name) == len && !strncmp(other->name, name, len)) {
			fprintf(stderr, "%s:%u: %s is already named at %s:%u\n", path, line,
			    other->name, other->file, other->line);
			return -1;
		}
	}
	size_t n = pack->n_queries++;
	pack->queries = must(realloc(pack->queries, (n + 1) * sizeof(*pack->queries)));
	struct pack_query *query = &pack->queries[n];
	*query = (struct pack_query){.line = line};
	query->name = must(strndup(name, len));
	query->file = must(strdup(path));
	pack_text_add(&query->sql, "", 0);
	pack_text_add(&query->contract, "", 0);
	return 0;
}

/* One line of a query file that is not a name line; query is NULL before the first name. */
static int add_line(
    struct pack_query *query, const char *path, unsigned number, const char *line, size_t len)
{
	const char *word = line + strspn(line, " \t\r");
	bool comment = !strncmp(word, "--", 2);
	bool blank = *word == '\n' || *word == '\0';

	if (!query) {
		if (comment || blank)
			return 0;
		fprintf(stderr, "%s:%u: a statement without a \"-- name:\" line above it\n", path,
		    number);
		return -1;
	}
	if (comment && !query->sql.len) {
		word += 2;
		word += *word == ' ';
		pack_text_add(&query->contract, word, len - (size_t)(word - line));
	} else if (!comment && !(blank && !query->sql.len)) {
		pack_text_add(&query->sql, line, len);
	}
	return 0;
}

static int read_queries(struct pack *pack, const char *path)
{
	struct pack_text text = {0};
	size_t first = pack->n_queries;
	unsigned number = 0;
	int result = read_file(path, &text);

	for (const char *line = text.bytes; !result && *line;) {
		const char *newline = strchr(line, '\n');
		size_t len = newline ? (size_t)(newline - line) + 1 : strlen(line);
		const char *name = name_line(line);
		number++;
		if (name)
			result = start_query(pack, path, number, name);
		else
			result = add_line(
			    pack->n_queries > first ? &pack->queries[pack->n_queries - 1] : NULL,
			    path, number, line, len);
		line += len;
	}
	free(text.bytes);
	return result;
}

static int is_sql(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return entry->d_name[0] != '.' && len > 4 && !strcmp(entry->d_name + len - 4, ".sql");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int pack_read(struct pack *pack)
{
	struct dirent **files = NULL;
	int result = 0;
	int n = scandir(pack->folder, &files, is_sql, by_bytes);
	if (n < 0) {
		perror(pack->folder);
		return -1;
	}
	for (int i = 0; i < n; i++) {
		struct pack_text path = {0};
		const char *file = files[i]->d_name;
		pack_text_add(&path, pack->folder, strlen(pack->folder));
		pack_text_add(&path, "/", 1);
		pack_text_add(&path, file, strlen(file));
		pack->files =
		    must(realloc(pack->files, (pack->n_files + 1) * sizeof(*pack->files)));
		pack->files[pack->n_files++] = path.bytes;
		if (!result && is_migration(file))
			result = read_migration(pack, file, path.bytes);
		else if (!result)
			result = read_queries(pack, path.bytes);
		free(files[i]);
	}
	free(files);
	return result;
}

void pack_free(struct pack *pack)
{
	for (size_t i = 0; i < pack->n_migrations; i++) {
		free(pack->migrations[i].name);
		free(pack->migrations[i].file);
		free(pack->migrations[i].sql.bytes);
	}
	for (size_t i = 0; i < pack->n_queries; i++) {
		free(pack->queries[i].name);
		free(pack->queries[i].file);
		free(pack->queries[i].contract.bytes);
		free(pack->queries[i].sql.bytes);
	}
	for (size_t i = 0; i < pack->n_files; i++)
		free(pack->files[i]);
	free(pack->files);
	free(pack->migrations);
	free(pack->queries);
}
