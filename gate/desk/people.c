#include <stdio.h>
#include <string.h>

#include "badges/bytes.h"
#include "gate/desk/handlers.h"

int people_read(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], struct person *ret_person)
{
	int r;

	memset(ret_person, 0, sizeof(*ret_person));
	r = person_find(gate, tx, conference, pass, ret_person);
	return r == STORE_ROW ? 0 : r;
}

void people_find(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], struct person *ret_person)
{
	if (people_read(gate, tx, conference, pass, ret_person) != 0)
		memset(ret_person, 0, sizeof(*ret_person));
}

void people_photo(const struct person *person, char ret_url[static 80])
{
	char hex[2 * sizeof(person->photo) + 1];

	ret_url[0] = '\0';
	if (!person->has_photo)
		return;
	bytes_hex(person->photo, sizeof(person->photo), hex);
	snprintf(ret_url, 80, "/photo/%s", hex);
}

void people_code(const uint8_t pass[static 16], char ret_text[static 16])
{
	char hex[9];

	bytes_hex(pass, 4, hex);
	snprintf(ret_text, 16, "%.4s-%.4s", hex, hex + 4);
}

const char *people_status(unsigned status)
{
	switch (status) {
	case ROSTER_CONFIRMED:
		return "";
	case ROSTER_WAITLISTED:
		return "waiting list";
	case ROSTER_CANCELLED:
		return "cancelled";
	default:
		return "not confirmed";
	}
}
