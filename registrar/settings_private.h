/* What the files of settings share. */
#ifndef REGISTRAR_SETTINGS_PRIVATE_H
#define REGISTRAR_SETTINGS_PRIVATE_H

#include "registrar/settings.h"

/* What settings that each hold have wrong together, with the remedy; NULL: nothing. */
const char *settings_wrong(const struct settings *settings);

#endif
