/*
 * defences: switches that let a test run a server with one defence off, to see the attack succeed
 * that the defence stops. No option of any program leads here.
 */
#ifndef WEB_DEFENCES_H
#define WEB_DEFENCES_H

#include <stdbool.h>

struct http_defences {
	bool no_method;	    /* any method is taken as GET */
	bool no_layout;	    /* bare LF, folded lines, NUL in the head */
	bool no_host;	    /* missing, doubled and unknown Host */
	bool no_length;	    /* two Content-Lengths, Content-Length with Transfer-Encoding */
	bool no_uri;	    /* control characters, %00, // and .. in the path */
	bool no_body_limit; /* a body of any size is read, up to 64 MiB */
	bool no_watchdog;   /* only the library's time-out by silence */
	bool no_address_limit;
	bool no_close;	  /* the connection stays open after a 4xx */
	bool no_csrf;	  /* neither token nor Origin is looked at */
	bool default_tls; /* the library's priorities */
};

#endif
