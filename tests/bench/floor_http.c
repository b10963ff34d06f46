/*
 * A bare libmicrohttpd server that sends the same bytes to everyone: the floor for pages. The same
 * threading as the registrar's listener, no guard, no routes, no store.
 *
 * Usage: floor_http FILE; prints its port and serves until its standard input ends.
 */
#include <stdio.h>
#include <stdlib.h>

#include <microhttpd.h>

struct body {
	void *bytes;
	size_t len;
};

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *data_size, void **state)
{
	struct body *body = context;
	struct MHD_Response *response;
	enum MHD_Result queued;

	(void)url;
	(void)method;
	(void)version;
	(void)data;
	(void)data_size;
	(void)state;
	response = MHD_create_response_from_buffer(body->len, body->bytes, MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/html; charset=utf-8");
	queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return queued;
}

static int load(const char *path, struct body *ret_body)
{
	FILE *file = fopen(path, "rb");
	void *bytes = malloc(1 << 20);
	size_t len = 0;

	if (file && bytes)
		len = fread(bytes, 1, 1 << 20, file);
	if (file)
		fclose(file);
	if (!len) {
		free(bytes);
		return -1;
	}
	*ret_body = (struct body){bytes, len};
	return 0;
}

int main(int argc, char **argv)
{
	struct MHD_Daemon *daemon;
	const union MHD_DaemonInfo *info;
	struct body body;

	if (argc != 2 || load(argv[1], &body) != 0) {
		fputs("usage: floor_http FILE\n", stderr);
		return 2;
	}
	daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD,
	    0, NULL, NULL, answer, &body, MHD_OPTION_CONNECTION_LIMIT, 512u, MHD_OPTION_END);
	info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
	if (!info) {
		fputs("floor_http: the server did not start\n", stderr);
		return 1;
	}
	printf("%u\n", (unsigned)info->port);
	fflush(stdout);
	while (getchar() != EOF)
		;
	MHD_stop_daemon(daemon);
	free(body.bytes);
	return 0;
}
