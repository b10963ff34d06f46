/* The registry of outlets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/api.h"
#include "registrar/api/body.h"
#include "registrar/api/caller.h"
#include "registrar/press/outlet.h"
#include "schema/registrar_db.h"
#include "web/text.h"

static json_t *aliases_json(struct store_tx *tx, int64_t id)
{
	struct store_rows *rows = NULL;
	json_t *list = json_array();
	int result =
	    store_query(tx, REGISTRAR_Q_API_OUTLET_ALIASES, STORE_ARGS(store_i64(id)), &rows);

	while (list && !result && (result = store_next(rows)) == STORE_ROW)
		result = json_array_append_new(list, json_string(store_get_text(rows, 0)));
	store_done(rows);
	if (result) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *outlet_json(struct store_tx *tx, int64_t id, const char *name, bool local,
    const char *site, const char *address)
{
	return json_pack("{s:I, s:s, s:b, s:o, s:o, s:o}", "id", (json_int_t)id, "name", name,
	    "local", local, "site", answer_text(site), "address", answer_text(address), "aliases",
	    aliases_json(tx, id));
}

static int add_outlet(
    struct request *req, struct store_tx *tx, struct store_rows *rows, struct answer_page *page)
{
	int64_t id = store_get_i64(rows, 0);
	json_t *value = outlet_json(tx, id, store_get_text(rows, 1), store_get_i64(rows, 2) != 0,
	    store_get_text(rows, 3), store_get_text(rows, 4));

	(void)req;
	return answer_page_add(page, value, 1, &id);
}

int api_outlets_get(struct request *req, struct reply *rep)
{
	return answer_rows(req, rep, REGISTRAR_Q_API_OUTLETS, STORE_NO_ARGS, add_outlet);
}

static int send_outlet(struct request *req, struct reply *rep, int64_t id)
{
	struct outlet *outlet = malloc(sizeof(*outlet));
	struct store_tx *tx = NULL;
	json_t *value = NULL;
	int result = outlet ? store_read_begin(registrar_of(req)->store, &tx) : STORE_NO_MEMORY;

	if (!result)
		result = outlet_by_id(tx, id, outlet);
	if (!result)
		value =
		    outlet_json(tx, id, outlet->name, outlet->local, outlet->site, outlet->address);
	store_read_end(tx);
	free(outlet);
	return result ? answer_result(req, rep, result, NULL) : answer_send(rep, value);
}

int api_outlet_get(struct request *req, struct reply *rep)
{
	return send_outlet(req, rep, api_number(req));
}

struct change {
	int64_t id, now; /* id 0: by its name */
	const char *given_name, *given_site, *given_address, *staff;
	bool local, local_given;
	json_t *aliases;
	char *name, *site, *address;
};

static int put_aliases(struct store_tx *tx, const struct change *c)
{
	int result = 0;

	for (size_t i = 0; !result && i < json_array_size(c->aliases); i++)
		result = outlet_alias(
		    tx, c->id, json_string_value(json_array_get(c->aliases, i)), c->staff, c->now);
	return result;
}

static int change_body(struct store_tx *tx, void *context)
{
	struct change *c = context;
	int64_t id = c->id;
	struct outlet *held = malloc(sizeof(*held));
	int result = !held ? STORE_NO_MEMORY
		     : id  ? outlet_by_id(tx, id, held)
			   : outlet_put(tx, c->name, c->local, c->now, &id);

	free(held);
	c->id = id;
	if (!result && c->local_given)
		result = outlet_set_local(tx, id, c->local);
	if (!result)
		result = outlet_set_details(tx, id, c->site, c->address);
	return result ? result : put_aliases(tx, c);
}

static bool is_name(const char *text)
{
	char *clean = NULL;
	bool good = text_clean(text, strlen(text), TEXT_ONE_LINE, TEXT_NAME_MAX, &clean) == 0 &&
		    *clean && strcmp(clean, text) == 0;

	free(clean);
	return good;
}

/* NULL, or the member that does not hold. */
static const char *clean_change(struct change *c)
{
	if (c->given_name && (text_clean(c->given_name, strlen(c->given_name), TEXT_ONE_LINE,
				  TEXT_NAME_MAX, &c->name) ||
				 !*c->name))
		return "name";
	if (text_clean(c->given_site, strlen(c->given_site), TEXT_ONE_LINE, 500, &c->site))
		return "site";
	if (text_clean(c->given_address, strlen(c->given_address), TEXT_ONE_LINE, 500, &c->address))
		return "address";
	for (size_t i = 0; i < json_array_size(c->aliases); i++)
		if (!is_name(json_string_value(json_array_get(c->aliases, i))))
			return "aliases";
	return NULL;
}

static int change(struct request *req, struct reply *rep, struct change *c, json_t *object)
{
	const char *wrong = clean_change(c);
	int result = 0;

	if (wrong)
		(void)answer_problem(req, rep, 422, wrong,
		    "Give plain text without invisible characters: a name has 1 to 200, a site or "
		    "an address up to 500.");
	else
		result = store_write(registrar_of(req)->store, change_body, c);
	json_decref(object);
	free(c->name);
	free(c->site);
	free(c->address);
	if (wrong)
		return 0;
	if (result == OUTLET_E_TAKEN)
		return answer_problem(req, rep, 422, "aliases",
		    "Another outlet has this name. Take it out, or change the other one.");
	return result ? answer_result(req, rep, result, NULL) : send_outlet(req, rep, c->id);
}

static int post(struct request *req, struct reply *rep, int64_t id)
{
	struct change c = {.id = id,
	    .now = registrar_now(),
	    .staff = caller_of(req)->staff,
	    .given_site = "",
	    .given_address = ""};
	json_t *object = NULL, *local;
	const struct body_member members[] = {
	    {"site", BODY_TEXT, false, 0, 0, &c.given_site},
	    {"address", BODY_TEXT, false, 0, 0, &c.given_address},
	    {"local", BODY_SWITCH, false, 0, 0, &c.local},
	    {"aliases", BODY_TEXTS, false, 0, 0, &c.aliases},
	    {"name", BODY_TEXT, true, 0, 0, &c.given_name},
	};
	int result = body_read(req, rep, members, id ? 4 : 5, &object);

	if (result)
		return result > 0 ? 0 : result;
	local = json_object_get(object, "local");
	c.local_given = local != NULL;
	return change(req, rep, &c, object);
}

int api_outlets_post(struct request *req, struct reply *rep)
{
	return post(req, rep, 0);
}

int api_outlet_post(struct request *req, struct reply *rep)
{
	int64_t id = api_number(req);

	return id <= 0 ? answer_result(req, rep, MODEL_NOT_FOUND, NULL) : post(req, rep, id);
}
