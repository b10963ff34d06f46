#include "badges/log_json.h"

#include <stdlib.h>

bool log_json_read(const json_t *array, size_t most, struct log_text **ret_entries, size_t *ret_n)
{
	size_t n = json_array_size(array);
	struct log_text *entries;

	if (!json_is_array(array) || n > most)
		return false;
	entries = calloc(n + 1, sizeof(*entries));
	if (entries == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const json_t *text = json_array_get(array, i);

		if (!json_is_string(text)) {
			free(entries);
			return false;
		}
		entries[i] = (struct log_text){json_string_value(text), json_string_length(text)};
	}
	*ret_entries = entries;
	*ret_n = n;
	return true;
}
