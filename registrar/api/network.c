#include "registrar/api/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

/* An address in text; one of IPv4 inside IPv6 becomes the IPv4 one. */
static bool read_address(const char *text, struct network *ret)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	uint8_t v6[16];

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, text, ret->bytes) == 1) {
		ret->bits = 32;
		return true;
	}
	if (inet_pton(AF_INET6, text, v6) != 1)
		return false;
	ret->v6 = memcmp(v6, mapped, sizeof(mapped)) != 0;
	memcpy(ret->bytes, ret->v6 ? v6 : v6 + 12, ret->v6 ? 16 : 4);
	ret->bits = ret->v6 ? 128 : 32;
	return true;
}

static bool tail_is_zero(const struct network *n)
{
	for (unsigned bit = n->bits; bit < (n->v6 ? 128 : 32); bit++)
		if (n->bytes[bit / 8] & (0x80 >> bit % 8))
			return false;
	return true;
}

int network_read(const char *text, struct network *ret)
{
	char address[64];
	const char *slash = strchr(text, '/');
	struct network read;
	unsigned bits = 0;
	int end = 0;

	if ((slash ? (size_t)(slash - text) : strlen(text)) >= sizeof(address))
		return -1;
	snprintf(address, sizeof(address), "%.*s", slash ? (int)(slash - text) : 63, text);
	if (!read_address(address, &read))
		return -1;
	if (slash) {
		if (strspn(slash + 1, "0123456789") != strlen(slash + 1) ||
		    sscanf(slash + 1, "%3u%n", &bits, &end) != 1 || slash[1 + end] ||
		    bits > read.bits)
			return -1;
		read.bits = bits;
	}
	if (!tail_is_zero(&read))
		return -1;
	*ret = read;
	return 0;
}

bool network_has(const struct network *network, const char *address)
{
	struct network one;

	return read_address(address, &one) && one.v6 == network->v6 &&
	       same_bits(one.bytes, network->bytes, network->bits);
}

struct range {
	uint8_t bytes[16];
	unsigned bits;
};

/* What IANA's registries of special addresses hold back from the Internet. */
static const struct range v4_special[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};

static bool v4_is_public(const uint8_t bytes[4])
{
	for (size_t i = 0; i < sizeof(v4_special) / sizeof(*v4_special); i++)
		if (same_bits(bytes, v4_special[i].bytes, v4_special[i].bits))
			return false;
	return true;
}

/* Of IPv6 only 2000::/3 is given out, less what in it is special or carries an IPv4 address. */
static bool v6_is_public(const uint8_t bytes[16])
{
	static const struct range global = {{0x20}, 3};
	static const struct range special[] = {
	    {{0x20, 0x01}, 23},		    /* 2001::/23: Teredo, benchmarking, ORCHID */
	    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
	    {{0x20, 0x02}, 16},		    /* 6to4 */
	    {{0x3f, 0xff}, 20},		    /* documentation */
	};

	if (!same_bits(bytes, global.bytes, global.bits))
		return false;
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
		if (same_bits(bytes, special[i].bytes, special[i].bits))
			return false;
	return true;
}

bool network_is_public(const struct sockaddr *address, socklen_t len)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	uint8_t bytes[16];

	if (address->sa_family == AF_INET && len >= (socklen_t)sizeof(v4)) {
		memcpy(&v4, address, sizeof(v4));
		memcpy(bytes, &v4.sin_addr, 4);
		return v4_is_public(bytes);
	}
	if (address->sa_family == AF_INET6 && len >= (socklen_t)sizeof(v6)) {
		memcpy(&v6, address, sizeof(v6));
		memcpy(bytes, &v6.sin6_addr, 16);
		if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
			return v4_is_public(bytes + 12);
		return v6_is_public(bytes);
	}
	return false;
}
