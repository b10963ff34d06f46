/* A conference that is made. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "registrar/journal/journal.h"
#include "registrar/keys/keyring.h"
#include "registrar/keys/keys_object.h"
#include "registrar/press/conference_private.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

struct create {
	struct registrar *registrar;
	const struct conference *wish;
	struct conference_text text;
	struct publication_findings findings;
	char slug[65];
	const char *staff;
	int64_t now, id;
};

/* The desk's pages stand beside the conferences' boards. */
static bool is_reserved(const char *slug)
{
	static const char *const taken[] = {"new", "templates", "week"};

	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (strcmp(slug, taken[i]) == 0)
			return true;
	return false;
}

static int check_slug(struct create *create, struct refusal *why)
{
	if (!*create->wish->slug)
		text_make_slug(create->text.title, create->slug, sizeof create->slug);
	else if (text_slug(create->wish->slug) == 0)
		snprintf(create->slug, sizeof create->slug, "%s", create->wish->slug);
	if (is_reserved(create->slug))
		return refuse(why, "slug",
		    "'%s' is an address of the desk's own pages. Choose another slug.",
		    create->slug);
	if (*create->slug)
		return 0;
	return refuse(why, "slug",
	    *create->wish->slug
		? "A slug is 1 to 64 of a-z, 0-9 and single hyphens inside."
		: "No slug can be made of this title. Give one, such as briefing-12.");
}

static int insert(struct store_tx *tx, const struct create *create)
{
	const struct conference *wish = create->wish;

	return store_exec(tx, REGISTRAR_Q_CONFERENCE_INSERT,
	    STORE_ARGS(store_text(create->slug), store_text(create->text.title),
		store_text(create->text.summary), store_text(create->text.place),
		store_text(create->text.stream), store_i64(wish->doors), store_i64(wish->starts),
		store_i64(wish->ends), store_i64(wish->capacity), store_i64(wish->classes),
		store_i64(wish->per_outlet), store_i64(wish->preregistration),
		store_i64(wish->id_check), store_i64(wish->id_share), store_i64(wish->reentry),
		store_i64(wish->admit_at_once), store_i64(wish->names_on_pass),
		store_i64(wish->emerging), store_i64(wish->amber), store_i64(wish->red),
		store_text(conference_state_word(wish->state)), store_i64(create->now)),
	    NULL);
}

static int create_body(struct store_tx *tx, void *context)
{
	struct create *create = context;
	const struct conference *wish = create->wish;
	struct key_secret *key = NULL;
	int64_t from = wish->doors - CONFERENCE_KEY_BEFORE;
	char detail[128];
	int result = insert(tx, create);

	if (result)
		return result;
	create->id = store_last_id(tx);
	if (create->now - 60 < from)
		from = create->now - 60;
	result = keyring_make(tx, create->registrar, KEY_USE_PASS, create->id, from,
	    wish->ends + CONFERENCE_KEY_AFTER, create->staff, &key);
	key_free(key);
	if (!result)
		result = publication_keep(tx, create->registrar,
		    &(struct publication_of){create->id, create->slug, create->staff, create->now},
		    &create->findings, wish->publication);
	if (result)
		return result;
	snprintf(detail, sizeof detail, "conference %" PRId64 " capacity %" PRId64, create->id,
	    wish->capacity);
	return journal_append(tx, create->registrar,
	    &(struct journal_line){.kind = JOURNAL_CONFERENCE_MADE,
		.event = create->slug,
		.staff = create->staff,
		.detail = detail});
}

int conference_create(struct registrar *registrar, const struct conference *wish, const char *staff,
    int64_t now, int64_t *ret_id, struct refusal *why)
{
	struct create create = {.registrar = registrar, .wish = wish, .staff = staff, .now = now};
	int result = conference_check_text(wish, &create.text, why);

	if (!result)
		result = check_slug(&create, why);
	if (!result)
		result = conference_check_times(wish, why);
	if (!result)
		result = conference_check_numbers(wish, why);
	if (!result && wish->state != CONFERENCE_DRAFT)
		result = publication_check(registrar,
		    (struct publication_text[]){
			{"title", create.text.title, 0}, {"summary", create.text.summary, 0}},
		    2, wish->publication, &create.findings, why);
	if (!result)
		result = keys_object_need_root(registrar, why);
	if (!result) {
		result = store_write(registrar->store, create_body, &create);
		if (result == STORE_CONFLICT)
			result = refuse(why, "slug",
			    "There is a conference '%s' already. Choose another slug.",
			    create.slug);
	}
	if (!result)
		result = keyring_reload(registrar->keyring, registrar->store, why);
	if (!result) {
		*ret_id = create.id;
		registrar_changed(registrar);
	}
	conference_text_free(&create.text);
	publication_free(&create.findings);
	return result;
}
