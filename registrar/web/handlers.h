/*
 * handlers: what the handlers of the pages share. One file a family of pages; the table of all of
 * them is in routes.c.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_HANDLERS_H
#define PRESSGATE_REGISTRAR_WEB_HANDLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/registrar.h"
#include "registrar/staff/role.h"
#include "registrar/staff/session.h"
#include "registrar/staff/throttle.h"
#include "registrar/web/site.h"
#include "registrar/web/views.h"
#include "web/reply.h"
#include "web/request.h"
#include "web/route.h"

/* Staff who can go nowhere but to one page have one of these roles and no other: who must choose a
 * password, whose code is waited for, who must set up a second factor; or nowhere at all: who is
 * outside of the dates of their training and authorisation (R15). */
#define ROLE_MUST_CHANGE (UINT32_C(1) << 16)
#define ROLE_HALF	 (UINT32_C(1) << 17)
#define ROLE_MUST_SET_UP (UINT32_C(1) << 18)
#define ROLE_OUTSIDE	 (UINT32_C(1) << 19)

#define SITE_PROXY_HASH 32

struct site {
	struct registrar *registrar;
	struct throttle *throttle;
	struct access *access; /* tokens of the API */
	uint8_t browser_key[32]; /* of the cookie that marks a browser that signed in before */
	uint8_t proxy_hash[SITE_PROXY_HASH]; /* of the trusted proxy's secret */
};

/* What a session may at `now`: bits of enum role, or one of those above. */
uint32_t site_roles(const struct session *session, const struct settings *settings, int64_t now);

static inline struct site *site_of(const struct request *req)
{
	return request_context(req);
}
static inline struct registrar *registrar_of(const struct request *req)
{
	return site_of(req)->registrar;
}

/*
 * Whether a mail may go to this address now because of this request; if so, it is counted. Nobody's
 * inbox is filled through us, and nobody's mails are used up by a stranger: what is asked from one
 * network counts there, and what all networks ask together leaves one mail in 15 minutes, less than
 * any link lasts. kind keeps purposes apart.
 */
bool site_may_mail(struct request *req, char kind, const char *email, int64_t now);

/* Writes what mails that address, if site_may_mail(). Returns as store_write, and 0 where it may
 * not: who asks sees no difference. */
int site_mail(struct request *req, char kind, const char *email, int64_t now, store_body *body,
    void *context) __attribute__((warn_unused_result));

/*
 * How often people of one network may do something of this kind: an office of 40 reporters, or a
 * press gallery, behind one address does it at once and all day long; whoever goes on beyond that
 * waits longer and longer. Many networks of one party (IPv6) have four times as much together.
 * Returns the seconds to wait, or 0, and then it is counted.
 */
int64_t site_may(struct request *req, char kind, int64_t now);

/* The same for a form: whether it has to wait, and then the field says how long (a 429). */
bool site_must_wait(struct request *req, char kind, struct form *form, size_t field, int64_t now);

/* The session of who asks, or NULL. */
const struct session *session_of(const struct request *req);

/* Which forms a page has decides whether it needs a CSRF token (and is personal). */
enum site_forms { SITE_NO_FORM, SITE_FORMS };

/* Fills a page's frame. title: in the reader's language (request_say); current: the path of the
 * menu's item that is open, or NULL. */
void site_page(struct request *req, struct reply *rep, struct page *page, const char *title,
    const char *current, enum site_forms forms);

/* A page that says one thing, with a status. words ends with a NULL; link_url may be NULL. The
 * texts are English, marked with SAY(); the page says them in the reader's language. */
int site_say(struct request *req, struct reply *rep, unsigned status, const char *heading,
    const char *const words[4], const char *link_url, const char *link_text);

/* What a link from a mail opens: a page with one button, which posts to the same path. A mail
 * scanner that opens the link uses nothing up. The texts as site_say()'s. */
int site_button(struct request *req, struct reply *rep, const char *heading, const char *words,
    const char *button);

/* A model's answer as a handler returns it: 404, 503, or the negative code itself (a 500). */
int site_result(int result);

/*
 * now_answer: {"tag":"..."} for a page that is open: at once when its tag is another than the one
 * asked with, else when it becomes so or the wait asked for is over. tag_of writes the tag of now,
 * and returns 0 or what site_result takes. The route's query is now_query.
 */
typedef int now_tag(struct request *req, char ret_tag[static VIEW_TAG]);
int now_answer(struct request *req, struct reply *rep, now_tag *tag_of);

/* "Too many tries. Wait 3 minutes and try again." into ret. */
void site_say_wait(const struct request *req, int64_t seconds, char *ret, size_t size);

extern const struct form_field apply_start_query[1];
extern const struct form_field apply_query[1];
extern const struct form_field apply_suggest_query[1];
extern const struct form_field apply_kind_fields[2];
extern const struct form_field apply_you_fields[5];
extern const struct form_field apply_outlet_fields[2];
extern const struct form_field apply_choose_fields[1];
extern const struct form_field apply_new_outlet_fields[3];
extern const struct form_field apply_student_fields[3];
extern const struct form_field apply_documentary_fields[6];
extern const struct form_field apply_proof_fields[2];
extern const struct form_field apply_files_fields[3];
extern const struct form_field apply_photo_fields[2];
extern const struct form_field apply_save_fields[1];
extern const struct form_field sign_in_fields[1];
extern const struct form_field announcements_fields[2];
extern const struct form_field register_fields[2];
extern const struct form_field board_query[6];
extern const struct form_field referrals_query[1];
extern const struct form_field now_query[2];
extern const struct form_field referral_fields[3];
extern const struct form_field restrictions_query[2];
extern const struct form_field restrict_query[8];
extern const struct form_field restrict_fields[8];
extern const struct form_field restriction_lift_fields[1];

