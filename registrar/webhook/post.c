/* One request to a webhook: to exactly the address that was looked at, and nowhere else. */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "registrar/api/network.h"
#include "registrar/webhook/webhook.h"

/* What is read of an answer: nobody looks at it. */
enum { ANSWER_MAX = 65536, CONNECT_SECONDS = 5 };

struct talk {
	const struct webhook_post *post;
	bool private_refused;
	size_t received;
};

/*
 * The name was resolved and this is where curl will connect: what is judged is what is connected
 * to, so a name that changes its address between two questions gains nothing.
 */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct talk *talk = context;

	(void)purpose;
	if (!talk->post->private && !network_is_public(&address->addr, address->addrlen)) {
		talk->private_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t drop(char *data, size_t size, size_t n, void *context)
{
	struct talk *talk = context;

	(void)data;
	talk->received += size * n;
	return talk->received > ANSWER_MAX ? 0 : size * n;
}

static int progress(
    void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
	const struct talk *talk = context;

	(void)down_all;
	(void)down;
	(void)up_all;
	(void)up;
	return talk->post->stop && __atomic_load_n(talk->post->stop, __ATOMIC_RELAXED);
}

static struct curl_slist *headers_of(const struct webhook_post *post)
{
	static const char *const names[] = {
	    "Content-Type", "Pressgate-Event", "Pressgate-Delivery", "Pressgate-Signature"};
	const char *const values[] = {"application/json", post->event, post->key, post->signature};
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	char line[200];

	for (size_t i = 0; list && i < sizeof(names) / sizeof(*names); i++) {
		struct curl_slist *longer;

		snprintf(line, sizeof(line), "%s: %s", names[i], values[i]);
		longer = curl_slist_append(list, line);
		if (!longer)
			curl_slist_free_all(list);
		list = longer;
	}
	return list;
}

static CURLcode set_up(CURL *curl, struct talk *talk, struct curl_slist *headers)
{
	const struct webhook_post *post = talk->post;
	CURLcode bad = CURLE_OK;

	/* Errors of options that take no memory do not occur; the others are looked at. */
	bad = curl_easy_setopt(curl, CURLOPT_URL, post->url);
	if (!bad)
		bad = curl_easy_setopt(
		    curl, CURLOPT_PROTOCOLS_STR, post->http ? "http,https" : "https");
	if (!bad)
		bad = curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (!bad)
		bad = curl_easy_setopt(curl, CURLOPT_USERAGENT, "pressgate-webhook/1");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)post->seconds);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(post->body));
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, talk);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, talk);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, talk);
	return bad;
}

unsigned webhook_post(const struct webhook_post *post, char error[static 100])
{
	struct talk talk = {.post = post};
	struct curl_slist *headers = headers_of(post);
	CURL *curl = headers ? curl_easy_init() : NULL;
	CURLcode bad = curl ? set_up(curl, &talk, headers) : CURLE_OUT_OF_MEMORY;
	long status = 0;

	error[0] = '\0';
	if (!bad)
		bad = curl_easy_perform(curl);
	if (curl)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	/* An answer that is longer than anybody reads is an answer. */
	if (bad == CURLE_WRITE_ERROR && status)
		bad = CURLE_OK;
	if (talk.private_refused && bad)
		snprintf(error, 100, "its address is not of the public Internet");
	else if (bad)
		snprintf(error, 100, "%s", curl_easy_strerror(bad));
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return bad || status < 100 || status > 599 ? 0 : (unsigned)status;
}
