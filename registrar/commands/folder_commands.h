/* The subcommands that do not run on an open registrar. */
#ifndef REGISTRAR_FOLDER_COMMANDS_H
#define REGISTRAR_FOLDER_COMMANDS_H

#include "web/control.h"

/* They take the data folder, absolute, as command->owner. */
int command_init(struct command *command);
int command_serve(struct command *command);
int command_restore(struct command *command); /* backup_command.c */

/* Runs a subcommand on an open registrar (command->owner), for another process that asked. */
int command_any(struct command *command);

#endif
