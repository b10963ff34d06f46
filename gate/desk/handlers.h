/*
 * handlers: what the handlers of the desk's pages share. One file a family of pages; the table of
 * all of them is in site.c, what they show in views.h.
 */
#ifndef PRESSGATE_GATE_DESK_HANDLERS_H
#define PRESSGATE_GATE_DESK_HANDLERS_H

#include "gate/desk/desk.h"
#include "gate/seal/person.h"

#define N(array) (sizeof(array) / sizeof(*(array)))

/* The session of who asks; NULL: no shift is open on this screen. */
struct desk_session *session_of(const struct request *req);

/* The pairing of the device that asks; 0 on this machine. */
int64_t pairing_of(const struct request *req);

/* ---- site.c ---- */

/* Fills a page's frame. With a session that is not locked the strip is there; `acting` is held or
 * the session is NULL. */
void site_frame(struct request *req, struct reply *rep, struct view_frame *frame, const char *title,
    struct desk_session *session);

/* A page that says one thing, with a status. words ends with a NULL; link_url may be NULL. */
int site_say(struct request *req, struct reply *rep, unsigned status, const char *heading,
    const char *const words[4], const char *link_url, const char *link_text);

/* ---- strip.c ---- */

/* The state of the door now. */
void strip_fill(
    struct desk *desk, const struct desk_session *session, struct view_strip *ret_strip);

/* ---- time.c ---- */

/* "14:05" today, else "14:05 on 21 November"; Unix seconds and milliseconds. */
void time_say(int64_t seconds, char ret_text[static VIEW_TIME]);
void time_say_ms(int64_t ms, char ret_text[static VIEW_TIME]);
/* "14:05:12". */
void time_say_exact(int64_t ms, char ret_text[static VIEW_TIME]);

/* ---- people.c ---- */

/* The person of a pass on that roster; all empty where it is not known or can't be read. The lock
 * is held. */
void people_find(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], struct person *ret_person);

/* The same for a search: 0, or a store_result. */
int people_read(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], struct person *ret_person) __attribute__((warn_unused_result));

/* "/photo/<hex>", or "". */
void people_photo(const struct person *person, char ret_url[static 80]);

/* A pass in short: "1a2b-3c4d". */
void people_code(const uint8_t pass[static 16], char ret_text[static 16]);

/* "waiting list", "cancelled", ...; "" for confirmed. */
const char *people_status(unsigned status);

/* ---- pin.c ---- */

/* A sign-in, or a supervisor's word, on the pool of hashers. Returns a shift_result, or SHIFT_BUSY;
 * then ret_words says what is wrong and what to do. */
enum { SHIFT_BUSY = -450, PIN_WORDS = 200 };
int pin_begin(struct desk *desk, const char *name, const char *pin, struct shift *ret_shift,
    char ret_words[static PIN_WORDS]) __attribute__((warn_unused_result));

/*
 * Who answers for an act that only a supervisor may do: the session's officer where it is one, else
 * the supervisor whose name and PIN were given. ret_who's texts point to the session or to
 * ret_name. Returns 0, or -1 with words.
 */
int pin_supervise(struct desk *desk, const struct desk_session *session, const char *name,
    const char *pin, char ret_name[static STAFF_NAME_MAX + 1], struct door_who *ret_who,
    char ret_words[static PIN_WORDS]) __attribute__((warn_unused_result));

/* ---- look_view.c ---- */

void look_fill(struct desk *desk, const struct desk_session *session, struct view_look *ret_view);

extern const struct view_choice desk_reasons[];
extern const size_t desk_reasons_n;
/* The kinds of a referral as choices. */
const struct view_choice *desk_kinds(size_t *ret_n);

/* ---- look.c ---- */

/* The page of the shift as it stands now. problem: why an act was not done, or NULL. */
int desk_show(struct request *req, struct reply *rep, struct desk_session *session, unsigned status,
    const char *problem, bool stale);

/* Whether the look a form is about is still the newest; if not, the page says so and -1 is
 * returned. The acting lock is held. */
int look_check(struct request *req, struct reply *rep, struct desk_session *session,
    long long number) __attribute__((warn_unused_result));

/* What came of an act, as the page of the shift: 0 or 4xx, 5xx. */
int act_done(struct request *req, struct reply *rep, struct desk_session *session, int result);

/* ---- the handlers ---- */

extern const struct form_field start_fields[3], hand_fields[2], unlock_fields[1], look_fields[1],
    desk_query[1], act_fields[1], deny_fields[3], override_fields[5], undo_fields[1],
    refer_fields[4], pick_fields[1], accept_fields[4], search_query[1], answered_fields[2],
    left_fields[1], stop_fields[5], lift_fields[4], now_query[1], pair_fields[2], revoke_fields[1],
    join_fields[1], card_fields[1];

int home_get(struct request *req, struct reply *rep);
int start_get(struct request *req, struct reply *rep);
int start_post(struct request *req, struct reply *rep);
int lock_post(struct request *req, struct reply *rep);
int unlock_get(struct request *req, struct reply *rep);
int unlock_post(struct request *req, struct reply *rep);
int hand_get(struct request *req, struct reply *rep);
int hand_post(struct request *req, struct reply *rep);
int end_get(struct request *req, struct reply *rep);
int end_post(struct request *req, struct reply *rep);

int desk_get(struct request *req, struct reply *rep);
int look_post(struct request *req, struct reply *rep);
int pick_post(struct request *req, struct reply *rep);
int admit_post(struct request *req, struct reply *rep);
int deny_post(struct request *req, struct reply *rep);
int override_get(struct request *req, struct reply *rep);
int override_post(struct request *req, struct reply *rep);
int left_post(struct request *req, struct reply *rep);
int exit_post(struct request *req, struct reply *rep);
int undo_post(struct request *req, struct reply *rep);
int refer_get(struct request *req, struct reply *rep);
int refer_post(struct request *req, struct reply *rep);
int accept_get(struct request *req, struct reply *rep);
int accept_post(struct request *req, struct reply *rep);

int search_get(struct request *req, struct reply *rep);
int referrals_get(struct request *req, struct reply *rep);
int answered_post(struct request *req, struct reply *rep);
int conflicts_get(struct request *req, struct reply *rep);
int last_get(struct request *req, struct reply *rep);
int stop_get(struct request *req, struct reply *rep);
int stop_post(struct request *req, struct reply *rep);
int lift_post(struct request *req, struct reply *rep);
int now_get(struct request *req, struct reply *rep);

int pair_get(struct request *req, struct reply *rep);
int pair_new_post(struct request *req, struct reply *rep);
int pair_code_get(struct request *req, struct reply *rep);
int pair_revoke_post(struct request *req, struct reply *rep);
int join_get(struct request *req, struct reply *rep);
int join_post(struct request *req, struct reply *rep);

int ready_get(struct request *req, struct reply *rep);
int card_get(struct request *req, struct reply *rep);
int card_post(struct request *req, struct reply *rep);
int photo_get(struct request *req, struct reply *rep);

#endif
