#include "gate/sync/client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

struct line {
	CURL *curl;
	struct curl_slist *headers;
	char *url;
	unsigned stall_seconds;
	atomic_bool stopped;
};

/* An answer on its way in. */
struct incoming {
	struct client_answer answer;
	size_t cap;
	int error;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode started = CURLE_FAILED_INIT;

static void start(void)
{
	started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* Bytes under 0x21 would travel on into the request. */
static bool url_holds(const char *url)
{
	size_t len = strlen(url);

	if (strncmp(url, "https://", 8) != 0 || len > 255 || len < 9)
		return false;
	for (const char *at = url + 8; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || *at == '/' || *at == '@' || *at == '?' || *at == '#')
			return false;
	return true;
}

static size_t take_body(char *data, size_t size, size_t n, void *context)
{
	struct incoming *in = context;
	size_t len = size * n, need = in->answer.len + len + 1;

	if (len > CLIENT_ANSWER_MAX || need > CLIENT_ANSWER_MAX) {
		in->error = CLIENT_TOO_LONG;
		return 0;
	}
	if (need > in->cap) {
		size_t cap = need + need / 2;
		uint8_t *body = realloc(in->answer.body, cap);

		if (body == NULL) {
			in->error = CLIENT_MEMORY;
			return 0;
		}
		in->answer.body = body;
		in->cap = cap;
	}
	memcpy(in->answer.body + in->answer.len, data, len);
	in->answer.len += len;
	in->answer.body[in->answer.len] = '\0';
	return len;
}

static size_t take_header(char *data, size_t size, size_t n, void *context)
{
	static const char name[] = "Pressgate-Object:";
	struct incoming *in = context;
	size_t len = size * n, at = sizeof(name) - 1, out = 0;

	if (len < at || strncasecmp(data, name, at) != 0)
		return len;
	while (at < len && data[at] == ' ')
		at++;
	while (at < len && data[at] > ' ' && out + 1 < sizeof(in->answer.object))
		in->answer.object[out++] = data[at++];
	in->answer.object[out] = '\0';
	return len;
}

/* Called at least once a second while a request runs. */
static int go_on(
    void *context, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow)
{
	const struct line *line = context;

	(void)dltotal;
	(void)dlnow;
	(void)ultotal;
	(void)ulnow;
	return atomic_load(&line->stopped) ? 1 : 0;
}

/* The pin is the trust: neither names nor authorities say anything about this server. */
static bool set_trust(CURL *curl, const struct client_setup *setup)
{
	bool set =
	    /* Nobody asks the system's authorities, and reading them would take most of a
	       handshake. */
	    curl_easy_setopt(curl, CURLOPT_CAINFO, NULL) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, setup->pin) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK;

	if (set && setup->identity != NULL)
		set = curl_easy_setopt(curl, CURLOPT_SSLCERT, setup->identity) == CURLE_OK &&
		      curl_easy_setopt(curl, CURLOPT_SSLKEY, setup->identity) == CURLE_OK;
	return set;
}

static bool set_rest(CURL *curl, struct line *line)
{
	return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       /* Settings of the environment don't send a gate's records past a proxy. */
	       curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CLIENT_CONNECT_SECONDS) ==
		   CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_XFERINFODATA, line) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HTTPHEADER, line->headers) == CURLE_OK;
}

static void hang_up(void *context)
{
	struct line *line = context;

	if (line == NULL)
		return;
	curl_easy_cleanup(line->curl);
	curl_slist_free_all(line->headers);
	free(line->url);
	free(line);
}

static void cut(void *context)
{
	struct line *line = context;

	atomic_store(&line->stopped, true);
}

static int from_curl(const struct line *line, CURLcode code)
{
	curl_off_t connected = 0;

	switch (code) {
	case CURLE_OK:
		return 0;
	case CURLE_URL_MALFORMAT:
		return CLIENT_URL;
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return CLIENT_PIN;
	case CURLE_SSL_CERTPROBLEM:
		return CLIENT_KEY;
	case CURLE_SSL_CONNECT_ERROR:
		return CLIENT_TLS;
	case CURLE_ABORTED_BY_CALLBACK:
		return CLIENT_STOPPED;
	case CURLE_OUT_OF_MEMORY:
		return CLIENT_MEMORY;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
		return CLIENT_UNREACHABLE;
	case CURLE_OPERATION_TIMEDOUT:
		if (curl_easy_getinfo(line->curl, CURLINFO_APPCONNECT_TIME_T, &connected) !=
			CURLE_OK ||
		    connected == 0)
			return CLIENT_UNREACHABLE;
		return CLIENT_LOST;
	default:
		return CLIENT_LOST;
	}
}

