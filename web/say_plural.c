#include "web/say_plural.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Rules of known languages nest three deep. */
enum { DEEPEST = 24 };

struct rule {
	const char *at;
	unsigned long n;
	bool bad;
	int depth;
};

/* Operators of two operands, the loosest first; those of one level stand together. */
static const struct operator
{
	char text[3];
	int level;
}
operators[] = {
    {"||", 0},
    {"&&", 1},
    {"==", 2},
    {"!=", 2},
    {"<=", 3},
    {">=", 3},
    {"<", 3},
    {">", 3},
    {"+", 4},
    {"-", 4},
    {"*", 5},
    {"/", 5},
    {"%", 5},
};

enum { TIGHTEST = 5 };

static unsigned long choice(struct rule *r);

static void skip(struct rule *r)
{
	r->at += strspn(r->at, " \t");
}

static bool take(struct rule *r, const char *text)
{
	size_t len = strlen(text);

	skip(r);
	if (strncmp(r->at, text, len) != 0)
		return false;
	r->at += len;
	return true;
}

static unsigned long number(struct rule *r)
{
	unsigned long value = 0;

	while (isdigit((unsigned char)*r->at) && value < 100000000)
		value = value * 10 + (unsigned long)(*r->at++ - '0');
	return value;
}

static unsigned long operand(struct rule *r)
{
	unsigned long value = 0;

	if (++r->depth > DEEPEST) {
		r->bad = true;
	} else if (take(r, "n")) {
		value = r->n;
	} else if (take(r, "!")) {
		value = !operand(r);
	} else if (take(r, "(")) {
		value = choice(r);
		r->bad = r->bad || !take(r, ")");
	} else if (isdigit((unsigned char)*r->at)) {
		value = number(r);
	} else {
		r->bad = true;
	}
	r->depth--;
	return value;
}

static unsigned long apply(
    struct rule *r, const char *operator, unsigned long left, unsigned long right)
{
	switch (operator[0]) {
	case '|':
		return left || right;
	case '&':
		return left && right;
	case '=':
		return left == right;
	case '!':
		return left != right;
	case '<':
		return operator[1] ? left <= right : left<right;
	case '>':
		return operator[1] ? left >= right : left> right;
	case '+':
		return left + right;
	case '-':
		return left - right;
	case '*':
		return left * right;
	default:
		r->bad = r->bad || right == 0;
		if (right == 0)
			return 0;
		return operator[0] == '/' ? left / right : left % right;
	}
}

static const struct operator* operator_of(struct rule *r, int level)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (operators[i].level == level && take(r, operators[i].text))
			return &operators[i];
	return NULL;
}

static unsigned long level(struct rule *r, int at)
{
	const struct operator* found;
	unsigned long value;

	if (at > TIGHTEST)
		return operand(r);
	value = level(r, at + 1);
	while (!r->bad && (found = operator_of(r, at)))
		value = apply(r, found->text, value, level(r, at + 1));
	return value;
}

static unsigned long choice(struct rule *r)
{
	unsigned long condition = level(r, 0), yes, no;

	if (r->bad || !take(r, "?"))
		return condition;
	if (++r->depth > DEEPEST) {
		r->bad = true;
		return 0;
	}
	yes = choice(r);
	r->bad = r->bad || !take(r, ":");
	no = r->bad ? 0 : choice(r);
	r->depth--;
	return condition ? yes : no;
}

int say_plural_rule(const char *rule, unsigned long n, unsigned long *ret)
{
	struct rule r = {.at = rule, .n = n};
	unsigned long value = choice(&r);

	skip(&r);
	if (r.bad || *r.at)
		return -1;
	*ret = value;
	return 0;
}
