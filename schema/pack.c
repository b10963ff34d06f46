/* pack: turns the .sql files of one database into C. A build tool; see pack.h. */
#include "schema/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(void)
{
	fprintf(stderr, "usage: pack NAME APPLICATION_ID FOLDER HEADER SOURCE DEPFILE\n");
	return 2;
}

int main(int argc, char **argv)
{
	static struct pack pack;
	int status = 1;

	if (argc != 7)
		return usage();
	char *end = NULL;
	errno = 0;
	unsigned long id = strtoul(argv[2], &end, 0);
	if (errno || *end || !id || id > INT32_MAX)
		return usage();
	pack.name = argv[1];
	pack.application_id = (uint32_t)id;
	pack.folder = argv[3];

	if (pack_read(&pack) || pack_check(&pack))
		goto done;
	if (pack_write_header(&pack, argv[4]) || pack_write_source(&pack, argv[5]) ||
	    pack_write_depfile(&pack, argv[6], argv[4], argv[5]))
		goto done;
	status = 0;
done:
	pack_free(&pack);
	return status;
}
