#include "registrar/press/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "registrar/zone.h"
#include "web/tmpl.h"

enum { TITLE_MAX = 1024, TEXT_MAX = 20000, URL_MAX = 1024, ID_MAX = 256 };

struct entry {
	char id[ID_MAX], url[URL_MAX], title[TITLE_MAX], text[TEXT_MAX];
	char published[32], updated[32];
};

int feed_read(struct store_tx *tx, int64_t now, struct feed *feed)
{
	int result = conference_news(
	    tx, now - FEED_SPAN, FEED_MOST, &feed->conferences, &feed->n_conferences);

	if (!result)
		result = material_news(tx, now - FEED_SPAN, FEED_MOST, &feed->materials);
	if (result)
		return result;
	feed->updated = feed->n_conferences ? feed->conferences[0].changed : 0;
	if (feed->materials.n && feed->materials.items[0].published > feed->updated)
		feed->updated = feed->materials.items[0].published;
	return 0;
}

void feed_free(struct feed *feed)
{
	conference_list_free(feed->conferences, feed->n_conferences);
	free(feed->materials.items);
	feed->conferences = NULL;
	feed->n_conferences = 0;
	feed->materials = (struct material_list){NULL, 0};
}

static void conference_entry(const struct feed *feed, const struct conference *c, struct entry *ret)
{
	const struct say *in = feed->language;
	bool cancelled = c->state == CONFERENCE_CANCELLED;
	char starts[128], time[128], doors[256];

	zone_say(in, c->starts, starts, sizeof starts);
	zone_say_time(in, c->doors, time, sizeof time);
	SAY_FORMAT(doors, sizeof doors, say(in, "Doors open: %1"), time);
	snprintf(ret->id, sizeof ret->id, "tag:%s,2026:conference:%" PRId64, feed->settings->site,
	    c->id);
	snprintf(ret->url, sizeof ret->url, "%s/conferences/%s", feed->url, c->slug);
	if (cancelled)
		SAY_FORMAT(ret->title, sizeof ret->title, say(in, "Cancelled: %1"), c->title);
	else
		snprintf(ret->title, sizeof ret->title, "%s", c->title);
	snprintf(ret->text, sizeof ret->text, "%s%s%s\n%s\n%s%s%s",
	    cancelled ? say(in, "This conference is cancelled.") : "", cancelled ? "\n" : "",
	    starts, doors, c->place, *c->summary ? "\n\n" : "", c->summary);
	zone_rfc3339(c->created, ret->published, sizeof ret->published);
	zone_rfc3339(c->changed, ret->updated, sizeof ret->updated);
}

static void material_entry(const struct feed *feed, const struct material *m, struct entry *ret)
{
	static const char *const titles[MATERIAL_KINDS] = {
	    SAY("Release: %1"), SAY("Photograph: %1"), SAY("Recording: %1")};
	const struct say *in = feed->language;

	snprintf(
	    ret->id, sizeof ret->id, "tag:%s,2026:material:%" PRId64, feed->settings->site, m->id);
	snprintf(ret->url, sizeof ret->url, "%s", m->url);
	SAY_FORMAT(ret->title, sizeof ret->title, say(in, titles[m->kind]), m->title);
	SAY_FORMAT(ret->text, sizeof ret->text, say(in, "About the news conference \"%1\"."),
	    m->conference);
	zone_rfc3339(m->published, ret->published, sizeof ret->published);
	zone_rfc3339(m->published, ret->updated, sizeof ret->updated);
}

/* Walks both lists, each newest first, as one. */
struct walk {
	const struct feed *feed;
	size_t conference, material;
};

static bool next(struct walk *walk, struct entry *ret)
{
	const struct feed *feed = walk->feed;
	bool has_conference = walk->conference < feed->n_conferences;
	bool has_material = walk->material < feed->materials.n;

	if (!has_conference && !has_material)
		return false;
	if (!has_material ||
	    (has_conference && feed->conferences[walk->conference].changed >
				   feed->materials.items[walk->material].published))
		conference_entry(feed, &feed->conferences[walk->conference++], ret);
	else
		material_entry(feed, &feed->materials.items[walk->material++], ret);
	return true;
}

