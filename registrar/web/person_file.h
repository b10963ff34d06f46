/*
 * person_file: all that staff keep about one person on a page. No work leads to it, so it asks for
 * a reason first (view_log.h).
 */
#ifndef PRESSGATE_REGISTRAR_WEB_PERSON_FILE_H
#define PRESSGATE_REGISTRAR_WEB_PERSON_FILE_H

#include "registrar/press/limit.h"
#include "registrar/press/person.h"
#include "registrar/web/views.h"

struct request;
struct reply;

struct view_person_file {
	struct page page;
	struct person person;
	struct accreditation_list accreditations;
	struct limit *limits; /* of each accreditation */
	struct application_list applications;
	int64_t now;
};

int person_file_get(struct request *req, struct reply *rep);

#endif
