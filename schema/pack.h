/*
 * pack.h: what the pack tool reads out of schema/<name>/ and writes as C.
 *
 * A file named NNNN-words.sql is a migration: one is 0001, none is missing, none comes twice.
 * Any other .sql file holds queries:
 *
 *	-- name: registration_insert
 *	-- Comment lines below the name are the query's contract; they go into the header.
 *	INSERT INTO registration (person, conference) VALUES (?1, ?2);
 *
 * Every mistake is printed as file:line: words, and the build stops.
 */
#ifndef PRESSGATE_SCHEMA_PACK_H
#define PRESSGATE_SCHEMA_PACK_H

#include <stddef.h>
#include <stdint.h>

#define PACK_MUST_CHECK __attribute__((warn_unused_result))

/* A text, NUL-terminated. */
struct pack_text {
	char *bytes;
	size_t len;
};

struct pack_migration {
	char *name; /* "0001-start" */
	char *file;
	struct pack_text sql;
};

struct pack_query {
	char *name;
	char *file;
	unsigned line; /* of its "-- name:" */
	unsigned args; /* set by pack_check */
	struct pack_text contract;
	struct pack_text sql;
};

/* Far more than one database needs; beyond it the tool refuses. */
enum { PACK_FILES = 512, PACK_MIGRATIONS = 256, PACK_QUERIES = 2048 };

struct pack {
	const char *name; /* "registrar" */
	const char *folder;
	uint32_t application_id;
	char *files[PACK_FILES]; /* each that was read */
	size_t n_files;
	struct pack_migration migrations[PACK_MIGRATIONS];
	size_t n_migrations;
	struct pack_query queries[PACK_QUERIES];
	size_t n_queries;
};

/* Reads every .sql file of pack->folder in the order of their names. 0, or -1 with words printed;
 * without memory it ends the program, as a build tool may. */
PACK_MUST_CHECK int pack_read(struct pack *pack);
void pack_free(struct pack *pack);

/*
 * Carries the migrations out on an empty database in memory, prepares every query against it and
 * counts its values. 0, or -1 with words printed: a migration that ends its transaction, a table
 * that is not STRICT, a query with two statements, with values not numbered ?1..?n, or that does
 * something else than read and change rows.
 */
PACK_MUST_CHECK int pack_check(struct pack *pack);

/* Writes the header, the C file and a make-style list of what they were made from. */
PACK_MUST_CHECK int pack_write_header(const struct pack *pack, const char *path);
PACK_MUST_CHECK int pack_write_source(const struct pack *pack, const char *path);
PACK_MUST_CHECK int pack_write_depfile(
    const struct pack *pack, const char *path, const char *header, const char *source);

#endif
