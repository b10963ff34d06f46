/* Paths: what a route is given is text without control characters or slashes. */
#include <string.h>
#include <unistr.h>

#include "tests/fuzz/fuzz.h"
#include "web/route.h"

static int handler(struct request *req, struct reply *rep)
{
	(void)req;
	(void)rep;
	return 0;
}

static const struct route routes[] = {
    {.method = "GET", .pattern = "/", .handler = handler},
    {.method = "GET", .pattern = "/a/:x", .handler = handler},
    {.method = "POST", .pattern = "/a/b", .handler = handler},
    {.method = "GET", .pattern = "/:x/b/:y/:z", .handler = handler},
};

static void check_match(const struct route_match *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *value = m->segment[i].value;

		FUZZ_NEED(value[0] && strlen(value) < sizeof(m->segment[i].value));
		FUZZ_NEED(u8_check((const uint8_t *)value, strlen(value)) == NULL);
		FUZZ_NEED(strchr(value, '/') == NULL);
		for (const char *p = value; *p; p++)
			FUZZ_NEED((unsigned char)*p >= 0x20 && *p != 0x7f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct route_table table = {routes, sizeof(routes) / sizeof(*routes), NULL};
	struct route_match m = {0};
	char *path = malloc(size + 1);
	char allow[64];

	FUZZ_NEED(path != NULL);
	memcpy(path, data, size);
	path[size] = '\0';
	if (route_find(&table, size % 2 ? "GET" : "POST", path, &m, allow) == 0)
		check_match(&m);
	free(path);
	return 0;
}
