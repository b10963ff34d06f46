#include "web/page.h"

#include <string.h>

#include "web/say.h"
#include "web/tmpl.h"

void page_capital(struct buf *b, const char *text)
{
	char first[3];
	size_t len;

	if (!text)
		return;
	len = say_capital(text, first);
	tmpl_text(b, first);
	tmpl_text(b, text + len);
}

bool page_is_group(const struct form_field *f)
{
	return f->kind == FORM_CHOICE || f->kind == FORM_SET;
}

size_t page_choices(const struct form_field *f)
{
	size_t n = 0;

	while (f->choices && f->choices[n].value)
		n++;
	return n;
}

bool page_is_chosen(const struct page_field *v, size_t i)
{
	const struct form_field *f = form_field(v->form, v->field);

	if (!form_given(v->form, v->field))
		return false;
	if (f->kind == FORM_SET)
		return (form_number(v->form, v->field) >> i & 1) != 0;
	return strcmp(form_text(v->form, v->field), f->choices[i].value) == 0;
}

const char *page_input_type(const struct form_field *f)
{
	switch (f->kind) {
	case FORM_EMAIL:
		return "email";
	case FORM_DATETIME:
		return "datetime-local";
	case FORM_DATE:
		return "date";
	case FORM_FILE:
		return "file";
	case FORM_PASSWORD:
		return "password";
	default:
		return "text";
	}
}
