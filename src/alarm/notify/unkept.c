/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/unkept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void lose(davy_unkept *unkept, davy_unkept_message *message)
{
    free(message->body);
    message->body = NULL;
    unkept->lost++;
}

void davy_unkept_add(davy_unkept *unkept, const char *id, const char *body)
{
    davy_unkept_message message = {.body = strdup(body)}, oldest;

    (void) snprintf(message.id, sizeof message.id, "%s", id);
    if (unkept->count == DAVY_UNKEPT_MAX && davy_unkept_take(unkept, &oldest))
        lose(unkept, &oldest);
    if (message.body)
        unkept->messages[(unkept->first + unkept->count++) % DAVY_UNKEPT_MAX] = message;
    else
        unkept->lost++;
}

bool davy_unkept_take(davy_unkept *unkept, davy_unkept_message *out)
{
    if (unkept->count == 0)
        return false;
    *out = unkept->messages[unkept->first];
    unkept->first = (unkept->first + 1) % DAVY_UNKEPT_MAX;
    unkept->count--;
    return true;
}

void davy_unkept_return(davy_unkept *unkept, davy_unkept_message *message)
{
    if (unkept->count == DAVY_UNKEPT_MAX) {
        lose(unkept, message);
        return;
    }
    unkept->first = (unkept->first + DAVY_UNKEPT_MAX - 1) % DAVY_UNKEPT_MAX;
    unkept->messages[unkept->first] = *message;
    unkept->count++;
}

void davy_unkept_clear(davy_unkept *unkept)
{
    davy_unkept_message message;

    while (davy_unkept_take(unkept, &message))
        free(message.body);
}
