#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "web/route.h"

static int handler(struct request *req, struct reply *rep)
{
	(void)req;
	(void)rep;
	return 0;
}

static const struct route routes[] = {
    {.method = "GET", .pattern = "/", .handler = handler},
    {.method = "GET", .pattern = "/conferences/:slug", .handler = handler},
    {.method = "GET", .pattern = "/conferences/new", .handler = handler},
    {.method = "POST", .pattern = "/conferences/new", .handler = handler},
    {.method = "POST", .pattern = "/conferences/:slug/register", .handler = handler},
    {.method = "GET", .pattern = "/a/:one/b/:two", .handler = handler},
};
static const struct route_table table = {routes, sizeof(routes) / sizeof(*routes), NULL};

static int find(const char *method, const char *path, struct route_match *m)
{
	char allow[64];

	memset(m, 0, sizeof(*m));
	return route_find(&table, method, path, m, allow);
}

static void a_path_finds_its_route(void **state)
{
	struct route_match m;

	(void)state;
	assert_int_equal(find("GET", "/", &m), 0);
	assert_ptr_equal(m.route, &routes[0]);
	assert_int_equal(find("GET", "/conferences/chief-speaks", &m), 0);
	assert_ptr_equal(m.route, &routes[1]);
	assert_string_equal(m.segment[0].name, "slug");
	assert_string_equal(m.segment[0].value, "chief-speaks");
	assert_int_equal(find("POST", "/conferences/x/register", &m), 0);
	assert_ptr_equal(m.route, &routes[4]);
	assert_int_equal(find("HEAD", "/", &m), 0);
	assert_int_equal(find("GET", "/a/1/b/2", &m), 0);
	assert_int_equal(m.n, 2);
	assert_string_equal(m.segment[1].value, "2");
}

static void a_literal_wins_over_a_named_segment(void **state)
{
	struct route_match m;

	(void)state;
	assert_int_equal(find("GET", "/conferences/new", &m), 0);
	assert_ptr_equal(m.route, &routes[2]);
}

static void other_paths_are_not_found(void **state)
{
	static const char *const paths[] = {"", "conferences", "/conferences", "/conferences/",
	    "/conferences/a/", "/conferences//register", "/Conferences/a", "/a/1/b", "//",
	    "/1/2/3/4/5/6/7/8/9", "/conferences%2Fa"};
	struct route_match m;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		assert_int_equal(find("GET", paths[i], &m), ROUTE_NOT_FOUND);
}

static void another_method_names_those_known(void **state)
{
	struct route_match m;
	char allow[64];

	(void)state;
	assert_int_equal(route_find(&table, "POST", "/", &m, allow), ROUTE_METHOD);
	assert_string_equal(allow, "GET, HEAD");
	assert_int_equal(route_find(&table, "PUT", "/conferences/new", &m, allow), ROUTE_METHOD);
	assert_string_equal(allow, "GET, HEAD, POST");
}

static void segments_are_decoded_and_checked(void **state)
{
	static const char *const bad[] = {"/conferences/a%2Fb", "/conferences/%00",
	    "/conferences/%0A", "/conferences/%7F", "/conferences/%FF", "/conferences/%4",
	    "/conferences/%zz"};
	struct route_match m;
	char path[400] = "/conferences/";

	(void)state;
	assert_int_equal(find("GET", "/conferences/J%C3%BCrgen%20M", &m), 0);
	assert_string_equal(m.segment[0].value, "J\xc3\xbcrgen M");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(find("GET", bad[i], &m), ROUTE_SEGMENT);
	memset(path + 13, 'a', 127);
	assert_int_equal(find("GET", path, &m), 0);
	path[13 + 127] = 'a';
	assert_int_equal(find("GET", path, &m), ROUTE_SEGMENT);
}

static int check(const struct route *r, size_t n, size_t *at)
{
	return route_check(&(struct route_table){r, n, NULL}, at);
}

static void a_wrong_table_is_told_by_its_row(void **state)
{
	static const struct form_field field = {.name = "a", .label = "a"};
	const struct route same[] = {{.method = "GET", .pattern = "/a/:x", .handler = handler},
	    {.method = "POST", .pattern = "/a/:x", .handler = handler},
	    {.method = "GET", .pattern = "/a/:y", .handler = handler}};
	const struct route wrong[] = {{.method = "PUT", .pattern = "/a", .handler = handler},
	    {.method = "GET", .pattern = "/a"},
	    {.method = "GET", .pattern = "a", .handler = handler},
	    {.method = "GET", .pattern = "/a//b", .handler = handler},
	    {.method = "GET", .pattern = "/a/:", .handler = handler},
	    {.method = "GET", .pattern = "/:a/:b/:c/:d/:e", .handler = handler},
	    {.method = "GET", .pattern = "/a", .handler = handler, .fields = &field, .fields_n = 1},
	    {.method = "POST",
		.pattern = "/a",
		.handler = handler,
		.flags = ROUTE_RAW,
		.fields = &field,
		.fields_n = 1}};
	size_t at = 99;

	(void)state;
	assert_int_equal(route_check(&table, &at), 0);
	assert_int_equal(at, 99);
	assert_int_equal(check(same, 3, &at), -1);
	assert_int_equal(at, 2);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(check(&wrong[i], 1, &at), -1);
}

static void tables_that_follow_each_other_are_one(void **state)
{
	static const struct route own[] = {
	    {.method = "GET", .pattern = "/things/:id", .handler = handler}};
	static const struct route api[] = {{.method = "GET",
					       .pattern = "/api/things",
					       .handler = handler,
					       .flags = ROUTE_API},
	    {.method = "POST",
		.pattern = "/api/things",
		.handler = handler,
		.flags = ROUTE_API | ROUTE_RAW}};
	static const struct route twice[] = {
	    {.method = "GET", .pattern = "/things/:other", .handler = handler}};
	static const struct route form[] = {
	    {.method = "POST", .pattern = "/api", .handler = handler, .flags = ROUTE_API}};
	const struct route_table more = {api, 2, NULL}, all = {own, 1, &more};
	struct route_table wrong = {twice, 1, NULL};
	const struct route_table wrong_all = {own, 1, &wrong};
	struct route_match m;
	char allow[64];
	size_t at = 99;

	(void)state;
	assert_int_equal(route_check(&all, &at), 0);
	assert_int_equal(route_find(&all, "POST", "/api/things", &m, allow), 0);
	assert_ptr_equal(m.route, &api[1]);
	assert_int_equal(route_find(&all, "GET", "/things/7", &m, allow), 0);
	assert_ptr_equal(m.route, &own[0]);
	assert_int_equal(route_check(&wrong_all, &at), -1);
	assert_int_equal(at, 1);
	wrong = (struct route_table){form, 1, NULL};
	assert_int_equal(route_check(&wrong_all, &at), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_path_finds_its_route),
	    cmocka_unit_test(a_literal_wins_over_a_named_segment),
	    cmocka_unit_test(other_paths_are_not_found),
	    cmocka_unit_test(another_method_names_those_known),
	    cmocka_unit_test(segments_are_decoded_and_checked),
	    cmocka_unit_test(a_wrong_table_is_told_by_its_row),
	    cmocka_unit_test(tables_that_follow_each_other_are_one),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
