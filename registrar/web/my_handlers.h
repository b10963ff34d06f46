/*
 * my_handlers: the handlers of a reporter's own pages, and of what the desk answers there.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_MY_HANDLERS_H
#define PRESSGATE_REGISTRAR_WEB_MY_HANDLERS_H

#include "registrar/press/due.h"
#include "registrar/web/my_views.h"
#include "web/say.h"

struct request;
struct reply;

/* The desk's hours as the settings have them. */
static inline struct due_desk my_desk(const struct settings *settings)
{
	return (struct due_desk){
	    (int)settings->opens, (int)settings->closes, (int)settings->acknowledge_minutes};
}

extern const struct form_field my_message_fields[1];
extern const struct form_field my_answer_fields[1];
extern const struct form_field my_respond_fields[1];
extern const struct form_field my_appeal_fields[1];
extern const struct form_field my_renew_fields[1];
extern const struct form_field my_outlet_fields[2];
extern const struct form_field my_details_fields[3];
extern const struct form_field my_email_fields[1];
extern const struct form_field my_disposal_fields[1];
extern const struct form_field case_ask_fields[1];
extern const struct form_field case_message_fields[1];
extern const struct form_field request_fields[2];

int my_application_get(struct request *req, struct reply *rep);
int my_message_post(struct request *req, struct reply *rep);
int my_answer_post(struct request *req, struct reply *rep);
int my_respond_post(struct request *req, struct reply *rep);
int my_appeal_post(struct request *req, struct reply *rep);
int my_withdraw_get(struct request *req, struct reply *rep);
int my_withdraw_post(struct request *req, struct reply *rep);

int my_renew_get(struct request *req, struct reply *rep);
int my_renew_post(struct request *req, struct reply *rep);
int my_outlet_get(struct request *req, struct reply *rep);
int my_outlet_post(struct request *req, struct reply *rep);

int my_data_get(struct request *req, struct reply *rep);
int my_data_json_get(struct request *req, struct reply *rep);
int my_details_get(struct request *req, struct reply *rep);
int my_details_post(struct request *req, struct reply *rep);
int my_email_get(struct request *req, struct reply *rep);
int my_email_post(struct request *req, struct reply *rep);
int my_email_sent_get(struct request *req, struct reply *rep);
int email_link_get(struct request *req, struct reply *rep);
int email_link_post(struct request *req, struct reply *rep);
int my_disposal_get(struct request *req, struct reply *rep);
int my_disposal_post(struct request *req, struct reply *rep);
int my_request_withdraw_post(struct request *req, struct reply *rep);
int my_sign_out_post(struct request *req, struct reply *rep);

int case_ask_post(struct request *req, struct reply *rep);
int case_message_post(struct request *req, struct reply *rep);

int requests_get(struct request *req, struct reply *rep);
int request_get(struct request *req, struct reply *rep);
int request_post(struct request *req, struct reply *rep);

#endif
