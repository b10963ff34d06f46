/* Everything that is kept about a person, as lines and as JSON. */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/list.h"
#include "registrar/press/subject.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

static const struct {
	const char *key;
	unsigned query;
} sections[] = {
    {"person", REGISTRAR_Q_SUBJECT_OF_PERSON},
    {"applications", REGISTRAR_Q_SUBJECT_OF_APPLICATIONS},
    {"answers", REGISTRAR_Q_SUBJECT_OF_ANSWERS},
    {"uploads", REGISTRAR_Q_SUBJECT_OF_UPLOADS},
    {"vouches", REGISTRAR_Q_SUBJECT_OF_VOUCHES},
    {"focal_points", REGISTRAR_Q_SUBJECT_OF_FOCAL_POINTS},
    {"correspondence", REGISTRAR_Q_SUBJECT_OF_CORRESPONDENCE},
    {"accreditations", REGISTRAR_Q_SUBJECT_OF_ACCREDITATIONS},
    {"registrations", REGISTRAR_Q_SUBJECT_OF_REGISTRATIONS},
    {"passes", REGISTRAR_Q_SUBJECT_OF_PASSES},
    {"entries", REGISTRAR_Q_SUBJECT_OF_ENTRIES},
    {"referrals", REGISTRAR_Q_SUBJECT_OF_REFERRALS},
    {"restrictions", REGISTRAR_Q_SUBJECT_OF_RESTRICTIONS},
    {"requests", REGISTRAR_Q_SUBJECT_OF_REQUESTS},
    {"email_changes", REGISTRAR_Q_SUBJECT_OF_EMAIL_CHANGES},
    {"sessions", REGISTRAR_Q_SUBJECT_OF_SESSIONS},
    {"links", REGISTRAR_Q_SUBJECT_OF_LINKS},
    {"mails", REGISTRAR_Q_SUBJECT_OF_MAILS},
    {"returned_mail", REGISTRAR_Q_SUBJECT_OF_BOUNCES},
    {"announcements", REGISTRAR_Q_SUBJECT_OF_SUBSCRIPTIONS},
    {"views", REGISTRAR_Q_SUBJECT_OF_VIEWS},
    /* The office's own, from here on. */
    {"internal_notes", REGISTRAR_Q_SUBJECT_OF_NOTES},
    {"journal_details", REGISTRAR_Q_SUBJECT_OF_DETAILS},
};
enum { N_SECTIONS = sizeof(sections) / sizeof(*sections), N_INTERNAL = 2 };

struct reading {
	struct subject_records records;
	size_t room;
};

static struct subject_line *add(struct reading *it, const struct subject_line *line)
{
	void *more = list_grow(it->records.lines, it->records.n, &it->room, sizeof(*line));

	if (!more)
		return NULL;
	it->records.lines = more;
	it->records.lines[it->records.n] = *line;
	return &it->records.lines[it->records.n++];
}

static bool ends(const char *key, const char *end)
{
	size_t len = strlen(key), n = strlen(end);

	return len > n && strcmp(key + len - n, end) == 0;
}

static char *base64(struct store_rows *rows, unsigned column)
{
	size_t len = 0, room;
	const void *bytes = store_get_blob(rows, column, &len);
	char *text;

	room = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
	text = malloc(room);
	return text ? sodium_bin2base64(text, room, bytes, len, sodium_base64_VARIANT_ORIGINAL)
		    : NULL;
}

static int add_value(struct reading *it, struct store_rows *rows, unsigned column)
{
	const char *key = store_column_name(rows, column);
	struct subject_line line = {.kind = SUBJECT_VALUE};

	if (store_is_null(rows, column))
		return 0;
	snprintf(line.key, sizeof(line.key), "%s", key);
	line.is_time = ends(key, "_at");
	line.at = line.is_time ? store_get_i64(rows, column) : 0;
	if (ends(key, "_blob"))
		line.text = base64(rows, column);
	else if (strcmp(key, "class") == 0)
		line.text = list_text(class_words((unsigned)store_get_i64(rows, column)));
	else
		line.text = list_text(line.is_time ? "" : store_get_text(rows, column));
	if (line.text && add(it, &line))
		return 0;
	free(line.text);
	return STORE_NO_MEMORY;
}

