#ifndef TESTS_JOURNAL_EXPORT_H
#define TESTS_JOURNAL_EXPORT_H

#include "badges/tiles.h"
#include "tests/journal/sample.h"

/* Exports the sample log of any size, with or without a witness's cosignature. */

struct export_reader {
	uint64_t stop;	  /* refuses entries from here on */
	uint64_t changed; /* gives this entry in another version */
	char text[ENTRY_MAX + 1];
};

static inline int export_read(void *context, uint64_t index, const char **ret_text, size_t *ret_len)
{
	struct export_reader *reader = context;
	struct entry entry = sample_entry(index);

	if (index == reader->changed)
		entry.rev += 1000;
	*ret_text = reader->text;
	return index >= reader->stop ? -1 : entry_format(&entry, reader->text, ret_len);
}

struct export_head {
	struct note_key key, witness;
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
	char cosignature[NOTE_LINE_MAX + 1];
};

/* Returns 0, or -1. Needs no reader: the sample is the same every time. */
static inline int export_head(uint64_t size, struct export_head *ret_head)
{
	struct sample_key pair = sample_key(1), witness = sample_key(2);
	struct log_stage stage;
	struct log_leaf leaf;
	struct log log;
	size_t len;

	if (log_create(SAMPLE_ORIGIN, pair.public_key, pair.secret_key, &log) < 0 ||
	    note_key_make(
		SAMPLE_WITNESS, NOTE_COSIGNATURE, witness.public_key, &ret_head->witness) < 0)
		return -1;
	log_begin(&log, &stage);
	for (uint64_t seq = 0; seq < size; seq++) {
		struct entry entry = sample_entry(seq);

		if (log_add(&stage, &entry, &leaf) < 0)
			return -1;
	}
	if (log_seal(&stage) < 0 ||
	    checkpoint_cosign(stage.checkpoint, stage.checkpoint_len, &ret_head->witness,
		witness.secret_key, INT64_C(1789221900), ret_head->cosignature, &len) < 0)
		return -1;
	ret_head->key = log.key;
	memcpy(ret_head->checkpoint, stage.checkpoint, stage.checkpoint_len + 1);
	return 0;
}

static inline int export_sample(
    const char *base, uint64_t size, bool cosigned, struct tiles_fault *ret_fault)
{
	struct export_reader reader = {.stop = size, .changed = UINT64_MAX};
	struct export_head head;
	struct tiles_source source = {.checkpoint = head.checkpoint,
	    .key = &head.key,
	    .cosignatures = cosigned ? head.cosignature : NULL,
	    .witness = cosigned ? &head.witness : NULL,
	    .read = export_read,
	    .context = &reader};

	if (export_head(size, &head) < 0)
		return TILES_NO_ENTRY;
	return tiles_write(base, &source, ret_fault);
}

#endif
