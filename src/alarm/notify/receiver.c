/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/receiver.h"

#include "core/file.h"

#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

const davy_receiver_kind *davy_receiver_kind_find(const char *name)
{
    static const davy_receiver_kind *const kinds[] = {&davy_receiver_webhook, &davy_receiver_mqtt,
                                                      &davy_receiver_smtp, &davy_receiver_command,
                                                      &davy_receiver_syslog};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

static void init_curl(void)
{
    (void) curl_global_init(CURL_GLOBAL_DEFAULT);
}

void davy_receiver_use_curl(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, init_curl);
}

static void clear(davy_buffer *bytes)
{
    if (bytes->bytes)
        explicit_bzero(bytes->bytes, bytes->capacity);
    davy_buffer_clear(bytes);
}

davy_status davy_receiver_secret(const davy_receiver_setup *setup, const char *file,
                                 char secret[DAVY_RECEIVER_SECRET_MAX], size_t *length)
{
    davy_buffer bytes = {0};
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s%s%s", *file == '/' ? "" : setup->folder,
                    *file == '/' || !*setup->folder ? "" : "/", file);
    status = davy_file_read(path, DAVY_RECEIVER_SECRET_MAX - 1, &bytes);
    if (status == DAVY_OK) {
        *length = bytes.bytes ? strcspn(bytes.bytes, "\r\n") : 0;
        memcpy(secret, bytes.bytes ? bytes.bytes : "", *length);
        secret[*length] = '\0';
        if (*length == 0)
            status = davy_fail(DAVY_ERR_INVALID, "'%s' is empty", path);
    }
    clear(&bytes);
    return status;
}

void davy_receiver_place(const davy_site_receiver *receiver, char *text, size_t capacity)
{
    const char *host;

    if (!receiver->address) {
        (void) snprintf(text, capacity, "%s", receiver->program ? receiver->program : "");
        return;
    }
    host = strstr(receiver->address, "://");
    host = host ? host + 3 : receiver->address;
    if (strcmp(receiver->kind, "webhook") == 0)
        (void) snprintf(text, capacity, "%.*s",
                        (int) (host - receiver->address + (ptrdiff_t) strcspn(host, "/?#")),
                        receiver->address);
    else
        (void) snprintf(text, capacity, "%s", receiver->address);
}
