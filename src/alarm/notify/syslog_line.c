/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/syslog_line.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#define FACILITY 16

/* RFC 5424, 7.2.2: names of structured data carry a number of IANA. 32473 is the one for examples
 * (RFC 5612), for want of one of our own. */
#define DATA_NAME "davy@32473"

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static int severity_of(const json_t *message)
{
    static const struct {
        const char *priority;
        int severity;
    } severities[] = {{"critical", 2}, {"high", 3}, {"medium", 4}, {"low", 5}};
    const json_t *alarm = json_object_get(message, "data");

    if (strcmp(text_of(alarm, "state"), "unacknowledged") != 0)
        return 6;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(severities); i++)
        if (strcmp(severities[i].priority, text_of(alarm, "priority")) == 0)
            return severities[i].severity;
    return 6;
}

/* RFC 5424, 6.3.3: ", \ and ] are escaped. */
static void put_parameter(davy_buffer *out, const char *name, const char *value)
{
    davy_buffer_printf(out, " %s=\"", name);
    for (; *value; value++) {
        if (strchr("\"\\]", *value))
            davy_buffer_append_text(out, "\\");
        davy_buffer_append(out, (unsigned char) *value < ' ' ? " " : value, 1);
    }
    davy_buffer_append_text(out, "\"");
}

/* A header holds printable ASCII without blanks. */
static void put_word(davy_buffer *out, const char *word, size_t limit)
{
    for (size_t i = 0; i < limit && word[i]; i++)
        davy_buffer_append(out, word[i] > ' ' && word[i] <= '~' ? &word[i] : "-", 1);
}

davy_status davy_syslog_write(const davy_delivery *delivery, const char *host, davy_buffer *out)
{
    const json_t *message = delivery->message;
    const json_t *alarm = json_object_get(message, "data");

    davy_buffer_printf(out, "<%d>1 %s ", FACILITY * 8 + severity_of(message),
                       *text_of(message, "timestamp") ? text_of(message, "timestamp") : "-");
    put_word(out, *host ? host : "-", 255);
    davy_buffer_printf(out, " davy %ld ", (long) getpid());
    put_word(out, text_of(message, "type"), 32);
    davy_buffer_append_text(out, " [" DATA_NAME);
    put_parameter(out, "id", delivery->id);
    put_parameter(out, "site", text_of(message, "site"));
    if (*text_of(alarm, "key"))
        put_parameter(out, "alarm", text_of(alarm, "key"));
    if (*text_of(alarm, "state"))
        put_parameter(out, "state", text_of(alarm, "state"));
    davy_buffer_append_text(out, "] \xef\xbb\xbf"); /* 6.4: what follows is UTF-8 */
    davy_buffer_append_text(out, delivery->line);
    return davy_buffer_ok(out);
}
