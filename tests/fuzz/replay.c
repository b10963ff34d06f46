/* replay FOLDER: runs a fuzz target over each file of its corpus, over each file cut short, and
 * with bytes changed one at a time; prints how many inputs that were. With PRESSGATE_TESTS_SHORT
 * set, as for runs under valgrind, at fewer places of each. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define REPLAY_SIZE_MAX 65536

static size_t replay_inputs;
static size_t replay_places = 256;

/* A copy of the exact size, so that a read past the end is seen by the sanitizers and valgrind. */
static void replay_one(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size + (size == 0));

	FUZZ_NEED(copy != NULL);
	memcpy(copy, bytes, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	replay_inputs++;
}

static void replay_file(uint8_t *bytes, size_t size)
{
	/* Long files are cut and changed at some places only. */
	size_t step = size / replay_places + 1;

	replay_one(bytes, size);
	for (size_t i = 0; i < size; i += step) {
		replay_one(bytes, i);
		bytes[i] ^= 0x01;
		replay_one(bytes, size);
		bytes[i] ^= 0x81;
		replay_one(bytes, size);
		bytes[i] ^= 0x80;
	}
}

static int replay_path(const char *folder, const char *name)
{
	static uint8_t bytes[REPLAY_SIZE_MAX];
	char path[1024];
	FILE *file;
	size_t size;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (file == NULL)
		return -1;
	size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	replay_file(bytes, size);
	return 0;
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	size_t files = 0;
	DIR *folder;

	if (argc != 2 || (folder = opendir(argv[1])) == NULL) {
		(void)fprintf(stderr, "usage: %s FOLDER (of inputs)\n", argv[0]);
		return 2;
	}
	if (getenv("PRESSGATE_TESTS_SHORT") != NULL)
		replay_places = 16;
	replay_one((const uint8_t *)"", 0);
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (replay_path(argv[1], entry->d_name) != 0)
			return 1;
		files++;
	}
	(void)closedir(folder);
	(void)printf("%zu files, %zu inputs\n", files, replay_inputs);
	return files > 0 ? 0 : 1;
}
