/* What both sides of control.h share; nothing for others. */
#ifndef PRESSGATE_WEB_CONTROL_WIRE_H
#define PRESSGATE_WEB_CONTROL_WIRE_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#define CONTROL_SOCKET	      "control.sock"
#define CONTROL_GREETING      "pressgate-control/v1"
#define CONTROL_MESSAGE_MAX   65536
#define CONTROL_ARGUMENTS_MAX 64
#define CONTROL_STREAMS	      3	   /* input, output, error */
#define CONTROL_AT_ONCE	      16   /* commands that run at the same time */
#define CONTROL_REQUEST_MS    5000 /* within which a request follows its connection */
#define CONTROL_STOP_MS	      5000

/* The socket's address in dir, which holds as long as *ret_dir is open (the caller closes it).
 * Returns 0, CONTROL_DENIED or CONTROL_SYSTEM with errno. */
int control_address(const char *dir, struct sockaddr_un *ret_address, int *ret_dir)
    __attribute__((warn_unused_result));

/* Whether the process at the other end has this process's user id. */
bool control_same_user(int socket) __attribute__((warn_unused_result));

#endif
