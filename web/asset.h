/*
 * asset: style, icons and scripts, packed into the program by the build.
 *
 * Each file is served under a name that holds its content's hash, /assets/style.1a2b3c4d.css, so
 * it may be cached for ever and a new build is seen at once. web/pack makes the tables.
 */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H

#include <stddef.h>

struct asset {
	const char *name; /* "style.css" */
	const char *url;  /* "/assets/style.1a2b3c4d.css" */
	const char *type; /* "text/css; charset=utf-8" */
	const unsigned char *data;
	size_t len;
	const unsigned char *gz; /* the same, gzipped, or NULL where that gains nothing */
	size_t gz_len;
	const char *script_policy; /* script-src of its reply where it is a worker's script, or NULL */
};

struct asset_set {
	const struct asset *assets;
	size_t n;
};

/* The toolkit's own: style.css, icon.svg, notices.txt (licences of what others wrote). */
extern const struct asset_set web_assets;

/*
 * Adds a program's own set, at start, before any thread runs; at most 4 sets. Returns 0, or -1
 * where there is no room or a name is taken.
 */
int asset_add(const struct asset_set *set) __attribute__((warn_unused_result));

/* The URL of a packed file by its name, or NULL where there is none. */
const char *asset_url(const char *name);

/* The packed file behind a URL path, or NULL. */
const struct asset *asset_find(const char *url);

#endif
