#include "registrar/mail/dsn.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { VALUE_MAX = 1000, BOUNDARY_MAX = 70 };

struct piece {
	const char *at, *end;
};

/* The next line, without its end; false where there is none. */
static bool next_line(struct piece *rest, struct piece *ret_line)
{
	const char *stop;

	if (rest->at >= rest->end)
		return false;
	stop = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
	ret_line->at = rest->at;
	ret_line->end = stop ? stop : rest->end;
	rest->at = stop ? stop + 1 : rest->end;
	if (ret_line->end > ret_line->at && ret_line->end[-1] == '\r')
		ret_line->end--;
	return true;
}

static bool is_empty(struct piece line)
{
	return line.at == line.end;
}

/* Adds a line to an unfolded value; false where it does not fit. */
static bool append(char ret[VALUE_MAX], struct piece line)
{
	size_t have = strlen(ret), len;

	while (line.at < line.end && (*line.at == ' ' || *line.at == '\t'))
		line.at++;
	len = (size_t)(line.end - line.at);
	if (have + len + 2 > VALUE_MAX)
		return false;
	if (have > 0 && len > 0)
		ret[have++] = ' ';
	memcpy(ret + have, line.at, len);
	ret[have + len] = 0;
	return true;
}

/* The value of a field in a block of fields that ends at an empty line, unfolded. */
static bool field(struct piece block, const char *name, char ret[VALUE_MAX])
{
	struct piece line;
	size_t len = strlen(name);
	bool found = false;

	*ret = 0;
	while (next_line(&block, &line) && !is_empty(line)) {
		bool folded = *line.at == ' ' || *line.at == '\t';
		if (found && !folded)
			return true;
		if (!folded && (size_t)(line.end - line.at) > len && line.at[len] == ':' &&
		    strncasecmp(line.at, name, len) == 0) {
			found = true;
			line.at += len + 1;
		}
		if (found && !append(ret, line))
			return false;
	}
	return found;
}

/* What follows the empty line after the fields. */
static struct piece after_fields(struct piece block)
{
	struct piece line;

	while (next_line(&block, &line) && !is_empty(line))
		;
	return block;
}

