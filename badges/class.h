#ifndef BADGES_CLASS_H
#define BADGES_CLASS_H

#include <stdint.h>

/* The class of a pass: what its holder comes to do. Numbers 9..23 are valid on a pass and have no
 * meaning yet. */
enum class {
	CLASS_GENERAL = 0,
	CLASS_REPORTER = 1,
	CLASS_PHOTOGRAPHER = 2,
	CLASS_CAMERA = 3,
	CLASS_SOUND = 4,
	CLASS_PRODUCER = 5,
	CLASS_FREELANCE = 6,
	CLASS_STUDENT = 7,
	CLASS_DOCUMENTARY = 8,
	CLASS_NAMED = 9, /* how many have a meaning */
	CLASS_COUNT = 24
};

/* X(number, token, words) of each class that has a meaning, in the order of their numbers, with
 * commas between: for tables that hold them in another shape. */
#define CLASS_EACH(X)                                                                              \
	X(CLASS_GENERAL, "general", "General"), X(CLASS_REPORTER, "reporter", "Reporter"),         \
	    X(CLASS_PHOTOGRAPHER, "photographer", "Photographer"),                                 \
	    X(CLASS_CAMERA, "camera", "Camera operator"),                                          \
	    X(CLASS_SOUND, "sound", "Sound technician"),                                           \
	    X(CLASS_PRODUCER, "producer", "Producer"),                                             \
	    X(CLASS_FREELANCE, "freelance", "Freelance journalist"),                               \
	    X(CLASS_STUDENT, "student", "Student journalist"),                                     \
	    X(CLASS_DOCUMENTARY, "documentary", "Documentary maker")

enum { CLASS_E_TOKEN = -1 };

/* The token for files and URLs, such as "camera"; NULL for a number without a meaning. */
const char *class_token(unsigned number);

/* The words for a person, such as "Camera operator"; "Other" for 9..23; NULL above. */
const char *class_words(unsigned number);

/* The class of a token. Returns 0, or CLASS_E_TOKEN with ret_number untouched. */
int class_find(const char *token, uint8_t *ret_number) __attribute__((warn_unused_result));

#endif
