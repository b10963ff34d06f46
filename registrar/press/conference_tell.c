/* Those who registered hear that their conference changed. */
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/mail/notice.h"
#include "registrar/press/conference_private.h"
#include "schema/registrar_db.h"

static int read_id(struct store_rows *rows, void *item)
{
	*(int64_t *)item = store_get_i64(rows, 0);
	return 0;
}

int conference_standing(struct store_tx *tx, int64_t conference, int64_t **ret_ids, int64_t *ret_n)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_REGISTRATION_ALL_STANDING,
	    STORE_ARGS(store_i64(conference)), sizeof **ret_ids, read_id, NULL, &list);

	if (result)
		return result;
	*ret_ids = list.items;
	*ret_n = (int64_t)list.n;
	return 0;
}

/* A summary is read, not gone by. */
bool conference_matters(
    const struct conference *conference, const struct conference_words *before, int64_t now)
{
	return conference->state == CONFERENCE_ANNOUNCED && now < conference->ends &&
	       (strcmp(conference->title, before->title) != 0 ||
		   strcmp(conference->place, before->place) != 0 ||
		   strcmp(conference->stream, before->stream) != 0 ||
		   conference->doors != before->doors || conference->starts != before->starts ||
		   conference->ends != before->ends);
}

/* Both lists are by registration. */
static bool has_new_pass(const struct conference_passes *passes, size_t *at, int64_t id)
{
	while (*at < passes->n && passes->items[*at].registration < id)
		(*at)++;
	return *at < passes->n && passes->items[*at].registration == id;
}

int conference_tell(struct store_tx *tx, struct registrar *registrar, int64_t conference,
    const struct conference_words *before, const struct conference_passes *passes, int64_t now,
    int64_t *ret_people)
{
	struct conference read = {0};
	int64_t *ids = NULL, n = 0, people = 0;
	size_t at = 0;
	int result = conference_by_id(tx, conference, &read);
	bool all = !result && conference_matters(&read, before, now);

	if (!result && (all || passes->n))
		result = conference_standing(tx, conference, &ids, &n);
	for (int64_t i = 0; !result && i < n; i++) {
		bool told = has_new_pass(passes, &at, ids[i]);
		if (told)
			result = notice_moved(tx, registrar, ids[i], before, now);
		else if (all)
			result = notice_changed(tx, registrar, ids[i], before, now, &told);
		people += !result && told;
	}
	free(ids);
	conference_clear(&read);
	if (!result)
		*ret_people = people;
	return result;
}
