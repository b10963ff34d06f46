#include "gate/ready/ready_json.h"

json_t *ready_json(const struct ready_report *report)
{
	json_t *findings = json_array();
	json_t *json = json_pack("{s:s s:I s:o}", "worst", ready_word(report->worst), "at",
	    (json_int_t)report->at, "findings", findings);

	for (size_t i = 0; json != NULL && i < report->n; i++) {
		const struct ready_finding *finding = &report->findings[i];
		json_t *one = json_pack("{s:s s:s s:s s:s}", "id", finding->id, "state",
		    ready_word(finding->state), "words", finding->words, "remedy", finding->remedy);

		if (one == NULL || json_array_append_new(findings, one) != 0) {
			json_decref(json);
			json = NULL;
		}
	}
	return json;
}
