/* The values a message may hold: see message.h. */
#ifndef PRESSGATE_REGISTRAR_MESSAGE_VALUES_H
#define PRESSGATE_REGISTRAR_MESSAGE_VALUES_H

#define MESSAGE_VALUES(X)                                                                          \
	X(service) /* name of the Service */                                                       \
	X(office)  /* e-mail address of the media office */                                        \
	X(phone)                                                                                   \
	X(url)	 /* where the site is */                                                           \
	X(name)	 /* of the person written to */                                                    \
	X(link)	 /* a link that works once */                                                      \
	X(lasts) /* how long, in words */                                                          \
	X(reference)                                                                               \
	X(outlet)                                                                                  \
	X(role)                                                                                    \
	X(due)	 /* by when someone answers, or asks */                                            \
	X(what)	 /* came in */                                                                     \
	X(until) /* the last day of an accreditation */                                            \
	X(criterion)                                                                               \
	X(message) /* from staff to the applicant */                                               \
	X(conference)                                                                              \
	X(when)                                                                                    \
	X(place)                                                                                   \
	X(explanation)                                                                             \
	X(title) /* of what is published */                                                        \
	X(stop)	 /* where a subscription ends */

#endif
