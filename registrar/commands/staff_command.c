#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/commands.h"
#include "registrar/registrar.h"
#include "registrar/staff/factor.h"
#include "registrar/staff/staff.h"

struct input {
	const char *name, *role, *full_name, *password_file, *pin_file;
	const char *trained, *from, *until, *user;
	bool json, one_time;
};

enum {
	KEY_ROLE = 0x100,
	KEY_FULL_NAME,
	KEY_PASSWORD,
	KEY_PIN,
	KEY_ONE_TIME,
	KEY_TRAINED,
	KEY_FROM,
	KEY_UNTIL,
	KEY_USER
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	switch (key) {
	case KEY_ROLE:
		input->role = argument;
		return 0;
	case KEY_FULL_NAME:
		input->full_name = argument;
		return 0;
	case KEY_PASSWORD:
		input->password_file = argument;
		return 0;
	case KEY_PIN:
		input->pin_file = argument;
		return 0;
	case KEY_ONE_TIME:
		input->one_time = true;
		return 0;
	case KEY_TRAINED:
		input->trained = argument;
		return 0;
	case KEY_FROM:
		input->from = argument;
		return 0;
	case KEY_UNTIL:
		input->until = argument;
		return 0;
	case KEY_USER:
		input->user = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (input->name)
			return cli_misuse(state, "name one account, not '%s' too", argument);
		input->name = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		return cli_misuse(state, "name the account");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The first line of a file, or of the command's own input for "-". */
static int read_secret(struct command *command, const char *argument, const char *field,
    char ret[STAFF_PASSWORD_MAX + 2])
{
	bool given = strcmp(argument, "-") == 0;
	char *path = command_path(command, argument);
	FILE *file = given ? command->in : path ? fopen(path, "re") : NULL;
	bool read = file && fgets(ret, STAFF_PASSWORD_MAX + 2, file);

	if (read)
		ret[strcspn(ret, "\r\n")] = '\0';
	if (file && !given)
		fclose(file);
	free(path);
	if (!file)
		return cli_refused(command, "%s: %s can't be read. Name a file that you may read.",
		    field, argument);
	if (!read || !*ret)
		return cli_refused(
		    command, "%s: there is no first line. Write it into the file.", field);
	return COMMAND_OK;
}

static int add(struct command *command)
{
	static const struct argp_option options[] = {
	    {"role", KEY_ROLE, "ROLE", 0,
		"administrator, communications, reviewer, supervisor or security", 0},
	    {"full-name", KEY_FULL_NAME, "TEXT", 0, "As colleagues know them", 0},
	    {"password-file", KEY_PASSWORD, "FILE", 0,
		"Password for the pages (- : standard input)", 0},
	    {"one-time", KEY_ONE_TIME, NULL, 0, "Make a one-time password and print it", 0},
	    {"pin-file", KEY_PIN, "FILE", 0, "PIN or passphrase for the door", 0}, {0}};
	struct registrar *registrar = cli_registrar(command);
	struct input input = {0};
	struct refusal why = {0};
	char password[STAFF_PASSWORD_MAX + 2] = "", pin[STAFF_PASSWORD_MAX + 2] = "";
	int status;

	if (!cli_parse(command,
		&(struct argp){
		    options, parse, "NAME --role ROLE", "Adds an account.", NULL, NULL, NULL},
		&input, &status))
		return status;
	if (!input.role || role_find(input.role) == ROLE_NOBODY) {
		cli_refused(command, "role: choose administrator, communications, reviewer, "
				     "supervisor or security.");
		return COMMAND_MISUSE;
	}
	status = COMMAND_OK;
	if (input.password_file)
		status = read_secret(command, input.password_file, "password-file", password);
	else if (input.one_time)
		staff_one_time_password(password);
	if (!status && input.pin_file)
		status = read_secret(command, input.pin_file, "pin-file", pin);
	if (status)
		goto done;
	const struct staff_wish wish = {.name = input.name,
	    .full_name = input.full_name ? input.full_name : input.name,
	    .role = role_find(input.role),
	    .password = *password ? password : NULL,
	    .pin = *pin ? pin : NULL,
	    .must_change = input.one_time && !input.password_file};
	status = cli_result(
	    command, staff_add(registrar, &wish, CLI_STAFF, registrar_now(), &why), &why);
	if (!status && wish.must_change)
		fprintf(command->out, "%s\n", password);
done:
	sodium_memzero(password, sizeof password);
	sodium_memzero(pin, sizeof pin);
	return status;
}

/* What needs no more than a name. */
typedef int name_only(struct registrar *registrar, const char *name, const char *by, int64_t now,
    struct refusal *why);

static int run_on_name(struct command *command, const char *words, name_only *run)
{
	struct input input = {0};
	struct refusal why = {0};
	int status;

	if (!cli_parse(command, &(struct argp){NULL, parse, "NAME", words, NULL, NULL, NULL},
		&input, &status))
		return status;
	return cli_result(command,
	    run(cli_registrar(command), input.name, CLI_STAFF, registrar_now(), &why), &why);
}

static int disable(struct command *command)
{
	return run_on_name(
	    command, "Disables an account; all its sessions end at once.", staff_disable);
}

static int enable(struct command *command)
{
	return run_on_name(command, "Enables a disabled account again, as it was.", staff_enable);
}

static int reset_factor(struct command *command)
{
	return run_on_name(command,
	    "Takes an account's second factor and recovery codes away, for somebody whose "
	    "telephone "
	    "is lost; all its sessions end.",
	    factor_reset);
}

static int end_sessions(
    struct registrar *registrar, const char *name, const char *by, int64_t now, struct refusal *why)
{
	int result = staff_end_sessions(registrar, name, NULL, by, now);

	return result == MODEL_NOT_FOUND ? refuse(why, "name", "There is no account '%.16s'.", name)
					 : result;
}

static int sign_out(struct command *command)
{
	return run_on_name(command, "Ends all sessions of an account.", end_sessions);
}

static int change_role(struct command *command)
{
	static const struct argp_option options[] = {
	    {"role", KEY_ROLE, "ROLE", 0,
		"administrator, communications, reviewer, supervisor or security", 0},
	    {0}};
	struct input input = {0};
	struct refusal why = {0};
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "NAME --role ROLE",
		    "Gives an account another role; all its sessions end.", NULL, NULL, NULL},
		&input, &status))
		return status;
	if (!input.role || role_find(input.role) == ROLE_NOBODY) {
		cli_refused(command, "role: choose administrator, communications, reviewer, "
				     "supervisor or security.");
		return COMMAND_MISUSE;
	}
	return cli_result(command,
	    staff_set_role(cli_registrar(command), input.name, role_find(input.role), CLI_STAFF,
		registrar_now(), &why),
	    &why);
}

