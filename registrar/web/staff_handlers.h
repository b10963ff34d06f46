/* The handlers of the pages about staff and their accounts: see handlers.h. */
#ifndef PRESSGATE_REGISTRAR_WEB_STAFF_HANDLERS_H
#define PRESSGATE_REGISTRAR_WEB_STAFF_HANDLERS_H

#include "registrar/web/handlers.h"
#include "registrar/web/staff_views.h"

extern const struct form_field staff_sign_in_fields[2];
extern const struct form_field staff_code_fields[1];
extern const struct form_field factor_set_up_fields[1];
extern const struct form_field password_fields[3];
extern const struct form_field account_query[1];
extern const struct form_field account_new_fields[3];
extern const struct form_field account_role_fields[1];
extern const struct form_field account_dates_fields[3];
extern const struct form_field account_proxy_fields[1];

int staff_sign_in_get(struct request *req, struct reply *rep);
int staff_sign_in_post(struct request *req, struct reply *rep);
int staff_code_get(struct request *req, struct reply *rep);
int staff_code_post(struct request *req, struct reply *rep);
int staff_proxy_post(struct request *req, struct reply *rep);
int password_get(struct request *req, struct reply *rep);
int password_post(struct request *req, struct reply *rep);

/* Whether the code in a form's field is right and unused: 0, with a message at the field where it
 * is not; or a negative code. Counted, and slowed down, as passwords are. */
int staff_code_check(struct request *req, struct form *form, size_t field)
    __attribute__((warn_unused_result));

int factor_get(struct request *req, struct reply *rep);
int factor_begin_post(struct request *req, struct reply *rep);
int factor_set_up_get(struct request *req, struct reply *rep);
int factor_set_up_post(struct request *req, struct reply *rep);
int factor_qr_get(struct request *req, struct reply *rep);
int factor_codes_post(struct request *req, struct reply *rep);
int factor_remove_post(struct request *req, struct reply *rep);

int account_get(struct request *req, struct reply *rep);
int account_session_end_post(struct request *req, struct reply *rep);
int account_sessions_end_post(struct request *req, struct reply *rep);

int accounts_get(struct request *req, struct reply *rep);
int account_new_get(struct request *req, struct reply *rep);
int account_new_post(struct request *req, struct reply *rep);
int account_of_get(struct request *req, struct reply *rep);
int account_of_session_end_post(struct request *req, struct reply *rep);
/* Each step of an account: what it will do, and doing it. */
int account_step_get(struct request *req, struct reply *rep);
int account_step_post(struct request *req, struct reply *rep);

#endif
