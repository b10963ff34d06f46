/*
 * attendance_line: the entries of gates about one conference, in order of time. They are read in
 * the order of an index and sorted here, which takes a third of the time of a join. For
 * attendance.c.
 */
#ifndef REGISTRAR_ATTENDANCE_LINE_H
#define REGISTRAR_ATTENDANCE_LINE_H

#include <stdbool.h>

#include "registrar/attendance/attendance.h"

struct attendance_log {
	int64_t id, epoch;
	char device[65];
};

struct attendance_line {
	int64_t time_ms, seq;
	uint32_t log; /* index into logs, which are in order of device and epoch */
	bool undone;  /* an admission that was taken back */
	bool has_pass;
	uint8_t pass[16];
	char decision[13], reason[33], staff[17]; /* words of badges/entry.h; staff "-": none */
};

struct attendance_lines {
	struct attendance_log *logs;
	size_t n_logs;
	struct attendance_line *lines;
	size_t n;
};

/* Reads those about the conference of that slug. Returns 0 or a store_result; in both cases what
 * was read is freed by attendance_lines_clear. */
int attendance_lines_read(struct store_tx *tx, const char *slug, struct attendance_lines *lines)
    __attribute__((warn_unused_result));

void attendance_lines_clear(struct attendance_lines *lines);

#endif
