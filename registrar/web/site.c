#include "registrar/web/site.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/api.h"
#include "registrar/api/caller.h"
#include "registrar/press/dossier.h"
#include "registrar/web/feeds.h"
#include "registrar/press/upload.h"
#include "registrar/web/allocation_views.h"
#include "registrar/web/apply.h"
#include "registrar/web/badges.h"
#include "registrar/web/conference_handlers.h"
#include "registrar/import/sheet.h"
#include "registrar/web/board_more.h"
#include "registrar/web/conflict_views.h"
#include "registrar/web/handlers.h"
#include "registrar/web/interfaces.h"
#include "registrar/web/my_handlers.h"
#include "registrar/web/person_file.h"
#include "registrar/web/public_pages.h"
#include "registrar/web/records.h"
#include "registrar/web/queue.h"
#include "registrar/web/staff_handlers.h"
#include "registrar/web/staff_proxy.h"
#include "registrar/web/review.h"
#include "registrar/web/site_private.h"
#include "registrar/web/view_log.h"
#include "web/asset.h"

#define N(array)     (sizeof(array) / sizeof(*(array)))
#define PERSON	     ROLE_PERSON, ROUTE_PERSONAL
#define STAFF	     ROLES_STAFF, ROUTE_PERSONAL
#define REVIEW	     ROLES_REVIEW, ROUTE_PERSONAL
#define DESK	     ROLES_DESK, ROUTE_PERSONAL
#define ROLES_BOARD  (ROLES_DESK | ROLE_SUPERVISOR)
#define BOARD	     ROLES_BOARD, ROUTE_PERSONAL
#define ADMIN	     ROLE_ADMINISTRATOR, ROUTE_PERSONAL
#define SET_UP	     ROLES_STAFF | ROLE_MUST_SET_UP, ROUTE_PERSONAL
#define NO_QUERY     NULL, 0
#define NO_FORM	     NULL, 0
#define FORM(fields) fields, N(fields)
/* One file, and the parts around it. */
#define IMPORT_BODY ((size_t)SHEET_BYTES_MAX + 65536)
#define FILE_BODY (UPLOAD_BYTES_MAX + 65536)