static bool begins(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

/* A parameter of a Content-Type: a token or a quoted string without escapes. */
static bool parameter(const char *value, const char *name, char *ret, size_t size)
{
	size_t len = strlen(name), n;

	while ((value = strchr(value, ';'))) {
		value += 1 + strspn(value + 1, " \t");
		if (strncasecmp(value, name, len) != 0 || value[len] != '=')
			continue;
		value += len + 1;
		n = *value == '"' ? strcspn(++value, "\"") : strcspn(value, "; \t");
		if (n == 0 || n >= size)
			return false;
		memcpy(ret, value, n);
		ret[n] = 0;
		return true;
	}
	return false;
}

/* The next part of a multipart body. Its preamble has been passed when `began`. */
static bool next_part(struct piece *rest, const char *boundary, bool *began, struct piece *ret_part)
{
	size_t len = strlen(boundary);
	struct piece line;

	ret_part->at = rest->at;
	while (next_line(rest, &line)) {
		if ((size_t)(line.end - line.at) < len + 2 || strncmp(line.at, "--", 2) != 0 ||
		    strncmp(line.at + 2, boundary, len) != 0)
			continue;
		if (*began) {
			ret_part->end = line.at;
			return true;
		}
		*began = true;
		ret_part->at = rest->at;
	}
	/* A report that was cut off still has its last part. */
	ret_part->end = rest->end;
	return *began && ret_part->at < ret_part->end;
}

static void add_address(struct dsn *dsn, const char *address)
{
	char bare[VALUE_MAX], key[PERSON_EMAIL_MAX + 1];
	const char *open = strrchr(address, '<');
	size_t len;

	address = open ? open + 1 : address + strspn(address, " \t");
	len = strcspn(address, "> \t");
	if (dsn->n == DSN_ADDRESSES || len >= sizeof(bare))
		return;
	memcpy(bare, address, len);
	bare[len] = 0;
	if (person_email_key(bare, key) < 0)
		return;
	for (size_t i = 0; i < dsn->n; i++)
		if (strcmp(dsn->addresses[i], key) == 0)
			return;
	snprintf(dsn->addresses[dsn->n++], sizeof(key), "%s", key);
}

/* "rfc822; ana@lantern.example" */
static void add_typed(struct dsn *dsn, const char *value)
{
	const char *semicolon = strchr(value, ';');

	if (semicolon && begins(value, "rfc822"))
		add_address(dsn, semicolon + 1);
}

static bool is_permanent(const char *status)
{
	unsigned class, subject, detail;
	char more;

	return strlen(status) < sizeof(((struct dsn *)0)->status) &&
	       sscanf(status, "%1u.%3u.%3u%c", &class, &subject, &detail, &more) == 3 && class == 5;
}

/* The groups of a message/delivery-status: the first is about the report itself. */
static void read_status(struct dsn *dsn, struct piece body)
{
	char action[VALUE_MAX], status[VALUE_MAX], value[VALUE_MAX];

	for (body = after_fields(body); body.at < body.end; body = after_fields(body)) {
		if (!field(body, "Action", action) || !field(body, "Status", status))
			continue;
		status[strcspn(status, " \t(")] = 0;
		if (strcasecmp(action, "failed") != 0 || !is_permanent(status))
			continue;
		if (!*dsn->status)
			snprintf(dsn->status, sizeof(dsn->status), "%.11s", status);
		if (field(body, "Original-Recipient", value))
			add_typed(dsn, value);
		if (field(body, "Final-Recipient", value))
			add_typed(dsn, value);
	}
}

/* The returned mail, or its header. */
static bool read_returned(struct dsn *dsn, struct piece header, const char *site)
{
	char value[VALUE_MAX];
	size_t len = 0, hex = 2 * (size_t)OUTBOX_TRACE;
	const char *end;

	if (!field(header, "Message-ID", value) || value[0] != '<' || strlen(value) < hex + 3 ||
	    value[hex + 1] != '@' ||
	    sodium_hex2bin(dsn->trace, sizeof(dsn->trace), value + 1, hex, NULL, &len, &end) < 0 ||
	    len != sizeof(dsn->trace))
		return false;
	end = value + hex + 2;
	if (strncmp(end, site, strlen(site)) != 0 || strcmp(end + strlen(site), ">") != 0)
		return false;
	if (field(header, "To", value))
		add_address(dsn, value);
	return true;
}

static bool read_part(struct dsn *dsn, struct piece part, const char *site, bool *reported)
{
	struct piece body = after_fields(part);
	char type[VALUE_MAX];

	if (!field(part, "Content-Type", type))
		return false;
	if (begins(type, "message/delivery-status") ||
	    begins(type, "message/global-delivery-status")) {
		*reported = true;
		read_status(dsn, body);
		return false;
	}
	if (begins(type, "text/rfc822-headers") || begins(type, "message/rfc822") ||
	    begins(type, "message/global"))
		return read_returned(dsn, body, site);
	return false;
}

int dsn_read(const char *message, size_t len, const char *site, struct dsn *ret)
{
	struct piece rest = {message, message + len}, part;
	char type[VALUE_MAX], boundary[BOUNDARY_MAX + 1];
	bool began = false, reported = false, traced = false;
	struct dsn dsn = {0};

	if (len == 0 || len > DSN_BYTES_MAX)
		return DSN_E_SIZE;
	if (memchr(message, 0, len) || !field(rest, "Content-Type", type) ||
	    !(begins(type, "multipart/report;") || begins(type, "multipart/mixed;")) ||
	    !parameter(type, "boundary", boundary, sizeof(boundary)))
		return DSN_E_REPORT;
	rest = after_fields(rest);
	while (next_part(&rest, boundary, &began, &part))
		traced = read_part(&dsn, part, site, &reported) || traced;
	if (!reported)
		return DSN_E_REPORT;
	if (!*dsn.status)
		return DSN_E_PASSING;
	if (!traced || dsn.n == 0)
		return DSN_E_FOREIGN;
	*ret = dsn;
	return 0;
}
