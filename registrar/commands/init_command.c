#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "registrar/commands/cli.h"
#include "registrar/commands/folder_commands.h"
#include "registrar/init.h"
#include "registrar/sample/sample.h"
#include "registrar/staff/staff.h"

#define LINE_MAX_BYTES (STAFF_PASSWORD_MAX + 2)

struct input {
	bool sample;
	char *password_file;
	const char *name, *site, *zone, *url;
};

/* What is written to the folder and told to the person. */
struct secrets {
	char password[LINE_MAX_BYTES], pin[LINE_MAX_BYTES];
	bool made; /* here, and to be shown */
};

static const struct argp_option options[] = {
    {"sample", 's', NULL, 0, "Fill it with an invented agency, to try it out", 0},
    {"password-file", 'p', "FILE", 0,
	"First line: the password of the administrator `admin` and the PIN of the officer "
	"`officer1`; a second line, if there is one, is the PIN instead. Without a file a one-time "
	"password and a PIN are made and printed",
	0},
    {"name", 'n', "TEXT", 0, "The Service's name", 0},
    {"site", 'S', "HOST", 0, "This registrar's name in journals, such as media.police.example", 0},
    {"zone", 'z', "ZONE", 0, "Time zone; America/Toronto by default", 0},
    {"url", 'u', "URL", 0, "Where people reach the pages", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct input *input = cli_input(state);

	switch (key) {
	case 's':
		input->sample = true;
		return 0;
	case 'p':
		input->password_file = argument;
		return 0;
	case 'n':
		input->name = argument;
		return 0;
	case 'S':
		input->site = argument;
		return 0;
	case 'z':
		input->zone = argument;
		return 0;
	case 'u':
		input->url = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One line without its end; false where there is none. */
static bool read_line(FILE *file, char line[LINE_MAX_BYTES])
{
	if (!fgets(line, LINE_MAX_BYTES, file))
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

static int read_secrets(struct command *command, const char *argument, struct secrets *ret)
{
	char *path = command_path(command, argument);
	FILE *file = path ? fopen(path, "re") : NULL;
	struct stat status;
	int result = COMMAND_OK;

	if (!file) {
		result = cli_refused(command, "password-file: %s: %s", argument, strerror(errno));
		goto done;
	}
	if (!fstat(fileno(file), &status) && (status.st_mode & 077))
		fprintf(command->err,
		    "registrar init: %s can be read by others; remove it, or chmod 600 it\n",
		    argument);
	if (!read_line(file, ret->password) || !*ret->password)
		result = cli_refused(command,
		    "password-file: %s has no first line. Write the password into it.", argument);
	else if (!read_line(file, ret->pin) || !*ret->pin)
		memcpy(ret->pin, ret->password, sizeof ret->pin);
done:
	if (file)
		fclose(file);
	free(path);
	return result;
}

static void make_secrets(struct secrets *ret)
{
	staff_one_time_password(ret->password);
	snprintf(ret->pin, sizeof ret->pin, "%08u", randombytes_uniform(100000000));
	ret->made = true;
}

/* The settings of a new folder, checked by reading them back when it is opened. */
static int fill_settings(struct command *command, const struct input *input, struct settings *ret)
{
	const struct {
		const char *given, *field;
		char *into;
		size_t size;
	} texts[] = {{input->name, "name", ret->name, sizeof ret->name},
	    {input->site, "site", ret->site, sizeof ret->site},
	    {input->zone, "zone", ret->zone, sizeof ret->zone},
	    {input->url, "url", ret->url, sizeof ret->url}};

	settings_default(ret);
	if (input->sample)
		sample_settings(ret);
	else
		snprintf(ret->site, sizeof ret->site, "pressgate.example");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (!texts[i].given)
			continue;
		if (strlen(texts[i].given) >= texts[i].size || strpbrk(texts[i].given, "\r\n")) {
			cli_refused(command, "%s: too long, or more than one line. Shorten it.",
			    texts[i].field);
			return COMMAND_MISUSE;
		}
		snprintf(texts[i].into, texts[i].size, "%s", texts[i].given);
	}
	return COMMAND_OK;
}

static void tell(struct command *command, const char *dir, const struct input *input,
    const struct secrets *secrets)
{
	if (secrets->made)
		fprintf(command->out, "admin password %s\nofficer1 pin %s\n", secrets->password,
		    secrets->pin);
	fprintf(command->err, "Made %s%s.\n", dir,
	    input->sample ? ", with an invented agency to try it out" : "");
	if (secrets->made)
		fprintf(command->err, "The password of the administrator `admin` works once: it is "
				      "changed at the first "
				      "sign-in.\n");
	fprintf(command->err, "Start it with: registrar serve --data %s\n", dir);
}

int command_init(struct command *command)
{
	const char *dir = command->owner;
	struct input input = {0};
	struct secrets secrets = {0};
	struct refusal why = {0};
	struct init_wish *wish = NULL;
	int status;

	if (!cli_parse(command,
		&(struct argp){options, parse, "--data DIR",
		    "Makes a data folder: settings, keys, a store, an administrator `admin` and a "
		    "security officer `officer1`.",
		    NULL, NULL, NULL},
		&input, &status))
		return status;
	wish = calloc(1, sizeof *wish);
	if (!wish)
		return cli_refused(command, "no memory");
	if (input.password_file)
		status = read_secrets(command, input.password_file, &secrets);
	else {
		make_secrets(&secrets);
		status = COMMAND_OK;
	}
	if (!status)
		status = fill_settings(command, &input, &wish->settings);
	if (!status) {
		wish->password = secrets.password;
		wish->pin = secrets.pin;
		wish->must_change = secrets.made;
		wish->sample = input.sample;
		status = cli_result(command, init_folder(dir, wish, &why), &why);
	}
	if (!status)
		tell(command, dir, &input, &secrets);
	free(wish);
	sodium_memzero(&secrets, sizeof secrets);
	return status;
}
