/*
 * records: the pages of retention: rules and what is due, purges and their receipts, legal holds; a
 * person's records as a file, and their erasure on request.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_RECORDS_H
#define PRESSGATE_REGISTRAR_WEB_RECORDS_H

#include "registrar/records/erasure.h"
#include "registrar/records/hold.h"
#include "registrar/records/purge.h"
#include "registrar/web/views.h"

struct request;
struct reply;

struct view_records {
	struct page page;
	const struct settings *settings;
	const struct purge_due *due;
	const struct purge_receipts *receipts;
	const struct holds *holds;
	const struct form *form; /* a new hold */
	int64_t now;
	bool runs; /* a purge or erasure is being carried out */
};
struct view_receipt {
	struct page page;
	const struct purge_receipt *receipt;
	char digest[2 * PURGE_DIGEST + 1];
};
struct view_lift {
	struct page page;
	const struct hold *hold;
	const struct form *form;
};
struct view_erase {
	struct page page;
	const struct subject_request *request;
	const struct erasure_preview *preview;
	const struct form *form;
};

extern const struct form_field legal_hold_fields[4];
extern const struct form_field lift_fields[1];
extern const struct form_field erase_fields[1];
int records_get(struct request *req, struct reply *rep);
int records_purge_get(struct request *req, struct reply *rep);
int records_purge_post(struct request *req, struct reply *rep);
int records_receipt_get(struct request *req, struct reply *rep);
int records_receipt_json_get(struct request *req, struct reply *rep);
int records_hold_post(struct request *req, struct reply *rep);
int records_lift_get(struct request *req, struct reply *rep);
int records_lift_post(struct request *req, struct reply *rep);
int records_erase_get(struct request *req, struct reply *rep);
int records_erase_post(struct request *req, struct reply *rep);
int records_zip_get(struct request *req, struct reply *rep);

#endif
