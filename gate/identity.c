#include "gate/identity.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "badges/bytes.h"
#include "schema/gate_db.h"

enum { PATH_MAX_BYTES = 4096 };

static int read_root(struct store_tx *tx, uint8_t ret_root[static KEY_PUBLIC_SIZE])
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_META_GET, STORE_ARGS(store_text("root")), &rows);

	if (r == STORE_ROW) {
		int fixed = store_get_fixed(rows, 0, ret_root, KEY_PUBLIC_SIZE);

		if (fixed != 0)
			r = fixed;
	}
	store_done(rows);
	return r;
}

int identity_read(struct store_tx *tx, struct gate_identity *ret_identity)
{
	struct gate_identity identity = {0};
	int r = gate_meta_text(tx, "device", identity.device, sizeof(identity.device));

	if (r == STORE_ROW)
		r = gate_meta_text(tx, "site", identity.site, sizeof(identity.site));
	if (r == STORE_ROW)
		r = gate_meta_text(tx, "url", identity.url, sizeof(identity.url));
	if (r == STORE_ROW)
		r = gate_meta_text(tx, "server_pin", identity.pin, sizeof(identity.pin));
	if (r == STORE_ROW)
		r = read_root(tx, identity.root);
	if (r == STORE_ROW)
		*ret_identity = identity;
	return r;
}

int identity_write(struct store_tx *tx, const struct gate_identity *identity, int64_t enrolled)
{
	const struct {
		const char *key;
		struct store_value value;
	} facts[] = {
	    {"device", store_text(identity->device)},
	    {"site", store_text(identity->site)},
	    {"url", store_text(identity->url)},
	    {"server_pin", store_text(identity->pin)},
	    {"root", store_blob(identity->root, sizeof(identity->root))},
	    {"enrolled", store_i64(enrolled)},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(facts) / sizeof(facts[0]); i++)
		r = gate_meta_set(tx, facts[i].key, facts[i].value);
	return r;
}

static int write_whole(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good;

	if (fd < 0)
		return -1;
	good = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
	return close(fd) == 0 && good ? 0 : -1;
}

static int sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return -1;
	r = fsync(fd);
	close(fd);
	return r;
}

int identity_save(const char *dir, const struct gate_identity *identity)
{
	char path[PATH_MAX_BYTES], beside[PATH_MAX_BYTES], root[2 * KEY_PUBLIC_SIZE + 1];
	json_t *json = NULL;
	char *text = NULL;
	int r = -1;

	if ((size_t)snprintf(path, sizeof(path), "%s/identity.json", dir) >= sizeof(path) ||
	    (size_t)snprintf(beside, sizeof(beside), "%s/identity.new", dir) >= sizeof(beside))
		return -1;
	bytes_hex(identity->root, KEY_PUBLIC_SIZE, root);
	json = json_pack("{ss ss ss ss ss}", "device", identity->device, "site", identity->site,
	    "url", identity->url, "pin", identity->pin, "root", root);
	text = json == NULL ? NULL : json_dumps(json, JSON_INDENT(1));
	if (text != NULL && write_whole(beside, text, strlen(text)) == 0 &&
	    rename(beside, path) == 0 && sync_folder(dir) == 0)
		r = 0;
	free(text);
	json_decref(json);
	return r;
}

static bool copy_text(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from) < size && to[0] != '\0';
}

int identity_load(const char *dir, struct gate_identity *ret_identity)
{
	char path[PATH_MAX_BYTES];
	const char *device, *site, *url, *pin, *root;
	struct gate_identity identity = {0};
	json_t *json = NULL;
	int r = -1;

	if ((size_t)snprintf(path, sizeof(path), "%s/identity.json", dir) >= sizeof(path))
		return -1;
	json = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	if (json != NULL &&
	    json_unpack(json, "{ss ss ss ss ss !}", "device", &device, "site", &site, "url", &url,
		"pin", &pin, "root", &root) == 0 &&
	    copy_text(identity.device, sizeof(identity.device), device) &&
	    copy_text(identity.site, sizeof(identity.site), site) &&
	    copy_text(identity.url, sizeof(identity.url), url) &&
	    copy_text(identity.pin, sizeof(identity.pin), pin) &&
	    bytes_unhex(root, strlen(root), identity.root, sizeof(identity.root)) == 0) {
		*ret_identity = identity;
		r = 0;
	}
	json_decref(json);
	return r;
}

void identity_keep(const char *dir, const struct gate_identity *identity)
{
	struct gate_identity held = {0};

	if (identity_load(dir, &held) == 0 && strcmp(held.device, identity->device) == 0 &&
	    strcmp(held.site, identity->site) == 0 && strcmp(held.url, identity->url) == 0 &&
	    strcmp(held.pin, identity->pin) == 0 &&
	    memcmp(held.root, identity->root, sizeof(held.root)) == 0)
		return;
	/* A repair would ask for enrolment instead: no reason to keep the door shut. */
	if (identity_save(dir, identity) != 0)
		return;
}