static CURLcode set_request(
    struct line *line, const char *url, const char *body, size_t len, unsigned wait_seconds)
{
	CURL *curl = line->curl;
	long stall = (long)line->stall_seconds + (long)wait_seconds;
	CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);

	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stall);
	if (code != CURLE_OK)
		return code;
	if (body == NULL)
		return curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	code = curl_easy_setopt(curl, CURLOPT_POST, 1L);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	return code;
}

static int ask(void *context, const char *path, const char *body, size_t len, unsigned wait_seconds,
    struct client_answer *ret_answer)
{
	struct line *line = context;
	struct incoming in = {.error = 0};
	size_t size = strlen(line->url) + strlen(path) + 1;
	char *url = malloc(size);
	CURLcode code = CURLE_OUT_OF_MEMORY;
	int r;

	if (atomic_load(&line->stopped)) {
		free(url);
		return CLIENT_STOPPED;
	}
	if (url != NULL) {
		memcpy(url, line->url, strlen(line->url));
		memcpy(url + strlen(line->url), path, strlen(path) + 1);
		code = set_request(line, url, body, len, wait_seconds);
	}
	if (code == CURLE_OK)
		code = curl_easy_setopt(line->curl, CURLOPT_WRITEDATA, &in);
	if (code == CURLE_OK)
		code = curl_easy_setopt(line->curl, CURLOPT_HEADERDATA, &in);
	if (code == CURLE_OK)
		code = curl_easy_perform(line->curl);
	r = in.error != 0 ? in.error : from_curl(line, code);
	if (r == 0)
		curl_easy_getinfo(line->curl, CURLINFO_RESPONSE_CODE, &in.answer.status);
	/* An empty answer is an empty text. */
	if (r == 0 && in.answer.body == NULL) {
		in.answer.body = calloc(1, 1);
		r = in.answer.body == NULL ? CLIENT_MEMORY : 0;
	}
	free(url);
	if (r == 0)
		*ret_answer = in.answer;
	else
		free(in.answer.body);
	return r;
}

static bool host_holds(const char *host)
{
	return host == NULL ||
	       (strlen(host) <= 64 &&
		   strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(host));
}

/* All or none: NULL when there is no memory. */
static struct curl_slist *make_headers(const char *host)
{
	/* Waiting for leave to send costs a second against a server that never gives it. */
	const char *lines[] = {"Content-Type: application/json", "Expect:", NULL};
	struct curl_slist *headers = NULL, *more;
	char line[80];

	if (host != NULL) {
		(void)snprintf(line, sizeof(line), "Host: %s", host);
		lines[2] = line;
	}
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && lines[i] != NULL; i++) {
		more = curl_slist_append(headers, lines[i]);
		if (more == NULL) {
			curl_slist_free_all(headers);
			return NULL;
		}
		headers = more;
	}
	return headers;
}

/* libcurl behind a client. */
static const struct client_transport transport = {.ask = ask, .stop = cut, .close = hang_up};

int client_open(const struct client_setup *setup, struct client **ret_client)
{
	struct line *line = NULL;
	int r = CLIENT_MEMORY;

	if (!url_holds(setup->url) || !host_holds(setup->host))
		return CLIENT_URL;
	pthread_once(&once, start);
	if (started != CURLE_OK)
		return CLIENT_MEMORY;
	line = calloc(1, sizeof(*line));
	if (line == NULL)
		return CLIENT_MEMORY;
	line->stall_seconds =
	    setup->stall_seconds == 0 ? CLIENT_STALL_SECONDS : setup->stall_seconds;
	line->curl = curl_easy_init();
	line->url = strdup(setup->url);
	line->headers = make_headers(setup->host);
	if (line->curl == NULL || line->url == NULL || line->headers == NULL)
		goto done;
	r = CLIENT_TLS;
	if (!set_trust(line->curl, setup) || !set_rest(line->curl, line))
		goto done;
	r = client_wrap(&transport, line, ret_client);
done:
	if (r != 0)
		hang_up(line);
	return r;
}
