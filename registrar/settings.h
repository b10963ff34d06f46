/*
 * settings: what an agency sets, in DIR/settings.ini. Every key has a default but the site, which
 * `registrar init` writes. A key nobody knows, a key given twice and a value that does not hold are
 * refused with the file, the line and what to do.
 *
 *	[service]
 *	name = Lakemount Police Service        shown on every page and in every mail
 *	site = media.lakemount.example         this registrar's name in journals; never change it
 *	zone = America/Toronto                 a zone of /usr/share/zoneinfo
 *	url = https://media.lakemount.example  where people reach it; links in mail begin with it
 *	address = 40 Harbour Street            where people go
 *	email = media@lakemount.example        of the media office
 *	phone = 555-0100
 *	authority = Police Services Act, s. 41 law under which personal details are collected
 *
 *	[desk]
 *	opens = 06:00                          the hours the desk is staffed, each day (R9)
 *	closes = 24:00
 *	acknowledge-minutes = 120
 *
 *	a4-paper = no                          lists are printed on US Letter
 *
 *	[accreditation]
 *	months = 12
 *
 *	[review]
 *	second-reviewer = never                decisions that two must agree on: never, refusals, all,
 *	                                       or roles of applicants (student documentary)
 *
 *	[records]
 *	keep-days = 365                        personal details after their last use
 *
 *	[retention]                            terms in days where they are others (records/rule.h)
 *	photo = 90
 *
 *	[staff]
 *	second-factor = offered                off, offered, or required: then an account without one can
 *	                                       go nowhere but to the page that sets it up
 *	local-sign-in = yes                    no: only through the proxy below
 *	proxy-user-header = X-Forwarded-Email  who signed in at a trusted proxy (OIDC); the proxy takes
 *	                                       this header out of what a browser sends
 *	proxy-secret-header = X-Proxy-Secret   the header by which the proxy proves that it is the one
 *	proxy-secret-file = /etc/pressgate/proxy-secret      its value, 32 characters or more, mode 0600
 *
 *	[web]
 *	hosts = media.lakemount.example        further names browsers may call it by, spaces between
 *	proxy = no                             yes: a trusted proxy in front ends the TLS
 *
 *	[api]
 *	per-minute = 600                       requests of one token
 *
 *	[metrics]
 *	loopback = no                          yes: /metrics without a token, for this machine
 *
 *	[log]
 *	format = text                          or json: one object a line
 *
 *	[webhooks]
 *	http = no                              yes: addresses without TLS too
 *	private = no                           yes: addresses of the own network too
 *
 *	[mail]
 *	server = smtp://127.0.0.1:25           without it, mails are files in DIR/mail/
 *	from = media@lakemount.example
 *	user =                                 and the file with the password, mode 0600
 *	password-file =
 *
 *	[wallet]                               each needs a build with that wallet
 *	apple-pass-type =                      pass.example.lakemount.press: offers Apple Wallet
 *	apple-team =                           ten letters and digits
 *	apple-certificate =                    files, PEM: of the pass type, its key, and Apple's
 *	apple-key =                            intermediate (WWDR)
 *	apple-intermediate =
 *	google-issuer =                        a number: offers Google Wallet
 *	google-class =                         of the generic passes, as made at Google
 *	google-account =                       the service account's address
 *	google-key =                           its key (PEM)
 */
#ifndef REGISTRAR_SETTINGS_H
#define REGISTRAR_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "registrar/records/rule.h"

#define SETTINGS_HOSTS_MAX 16

enum settings_factor { SETTINGS_FACTOR_OFF, SETTINGS_FACTOR_OFFERED, SETTINGS_FACTOR_REQUIRED };

struct settings {
	char name[804];
	char site[65];
	char zone[64];
	char url[256]; /* no slash at the end; "" : the address serve listens on */
	char address[804];
	char email[256];
	char phone[64];
	char authority[804];
	unsigned opens;	 /* minutes after midnight */
	unsigned closes; /* minutes after midnight, up to 1440 */
	unsigned acknowledge_minutes;
	bool a4; /* lists are printed on A4; else on US Letter */
	unsigned accreditation_months;
	char second_reviewer[256]; /* decision_policy_read takes it */
	unsigned keep_days;
	unsigned retention[RULES]; /* days; 0: the rule's own, or keep_days */
	unsigned second_factor; /* enum settings_factor */
	bool local_sign_in;
	char proxy_user_header[64]; /* "": nobody signs in through a proxy */
	char proxy_secret_header[64];
	char proxy_secret_file[256];
	char host_text[1024];			   /* what the next points into */
	const char *hosts[SETTINGS_HOSTS_MAX + 1]; /* NULL-terminated */
	bool proxy;
	unsigned api_per_minute;
	bool metrics_loopback;
	bool log_json;
	bool webhook_http, webhook_private;
	char mail_server[256]; /* "": files */
	char mail_from[256];
	char mail_user[256];
	char mail_password_file[256];
	char apple_pass_type[256]; /* "": no Apple Wallet */
	char apple_team[64];
	char apple_certificate[256], apple_key[256], apple_intermediate[256];
	char google_issuer[64]; /* "": no Google Wallet */
	char google_class[64], google_account[256], google_key[256];
};

/* Reads a settings file. Returns 0, or MODEL_REFUSED with a sentence in why that names file, line
 * and remedy, and ret untouched. The caller keeps ret where it is: hosts points into it. */
int settings_load(const char *path, struct settings *ret, char *why, size_t why_size)
    __attribute__((warn_unused_result));

/* Writes a commented settings file for a new data folder. Returns 0, or -1 with errno. */
int settings_write(FILE *out, const struct settings *settings) __attribute__((warn_unused_result));

/* The values that hold where a file says nothing. */
void settings_default(struct settings *ret);

#endif