/* The account's dates with those that were given in their place. */
static int read_dates(struct command *command, const struct input *input,
    struct authority *ret_dates, struct refusal *why)
{
	struct store_tx *tx = NULL;
	struct staff_account account;
	int result = store_read_begin(cli_registrar(command)->store, &tx);

	if (!result)
		result = staff_by_name(tx, input->name, &account);
	store_read_end(tx);
	if (result == MODEL_NOT_FOUND)
		return refuse(why, "name", "There is no account '%.16s'.", input->name);
	if (!result && input->trained)
		result = authority_read_until(
		    input->trained, "trained-until", &account.authority.trained_until, why);
	if (!result && input->from)
		result = authority_read_from(input->from, "from", &account.authority.from, why);
	if (!result && input->until)
		result = authority_read_until(input->until, "until", &account.authority.until, why);
	if (!result)
		*ret_dates = account.authority;
	return result;
}

static int dates(struct command *command)
{
	static const struct argp_option options[] = {
	    {"trained-until", KEY_TRAINED, "DATE", 0, "Last day of the training; '': no end", 0},
	    {"from", KEY_FROM, "DATE", 0, "First day of the authorisation; '': already", 0},
	    {"until", KEY_UNTIL, "DATE", 0, "Last day of the authorisation; '': no end", 0}, {0}};
	struct input input = {0};
	struct authority wish;
	struct refusal why = {0};
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "NAME",
		    "Sets until when an account is trained and authorised, as 2026-12-03; what is "
		    "not given stays. Outside of its dates it opens nothing, here or at a door.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	int result = read_dates(command, &input, &wish, &why);
	if (!result)
		result = staff_set_dates(
		    cli_registrar(command), input.name, &wish, CLI_STAFF, registrar_now(), &why);
	return cli_result(command, result, &why);
}

static int proxy_user(struct command *command)
{
	static const struct argp_option options[] = {
	    {"user", KEY_USER, "TEXT", 0, "As the proxy says it; '': the account's own name", 0},
	    {0}};
	struct input input = {0};
	struct refusal why = {0};
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "NAME --user TEXT",
		    "Notes who a trusted proxy calls this account ([staff] in settings.ini); all "
		    "its "
		    "sessions end.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	if (!input.user) {
		cli_refused(command, "user: give the name, or '' for the account's own.");
		return COMMAND_MISUSE;
	}
	return cli_result(command,
	    staff_set_proxy_user(
		cli_registrar(command), input.name, input.user, CLI_STAFF, registrar_now(), &why),
	    &why);
}

static int password(struct command *command)
{
	static const struct argp_option options[] = {
	    {"password-file", KEY_PASSWORD, "FILE", 0,
		"First line: the password (- : standard input). Without it a one-time password is "
		"made and printed",
		0},
	    {0}};
	struct input input = {0};
	struct refusal why = {0};
	char secret[STAFF_PASSWORD_MAX + 2] = "";
	int status;

	if (!cli_parse(command,
		&(struct argp){
		    options, parse, "NAME", "Sets a password; all sessions end.", NULL, NULL, NULL},
		&input, &status))
		return status;
	status = COMMAND_OK;
	if (input.password_file)
		status = read_secret(command, input.password_file, "password-file", secret);
	else
		staff_one_time_password(secret);
	if (!status)
		status = cli_result(command,
		    staff_set_password(cli_registrar(command), input.name, secret,
			!input.password_file, CLI_STAFF, registrar_now(), &why),
		    &why);
	if (!status && !input.password_file)
		fprintf(command->out, "%s\n", secret);
	sodium_memzero(secret, sizeof secret);
	return status;
}

