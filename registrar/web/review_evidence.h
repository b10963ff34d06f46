/*
 * review_evidence: what an applicant answered and sent besides, and what the registry says of the
 * outlet, on the page where staff decide.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_REVIEW_EVIDENCE_H
#define PRESSGATE_REGISTRAR_WEB_REVIEW_EVIDENCE_H

#include "registrar/press/application.h"
#include "registrar/press/dossier.h"
#include "registrar/press/likeness.h"
#include "registrar/press/focal.h"
#include "registrar/press/outlet_match.h"
#include "registrar/press/upload.h"

struct registrar;

struct review_evidence {
	const char *reference; /* of the application; borrowed */
	struct dossier_answers answers;
	struct upload_list uploads;
	struct outlet_match *matches; /* outlets that the name typed may mean, where none has it */
	size_t n_matches;
	struct likeness *alike; /* applications of other people that are like this one */
	size_t n_alike;
	bool trapped;	 /* the field was filled that nobody sees */
	int64_t seconds; /* from the first answer to the last; 0: as people take it */
	struct focal_list vouches; /* of the outlet's focal points */
};

/* A person takes minutes for seven pages and more. */
enum { REVIEW_HASTY_SECONDS = 15 };

/* Reads it. Returns 0, also for an application that came without, or a negative store_result. Free
 * with review_evidence_free. */
STORE_MUST_CHECK int review_evidence_read(struct store_tx *tx,
    const struct application *application, struct review_evidence *ret_evidence);
void review_evidence_free(struct review_evidence *evidence); /* a zeroed one is fine */

/* The answers that staff are shown, by name and heading. */
struct review_answer {
	const char *name, *heading;
};
extern const struct review_answer review_answers[];
extern const size_t review_n_answers;

/*
 * Carries over what came with an application that is approved: the photograph to the person, site
 * and address to the outlet, and with alias the name as typed to the outlet's other names. Returns
 * 0, OUTLET_E_TAKEN or another result of these; *ret_photo: gates have a new photograph to fetch.
 */
int review_evidence_settle(struct store_tx *tx, struct registrar *registrar,
    const struct application *application, int64_t outlet_id, bool alias, const char *staff,
    int64_t now, bool *ret_photo) __attribute__((warn_unused_result));

#endif
