#include "registrar/mail/mail.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "registrar/mail/bounce.h"

enum { CONNECT_SECONDS = 10, SEND_SECONDS = 30 };

/* What the server was told last, and how it answered. */
struct talk {
	bool recipient; /* RCPT TO */
	bool ended;	/* QUIT: what follows judges nothing */
	char status[12];
};

struct reading {
	const char *data;
	size_t left;
};

static size_t read_message(char *to, size_t size, size_t n, void *context)
{
	struct reading *reading = context;
	size_t take = size * n < reading->left ? size * n : reading->left;

	memcpy(to, reading->data, take);
	reading->data += take;
	reading->left -= take;
	return take;
}

/* True where a value can't leave the angle brackets of an SMTP command. */
static int is_address_safe(const char *address)
{
	if (!*address)
		return 0;
	for (; *address; address++)
		if ((unsigned char)*address <= 0x20 || strchr("<>\x7f", *address))
			return 0;
	return 1;
}

/* True where the server is this machine, so that nobody can listen on the way. */
static int is_loopback(const char *url)
{
	static const char *const hosts[] = {"127.0.0.1", "[::1]", "localhost"};
	const char *host = strstr(url, "://");
	size_t len;

	host = host ? host + 3 : url;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		len = strlen(hosts[i]);
		if (strncasecmp(host, hosts[i], len) == 0 &&
		    (!host[len] || host[len] == ':' || host[len] == '/'))
			return 1;
	}
	return 0;
}

/* The status of a reply: the enhanced one (RFC 2034) where there is one, else the code. */
static void keep_status(struct talk *talk, const char *line, size_t len)
{
	char text[32];
	unsigned code, class, subject, detail;
	size_t take = len < sizeof(text) - 1 ? len : sizeof(text) - 1;

	memcpy(text, line, take);
	text[take] = 0;
	if (sscanf(text, "%3u%*1[ -]%1u.%3u.%3u", &code, &class, &subject, &detail) == 4)
		snprintf(talk->status, sizeof(talk->status), "%u.%u.%u", class % 10, subject % 1000,
		    detail % 1000);
	else if (sscanf(text, "%3u", &code) == 1)
		snprintf(talk->status, sizeof(talk->status), "%u", code % 1000);
}

/* Only whether a refusal is the recipient's; nothing of it is written anywhere. */
static int listen_in(CURL *curl, curl_infotype type, char *data, size_t len, void *context)
{
	struct talk *talk = context;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT && len >= 4 && strncasecmp(data, "QUIT", 4) == 0)
		talk->ended = true;
	else if (type == CURLINFO_HEADER_OUT)
		talk->recipient = len >= 8 && strncasecmp(data, "RCPT TO:", 8) == 0;
	else if (type == CURLINFO_HEADER_IN && !talk->ended)
		keep_status(talk, data, len);
	return 0;
}

static void set_options(CURL *curl, const struct mail_server *server, const char *from,
    struct curl_slist *recipients, struct reading *reading)
{
	curl_easy_setopt(curl, CURLOPT_URL, server->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
	    (long)(is_loopback(server->url) ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_SECONDS);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_message);
	curl_easy_setopt(curl, CURLOPT_READDATA, reading);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	if (*server->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
	}
}

/* The outcome in a phrase; libcurl's own texts can hold an address. */
static int judge(CURLcode code, long answer, char *said, size_t said_size)
{
	if (code == CURLE_OK)
		return 0;
	if (answer >= 400)
		snprintf(said, said_size, "the server answered %ld", answer);
	else
		snprintf(said, said_size, "%s", curl_easy_strerror(code));
	return answer >= 500 && answer < 600 ? MAIL_E_REFUSED : MAIL_E_SERVER;
}

/* A refusal of the recipient that every mail would meet. */
static int judge_mailbox(int result, const struct talk *talk, char *said, size_t said_size)
{
	if (result != MAIL_E_REFUSED || !talk->recipient || !bounce_is_of_mailbox(talk->status))
		return result;
	snprintf(said, said_size, "%s", talk->status);
	return MAIL_E_MAILBOX;
}

int mail_send(const struct mail_server *server, const char *from, const char *recipient,
    const struct buf *message, char *said, size_t said_size)
{
	struct reading reading = {buf_text(message), message->len};
	struct curl_slist *recipients = NULL;
	struct talk talk = {0};
	CURL *curl = NULL;
	CURLcode code;
	long answer = 0;
	int result = MAIL_E_MEMORY;

	snprintf(said, said_size, "an address that is none");
	if (!is_address_safe(from) || !is_address_safe(recipient))
		return MAIL_E_HEADER;
	snprintf(said, said_size, "out of memory");
	curl = curl_easy_init();
	recipients = curl_slist_append(NULL, recipient);
	if (!curl || !recipients)
		goto done;
	set_options(curl, server, from, recipients, &reading);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &talk);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
	result = judge_mailbox(judge(code, answer, said, said_size), &talk, said, said_size);
done:
	curl_slist_free_all(recipients);
	curl_easy_cleanup(curl);
	return result;
}
