#include "gate/desk/parts.h"

#include "web/page.h"
#include "web/pages/page.html.h"

void parts_field(struct buf *b, const struct form *form, size_t field)
{
	struct page_field shown = {.form = form, .field = field, .question = false};

	page_field(b, &shown);
}
