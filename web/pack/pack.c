/*
 * pack: turns asset files into a C table with content-named URLs.
 *
 *     pack OUT.c SET_NAME FILE...
 *
 * Each file is kept as it is and gzipped at the best level, where that saves anything. The URL
 * holds the first eight hex digits of the content's SHA-256.
 *
 * A worker runs under the policy its own script came with, not the page's: NAME.worker.js may
 * compile WebAssembly, and nothing else may.
 */
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ASSET_MOST = 8 << 20, ASSETS_MOST = 64 };

static const struct {
	const char *suffix;
	const char *type;
	bool text;
} types[] = {
    {".css", "text/css; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".json", "application/json", true},
    {".webmanifest", "application/manifest+json", true},
    {".ico", "image/x-icon", false},
    {".png", "image/png", false},
    {".wasm", "application/wasm", true},
};

struct file {
	const char *name;
	const char *suffix;
	const char *type;
	unsigned char *data;
	size_t len;
	unsigned char *gz;
	size_t gz_len;
	char hash[9];
	bool text;
};

static const char worker_suffix[] = ".worker.js";
static const char worker_policy[] = "\"'self' 'wasm-unsafe-eval'\"";

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len > n && strcmp(name + len - n, suffix) == 0;
}

static int find_type(struct file *f)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (ends_in(f->name, types[i].suffix)) {
			f->suffix = f->name + strlen(f->name) - strlen(types[i].suffix);
			f->type = types[i].type;
			f->text = types[i].text;
			return 0;
		}
	}
	fprintf(stderr, "pack: %s: no content type is known for this ending\n", f->name);
	return -1;
}

static int read_file(const char *path, struct file *f)
{
	FILE *in = fopen(path, "rb");
	int result = -1;

	f->data = malloc(ASSET_MOST + 1);
	if (!in || !f->data)
		goto done;
	f->len = fread(f->data, 1, ASSET_MOST + 1, in);
	if (!ferror(in) && f->len <= ASSET_MOST)
		result = 0;
done:
	if (result)
		fprintf(stderr, "pack: %s: cannot be read, or is too large\n", path);
	if (in)
		fclose(in);
	return result;
}

static int compress_file(struct file *f)
{
	z_stream z = {0};
	uLong bound;

	if (!f->text)
		return 0;
	/* 16 asks zlib for a gzip header, which holds no time of ours: builds stay the same. */
	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		return -1;
	bound = deflateBound(&z, (uLong)f->len);
	f->gz = malloc(bound);
	z.next_in = f->data;
	z.avail_in = (uInt)f->len;
	z.next_out = f->gz;
	z.avail_out = (uInt)bound;
	if (!f->gz || deflate(&z, Z_FINISH) != Z_STREAM_END) {
		deflateEnd(&z);
		return -1;
	}
	f->gz_len = z.total_out;
	deflateEnd(&z);
	if (f->gz_len >= f->len)
		f->gz_len = 0;
	return 0;
}

static int load(const char *path, struct file *f)
{
	const char *slash = strrchr(path, '/');
	unsigned char hash[crypto_hash_sha256_BYTES];

	f->name = slash ? slash + 1 : path;
	if (find_type(f) || read_file(path, f) || compress_file(f))
		return -1;
	crypto_hash_sha256(hash, f->data, f->len);
	sodium_bin2hex(f->hash, sizeof(f->hash), hash, 4);
	return 0;
}

static void write_bytes(
    FILE *out, const char *prefix, size_t i, const unsigned char *data, size_t len)
{
	if (len == 0)
		return;
	fprintf(out, "static const unsigned char %s%zu[] = {", prefix, i);
	for (size_t at = 0; at < len; at++)
		fprintf(out, "%s%u,", at % 20 == 0 ? "\n" : "", data[at]);
	fputs("\n};\n", out);
}

static void write_table(FILE *out, const char *set, const struct file *files, size_t n)
{
	fputs("#include \"web/asset.h\"\n\n", out);
	for (size_t i = 0; i < n; i++) {
		write_bytes(out, "data", i, files[i].data, files[i].len);
		write_bytes(out, "gz", i, files[i].gz, files[i].gz_len);
	}
	fprintf(out, "static const struct asset assets[] = {\n");
	for (size_t i = 0; i < n; i++) {
		const struct file *f = &files[i];

		fprintf(out, "\t{\"%s\", \"/assets/%.*s.%s%s\", \"%s\", data%zu, %zu, ", f->name,
		    (int)(f->suffix - f->name), f->name, f->hash, f->suffix, f->type, i, f->len);
		if (f->gz_len)
			fprintf(out, "gz%zu, %zu, ", i, f->gz_len);
		else
			fputs("NULL, 0, ", out);
		fprintf(out, "%s},\n", ends_in(f->name, worker_suffix) ? worker_policy : "NULL");
	}
	fprintf(out, "};\nextern const struct asset_set %s;\n", set);
	fprintf(out, "const struct asset_set %s = {assets, %zu};\n", set, n);
}

int main(int argc, char **argv)
{
	static struct file files[ASSETS_MOST];
	size_t n = 0;
	FILE *out = NULL;
	int result = 1;

	if (argc < 4 || argc - 3 > ASSETS_MOST) {
		fputs("usage: pack OUT.c SET_NAME FILE...\n", stderr);
		return 2;
	}
	for (; n < (size_t)argc - 3; n++) {
		if (load(argv[n + 3], &files[n]))
			goto done;
	}
	out = fopen(argv[1], "w");
	if (!out)
		goto done;
	write_table(out, argv[2], files, n);
	result = ferror(out) ? 1 : 0;
done:
	if (out && fclose(out))
		result = 1;
	for (size_t i = 0; i < ASSETS_MOST; i++) {
		free(files[i].data);
		free(files[i].gz);
	}
	return result;
}
