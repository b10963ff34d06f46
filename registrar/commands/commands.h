/*
 * commands: the subcommands that run on an open registrar, one function each (web/control.h).
 * The table in main.c makes the usage out of them.
 */
#ifndef REGISTRAR_COMMANDS_H
#define REGISTRAR_COMMANDS_H

#include "web/control.h"

int command_allocation(struct command *command);    /* allocation_command.c */
int command_accreditation(struct command *command); /* accreditation_command.c */
int command_badges(struct command *command);	   /* badges_command.c */
int command_routes(struct command *command); /* routes_command.c */
int command_staff(struct command *command);
int command_token(struct command *command);
int command_import(struct command *command);
int command_webhook(struct command *command);
int command_conference(struct command *command);
int command_gate(struct command *command);     /* gates_command.c */
int command_export(struct command *command);   /* export.c */
int command_restrict(struct command *command); /* restrict_command.c */
int command_keys(struct command *command);
int command_journal(struct command *command);	   /* journal_export.c */
int command_outlet(struct command *command);	   /* outlet_command.c */
int command_outlet_focal(struct command *command); /* outlet_focal.c */
int command_photo(struct command *command);	   /* photo_command.c */
int command_check(struct command *command);
int command_mail(struct command *command);
int command_announce(struct command *command);
int command_purge(struct command *command); /* purge_command.c */
int command_hold(struct command *command);
int command_subject(struct command *command); /* subject_command.c */
int command_backup(struct command *command); /* backup_command.c */

#endif
