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

/* Appends; the room was made when the text began. */
static void add(struct pack_text *text, const char *bytes, size_t len)
{
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
}

static int read_file(const char *path, struct pack_text *ret_text)
{
	char *bytes = NULL;
	size_t room = 0;
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return -1;
	}
	/* Up to the end or a NUL, whichever comes first. */
	ssize_t len = getdelim(&bytes, &room, '\0', file);
	int bad = ferror(file);
	if (fclose(file) || bad) {
		perror(path);
		free(bytes);
		return -1;
	}
	if (len > 0 && bytes[len - 1] == '\0') {
		fprintf(stderr, "%s:1: a NUL byte in the file\n", path);
		free(bytes);
		return -1;
	}
	if (len < 0) {
		free(bytes);
		bytes = must(calloc(1, 1));
		len = 0;
	}
	*ret_text = (struct pack_text){bytes, (size_t)len};
	return 0;
}

static int too_many(const char *path)
{
	fprintf(stderr, "%s:1: more files, migrations or queries than the pack tool takes\n", path);
	return -1;
}

static char *join(const char *folder, const char *file)
{
	size_t size = strlen(folder) + strlen(file) + 2;
	char *path = must(malloc(size));
	snprintf(path, size, "%s/%s", folder, file);
	return path;
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
	if (n == PACK_MIGRATIONS)
		return too_many(path);
	struct pack_migration *migration = &pack->migrations[pack->n_migrations++];
	migration->name = must(strndup(file, strlen(file) - strlen(".sql")));
	migration->file = must(strdup(path));
	return read_file(path, &migration->sql);
}

/* The name in "-- name: x", NULL when the line is no such line. Ends at the newline. */
static const char *name_line(const char *line)
{
	if (strncmp(line, "--", 2) != 0)
		return NULL;
	line += 2 + strspn(line + 2, " \t");
	if (strncmp(line, "name", 4) != 0)
		return NULL;
	line += 4 + strspn(line + 4, " \t");
	if (*line != ':')
		return NULL;
	return line + 1 + strspn(line + 1, " \t");
}

static int start_query(
    struct pack *pack, const char *path, unsigned line, const char *name, size_t room)
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
	if (pack->n_queries == PACK_QUERIES)
		return too_many(path);
	struct pack_query *query = &pack->queries[pack->n_queries++];
	query->line = line;
	query->name = must(strndup(name, len));
	query->file = must(strdup(path));
	/* Neither can be longer than the file; zeros end both. */
	query->sql.bytes = must(calloc(1, room));
	query->contract.bytes = must(calloc(1, room));
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
		add(&query->contract, word, len - (size_t)(word - line));
	} else if (!comment && !(blank && !query->sql.len)) {
		add(&query->sql, line, len);
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
			result = start_query(pack, path, number, name, text.len + 1);
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
	if (n > PACK_FILES)
		result = too_many(pack->folder);
	for (int i = 0; i < n; i++) {
		if (result) {
			free(files[i]);
			continue;
		}
		const char *file = files[i]->d_name;
		char *path = join(pack->folder, file);
		pack->files[pack->n_files++] = path;
		if (is_migration(file))
			result = read_migration(pack, file, path);
		else
			result = read_queries(pack, path);
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
}