static int pin(struct command *command)
{
	static const struct argp_option options[] = {
	    {"pin-file", KEY_PIN, "FILE", 0,
		"First line: the PIN or passphrase (- : standard input)", 0},
	    {0}};
	struct input input = {0};
	struct refusal why = {0};
	char secret[STAFF_PASSWORD_MAX + 2] = "";
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "NAME --pin-file FILE",
		    "Sets the PIN or passphrase for the door; it reaches the gates with their next "
		    "list. "
		    "What a gate holds is as safe from a thief as its shortest PIN: words are "
		    "better.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	if (!input.pin_file) {
		cli_refused(command, "pin-file: name the file, or - for standard input.");
		return COMMAND_MISUSE;
	}
	status = read_secret(command, input.pin_file, "pin-file", secret);
	if (!status)
		status = cli_result(command,
		    staff_set_pin(cli_registrar(command), input.name, secret, CLI_STAFF,
			registrar_now(), &why),
		    &why);
	sodium_memzero(secret, sizeof secret);
	return status;
}

static error_t parse_list(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	if (key == 'j') {
		input->json = true;
		return 0;
	}
	return key == ARGP_KEY_ARG ? cli_misuse(state, "'%s' is no option", argument)
				   : ARGP_ERR_UNKNOWN;
}

static int print_json(FILE *out, const struct staff_account *account)
{
	char trained[AUTHORITY_DATE], from[AUTHORITY_DATE], until[AUTHORITY_DATE];

	authority_write_until(account->authority.trained_until, trained);
	authority_write_from(account->authority.from, from);
	authority_write_until(account->authority.until, until);
	json_t *line = json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:s, s:s, s:s}", "name",
	    account->name, "full_name", account->full_name, "role", role_word(account->role),
	    "active", account->active, "password", account->has_password, "pin", account->has_pin,
	    "second_factor", account->has_factor, "trained_until", trained, "authorised_from", from,
	    "authorised_until", until);
	int bad = !line || json_dumpf(line, out, JSON_COMPACT) || fputc('\n', out) == EOF;

	json_decref(line);
	return bad;
}

static void print_line(FILE *out, const struct staff_account *account)
{
	char date[AUTHORITY_DATE];

	fprintf(out, "%-16s  %-14s  %s%s%s%s%s", account->name, role_word(account->role),
	    account->full_name, account->active ? "" : "  (disabled)",
	    account->has_pin ? "  PIN" : "", account->has_factor ? "  second factor" : "",
	    account->must_change ? "  one-time password" : "");
	authority_write_until(account->authority.trained_until, date);
	fprintf(out, "%s%s", *date ? "  trained until " : "", date);
	authority_write_from(account->authority.from, date);
	fprintf(out, "%s%s", *date ? "  from " : "", date);
	authority_write_until(account->authority.until, date);
	fprintf(out, "%s%s%s\n", *date ? "  until " : "", date,
	    authority_state(&account->authority, registrar_now()) == AUTHORITY_STANDS
		? ""
		: "  (outside of the dates)");
}

static int list(struct command *command)
{
	static const struct argp_option options[] = {
	    {"json", 'j', NULL, 0, "One object a line", 0}, {0}};
	struct registrar *registrar = cli_registrar(command);
	struct input input = {0};
	struct staff_account *found = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	int status;

	if (!cli_parse(command,
		&(struct argp){
		    options, parse_list, "", "Lists accounts by name.", NULL, NULL, NULL},
		&input, &status))
		return status;
	int result = store_read_begin(registrar->store, &tx);
	if (!result)
		result = staff_list(tx, &found, &n);
	store_read_end(tx);
	for (size_t i = 0; !result && i < n; i++) {
		const struct staff_account *one = &found[i];
		if (input.json)
			(void)print_json(command->out, one);
		else
			print_line(command->out, one);
	}
	free(found);
	return cli_result(command, result, NULL);
}

int command_staff(struct command *command)
{
	static const struct cli_verb verbs[] = {{"list", list, "by name; --json for programs"},
	    {"add", add, "a new account"}, {"disable", disable, "an account"},
	    {"enable", enable, "a disabled account"}, {"role", change_role, "give another"},
	    {"dates", dates, "of training and authorisation"}, {"password", password, "set one"},
	    {"pin", pin, "set one"}, {"reset-factor", reset_factor, "a telephone is lost"},
	    {"sign-out", sign_out, "end all sessions"},
	    {"proxy-user", proxy_user, "who a trusted proxy calls it"}, {0}};

	return cli_verbs(command, verbs);
}
