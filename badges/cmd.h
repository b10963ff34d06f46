#ifndef BADGES_CMD_H
#define BADGES_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The badges program: what its subcommands share. */

/* Exit statuses. */
#define CMD_OK	   0
#define CMD_REFUSE 1 /* an input was refused, or could not be read or written */
#define CMD_MISUSE 2 /* a wrong option, file or combination: nothing was done */

/* Each takes its own options, argv[0] being "badges NAME", and returns an exit status. */
int cmd_keygen(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_open(int argc, char **argv);
int cmd_qr(int argc, char **argv);
int cmd_card(int argc, char **argv);

/* Prints "badges NAME: ..." on standard error. */
void cmd_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads a decimal number of 0..max: digits only, no sign, no space. */
bool cmd_number(const char *text, uint64_t max, uint64_t *ret_number)
    __attribute__((warn_unused_result));

enum cmd_line { CMD_LINE_END, CMD_LINE_WHOLE, CMD_LINE_LONG };

/* Reads one line of any bytes up to its LF or the end of the input, which counts as a line only
 * when a byte stands before it; without the LF, and without one CR before it. A line of more than
 * cap bytes is read to its end and thrown away: CMD_LINE_LONG. */
enum cmd_line cmd_line_read(FILE *in, char *ret_text, size_t cap, size_t *ret_len);

/* Flushes standard output, and says so when it cannot be written. Returns an exit status. */
int cmd_flush(void);

#endif
