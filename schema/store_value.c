/* Values to bind, and the words for results. */
#include "schema/store.h"

#include <string.h>

struct store_value store_text(const char *text)
{
	if (!text)
		return store_null();
	return store_textn(text, strlen(text));
}

struct store_value store_textn(const char *text, size_t len)
{
	return (struct store_value){STORE_TEXT, 0, text, len};
}

const char *store_strerror(int result)
{
	switch (result) {
	case STORE_OK:
		return "done";
	case STORE_ROW:
		return "a row stands ready";
	case STORE_NOT_FOUND:
		return "there is no such database file; make one with the init or enrol command";
	case STORE_LOCKED:
		return "another process has the database open; stop it, or act through it";
	case STORE_DENIED:
		return "the database may not be read or written; check the owner and mode of the "
		       "file "
		       "and its folder";
	case STORE_NOT_A_STORE:
		return "the file is not a database of this program; check the path";
	case STORE_NEWER:
		return "the database was written by a newer version; install that version";
	case STORE_OLDER:
		return "the database is of an older version; open it once for writing to upgrade "
		       "it";
	case STORE_FULL:
		return "the disk is full; free some space, then try again";
	case STORE_IO:
		return "the disk failed; check it and the system log, then start again";
	case STORE_CORRUPT:
		return "the database is damaged; restore the newest backup";
	case STORE_CONFLICT:
		return "a rule of the database refuses the change";
	case STORE_NO_MEMORY:
		return "out of memory; close something or add memory, then try again";
	case STORE_MISUSE:
		return "a fault of this program; report it with the log";
	case STORE_CLOSED:
		return "the database is closing; start again";
	default:
		return "the change was taken back";
	}
}