/* ---- Atom ---- */

static void put(struct buf *b, const char *element, const char *text)
{
	buf_printf(b, "<%s>", element);
	tmpl_text(b, text);
	buf_printf(b, "</%s>\n", element);
}

static void put_link(
    struct buf *b, const char *rel, const char *type, const char *url, const char *path)
{
	buf_printf(b, "<link rel=\"%s\" type=\"%s\" href=\"", rel, type);
	tmpl_attr(b, url);
	tmpl_attr(b, path);
	buf_puts(b, "\"/>\n");
}

static void put_head(struct buf *b, const struct feed *feed, const char *path)
{
	char id[ID_MAX], updated[32];

	snprintf(id, sizeof id, "tag:%s,2026:conferences", feed->settings->site);
	zone_rfc3339(feed->updated, updated, sizeof updated);
	buf_puts(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	tmpl_attr(b, say_code(feed->language));
	buf_puts(b, "\">\n");
	put(b, "id", id);
	put(b, "title", feed->settings->name);
	put(b, "updated", updated);
	put_link(b, "self", "application/atom+xml", feed->url, path);
	put_link(b, "alternate", "text/html", feed->url, "/");
	buf_puts(b, "<author>");
	put(b, "name", feed->settings->name);
	buf_puts(b, "</author>\n");
}

void feed_atom(struct buf *b, const struct feed *feed, const char *path)
{
	struct walk walk = {feed, 0, 0};
	struct entry *entry = malloc(sizeof *entry);

	if (!entry) {
		buf_fail(b, BUF_NOMEM);
		return;
	}
	put_head(b, feed, path);
	while (next(&walk, entry)) {
		buf_puts(b, "<entry>\n");
		put(b, "id", entry->id);
		put(b, "title", entry->title);
		put(b, "published", entry->published);
		put(b, "updated", entry->updated);
		put_link(b, "alternate", "text/html", entry->url, "");
		buf_puts(b, "<content type=\"text\">");
		tmpl_text(b, entry->text);
		buf_puts(b, "</content>\n</entry>\n");
	}
	buf_puts(b, "</feed>\n");
	free(entry);
}

/* ---- JSON Feed ---- */

static json_t *json_items(const struct feed *feed)
{
	struct walk walk = {feed, 0, 0};
	struct entry *entry = malloc(sizeof *entry);
	json_t *items = json_array();
	bool whole = entry && items;

	while (whole && next(&walk, entry))
		whole = json_array_append_new(
			    items, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", entry->id,
				       "url", entry->url, "title", entry->title, "content_text",
				       entry->text, "date_published", entry->published,
				       "date_modified", entry->updated)) == 0;
	free(entry);
	if (!whole) {
		json_decref(items);
		return NULL;
	}
	return items;
}

void feed_json(struct buf *b, const struct feed *feed, const char *path)
{
	char home[URL_MAX], self[URL_MAX];
	json_t *whole = NULL, *items = json_items(feed);
	char *text = NULL;

	snprintf(home, sizeof home, "%s/", feed->url);
	snprintf(self, sizeof self, "%s%s", feed->url, path);
	if (items)
		whole = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[{s:s}], s:o}", "version",
		    "https://jsonfeed.org/version/1.1", "title", feed->settings->name,
		    "home_page_url", home, "feed_url", self, "language", say_code(feed->language),
		    "authors", "name", feed->settings->name, "items", items);
	if (whole)
		text = json_dumps(whole, JSON_INDENT(1));
	if (text)
		buf_puts(b, text);
	else
		buf_fail(b, BUF_NOMEM);
	free(text);
	json_decref(whole);
}