int conference_get(struct request *req, struct reply *rep);
/* The conference's page again, with why a registration was refused. */
int conference_show(struct request *req, struct reply *rep, const char *slug, const char *problem);

int apply_get(struct request *req, struct reply *rep);
int apply_forget_post(struct request *req, struct reply *rep);
extern const struct form_field focal_vouch_fields[2];
extern const struct form_field focal_place_fields[2];
int focal_get(struct request *req, struct reply *rep);
int focal_vouch_post(struct request *req, struct reply *rep);
int focal_places_get(struct request *req, struct reply *rep);
int focal_register_post(struct request *req, struct reply *rep);
int focal_cancel_post(struct request *req, struct reply *rep);

int apply_question_get(struct request *req, struct reply *rep);
int apply_question_post(struct request *req, struct reply *rep);
int apply_outlet_post(struct request *req, struct reply *rep);
int apply_choice_get(struct request *req, struct reply *rep);
int apply_choice_post(struct request *req, struct reply *rep);
int apply_suggest_get(struct request *req, struct reply *rep);
int apply_files_post(struct request *req, struct reply *rep);
int apply_file_get(struct request *req, struct reply *rep);
int apply_remove_post(struct request *req, struct reply *rep);
int apply_photo_post(struct request *req, struct reply *rep);
int apply_photo_jpg_get(struct request *req, struct reply *rep);
int apply_check_get(struct request *req, struct reply *rep);
int apply_check_post(struct request *req, struct reply *rep);
int apply_save_get(struct request *req, struct reply *rep);
int apply_save_post(struct request *req, struct reply *rep);
int apply_saved_get(struct request *req, struct reply *rep);
int apply_return_get(struct request *req, struct reply *rep);
int apply_return_post(struct request *req, struct reply *rep);
int apply_sent_get(struct request *req, struct reply *rep);
int confirm_get(struct request *req, struct reply *rep);
int confirm_post(struct request *req, struct reply *rep);

int sign_in_get(struct request *req, struct reply *rep);
int sign_in_post(struct request *req, struct reply *rep);
int sign_in_sent_get(struct request *req, struct reply *rep);
int announcements_get(struct request *req, struct reply *rep);
int announcements_post(struct request *req, struct reply *rep);
int announcements_sent_get(struct request *req, struct reply *rep);
int announcements_confirm_get(struct request *req, struct reply *rep);
int announcements_confirm_post(struct request *req, struct reply *rep);
int announcements_stop_get(struct request *req, struct reply *rep);
int announcements_stop_post(struct request *req, struct reply *rep);
int link_get(struct request *req, struct reply *rep);
int link_post(struct request *req, struct reply *rep);
int sign_out_post(struct request *req, struct reply *rep);

int my_get(struct request *req, struct reply *rep);
int register_post(struct request *req, struct reply *rep);
int registration_get(struct request *req, struct reply *rep);
int pass_png_get(struct request *req, struct reply *rep);
int pass_svg_get(struct request *req, struct reply *rep);
int pass_pdf_get(struct request *req, struct reply *rep);
int pass_worker_get(struct request *req, struct reply *rep);
int pass_apple_get(struct request *req, struct reply *rep);
int pass_google_get(struct request *req, struct reply *rep);
int cancel_get(struct request *req, struct reply *rep);
int cancel_post(struct request *req, struct reply *rep);

int review_get(struct request *req, struct reply *rep);
int review_file_get(struct request *req, struct reply *rep);
int review_photo_get(struct request *req, struct reply *rep);
int review_focal_post(struct request *req, struct reply *rep);
int review_focal_end_post(struct request *req, struct reply *rep);
int approve_post(struct request *req, struct reply *rep);
int refuse_post(struct request *req, struct reply *rep);

int boards_get(struct request *req, struct reply *rep);
int board_get(struct request *req, struct reply *rep);
int board_csv_get(struct request *req, struct reply *rep);
extern const struct form_field list_query[9];
extern const struct form_field list_download_query[10];
int list_get(struct request *req, struct reply *rep);
int list_download_get(struct request *req, struct reply *rep);

int gates_get(struct request *req, struct reply *rep);
int gates_now_get(struct request *req, struct reply *rep);

int referrals_get(struct request *req, struct reply *rep);
int referrals_now_get(struct request *req, struct reply *rep);
int referral_post(struct request *req, struct reply *rep);

int restrictions_get(struct request *req, struct reply *rep);
int restrict_get(struct request *req, struct reply *rep);
int restrict_post(struct request *req, struct reply *rep);
int restriction_lift_post(struct request *req, struct reply *rep);

int conflicts_get(struct request *req, struct reply *rep);

#endif
