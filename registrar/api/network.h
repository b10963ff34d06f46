/*
 * network: ranges of addresses (RFC 4632, RFC 4291), and which addresses are nobody's public ones.
 * Pure functions of their arguments. An IPv4 address inside an IPv6 one (::ffff:0:0/96) is the IPv4
 * address.
 */
#ifndef REGISTRAR_API_NETWORK_H
#define REGISTRAR_API_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct network {
	bool v6;
	uint8_t bytes[16]; /* of IPv4 the first 4 */
	unsigned bits;	   /* that have to be the same */
};

/* Reads "192.0.2.0/24", "2001:db8::/32" or one address. Returns 0, or -1: it is none, or a bit
 * behind the prefix is set. */
int network_read(const char *text, struct network *ret) __attribute__((warn_unused_result));

/* Whether an address in text is in it; false for what is no address. */
bool network_has(const struct network *network, const char *address);

/* Whether a socket address is one of the public Internet: none of loopback, private, link-local,
 * carrier's (100.64.0.0/10), documentation, benchmarking, multicast or reserved, in IPv4, in IPv6
 * or in IPv4 carried inside IPv6 (mapped, 6to4, Teredo, NAT64). */
bool network_is_public(const struct sockaddr *address, socklen_t len);

#endif
