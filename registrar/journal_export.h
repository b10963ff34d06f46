/*
 * journal_export: every log this registrar holds, its own and the gates', as tlog-tiles folders
 * that other programs can check: DIR/<device>/<epoch>/{checkpoint,vkey,witness-vkey,tile/...}.
 */
#ifndef REGISTRAR_JOURNAL_EXPORT_H
#define REGISTRAR_JOURNAL_EXPORT_H

#include "web/control.h"

/* registrar journal export DIR: writes or completes the folders; one line a log on stdout. */
int journal_export_command(struct command *command);

/*
 * registrar journal verify [DIR]: checks exported folders, or without DIR every log in the store:
 * texts, tree, root, signature and cosignature. One line a log; refuses at the first damage.
 */
int journal_verify_command(struct command *command);

#endif
