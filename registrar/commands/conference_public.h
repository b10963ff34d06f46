/*
 * conference_public: verbs of `registrar conference` for what the public sees of one: change,
 * cancel, and material add, list, remove.
 */
#ifndef REGISTRAR_CONFERENCE_PUBLIC_H
#define REGISTRAR_CONFERENCE_PUBLIC_H

#include "web/control.h"

int conference_change_verb(struct command *command);
int conference_cancel_verb(struct command *command);
int conference_material_verb(struct command *command);

#endif
