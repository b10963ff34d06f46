/*
 * So many more people with a pass for a conference, in a registrar's folder that nothing serves.
 *
 * Usage: people DATA SLUG COUNT
 */
#include <sodium.h>

#include "registrar/press/conference.h"
#include "schema/registrar_db.h"
#include "tests/device/house.h"

static int64_t find(struct registrar *registrar, const char *slug)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int64_t id = 0;

	if (store_read_begin(registrar->store, &tx) == 0 &&
	    store_one(tx, REGISTRAR_Q_EXPORT_CONFERENCE, STORE_ARGS(store_text(slug)), &rows) ==
		STORE_ROW)
		id = store_get_i64(rows, 0);
	store_done(rows);
	store_read_end(tx);
	return id;
}

int main(int argc, char **argv)
{
	struct house house = {.now = registrar_now()};
	struct refusal why = {0};
	const char *news = NULL;
	int64_t conference;
	char name[40], outlet[40];

	if (argc != 4 || sodium_init() < 0)
		return 2;
	if (registrar_open(argv[1], &house.registrar, &news, &why) != 0) {
		fprintf(stderr, "people: %s\n", why.words);
		return 1;
	}
	conference = find(house.registrar, argv[2]);
	for (int i = 0; conference != 0 && i < atoi(argv[3]); i++) {
		(void)snprintf(name, sizeof(name), "Crowd Member %d", i);
		/* Of an outlet a conference takes only so many. */
		(void)snprintf(outlet, sizeof(outlet), "Outlet %d", i);
		(void)house_register(&house, conference, house_reporter(&house, name, outlet));
	}
	registrar_close(house.registrar);
	return conference == 0;
}
