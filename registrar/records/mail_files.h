/* mail_files: the mails that stand as files in DIR/mail/ where no mail server is set. */
#ifndef PRESSGATE_REGISTRAR_MAIL_FILES_H
#define PRESSGATE_REGISTRAR_MAIL_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct registrar;

/* How many were written before that time; with remove they are removed. -1: errno. */
int64_t mail_files_old(const struct registrar *registrar, int64_t before, bool remove);

/* Removes those to one of these addresses; how many, -1: errno. */
int64_t mail_files_to(const struct registrar *registrar, char *const *emails, size_t n);

#endif
