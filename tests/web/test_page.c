#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/web/golden.html.h"
#include "web/asset.h"
#include "web/page.h"
#include "web/pages/page.html.h"
#include "web/refusal.h"
#include "web/tmpl.h"

/* Compares with pages/NAME.txt beside the sources; UPDATE_GOLDENS=1 writes it instead. */
static void expect_golden(const struct buf *b, const char *name)
{
	char path[512];
	char want[32768] = "";
	FILE *f;

	assert_int_equal(buf_error(b), 0);
	snprintf(path, sizeof(path), "%s/%s.txt", GOLDENS, name);
	if (getenv("UPDATE_GOLDENS")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(buf_text(b), f);
		fclose(f);
		return;
	}
	f = fopen(path, "r");
	assert_non_null(f);
	want[fread(want, 1, sizeof(want) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(buf_text(b), want);
}

/* An asset's content hash is not the golden's business. */
static void hide_hash(struct buf *b, const char *begins)
{
	char *url = strstr(b->data, begins);

	assert_non_null(url);
	memset(url + strlen(begins), 'x', 8);
}

static void every_place_is_escaped(void **state)
{
	static const char evil[] = "<script>alert(1)</script> & \"'` \n x";
	const struct item items[] = {{evil, "javascript:alert(1)", 1, true},
	    {"Ann/..", "https://news.example/?a=1&b=\"2\"", -2, false},
	    {"\xc3\x89mile", "//evil.example", 3, false}, {NULL, NULL, 0, false}};
	struct golden v = {evil, items, 4};
	struct buf b;

	(void)state;
	buf_init(&b, BUF_LIMIT_PAGE);
	golden(&b, &v);
	hide_hash(&b, "/assets/icon.");
	expect_golden(&b, "golden_many");
	assert_null(strstr(buf_text(&b), "<script>a"));
	buf_reset(&b);
	v.n = 0;
	golden(&b, &v);
	hide_hash(&b, "/assets/icon.");
	expect_golden(&b, "golden_none");
	buf_free(&b);
}

static void only_harmless_urls_are_written(void **state)
{
	static const struct {
		const char *url;
		const char *want;
	} rows[] = {{"/a/b?c=d&e=f", "/a/b?c=d&amp;e=f"},
	    {"https://x.example/", "https://x.example/"},
	    {"HTTP://x.example/", "HTTP://x.example/"}, {"mailto:a@b.ca", "mailto:a@b.ca"},
	    {"page?x=a:b", "page?x=a:b"}, {"#top", "#top"}, {"", ""}, {NULL, ""},
	    {"javascript:alert(1)", "#"}, {"JavaScript:alert(1)", "#"},
	    {" javascript:alert(1)", "#"}, {"java\tscript:alert(1)", "#"},
	    {"data:text/html,x", "#"}, {"vbscript:x", "#"}, {"//evil.example", "#"},
	    {"/\\evil.example", "#"}, {"\\\\evil.example", "#"}, {"https:evil.example", "#"},
	    {"/a\nb", "#"}, {"file:///etc/passwd", "#"}};
	struct buf b;

	(void)state;
	buf_init(&b, BUF_LIMIT_PAGE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_reset(&b);
		tmpl_url(&b, rows[i].url);
		assert_string_equal(buf_text(&b), rows[i].want);
	}
	buf_reset(&b);
	tmpl_asset(&b, "nothing.css");
	assert_int_equal(buf_error(&b), BUF_VALUE);
	buf_free(&b);
}

enum { NAME, NOTE, COLOUR, CLASSES, TERMS, LINK, STARTS, PASSWORD, FIELDS };

static const struct form_choice colours[] = {
    {"red", "Red", NULL}, {"blue", "Blue", "like the sea"}, {NULL, NULL, NULL}};

static const struct form_field fields[FIELDS] = {
    [NAME] = {.name = "name",
	.label = "full name",
	.hint = "As on your press card",
	.kind = FORM_LINE,
	.required = true,
	.autocomplete = "name"},
    [NOTE] = {.name = "note", .label = "note", .kind = FORM_TEXT},
    [COLOUR] = {.name = "colour",
	.label = "colour",
	.kind = FORM_CHOICE,
	.required = true,
	.choices = colours},
    [CLASSES] = {.name = "classes", .label = "classes", .kind = FORM_SET, .choices = colours},
    [TERMS] = {.name = "terms",
	.label = "I consent to screening",
	.kind = FORM_CHECKBOX,
	.required = true},
    [LINK] = {.name = "link", .label = "link", .kind = FORM_TOKEN},
    [STARTS] = {.name = "starts", .label = "start", .kind = FORM_DATETIME},
    [PASSWORD] = {.name = "password", .label = "password", .kind = FORM_PASSWORD},
};

static void a_form_shows_its_messages_and_values(void **state)
{
	static const char sent[] = "name=&note=%3Cb%3E%0D%0Atwo&colour=green&classes=blue&"
				   "starts=2026-09-12T14:05&password=secret";
	struct form *f = NULL;
	struct buf b;

	(void)state;
	assert_int_equal(form_parse(NULL, fields, FIELDS, sent, strlen(sent), NULL, &f), 0);
	buf_init(&b, BUF_LIMIT_PAGE);
	page_errors(&b, f);
	for (size_t i = 0; i < FIELDS; i++)
		page_field(&b, &(struct page_field){f, i, i == COLOUR, NULL});
	expect_golden(&b, "form");
	assert_null(strstr(buf_text(&b), "secret"));
	buf_free(&b);
	form_free(f);
}

static void a_page_has_head_and_foot(void **state)
{
	static const struct page_link nav[] = {
	    {"/", "Conferences", true}, {"/my", "My <passes>", false}};
	struct page p = {.title = "Conference \"A\"",
	    .site = "Media Gallery",
	    .home = "/",
	    .error = true,
	    .nav = nav,
	    .nav_n = 2,
	    .person = "Ann & Co",
	    .sign_out = "/sign-out",
	    .csrf = "TOKEN",
	    .notice = "Collected under <the> act.",
	    .footer = nav,
	    .footer_n = 1,
	    .wide = true};
	struct buf b;

	(void)state;
	buf_init(&b, BUF_LIMIT_PAGE);
	page_head(&b, &p);
	page_button(&b, &(struct page_button){.text = "Cancel", .warning = true});
	page_tag(&b, &(struct page_tag){"Approved", PAGE_GOOD});
	page_foot(&b, &p);
	hide_hash(&b, "/assets/style.");
	hide_hash(&b, "/assets/icon.");
	hide_hash(&b, "/assets/notices.");
	expect_golden(&b, "page");
	buf_free(&b);
}

static void every_refusal_has_words(void **state)
{
	static const unsigned statuses[] = {
	    400, 403, 404, 405, 409, 410, 413, 415, 418, 421, 422, 429, 500, 502, 503};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		assert_true(strlen(refusal_title(statuses[i])) > 5);
		assert_true(strlen(refusal_advice(statuses[i])) > 5);
	}
	buf_init(&b, BUF_LIMIT_PAGE);
	refusal_write(&b, 404, "<b>why</b>");
	assert_non_null(strstr(buf_text(&b), "&lt;b&gt;why&lt;/b&gt;"));
	buf_free(&b);
}

static void assets_are_found_by_name_and_content(void **state)
{
	static const struct asset same[] = {{.name = "style.css", .url = "/assets/style.0.css"}};
	static const struct asset own[] = {{.name = "own.js", .url = "/assets/own.12345678.js"}};
	static const struct asset_set taken = {same, 1}, fresh = {own, 1};
	const char *url = asset_url("style.css");

	(void)state;
	assert_non_null(url);
	assert_int_equal(strlen(url), strlen("/assets/style.12345678.css"));
	assert_string_equal(asset_find(url)->name, "style.css");
	assert_true(asset_find(url)->gz_len < asset_find(url)->len);
	assert_null(asset_url("other.css"));
	assert_null(asset_find("/assets/style.css"));
	assert_int_equal(asset_add(&taken), -1);
	assert_null(asset_url("own.js"));
	assert_int_equal(asset_add(&fresh), 0);
	assert_string_equal(asset_url("own.js"), "/assets/own.12345678.js");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_place_is_escaped),
	    cmocka_unit_test(only_harmless_urls_are_written),
	    cmocka_unit_test(a_form_shows_its_messages_and_values),
	    cmocka_unit_test(a_page_has_head_and_foot),
	    cmocka_unit_test(every_refusal_has_words),
	    cmocka_unit_test(assets_are_found_by_name_and_content),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
