#include "registrar/records/backup_stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OVERHEAD crypto_secretstream_xchacha20poly1305_ABYTES
#define HEADER	 crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define MAGIC	 "pressgate-backup/v1"

/* Says which key it is and nothing about it. */
void backup_key_name(const uint8_t key[static BACKUP_KEY], char ret[17])
{
	uint8_t hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(
	    hash, sizeof(hash), (const uint8_t *)MAGIC, sizeof(MAGIC) - 1, key, BACKUP_KEY);
	sodium_bin2hex(ret, 17, hash, 8);
}

void backup_line_write(
    char ret[static BACKUP_LINE], int64_t made, int64_t until, const uint8_t key[static BACKUP_KEY])
{
	char name[17];

	backup_key_name(key, name);
	snprintf(ret, BACKUP_LINE, "%s made=%" PRId64 " until=%" PRId64 " key=%s\n", MAGIC, made,
	    until, name);
}

bool backup_line_read(const char *line, int64_t *ret_made, int64_t *ret_until, char ret_key[17])
{
	int end = 0;

	return sscanf(line, MAGIC " made=%" SCNd64 " until=%" SCNd64 " key=%16[0-9a-f]%n", ret_made,
		   ret_until, ret_key, &end) == 3 &&
	       strcmp(line + end, "\n") == 0;
}

bool backup_out_begin(
    struct backup_out *out, FILE *file, const char *line, const uint8_t key[static BACKUP_KEY])
{
	uint8_t header[HEADER];

	out->file = file;
	out->begun = out->failed = false;
	out->n = 0;
	snprintf(out->line, sizeof(out->line), "%s", line);
	crypto_secretstream_xchacha20poly1305_init_push(&out->state, header, key);
	out->failed = fputs(line, file) == EOF || fwrite(header, sizeof(header), 1, file) != 1;
	return !out->failed;
}

static void flush_chunk(struct backup_out *out, unsigned char tag)
{
	static _Thread_local uint8_t sealed[BACKUP_CHUNK + OVERHEAD];
	unsigned long long len = 0;

	crypto_secretstream_xchacha20poly1305_push(&out->state, sealed, &len, out->plain, out->n,
	    out->begun ? NULL : (const uint8_t *)out->line, out->begun ? 0 : strlen(out->line),
	    tag);
	out->begun = true;
	out->n = 0;
	if (fwrite(sealed, 1, (size_t)len, out->file) != (size_t)len)
		out->failed = true;
}

void backup_out_put(struct backup_out *out, const void *bytes, size_t len)
{
	const uint8_t *from = bytes;

	while (len > 0 && !out->failed) {
		if (out->n == BACKUP_CHUNK)
			flush_chunk(out, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
		size_t take = BACKUP_CHUNK - out->n < len ? BACKUP_CHUNK - out->n : len;
		memcpy(out->plain + out->n, from, take);
		out->n += take;
		from += take;
		len -= take;
	}
}

bool backup_out_end(struct backup_out *out)
{
	if (!out->failed)
		flush_chunk(out, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
	sodium_memzero(&out->state, sizeof(out->state));
	sodium_memzero(out->plain, sizeof(out->plain));
	return !out->failed;
}

static bool fail(struct backup_in *in, enum backup_in_error error)
{
	if (in->error == BACKUP_IN_NONE)
		in->error = error;
	return false;
}

bool backup_in_begin(struct backup_in *in, FILE *file, const uint8_t key[static BACKUP_KEY])
{
	uint8_t header[HEADER];
	char name[17], theirs[17] = "";

	in->file = file;
	in->begun = in->final = false;
	in->error = BACKUP_IN_NONE;
	in->n = in->at = 0;
	if (!fgets(in->line, sizeof(in->line), file) ||
	    !backup_line_read(in->line, &in->made, &in->until, theirs))
		return fail(in, BACKUP_IN_SHAPE);
	backup_key_name(key, name);
	if (strcmp(name, theirs) != 0)
		return fail(in, BACKUP_IN_KEY);
	if (fread(header, sizeof(header), 1, file) != 1)
		return fail(in, BACKUP_IN_CUT);
	return crypto_secretstream_xchacha20poly1305_init_pull(&in->state, header, key) == 0 ||
	       fail(in, BACKUP_IN_CHANGED);
}

static bool pull(struct backup_in *in)
{
	static _Thread_local uint8_t sealed[BACKUP_CHUNK + OVERHEAD];
	unsigned long long n = 0;
	unsigned char tag = 0;
	size_t len;

	if (in->error != BACKUP_IN_NONE || in->final)
		return fail(in, BACKUP_IN_CUT);
	len = fread(sealed, 1, sizeof(sealed), in->file);
	if (len < OVERHEAD)
		return fail(in, BACKUP_IN_CUT);
	if (crypto_secretstream_xchacha20poly1305_pull(&in->state, in->plain, &n, &tag, sealed, len,
		in->begun ? NULL : (const uint8_t *)in->line,
		in->begun ? 0 : strlen(in->line)) != 0)
		return fail(in, len < sizeof(sealed) ? BACKUP_IN_CUT : BACKUP_IN_CHANGED);
	in->begun = true;
	in->final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	if (in->final && fgetc(in->file) != EOF)
		return fail(in, BACKUP_IN_MORE);
	in->n = (size_t)n;
	in->at = 0;
	return true;
}

bool backup_in_get(struct backup_in *in, void *bytes, size_t len)
{
	uint8_t *to = bytes;

	while (len > 0) {
		if (in->at == in->n && !pull(in))
			return false;
		size_t take = in->n - in->at < len ? in->n - in->at : len;
		memcpy(to, in->plain + in->at, take);
		in->at += take;
		to += take;
		len -= take;
	}
	return true;
}

bool backup_in_line(struct backup_in *in, char *line, size_t size)
{
	for (size_t i = 0; i + 1 < size; i++) {
		if (!backup_in_get(in, &line[i], 1))
			return false;
		if (line[i] == '\n') {
			line[i] = '\0';
			return true;
		}
	}
	return fail(in, BACKUP_IN_SHAPE);
}

bool backup_in_end(struct backup_in *in)
{
	bool whole = in->final && in->at == in->n;

	sodium_memzero(&in->state, sizeof(in->state));
	sodium_memzero(in->plain, sizeof(in->plain));
	return whole || fail(in, BACKUP_IN_CUT);
}
