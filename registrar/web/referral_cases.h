/* referral_cases: questions from doors as pages show them. */
#ifndef PRESSGATE_REGISTRAR_WEB_REFERRAL_CASES_H
#define PRESSGATE_REGISTRAR_WEB_REFERRAL_CASES_H

#include "registrar/doors/referral.h"
#include "registrar/web/views.h"

struct referral_cases {
	struct view_referral *items;
	size_t n, cap;
	const char *slug; /* of this conference alone; NULL: of all */
};

/* A referral_visit that keeps copies; end with referral_cases_free. */
int referral_cases_keep(void *context, const struct referral *from);
void referral_cases_free(struct referral_cases *cases);

#endif
