/*
 * faults.h: what a test provoked, for the table at the end of the test run (table.py lists the
 * faults and what must happen). Rows go to a file of this process in the folder that the
 * environment names, PRESSGATE_FAULTS; without it they go nowhere.
 */
#ifndef PRESSGATE_TESTS_FAULTS_H
#define PRESSGATE_TESTS_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * fault is a name of table.py, part says which of its tests this is. tries: how often it was
 * provoked; lost: acknowledged records that were gone; corrupt: stores or journals that did not
 * verify; wrong: verdicts that should have been others.
 */
void faults_row(const char *fault, const char *part, uint64_t tries, uint64_t lost,
    uint64_t corrupt, uint64_t wrong);

/* The same without the defence: failed says whether the fault did its harm, as it must. */
void faults_control(const char *fault, const char *part, bool failed);

/* The same without the fault: holds says whether what is refused or raised because of it is not,
 * as it must. */
void faults_contrast(const char *fault, const char *part, bool holds);

#endif
