#include "registrar/press/publication.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

void publication_free(struct publication_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		free(findings->items[i].words);
	free(findings->items);
	*findings = (struct publication_findings){NULL, 0, false};
}

static void make_key(struct publication_finding *finding)
{
	crypto_generichash_state state;
	const char *const parts[] = {finding->part, disclosure_word(finding->rule), finding->words};
	uint8_t hash[crypto_generichash_BYTES_MIN];

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	for (size_t i = 0; i < 3; i++)
		crypto_generichash_update(&state, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
	crypto_generichash_final(&state, hash, sizeof hash);
	bytes_hex(hash, PUBLICATION_KEY / 2, finding->key);
}

/* Takes a finding in, or counts it where its words are there already. */
static int take(struct publication_findings *to, size_t *room, const struct publication_text *text,
    const struct disclosure_finding *found)
{
	struct publication_finding *more;
	struct publication_finding finding = {.part = text->part,
	    .rule = found->rule,
	    .words = strndup(text->text + found->at, found->len),
	    .times = 1,
	    .conference = text->conference};

	if (!finding.words)
		return MODEL_SYSTEM;
	make_key(&finding);
	for (size_t i = 0; i < to->n; i++)
		if (strcmp(to->items[i].key, finding.key) == 0) {
			to->items[i].times++;
			free(finding.words);
			return 0;
		}
	more = list_grow(to->items, to->n, room, sizeof *more);
	if (!more) {
		free(finding.words);
		return MODEL_SYSTEM;
	}
	to->items = more;
	to->items[to->n++] = finding;
	return 0;
}

int publication_find(
    const struct publication_text *texts, size_t n, struct publication_findings *ret)
{
	struct publication_findings all = {NULL, 0, false};
	size_t room = 0;
	int result = 0;

	for (size_t i = 0; !result && i < n; i++) {
		struct disclosure_list list = {NULL, 0, false};
		if (texts[i].text)
			result = disclosure_check(texts[i].text, &list);
		for (size_t k = 0; !result && k < list.n; k++)
			result = take(&all, &room, &texts[i], &list.items[k]);
		all.more = all.more || list.more;
		free(list.items);
	}
	if (result)
		publication_free(&all);
	else
		*ret = all;
	return result;
}

/* The reason given for a finding, or NULL. */
static const char *reason_of(
    const struct publication *decision, const struct publication_finding *finding)
{
	for (size_t i = 0; decision && i < decision->n; i++)
		if (strcmp(decision->answers[i].key, finding->key) == 0)
			return decision->answers[i].reason;
	return decision ? decision->reason : NULL;
}

static bool is_reason(const char *reason)
{
	char *cleaned = NULL;
	bool holds = reason &&
		     text_clean(reason, strlen(reason), TEXT_ONE_LINE, PUBLICATION_REASON_MAX,
			 &cleaned) == 0 &&
		     *cleaned;

	free(cleaned);
	return holds;
}

/* The first finding that no reason was given for, or NULL. */
static const struct publication_finding *open_finding(
    const struct publication_findings *found, const struct publication *decision)
{
	for (size_t i = 0; i < found->n; i++)
		if (!is_reason(reason_of(decision, &found->items[i])))
			return &found->items[i];
	return NULL;
}

int publication_check(struct registrar *registrar, const struct publication_text *texts, size_t n,
    const struct publication *decision, struct publication_findings *ret, struct refusal *why)
{
	struct publication_findings found = {NULL, 0, false};
	const struct publication_finding *open;
	int result = registrar->texts_unchecked ? 0 : publication_find(texts, n, &found);

	if (result)
		return result == MODEL_REFUSED
			   ? refuse(why, "", "The text is not UTF-8. Write it anew.")
			   : result;
	open = open_finding(&found, decision);
	if (found.more)
		result = refuse(why, PUBLICATION_FIELD,
		    "The check finds more in this text than can be listed. Shorten or split it.");
	else if (open)
		result = refuse(why, PUBLICATION_FIELD,
		    "The %s may say what is restricted: \"%.60s\" (%s). Edit it, or give a reason "
		    "to publish it all the same.",
		    open->part, open->words, disclosure_title(open->rule));
	if (!result)
		*ret = found;
	else if (decision && decision->ret_findings)
		*decision->ret_findings = found;
	else
		publication_free(&found);
	return result;
}

static int keep_one(struct store_tx *tx, struct registrar *registrar,
    const struct publication_of *of, const struct publication_finding *finding, const char *reason)
{
	const char *rule = disclosure_word(finding->rule);
	char *cleaned = NULL, detail[4 * PUBLICATION_REASON_MAX + 128];
	int result;

	/* publication_check saw to it that there is one. */
	if (!reason || text_clean(reason, strlen(reason), TEXT_ONE_LINE, PUBLICATION_REASON_MAX,
			   &cleaned) != 0)
		return MODEL_REFUSED;
	result = store_exec(tx, REGISTRAR_Q_PUBLICATION_INSERT,
	    STORE_ARGS(store_i64(finding->conference ? finding->conference : of->conference),
		store_text(finding->part), store_text(rule), store_text(cleaned),
		store_text(of->staff ? of->staff : ""), store_i64(of->now)),
	    NULL);
	snprintf(detail, sizeof detail, "%s rule %s: %s", finding->part, rule, cleaned);
	free(cleaned);
	if (result)
		return result;
	return journal_append(tx, registrar,
	    &(struct journal_line){.kind = JOURNAL_PUBLISHED_ANYWAY,
		.event = of->slug,
		.staff = of->staff,
		.detail = detail});
}

int publication_keep(struct store_tx *tx, struct registrar *registrar,
    const struct publication_of *of, const struct publication_findings *findings,
    const struct publication *decision)
{
	int result = 0;

	for (size_t i = 0; !result && i < findings->n; i++)
		result = keep_one(tx, registrar, of, &findings->items[i],
		    reason_of(decision, &findings->items[i]));
	return result;
}

static int read_line(struct store_rows *rows, void *item)
{
	struct publication_line *ret = item;

	snprintf(ret->part, sizeof ret->part, "%s", store_get_text(rows, 0));
	snprintf(ret->rule, sizeof ret->rule, "%s", store_get_text(rows, 1));
	snprintf(ret->reason, sizeof ret->reason, "%s", store_get_text(rows, 2));
	snprintf(ret->staff, sizeof ret->staff, "%s", store_get_text(rows, 3));
	ret->at = store_get_i64(rows, 4);
	return 0;
}

int publication_list(
    struct store_tx *tx, int64_t conference, struct publication_line **ret, size_t *ret_n)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_PUBLICATION_OF_CONFERENCE,
	    STORE_ARGS(store_i64(conference)), sizeof **ret, read_line, NULL, &list);

	if (result)
		return result;
	*ret = list.items;
	*ret_n = list.n;
	return 0;
}
