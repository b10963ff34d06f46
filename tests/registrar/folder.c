#include "tests/registrar/folder.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

#include "badges/class.h"
#include "registrar/press/accreditation.h"
#include "registrar/init.h"
#include "registrar/press/outlet.h"
#include "registrar/press/person.h"
#include "schema/registrar_db.h"

static void open_folder(struct folder *folder, const char **news)
{
	struct refusal why = {0};
	int result = registrar_open(folder->dir, &folder->registrar, news, &why);

	if (result)
		print_error("registrar_open: %d %s %s\n", result, why.field, why.words);
	assert_int_equal(result, 0);
}

int folder_begin(void **state)
{
	struct folder *folder = calloc(1, sizeof *folder);
	struct init_wish wish = {
	    .password = "correct horse battery staple", .pin = "correct horse battery staple"};
	struct refusal why = {0};
	const char *news = NULL;

	assert_true(sodium_init() >= 0);
	snprintf(folder->dir, sizeof folder->dir, "/tmp/pressgate-registrar-XXXXXX");
	if (!mkdtemp(folder->dir))
		return -1;
	settings_default(&wish.settings);
	snprintf(wish.settings.site, sizeof wish.settings.site, "media.lakemount.example");
	if (init_folder(folder->dir, &wish, &why)) {
		print_error("init: %s %s\n", why.field, why.words);
		return -1;
	}
	open_folder(folder, &news);
	*state = folder;
	return 0;
}

int folder_end(void **state)
{
	struct folder *folder = *state;
	char command[128];

	registrar_close(folder->registrar);
	snprintf(command, sizeof command, "rm -rf '%s'", folder->dir);
	int bad = system(command);
	free(folder);
	return bad;
}

const char *folder_reopen(struct folder *folder)
{
	const char *news = NULL;

	registrar_close(folder->registrar);
	folder->registrar = NULL;
	open_folder(folder, &news);
	return news;
}

int64_t folder_conference(
    struct folder *folder, const char *slug, int64_t capacity, int64_t per_outlet, bool emerging)
{
	struct conference wish;
	struct refusal why = {0};
	int64_t id = 0;

	conference_default(&wish);
	wish.slug = slug;
	wish.title = "Update";
	wish.place = "Media Gallery";
	wish.doors = FOLDER_NOW;
	wish.starts = FOLDER_NOW + 3600;
	wish.ends = FOLDER_NOW + 7200;
	wish.capacity = capacity;
	wish.per_outlet = per_outlet;
	wish.emerging = emerging;
	int result = conference_create(folder->registrar, &wish, "admin", FOLDER_NOW, &id, &why);
	if (result)
		print_error("conference_create: %d %s %s\n", result, why.field, why.words);
	assert_int_equal(result, 0);
	return id;
}

struct person_job {
	const char *name, *outlet;
	char email[80];
	bool local;
	int64_t accreditation;
};

static int person_body(struct store_tx *tx, void *context)
{
	struct person_job *job = context;
	struct accreditation grant = {.class = CLASS_REPORTER,
	    .valid_from = FOLDER_NOW - 86400,
	    .valid_until = FOLDER_NOW + 300 * 86400};
	int result = outlet_put(tx, job->outlet, job->local, FOLDER_NOW, &grant.outlet_id);

	if (!result)
		result = person_put(tx, job->email, job->name, FOLDER_NOW, &grant.person_id);
	return result ? result : accreditation_grant(tx, &grant, &job->accreditation);
}

int64_t folder_reporter(struct folder *folder, const char *name, const char *outlet, bool local)
{
	struct person_job job = {.name = name, .outlet = outlet, .local = local};

	snprintf(job.email, sizeof job.email, "%s@press.example", name);
	assert_int_equal(store_write(folder->registrar->store, person_body, &job), 0);
	return job.accreditation;
}

struct registration folder_register(
    struct folder *folder, int64_t conference, int64_t accreditation, int64_t after)
{
	struct registration_wish wish = {.conference_id = conference,
	    .accreditation_id = accreditation,
	    .consented = FOLDER_NOW + after};
	struct registration made;
	struct refusal why = {0};
	int result =
	    registration_register(folder->registrar, &wish, FOLDER_NOW + after, &made, &why);

	if (result)
		print_error("register: %d %s %s\n", result, why.field, why.words);
	assert_int_equal(result, 0);
	return made;
}

struct registration folder_read(struct folder *folder, const char *reference)
{
	struct store_tx *tx = NULL;
	struct registration read;

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(registration_by_reference(tx, reference, &read), 0);
	store_read_end(tx);
	return read;
}

int64_t folder_counter(struct folder *folder, const char *key)
{
	struct store_tx *tx = NULL;
	int64_t value = -1;

	assert_int_equal(store_read_begin(folder->registrar->store, &tx), 0);
	assert_int_equal(registrar_counter(tx, key, &value), 0);
	store_read_end(tx);
	return value;
}

int64_t folder_entries(struct folder *folder, const char *reason)
{
	char path[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;

	snprintf(path, sizeof path, "%s/registrar.db", folder->dir);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM log_entry WHERE ?1 IS NULL OR reason = ?1",
		-1, &statement, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(statement, 1, reason, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return n;
}
