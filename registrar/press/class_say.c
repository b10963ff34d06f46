#include "registrar/press/class_say.h"

#include "badges/class.h"

/* The words of badges/class.c once more, which knows of no languages; a test compares them. */
static const char *const words[CLASS_NAMED] = {
    [CLASS_GENERAL] = SAY("General"),
    [CLASS_REPORTER] = SAY("Reporter"),
    [CLASS_PHOTOGRAPHER] = SAY("Photographer"),
    [CLASS_CAMERA] = SAY("Camera operator"),
    [CLASS_SOUND] = SAY("Sound technician"),
    [CLASS_PRODUCER] = SAY("Producer"),
    [CLASS_FREELANCE] = SAY("Freelance journalist"),
    [CLASS_STUDENT] = SAY("Student journalist"),
    [CLASS_DOCUMENTARY] = SAY("Documentary maker"),
};

const char *class_say(const struct say *language, unsigned number)
{
	if (number >= CLASS_COUNT)
		return NULL;
	return say(language, number < CLASS_NAMED ? words[number] : "Other");
}
