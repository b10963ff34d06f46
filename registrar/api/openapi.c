#include "registrar/api/openapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/api.h"
#include "registrar/api/scope.h"
#include "web/asset.h"

extern const struct asset_set api_assets;

/* The words and schemas of openapi.json. */
static json_t *read_words(void)
{
	for (size_t i = 0; i < api_assets.n; i++)
		if (strcmp(api_assets.assets[i].name, "openapi.json") == 0)
			return json_loadb((const char *)api_assets.assets[i].data,
			    api_assets.assets[i].len, JSON_REJECT_DUPLICATES, NULL);
	return NULL;
}

static json_t *schema_ref(const char *name)
{
	return json_pack("{s:s+}", "$ref", "#/components/schemas/", name);
}

static json_t *content(const char *type, json_t *schema)
{
	return json_pack("{s:{s:o}}", type, "schema", schema);
}

/* ---- parameters ---- */

static json_t *field_schema(const struct form_field *f)
{
	json_t *words;

	switch (f->kind) {
	case FORM_INTEGER:
		return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum",
		    (json_int_t)f->low, "maximum", (json_int_t)f->high);
	case FORM_CHOICE:
		words = json_array();
		for (const struct form_choice *c = f->choices; words && c->value; c++)
			json_array_append_new(words, json_string(c->value));
		return json_pack("{s:s, s:o}", "type", "string", "enum", words);
	default:
		return json_pack("{s:s, s:I}", "type", "string", "maxLength",
		    (json_int_t)(f->max ? f->max : 200));
	}
}

/* "/a/:slug" becomes "/a/{slug}", its names parameters. */
static int add_path(const char *pattern, const json_t *words, char *ret, size_t size, json_t *to)
{
	size_t len = 0;
	char name[32];

	while (*pattern && len + 40 < size) {
		size_t n = strcspn(pattern + 1, "/");

		if (pattern[1] != ':') {
			len +=
			    (size_t)snprintf(ret + len, size - len, "/%.*s", (int)n, pattern + 1);
		} else {
			snprintf(name, sizeof(name), "%.*s", (int)n - 1, pattern + 2);
			len += (size_t)snprintf(ret + len, size - len, "/{%s}", name);
			if (json_array_append_new(
				to, json_pack("{s:s, s:s, s:b, s:O, s:{s:s}}", "name", name, "in",
					"path", "required", 1, "description",
					json_object_get(words, name), "schema", "type", "string")))
				return -1;
		}
		pattern += n + 1;
	}
	return 0;
}

static int add_query(const struct route *r, json_t *to)
{
	for (size_t i = 0; i < r->query_n; i++)
		if (json_array_append_new(
			to, json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", r->query[i].name, "in",
				"query", "required", r->query[i].required, "description",
				r->query[i].label, "schema", field_schema(&r->query[i]))))
			return -1;
	return 0;
}

/* ---- answers ---- */

static json_t *good_answer(const json_t *words)
{
	const char *name = json_string_value(json_object_get(words, "answer"));
	json_t *schema;

	if (!name)
		return NULL;
	if (strcmp(name, "text") == 0)
		return json_pack("{s:s, s:o}", "description", "Done", "content",
		    content("text/plain", json_pack("{s:s}", "type", "string")));
	schema = schema_ref(name);
	if (json_is_true(json_object_get(words, "list")))
		schema = json_pack("{s:s, s:[s, s], s:b, s:{s:{s:s, s:o}, s:{s:[s, s]}}}", "type",
		    "object", "required", "items", "next", "additionalProperties", 0, "properties",
		    "items", "type", "array", "items", schema, "next", "type", "string", "null");
	return json_pack(
	    "{s:s, s:o}", "description", "Done", "content", content("application/json", schema));
}

static int add_problem(json_t *to, const json_t *words, const char *status)
{
	return json_object_set_new(to, status,
	    json_pack("{s:O, s:o}", "description", json_object_get(words, status), "content",
		content("application/problem+json", schema_ref("Problem"))));
}

/* Which problems a route can give follows from what it is. */
static json_t *answers(const struct route *r, const json_t *words, const json_t *problems)
{
	bool made = json_is_true(json_object_get(words, "made"));
	json_t *to = json_pack("{s:o}", made ? "201" : "200", good_answer(words));
	int bad = !to;

	if (!bad && r->roles)
		bad = add_problem(to, problems, "401") | add_problem(to, problems, "403") |
		      add_problem(to, problems, "429");
	if (!bad)
		bad = add_problem(to, problems, "400");
	if (!bad && strchr(r->pattern, ':'))
		bad = add_problem(to, problems, "404");
	if (!bad && (r->flags & ROUTE_RAW))
		bad = add_problem(to, problems, "413") | add_problem(to, problems, "415") |
		      add_problem(to, problems, "422");
	if (!bad)
		return to;
	json_decref(to);
	return NULL;
}

static json_t *scopes_of(const struct route *r)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < SCOPES; i++)
		if (r->roles & UINT32_C(1) << i)
			json_array_append_new(list, json_string(scope_word(i)));
	return r->roles ? json_pack("[{s:o}]", "token", list) : list;
}

static int add_operation(json_t *paths, const struct route *r, const json_t *all)
{
	const json_t *operations = json_object_get(all, "operations"), *words;
	json_t *parameters = json_array(), *operation, *item;
	const char *takes;
	char key[160], path[160] = "";

	snprintf(key, sizeof(key), "%s %s", r->method, r->pattern);
	words = json_object_get(operations, key);
	if (!words || !parameters ||
	    add_path(
		r->pattern, json_object_get(all, "parameters"), path, sizeof(path), parameters) ||
	    add_query(r, parameters)) {
		json_decref(parameters);
		return -1;
	}
	operation = json_pack("{s:O, s:O, s:o, s:o, s:o}", "operationId",
	    json_object_get(words, "operationId"), "summary", json_object_get(words, "summary"),
	    "security", scopes_of(r), "parameters", parameters, "responses",
	    answers(r, words, json_object_get(all, "problems")));
	takes = json_string_value(json_object_get(words, "takes"));
	if (operation && takes)
		json_object_set_new(operation, "requestBody",
		    json_pack("{s:b, s:o}", "required", 1, "content",
			content("application/json", schema_ref(takes))));
	item = json_object_get(paths, path);
	if (!item) {
		item = json_object();
		if (json_object_set_new(paths, path, item))
			item = NULL;
	}
	return !operation || !item ||
	       json_object_set_new(item, strcmp(r->method, "GET") == 0 ? "get" : "post", operation);
}

json_t *openapi_make(const struct route_table *table)
{
	json_t *words = read_words(), *paths = json_object(), *document = NULL;
	size_t routes = 0;

	if (!words || !paths)
		goto done;
	for (const struct route_table *t = table; t; t = t->more)
		for (size_t i = 0; i < t->n; i++, routes++)
			if (add_operation(paths, &t->routes[i], words))
				goto done;
	if (json_object_size(json_object_get(words, "operations")) != routes)
		goto done;
	document = json_pack("{s:s, s:O, s:O, s:{s:O, s:{s:{s:s, s:s, s:s}}}}", "openapi", "3.1.0",
	    "info", json_object_get(words, "info"), "paths", paths, "components", "schemas",
	    json_object_get(words, "schemas"), "securitySchemes", "token", "type", "http", "scheme",
	    "bearer", "description", "A token that an administrator made; its scopes are named");
done:
	json_decref(words);
	json_decref(paths);
	return document;
}

int api_openapi_get(struct request *req, struct reply *rep)
{
	(void)req;
	return answer_send(rep, openapi_make(&api_routes));
}
