#include "web/refusal.h"

#include <stddef.h>

#include "web/pages/refusal.html.h"

static const struct {
	unsigned status;
	const char *title;
	const char *advice;
} refusals[] = {
    {400, "This request cannot be read", "Go back, reload the page and try again."},
    {403, "You cannot do this",
	"Your account does not have the role for it, or you are not signed in."},
    {404, "Page not found",
	"If you typed the address, check it. If you followed a link, it may be out of date."},
    {405, "This page does not take that", "Go back and use the page's own button."},
    {409, "Somebody changed this meanwhile", "Go back, reload the page and look again."},
    {410, "This link has been used or has ended", "Ask for a new one."},
    {413, "This is too large", "Send something smaller."},
    {415, "This form cannot be read", "Go back and use the page's own button."},
    {422, "Something is missing", "Go back and check what you entered."},
    {429, "Too many tries", "Wait a few minutes and try again."},
    {500, "Something went wrong on our side",
	"Nothing you entered was kept. Try again in a few minutes; if it stays, call us."},
    {503, "We are busy", "Wait a moment and try again."},
};

enum { REFUSALS = sizeof(refusals) / sizeof(refusals[0]) };

static size_t find(unsigned status)
{
	unsigned fallback = status >= 500 ? 500 : 400;
	size_t at = 0;

	for (size_t i = 0; i < REFUSALS; i++) {
		if (refusals[i].status == status)
			return i;
		if (refusals[i].status == fallback)
			at = i;
	}
	return at;
}

const char *refusal_title(unsigned status)
{
	return refusals[find(status)].title;
}

const char *refusal_advice(unsigned status)
{
	return refusals[find(status)].advice;
}

void refusal_write(struct buf *b, unsigned status, const char *why)
{
	refusal_plain(b, refusal_title(status), why ? why : refusal_advice(status));
}