const struct route registrar_routes[] = {
    {"GET", "/", 0, 0, NO_QUERY, NO_FORM, 0, home_get},
    {"GET", "/past-conferences", 0, 0, FORM(past_query), NO_FORM, 0, past_get},
    {"GET", "/who-may-come", 0, 0, NO_QUERY, NO_FORM, 0, who_get},
    {"GET", "/privacy", 0, 0, NO_QUERY, NO_FORM, 0, privacy_get},
    {"GET", "/contact", 0, 0, NO_QUERY, NO_FORM, 0, contact_get},
    {"GET", "/conferences/:slug", 0, 0, NO_QUERY, NO_FORM, 0, conference_get},
    {"GET", "/conferences/:slug/calendar.ics", 0, ROUTE_LANGUAGE, FORM(feed_query), NO_FORM, 0,
	conference_calendar_get},
    {"GET", "/feeds/conferences.atom", 0, ROUTE_LANGUAGE, FORM(feed_query), NO_FORM, 0,
	feed_atom_get},
    {"GET", "/feeds/conferences.json", 0, ROUTE_LANGUAGE, FORM(feed_query), NO_FORM, 0,
	feed_json_get},
    {"GET", "/feeds/conferences.ics", 0, ROUTE_LANGUAGE, FORM(feed_query), NO_FORM, 0,
	feed_calendar_get},
    {"POST", "/conferences/:slug/register", PERSON, NO_QUERY, FORM(register_fields), 0,
	register_post},
    {"GET", "/accreditation", 0, 0, FORM(apply_start_query), NO_FORM, 0, apply_get},
    {"POST", "/accreditation/forget", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, apply_forget_post},
    {"GET", "/accreditation/kind", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/kind", 0, ROUTE_PERSONAL, FORM(apply_query), FORM(apply_kind_fields),
	0, apply_question_post},
    {"GET", "/accreditation/you", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/you", 0, ROUTE_PERSONAL, FORM(apply_query), FORM(apply_you_fields), 0,
	apply_question_post},
    {"GET", "/accreditation/outlet", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/outlet", 0, ROUTE_PERSONAL, FORM(apply_query),
	FORM(apply_outlet_fields), 0, apply_outlet_post},
    {"GET", "/accreditation/outlets", 0, 0, FORM(apply_suggest_query), NO_FORM, 0,
	apply_suggest_get},
    {"GET", "/accreditation/outlet-choice", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_choice_get},
    {"POST", "/accreditation/outlet-choice", 0, ROUTE_PERSONAL, FORM(apply_query),
	FORM(apply_choose_fields), 0, apply_choice_post},
    {"GET", "/accreditation/outlet-new", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/outlet-new", 0, ROUTE_PERSONAL, FORM(apply_query),
	FORM(apply_new_outlet_fields), 0, apply_question_post},
    {"GET", "/accreditation/student", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/student", 0, ROUTE_PERSONAL, FORM(apply_query),
	FORM(apply_student_fields), 0, apply_question_post},
    {"GET", "/accreditation/documentary", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/documentary", 0, ROUTE_PERSONAL, FORM(apply_query),
	FORM(apply_documentary_fields), 0, apply_question_post},
    {"GET", "/accreditation/proof", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/proof", 0, ROUTE_PERSONAL, FORM(apply_query), FORM(apply_proof_fields),
	0, apply_question_post},
    {"GET", "/accreditation/files", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/files", 0, ROUTE_PERSONAL | ROUTE_FILES, FORM(apply_query),
	FORM(apply_files_fields), FILE_BODY, apply_files_post},
    {"GET", "/accreditation/files/:name", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, apply_file_get},
    {"POST", "/accreditation/files/:name/remove", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0,
	apply_remove_post},
    {"GET", "/accreditation/photo", 0, ROUTE_PERSONAL, FORM(apply_query), NO_FORM, 0,
	apply_question_get},
    {"POST", "/accreditation/photo", 0, ROUTE_PERSONAL | ROUTE_FILES, FORM(apply_query),
	FORM(apply_photo_fields), FILE_BODY, apply_photo_post},
    {"GET", "/accreditation/photo.jpg", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0,
	apply_photo_jpg_get},
    {"GET", "/accreditation/check", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, apply_check_get},
    {"POST", "/accreditation/check", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, apply_check_post},
    {"GET", "/accreditation/sent", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, apply_sent_get},
    {"GET", "/accreditation/save", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, apply_save_get},
    {"POST", "/accreditation/save", 0, ROUTE_PERSONAL, NO_QUERY, FORM(apply_save_fields), 0,
	apply_save_post},
    {"GET", "/accreditation/saved", 0, 0, NO_QUERY, NO_FORM, 0, apply_saved_get},
    {"GET", "/return/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, apply_return_get},
    {"POST", "/return/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, apply_return_post},
    {"GET", "/confirm/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, confirm_get},
    {"POST", "/confirm/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, confirm_post},
    {"GET", "/announcements", 0, 0, NO_QUERY, NO_FORM, 0, announcements_get},
    {"POST", "/announcements", 0, ROUTE_PERSONAL, NO_QUERY, FORM(announcements_fields), 0,
	announcements_post},
    {"GET", "/announcements/sent", 0, 0, NO_QUERY, NO_FORM, 0, announcements_sent_get},
    {"GET", "/announcements/confirm/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0,
	announcements_confirm_get},
    {"POST", "/announcements/confirm/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0,
	announcements_confirm_post},
    {"GET", "/announcements/stop/:key", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0,
	announcements_stop_get},
    {"POST", "/announcements/stop/:key", 0, ROUTE_PERSONAL | ROUTE_RAW | ROUTE_NO_CSRF, NO_QUERY,
	NO_FORM, 0, announcements_stop_post},
    {"GET", "/sign-in", 0, 0, NO_QUERY, NO_FORM, 0, sign_in_get},
    {"POST", "/sign-in", 0, ROUTE_PERSONAL, NO_QUERY, FORM(sign_in_fields), 0, sign_in_post},
    {"GET", "/sign-in/sent", 0, 0, NO_QUERY, NO_FORM, 0, sign_in_sent_get},
    {"GET", "/link/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, link_get},
    {"POST", "/link/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, link_post},
    {"POST", "/sign-out", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, sign_out_post},
    {"GET", "/my", PERSON, NO_QUERY, NO_FORM, 0, my_get},
    {"GET", "/my/applications/:reference", PERSON, NO_QUERY, NO_FORM, 0, my_application_get},
    {"POST", "/my/applications/:reference/message", PERSON, NO_QUERY, FORM(my_message_fields), 0,
	my_message_post},
    {"POST", "/my/applications/:reference/answer", PERSON, NO_QUERY, FORM(my_answer_fields), 0,
	my_answer_post},
    {"POST", "/my/applications/:reference/respond", PERSON, NO_QUERY, FORM(my_respond_fields), 0,
	my_respond_post},
    {"POST", "/my/applications/:reference/appeal", PERSON, NO_QUERY, FORM(my_appeal_fields), 0,
	my_appeal_post},
    {"GET", "/my/applications/:reference/withdraw", PERSON, NO_QUERY, NO_FORM, 0, my_withdraw_get},
    {"POST", "/my/applications/:reference/withdraw", PERSON, NO_QUERY, NO_FORM, 0,
	my_withdraw_post},
    {"GET", "/my/accreditations/:id/renew", PERSON, NO_QUERY, NO_FORM, 0, my_renew_get},
    {"POST", "/my/accreditations/:id/renew", PERSON, NO_QUERY, FORM(my_renew_fields), 0,
	my_renew_post},
    {"GET", "/my/accreditations/:id/outlet", PERSON, NO_QUERY, NO_FORM, 0, my_outlet_get},
    {"POST", "/my/accreditations/:id/outlet", PERSON, NO_QUERY, FORM(my_outlet_fields), 0,
	my_outlet_post},
    {"GET", "/my/outlets/:id", PERSON, NO_QUERY, NO_FORM, 0, focal_get},
    {"POST", "/my/outlets/:id/vouch/:reference", PERSON, NO_QUERY, FORM(focal_vouch_fields), 0,
	focal_vouch_post},
    {"GET", "/my/outlets/:id/conferences/:slug", PERSON, NO_QUERY, NO_FORM, 0, focal_places_get},
    {"POST", "/my/outlets/:id/conferences/:slug/register", PERSON, NO_QUERY,
	FORM(focal_place_fields), 0, focal_register_post},
    {"POST", "/my/outlets/:id/conferences/:slug/cancel", PERSON, NO_QUERY, FORM(focal_place_fields),
	0, focal_cancel_post},
    {"GET", "/my/data", PERSON, NO_QUERY, NO_FORM, 0, my_data_get},
    {"GET", "/my/data.json", PERSON, NO_QUERY, NO_FORM, 0, my_data_json_get},
    {"GET", "/my/details", PERSON, NO_QUERY, NO_FORM, 0, my_details_get},
    {"POST", "/my/details", PERSON, NO_QUERY, FORM(my_details_fields), 0, my_details_post},
    {"GET", "/my/email", PERSON, NO_QUERY, NO_FORM, 0, my_email_get},
    {"POST", "/my/email", PERSON, NO_QUERY, FORM(my_email_fields), 0, my_email_post},
    {"GET", "/my/email/sent", PERSON, NO_QUERY, NO_FORM, 0, my_email_sent_get},
    {"GET", "/email/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, email_link_get},
    {"POST", "/email/:token", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, email_link_post},
    {"GET", "/my/disposal", PERSON, NO_QUERY, NO_FORM, 0, my_disposal_get},
    {"POST", "/my/disposal", PERSON, NO_QUERY, FORM(my_disposal_fields), 0, my_disposal_post},
    {"POST", "/my/requests/:reference/withdraw", PERSON, NO_QUERY, NO_FORM, 0,
	my_request_withdraw_post},
    {"POST", "/my/sign-out-everywhere", PERSON, NO_QUERY, NO_FORM, 0, my_sign_out_post},
    {"GET", "/registrations/:reference", PERSON, NO_QUERY, NO_FORM, 0, registration_get},
    {"GET", "/registrations/:reference/pass.png", PERSON, NO_QUERY, NO_FORM, 0, pass_png_get},
    {"GET", "/registrations/:reference/pass.svg", PERSON, NO_QUERY, NO_FORM, 0, pass_svg_get},
    {"GET", "/registrations/:reference/pass.pdf", PERSON, NO_QUERY, NO_FORM, 0, pass_pdf_get},
    {"GET", "/registrations/:reference/pass.pkpass", PERSON, NO_QUERY, NO_FORM, 0, pass_apple_get},
    {"GET", "/registrations/:reference/google-wallet", PERSON, NO_QUERY, NO_FORM, 0,
	pass_google_get},
    {"GET", "/registrations/:reference/worker.js", 0, 0, NO_QUERY, NO_FORM, 0, pass_worker_get},
    {"GET", "/registrations/:reference/calendar.ics", ROLE_PERSON, ROUTE_PERSONAL | ROUTE_LANGUAGE,
	FORM(feed_query), NO_FORM, 0, registration_calendar_get},
    {"GET", "/registrations/:reference/cancel", PERSON, NO_QUERY, NO_FORM, 0, cancel_get},
    {"POST", "/registrations/:reference/cancel", PERSON, NO_QUERY, NO_FORM, 0, cancel_post},
    {"GET", "/staff/sign-in", 0, 0, NO_QUERY, NO_FORM, 0, staff_sign_in_get},
    {"POST", "/staff/sign-in", 0, ROUTE_PERSONAL, NO_QUERY, FORM(staff_sign_in_fields), 0,
	staff_sign_in_post},
    {"POST", "/staff/sign-in/proxy", 0, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, staff_proxy_post},
    {"GET", "/staff/sign-in/code", ROLE_HALF, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0, staff_code_get},
    {"POST", "/staff/sign-in/code", ROLE_HALF, ROUTE_PERSONAL, NO_QUERY, FORM(staff_code_fields), 0,
	staff_code_post},
    {"GET", "/staff/password", ROLES_STAFF | ROLE_MUST_CHANGE, ROUTE_PERSONAL, NO_QUERY, NO_FORM, 0,
	password_get},
    {"POST", "/staff/password", ROLES_STAFF | ROLE_MUST_CHANGE, ROUTE_PERSONAL, NO_QUERY,
	FORM(password_fields), 0, password_post},
    {"GET", "/staff/second-factor", SET_UP, NO_QUERY, NO_FORM, 0, factor_get},
    {"POST", "/staff/second-factor/begin", SET_UP, NO_QUERY, NO_FORM, 0, factor_begin_post},
    {"GET", "/staff/second-factor/set-up", SET_UP, NO_QUERY, NO_FORM, 0, factor_set_up_get},
    {"POST", "/staff/second-factor/set-up", SET_UP, NO_QUERY, FORM(factor_set_up_fields), 0,
	factor_set_up_post},
    {"GET", "/staff/second-factor/qr.svg", SET_UP, NO_QUERY, NO_FORM, 0, factor_qr_get},
    {"POST", "/staff/second-factor/codes", STAFF, NO_QUERY, FORM(staff_code_fields), 0,
	factor_codes_post},
    {"POST", "/staff/second-factor/remove", STAFF, NO_QUERY, FORM(staff_code_fields), 0,
	factor_remove_post},
    {"GET", "/staff/account", STAFF, FORM(account_query), NO_FORM, 0, account_get},
    {"POST", "/staff/account/sessions/end", STAFF, NO_QUERY, NO_FORM, 0, account_sessions_end_post},
    {"POST", "/staff/account/sessions/:handle/end", STAFF, NO_QUERY, NO_FORM, 0,
	account_session_end_post},
    {"GET", "/staff/interfaces", ADMIN, NO_QUERY, NO_FORM, 0, interfaces_get},
    {"POST", "/staff/interfaces/tokens", ADMIN, NO_QUERY, FORM(token_fields), 0, token_post},
    {"GET", "/staff/interfaces/tokens/:id/revoke", ADMIN, NO_QUERY, NO_FORM, 0, token_revoke_get},
    {"POST", "/staff/interfaces/tokens/:id/revoke", ADMIN, NO_QUERY, NO_FORM, 0, token_revoke_post},
    {"POST", "/staff/interfaces/webhooks", ADMIN, NO_QUERY, FORM(webhook_fields), 0,
	webhook_post_new},
    {"GET", "/staff/interfaces/webhooks/:id", ADMIN, FORM(webhook_query), NO_FORM, 0, webhook_get},
    {"POST", "/staff/interfaces/webhooks/:id/test", ADMIN, NO_QUERY, NO_FORM, 0, webhook_test_post},
    {"GET", "/staff/interfaces/webhooks/:id/end", ADMIN, NO_QUERY, NO_FORM, 0, webhook_end_get},
    {"POST", "/staff/interfaces/webhooks/:id/end", ADMIN, NO_QUERY, NO_FORM, 0, webhook_end_post},
    {"GET", "/staff/import", ADMIN, NO_QUERY, NO_FORM, 0, import_get},
    {"POST", "/staff/import", ROLE_ADMINISTRATOR, ROUTE_PERSONAL | ROUTE_FILES, NO_QUERY,
	FORM(import_fields), IMPORT_BODY, import_post},
    {"GET", "/staff/accounts", ADMIN, NO_QUERY, NO_FORM, 0, accounts_get},
    {"GET", "/staff/accounts/new", ADMIN, NO_QUERY, NO_FORM, 0, account_new_get},
    {"POST", "/staff/accounts/new", ADMIN, NO_QUERY, FORM(account_new_fields), 0, account_new_post},
    {"GET", "/staff/accounts/:name", ADMIN, FORM(account_query), NO_FORM, 0, account_of_get},
    {"POST", "/staff/accounts/:name/sessions/:handle/end", ADMIN, NO_QUERY, NO_FORM, 0,
	account_of_session_end_post},
    {"GET", "/staff/accounts/:name/role", ADMIN, NO_QUERY, NO_FORM, 0, account_step_get},
    {"POST", "/staff/accounts/:name/role", ADMIN, NO_QUERY, FORM(account_role_fields), 0,
	account_step_post},
    {"GET", "/staff/accounts/:name/dates", ADMIN, NO_QUERY, NO_FORM, 0, account_step_get},
    {"POST", "/staff/accounts/:name/dates", ADMIN, NO_QUERY, FORM(account_dates_fields), 0,
	account_step_post},
    {"GET", "/staff/accounts/:name/proxy-user", ADMIN, NO_QUERY, NO_FORM, 0, account_step_get},
    {"POST", "/staff/accounts/:name/proxy-user", ADMIN, NO_QUERY, FORM(account_proxy_fields), 0,
	account_step_post},
    {"GET", "/staff/accounts/:name/disable", ADMIN, NO_QUERY, NO_FORM, 0, account_step_get},
    {"POST", "/staff/accounts/:name/disable", ADMIN, NO_QUERY, NO_FORM, 0, account_step_post},
    {"GET", "/staff/accounts/:name/enable", ADMIN, NO_QUERY, NO_FORM, 0, account_step_get},
    {"POST", "/staff/accounts/:name/enable", ADMIN, NO_QUERY, NO_FORM, 0, account_step_post},
    {"GET", "/staff/accounts/:name/second-factor", ADMIN, NO_QUERY, NO_FORM, 0, account_step_get},
    {"POST", "/staff/accounts/:name/second-factor", ADMIN, NO_QUERY, NO_FORM, 0, account_step_post},
    {"GET", "/staff/accounts/:name/password", ADMIN, NO_QUERY, NO_FORM, 0, account_step_get},
    {"POST", "/staff/accounts/:name/password", ADMIN, NO_QUERY, NO_FORM, 0, account_step_post},
    {"GET", "/staff/accounts/:name/sessions", ADMIN, NO_QUERY, NO_FORM, 0, account_step_get},
    {"POST", "/staff/accounts/:name/sessions", ADMIN, NO_QUERY, NO_FORM, 0, account_step_post},
    {"GET", "/staff", REVIEW, FORM(queue_query), NO_FORM, 0, queue_get},
    {"GET", "/staff/applications/:reference", REVIEW, NO_QUERY, NO_FORM, 0, review_get},
    {"GET", "/staff/applications/:reference/files/:name", REVIEW, NO_QUERY, NO_FORM, 0,
	review_file_get},
    {"GET", "/staff/applications/:reference/photo.jpg", REVIEW, NO_QUERY, NO_FORM, 0,
	review_photo_get},
    {"POST", "/staff/applications/:reference/approve", REVIEW, NO_QUERY, FORM(approve_fields), 0,
	approve_post},
    {"POST", "/staff/applications/:reference/refuse", REVIEW, NO_QUERY, FORM(refuse_fields), 0,
	refuse_post},
    {"POST", "/staff/applications/:reference/confirm", REVIEW, NO_QUERY, NO_FORM, 0,
	confirm_decision_post},
    {"POST", "/staff/applications/:reference/send-back", REVIEW, NO_QUERY, FORM(send_back_fields), 0,
	send_back_post},
    {"POST", "/staff/applications/:reference/assign", REVIEW, NO_QUERY, FORM(assign_fields), 0,
	assign_post},
    {"POST", "/staff/applications/:reference/take", REVIEW, NO_QUERY, NO_FORM, 0,
	take_post},
    {"POST", "/staff/applications/:reference/put-back", REVIEW, NO_QUERY, NO_FORM, 0,
	put_back_post},
    {"POST", "/staff/applications/:reference/pre-approve", REVIEW, NO_QUERY, NO_FORM, 0,
	pre_approve_post},
    {"POST", "/staff/applications/:reference/hold", REVIEW, NO_QUERY, FORM(hold_fields), 0,
	hold_post},
    {"POST", "/staff/applications/:reference/release", REVIEW, NO_QUERY, NO_FORM, 0,
	release_post},
    {"POST", "/staff/applications/:reference/note", REVIEW, NO_QUERY, FORM(note_fields), 0,
	note_post},
    {"POST", "/staff/applications/:reference/focal", REVIEW, NO_QUERY, NO_FORM, 0,
	review_focal_post},
    {"POST", "/staff/applications/:reference/focal/end", REVIEW, NO_QUERY, NO_FORM, 0,
	review_focal_end_post},
    {"POST", "/staff/applications/:reference/ask", REVIEW, NO_QUERY, FORM(case_ask_fields), 0,
	case_ask_post},
    {"POST", "/staff/applications/:reference/message", REVIEW, NO_QUERY, FORM(case_message_fields),
	0, case_message_post},
    {"GET", "/staff/requests", REVIEW, NO_QUERY, NO_FORM, 0, requests_get},
    {"GET", "/staff/requests/:reference", REVIEW, NO_QUERY, NO_FORM, 0, request_get},
    {"POST", "/staff/requests/:reference", REVIEW, NO_QUERY, FORM(request_fields), 0, request_post},
    {"GET", "/staff/requests/:reference/erase", DESK, NO_QUERY, NO_FORM, 0, records_erase_get},
    {"POST", "/staff/requests/:reference/erase", DESK, NO_QUERY, FORM(erase_fields), 0,
	records_erase_post},
    {"GET", "/staff/requests/:reference/records.zip", DESK, NO_QUERY, NO_FORM, 0, records_zip_get},
    {"GET", "/staff/records", ADMIN, NO_QUERY, NO_FORM, 0, records_get},
    {"GET", "/staff/records/purge", ADMIN, NO_QUERY, NO_FORM, 0, records_purge_get},
    {"POST", "/staff/records/purge", ADMIN, NO_QUERY, NO_FORM, 0, records_purge_post},
    {"GET", "/staff/records/receipts/:number", ADMIN, NO_QUERY, NO_FORM, 0, records_receipt_get},
    {"GET", "/staff/records/receipts/:number/json", ADMIN, NO_QUERY, NO_FORM, 0,
	records_receipt_json_get},
    {"POST", "/staff/records/holds", ADMIN, NO_QUERY, FORM(legal_hold_fields), 0, records_hold_post},
    {"GET", "/staff/records/holds/:number/lift", ADMIN, NO_QUERY, NO_FORM, 0, records_lift_get},
    {"POST", "/staff/records/holds/:number/lift", ADMIN, NO_QUERY, FORM(lift_fields), 0,
	records_lift_post},
    {"GET", "/staff/views", ROLE_ADMINISTRATOR, ROUTE_PERSONAL, FORM(view_log_query), NO_FORM, 0,
	view_log_get},
    {"GET", "/staff/people/:id", REVIEW, NO_QUERY, NO_FORM, 0, person_file_get},
    {"POST", "/staff/people/:id/reason", ROLES_REVIEW | ROLE_SUPERVISOR, ROUTE_PERSONAL, NO_QUERY,
	FORM(view_reason_fields), 0, view_reason_post},
    {"GET", "/staff/conferences", BOARD, NO_QUERY, NO_FORM, 0, boards_get},
    {"GET", "/staff/conferences/:slug", BOARD, FORM(board_query), NO_FORM, 0, board_get},
    {"GET", "/staff/conferences/:slug/allocation", DESK, FORM(allocation_query), NO_FORM, 0,
	allocation_get},
    {"POST", "/staff/conferences/:slug/allocation", DESK, NO_QUERY, FORM(allocation_fields), 0,
	allocation_post},
    {"GET", "/staff/conferences/:slug/allocation/setting", DESK, NO_QUERY, NO_FORM, 0,
	allocation_setting_get},
    {"POST", "/staff/conferences/:slug/allocation/setting", DESK, NO_QUERY,
	FORM(allocation_setting_fields), 0, allocation_setting_post},
    {"GET", "/staff/conferences/:slug/allocation/give", DESK, FORM(give_query), NO_FORM, 0,
	give_get},
    {"POST", "/staff/conferences/:slug/allocation/give", DESK, NO_QUERY, FORM(give_fields), 0,
	give_post},
    {"GET", "/staff/conferences/:slug/badges", DESK, FORM(badges_query), NO_FORM, 0, badges_get},
    {"POST", "/staff/conferences/:slug/badges", DESK, NO_QUERY, FORM(badges_fields), 0,
	badges_post},
    {"GET", "/staff/conferences/:slug/badge-design.png", DESK, NO_QUERY, NO_FORM, 0,
	badge_design_get},
    {"GET", "/staff/conferences/:slug/badges/:reference", DESK, FORM(badge_query), NO_FORM, 0,
	badge_get},
    {"POST", "/staff/conferences/:slug/badges/:reference", DESK, NO_QUERY, FORM(badge_fields), 0,
	badge_post},
    {"POST", "/staff/conferences/:slug/badges/:reference/again", DESK, NO_QUERY,
	FORM(badge_again_fields), 0, badge_again_post},
    {"GET", "/staff/conferences/:slug/badges/:reference/badge.png", DESK, NO_QUERY, NO_FORM, 0,
	badge_png_get},
    {"GET", "/staff/conferences/:slug/badges/:reference/lost", DESK, NO_QUERY, NO_FORM, 0,
	badge_lost_get},
    {"POST", "/staff/conferences/:slug/badges/:reference/lost", DESK, NO_QUERY,
	FORM(badge_lost_fields), 0, badge_lost_post},
    {"GET", "/staff/conferences/:slug/now", ROLES_BOARD, ROUTE_PERSONAL | ROUTE_LONG,
	FORM(now_query), NO_FORM, 0, board_now_get},
    {"GET", "/staff/conferences/:slug/conflict", BOARD, FORM(conflict_query), NO_FORM, 0,
	conflict_get},
    {"POST", "/staff/conferences/:slug/conflict", BOARD, NO_QUERY, FORM(conflict_fields), 0,
	conflict_post},
    {"GET", "/staff/conferences/:slug/attendance.csv", DESK, NO_QUERY, NO_FORM, 0, board_csv_get},
    {"GET", "/staff/conferences/:slug/lists/:list", BOARD, FORM(list_query), NO_FORM, 0, list_get},
    {"GET", "/staff/conferences/:slug/lists/:list/download", DESK, FORM(list_download_query),
	NO_FORM, 0, list_download_get},
    {"GET", "/staff/conferences/new", DESK, FORM(conference_new_query), NO_FORM, 0,
	conference_new_get},
    {"POST", "/staff/conferences/new", DESK, FORM(conference_new_query), FORM(conference_fields), 0,
	conference_new_post},
    {"GET", "/staff/conferences/week", DESK, NO_QUERY, NO_FORM, 0, announce_week_get},
    {"POST", "/staff/conferences/week", DESK, NO_QUERY, FORM(publish_fields), 0,
	announce_week_post},
    {"GET", "/staff/conferences/templates", DESK, FORM(conference_done_query), NO_FORM, 0,
	templates_get},
    {"GET", "/staff/conferences/templates/new", DESK, FORM(template_new_query), NO_FORM, 0,
	template_new_get},
    {"POST", "/staff/conferences/templates/new", DESK, FORM(template_new_query),
	FORM(template_fields), 0, template_new_post},
    {"GET", "/staff/conferences/templates/:id", DESK, NO_QUERY, NO_FORM, 0, template_get},
    {"POST", "/staff/conferences/templates/:id", DESK, NO_QUERY, FORM(template_fields), 0,
	template_post},
    {"GET", "/staff/conferences/templates/:id/remove", DESK, NO_QUERY, NO_FORM, 0,
	template_remove_get},
    {"POST", "/staff/conferences/templates/:id/remove", DESK, NO_QUERY, NO_FORM, 0,
	template_remove_post},
    {"GET", "/staff/conferences/:slug/desk", DESK, FORM(conference_done_query), NO_FORM, 0,
	conference_desk_get},
    {"GET", "/staff/conferences/:slug/edit", DESK, NO_QUERY, NO_FORM, 0, conference_edit_get},
    {"POST", "/staff/conferences/:slug/edit", DESK, NO_QUERY, FORM(conference_fields), 0,
	conference_edit_post},
    {"GET", "/staff/conferences/:slug/publish", DESK, NO_QUERY, NO_FORM, 0, conference_publish_get},
    {"POST", "/staff/conferences/:slug/publish", DESK, NO_QUERY, FORM(publish_fields), 0,
	conference_publish_post},
    {"GET", "/staff/conferences/:slug/cancel", DESK, NO_QUERY, NO_FORM, 0, conference_cancel_get},
    {"POST", "/staff/conferences/:slug/cancel", DESK, NO_QUERY, FORM(cancel_fields), 0,
	conference_cancel_post},
    {"GET", "/staff/conferences/:slug/materials", DESK, FORM(conference_done_query), NO_FORM, 0,
	materials_get},
    {"POST", "/staff/conferences/:slug/materials", DESK, NO_QUERY, FORM(material_fields), 0,
	materials_post},
    {"GET", "/staff/conferences/:slug/materials/:id", DESK, NO_QUERY, NO_FORM, 0,
	material_remove_get},
    {"POST", "/staff/conferences/:slug/materials/:id", DESK, NO_QUERY, NO_FORM, 0,
	material_remove_post},
    {"GET", "/staff/conferences/:slug/announce", DESK, FORM(announce_query), NO_FORM, 0,
	announce_get},
    {"POST", "/staff/conferences/:slug/announce", DESK, FORM(announce_query), FORM(publish_fields),
	0, announce_post},
    {"GET", "/staff/referrals", BOARD, FORM(referrals_query), NO_FORM, 0, referrals_get},
    {"GET", "/staff/referrals/now", ROLES_BOARD, ROUTE_PERSONAL | ROUTE_LONG, FORM(now_query),
	NO_FORM, 0, referrals_now_get},
    {"POST", "/staff/referrals/:id", BOARD, NO_QUERY, FORM(referral_fields), 0, referral_post},
    {"GET", "/staff/gates", BOARD, NO_QUERY, NO_FORM, 0, gates_get},
    {"GET", "/staff/gates/now", ROLES_BOARD, ROUTE_PERSONAL | ROUTE_LONG, FORM(now_query), NO_FORM,
	0, gates_now_get},
    {"GET", "/staff/restrictions", BOARD, FORM(restrictions_query), NO_FORM, 0, restrictions_get},
    {"POST", "/staff/restrictions", BOARD, NO_QUERY, FORM(restrict_fields), 0, restrict_post},
    {"GET", "/staff/restrictions/new", BOARD, FORM(restrict_query), NO_FORM, 0, restrict_get},
    {"POST", "/staff/restrictions/:id/lift", BOARD, NO_QUERY, FORM(restriction_lift_fields), 0,
	restriction_lift_post},
    {"GET", "/staff/conflicts", BOARD, NO_QUERY, NO_FORM, 0, conflicts_get},
};
const size_t registrar_n_routes = N(registrar_routes);

extern const struct asset_set registrar_assets;

int site_open(struct registrar *registrar, struct site **ret_site, struct refusal *why)
{
	struct site *site = calloc(1, sizeof(*site));
	int result;

	if (!site || (!asset_url("live.js") && asset_add(&registrar_assets) != 0)) {
		free(site);
		return MODEL_SYSTEM;
	}
	site->registrar = registrar;
	site->throttle = throttle_new();
	site->access = access_new(registrar, registrar->settings.api_per_minute);
	if (!site->throttle || !site->access) {
		site_close(site);
		return MODEL_SYSTEM;
	}
	randombytes_buf(site->browser_key, sizeof(site->browser_key));
	result = staff_proxy_open(site, why);
	if (result != 0) {
		site_close(site);
		return result;
	}
	*ret_site = site;
	return 0;
}

void site_close(struct site *site)
{
	if (!site)
		return;
	throttle_free(site->throttle);
	access_free(site->access);
	sodium_memzero(site, sizeof(*site));
	free(site);
}

/* ---- who asks ---- */

struct touch {
	const uint8_t *hash;
	int64_t now;
};

static int touch(struct store_tx *tx, void *context)
{
	const struct touch *it = context;

	return session_touch(tx, it->hash, it->now);
}

/* A trusted proxy answers for the password and the second factor of whom it sends. */
static uint32_t roles_of(
    const struct session *session, const struct settings *settings, int64_t now)
{
	if (!session->is_staff)
		return ROLE_PERSON;
	if (authority_state(&session->authority, now) != AUTHORITY_STANDS)
		return ROLE_OUTSIDE;
	if (session->half)
		return ROLE_HALF;
	if (session->must_change && !session->proxy)
		return ROLE_MUST_CHANGE;
	if (settings->second_factor == SETTINGS_FACTOR_REQUIRED && !session->has_factor &&
	    !session->proxy)
		return ROLE_MUST_SET_UP;
	return (uint32_t)role_find(session->role);
}

static bool identify(void *context, const uint8_t hash[TOKEN_BYTES], struct visitor *ret)
{
	struct store *store = ((struct site *)context)->registrar->store;
	int64_t now = registrar_now();
	struct session *session = calloc(1, sizeof(*session));
	struct store_tx *tx = NULL;
	int result = session ? store_read_begin(store, &tx) : STORE_NO_MEMORY;

	if (result == 0)
		result = session_find(tx, hash, now, session);
	store_read_end(tx);
	if (result != 0) {
		free(session);
		return false;
	}
	ret->roles = roles_of(session, &((struct site *)context)->registrar->settings, now);
	ret->account = session->person_id;
	snprintf(ret->name, sizeof(ret->name), "%.100s", session->name);
	ret->more = session;
	return true;
}

static void forget(void *context, void *more)
{
	(void)context;
	free(more);
}

/* What a page asks by itself is no use of the session: one that nobody sits at comes to its end. */
static bool is_use(const struct request *req)
{
	const char *last = strrchr(request_path(req), '/');

	return !site_is_staff_path(req) || !last || strcmp(last, "/now") != 0;
}

static unsigned screen(struct request *req)
{
	const struct session *session = session_of(req);
	struct touch now = {.now = registrar_now()};

	if (session == NULL || !is_use(req) || !session_wants_touch(session, now.now))
		return 0;
	now.hash = session->hash;
	/* Where the disk is full people may still look. */
	(void)(store_write(site_of(req)->registrar->store, touch, &now) == 0);
	return 0;
}

const struct session *session_of(const struct request *req)
{
	const struct visitor *visitor = request_visitor(req);

	return visitor->signed_in ? visitor->more : NULL;
}

/* ---- what the server asks ---- */

bool site_is_staff_path(const struct request *req)
{
	return strncmp(request_path(req), "/staff", 6) == 0;
}

/* Files are for whoever has begun an application, and not without end for one network. */
static bool may_send(struct request *req)
{
	struct apply apply;
	bool begun;

	if (strcmp(request_path(req), "/staff/import") == 0)
		return import_may_send(req);
	if (apply_begin(req, &apply) < 0)
		return false;
	begun = apply.dossier.id != 0;
	apply_end(&apply);
	return begun && site_may(req, 'f', registrar_now()) == 0;
}

/* Staff read English. */
static bool translated(const struct request *req)
{
	return !site_is_staff_path(req) && !api_is_path(request_path(req));
}

/* Programs read problems, people pages. */
static void refusal(struct request *req, struct reply *rep, unsigned status, const char *why)
{
	if (api_is_path(request_path(req)))
		answer_refusal(req, rep, status, why);
	else
		site_refusal(req, rep, status, why);
}

const struct http_program site_program = {
    .identify = identify,
    .forget = forget,
    .screen = screen,
    .may_send = may_send,
    .authorize = caller_authorize,
    .refusal = refusal,
    .translated = translated,
    .log = NULL,
    .sign_in_path = NULL, /* two kinds of people sign in: see lead_to_sign_in */
};
