/*
 * date: the dates of HTTP's headers (RFC 9110, 5.6.7), in English whatever the locale.
 */
#ifndef WEB_DATE_H
#define WEB_DATE_H

#include <stdint.h>

#define DATE_TEXT 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and NUL */

/* Writes a moment of the years 1970 to 9999; "" for another. */
void date_write(int64_t seconds, char ret[static DATE_TEXT]);

/* Reads one in that form, the only one that may be sent today. Returns 0, or -1 for another text
 * or a day that does not exist. */
int date_read(const char *text, int64_t *ret_seconds) __attribute__((warn_unused_result));

#endif