static int add_record(struct reading *it, struct store_rows *rows)
{
	const struct subject_line begin = {.kind = SUBJECT_RECORD};
	int result = add(it, &begin) ? 0 : STORE_NO_MEMORY;

	for (unsigned i = 0; result == 0 && i < store_columns(rows); i++)
		result = add_value(it, rows, i);
	return result;
}

static int add_section(
    struct store_tx *tx, struct reading *it, const char *key, unsigned query, int64_t person_id)
{
	struct subject_line line = {.kind = SUBJECT_SECTION};
	struct store_rows *rows = NULL;
	size_t at = it->records.n, records = 0;
	int result;

	snprintf(line.key, sizeof(line.key), "%s", key);
	if (!add(it, &line))
		return STORE_NO_MEMORY;
	result = store_query(tx, query, STORE_ARGS(store_i64(person_id)), &rows);
	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		result = add_record(it, rows);
		records++;
	}
	store_done(rows);
	it->records.lines[at].records = records;
	return result;
}

static int read_sections(struct store_tx *tx, int64_t person_id, size_t n, struct subject_records *ret)
{
	struct reading it = {0};
	int result = 0;

	for (size_t i = 0; result == 0 && i < n; i++)
		result = add_section(tx, &it, sections[i].key, sections[i].query, person_id);
	if (result == 0)
		*ret = it.records;
	else
		subject_records_free(&it.records);
	return result;
}

int subject_read(struct store_tx *tx, int64_t person_id, struct subject_records *ret)
{
	return read_sections(tx, person_id, N_SECTIONS - N_INTERNAL, ret);
}

int subject_read_whole(struct store_tx *tx, int64_t person_id, struct subject_records *ret)
{
	return read_sections(tx, person_id, N_SECTIONS, ret);
}

static bool is_whole(const struct subject_records *records)
{
	for (size_t i = 0; i < records->n; i++)
		if (records->lines[i].kind == SUBJECT_SECTION &&
		    strcmp(records->lines[i].key, sections[N_SECTIONS - 1].key) == 0)
			return true;
	return false;
}

void subject_records_free(struct subject_records *records)
{
	for (size_t i = 0; i < records->n; i++)
		free(records->lines[i].text);
	free(records->lines);
	*records = (struct subject_records){NULL, 0};
}

static void set_value(json_t *record, const struct subject_line *line)
{
	char when[32];

	if (line->is_time) {
		zone_rfc3339(line->at, when, sizeof(when));
		json_object_set_new(record, line->key, json_string(when));
	} else {
		json_object_set_new(record, line->key, json_string(line->text));
	}
}

char *subject_json(const struct subject_records *records, int64_t now)
{
	json_t *root = json_object(), *section = NULL, *record = NULL;
	char when[32], *text;

	zone_rfc3339(now, when, sizeof(when));
	json_object_set_new(root, "made_at", json_string(when));
	if (!is_whole(records))
		json_object_set_new(root, "not_included",
		    json_string(
			"Internal notes of the media desk. Ask the media office for them."));
	for (size_t i = 0; i < records->n; i++) {
		const struct subject_line *line = &records->lines[i];

		if (line->kind == SUBJECT_SECTION) {
			section = json_array();
			json_object_set_new(root, line->key, section);
		} else if (line->kind == SUBJECT_RECORD) {
			record = json_object();
			json_array_append_new(section, record);
		} else {
			set_value(record, line);
		}
	}
	text = json_dumps(root, JSON_INDENT(2));
	json_decref(root);
	return text;
}
