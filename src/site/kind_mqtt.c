/* SPDX-License-Identifier: Apache-2.0 */
#include "site/sources.h"

#include <string.h>

/* MQTT: a broker, subscriptions, and for each signal a topic and the place in its messages. */

static const char *const formats[] = {"number", "json", "neuron", NULL};

static void read_format(davy_site_reader *reader, const davy_site_where *where,
                        const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    size_t index;

    if (text && davy_site_choose(reader, where, node, text, formats, &index))
        ((davy_site_source *) object)->format = formats[index];
}

/* A # stands alone and last, a + alone in its level (MQTT 3.1.1, section 4.7.1). */
static bool is_filter(const char *filter)
{
    for (;;) {
        size_t length = strcspn(filter, "/");
        bool last = filter[length] == '\0';

        if (length > 1 && strcspn(filter, "+#/") < length)
            return false;
        if (*filter == '#' && !last)
            return false;
        if (last)
            return true;
        filter += length + 1;
    }
}

static void check_source(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, void *object)
{
    const davy_site_source *source = object;

    if (source->password_file && !source->username)
        davy_site_refuse_key(reader, where, node, "password_file", "add 'username: ...'",
                             "a password without a user name is never sent");
    for (size_t i = 0; i < source->topic_count; i++)
        if (source->topics[i] && !is_filter(source->topics[i]))
            davy_site_refuse_key(reader, where, node, "topics",
                                 "# stands alone and last, + alone between two slashes",
                                 "'%.60s' is not a topic filter", source->topics[i]);
}

/* True when a topic filter covers a topic (MQTT 3.1.1, section 4.7). */
static bool filter_covers(const char *filter, const char *topic)
{
    for (;;) {
        size_t length = strcspn(topic, "/");
        size_t filter_length = strcspn(filter, "/");

        if (strcmp(filter, "#") == 0)
            return true;
        if (!(filter_length == 1 && *filter == '+') &&
            (filter_length != length || memcmp(filter, topic, length) != 0))
            return false;
        filter += filter_length;
        topic += length;
        if (!*topic || !*filter)
            return !*topic && (!*filter || strcmp(filter, "/#") == 0);
        filter++;
        topic++;
    }
}

static bool is_subscribed(const davy_site_source *source, const char *topic)
{
    for (size_t i = 0; i < source->topic_count; i++)
        if (source->topics[i] && filter_covers(source->topics[i], topic))
            return true;
    return source->topic_count == 0; /* the loader subscribes to the topics of the signals */
}

static void check_from(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *object)
{
    const davy_site_from *from = &((const davy_site_signal *) object)->from;
    const davy_site_source *source = &reader->site->sources[from->source];

    if (from->path && from->tag)
        davy_site_refuse_key(reader, where, node, "tag", "keep one of them",
                             "'path' is for JSON and 'tag' for Neuron's messages");
    if (from->path && from->path[0] != '$')
        davy_site_refuse_key(reader, where, node, "path", "write for example 'path: $.level'",
                             "the path '%.60s' does not begin with $", from->path);
    if (from->topic && strpbrk(from->topic, "+#"))
        davy_site_refuse_key(reader, where, node, "topic", "name the one topic of this signal",
                             "the topic '%.60s' holds a wildcard", from->topic);
    else if (from->topic && !is_subscribed(source, from->topic))
        davy_site_refuse_key(reader, where, node, "topic", "add it to the topics of the source",
                             "no subscription of '%s' covers the topic '%.60s'", source->name,
                             from->topic);
}

static const davy_site_field source_fields[] = {
    DAVY_SITE_ROWS_OF_SOURCES,
    {"address", davy_site_read_address, .required = true, .with = "mqtt://",
     .write = "address: \"mqtt://127.0.0.1:1883\""},
    {"topics", davy_site_read_texts, DAVY_SITE_SOURCE(topics),
     .aside = DAVY_SITE_SOURCE(topic_count), .write = "topics: [\"plant/#\"]"},
    {"format", read_format, .write = "format: number"},
    {"timeout", davy_site_read_duration, DAVY_SITE_SOURCE(timeout_ns), .low = 10 * DAVY_SITE_MS,
     .high = DAVY_SITE_MINUTE, .write = "timeout: 1s"},
    {"username", davy_site_read_text, DAVY_SITE_SOURCE(username), .write = "username: davy"},
    {"password_file", davy_site_read_text, DAVY_SITE_SOURCE(password_file),
     .write = "password_file: /etc/davy/mqtt-password"},
};

static const davy_site_field from_fields[] = {
    DAVY_SITE_ROWS_OF_FROM,
    {"topic", davy_site_read_text, DAVY_SITE_FROM(topic), .required = true,
     .write = "topic: plant/t101"},
    {"path", davy_site_read_text, DAVY_SITE_FROM(path), .write = "path: $.level"},
    {"tag", davy_site_read_text, DAVY_SITE_FROM(tag), .write = "tag: level"},
    DAVY_SITE_ROWS_OF_SCALE,
};

const davy_site_kind davy_site_kind_mqtt = {
    .name = "mqtt",
    .defaults = {.format = "number", .timeout_ns = DAVY_NS_PER_S},
    .source = {.what = "mqtt source",
               .fields = source_fields,
               .count = DAVY_ARRAY_LENGTH(source_fields),
               .check = check_source},
    .from = {.what = "from of an mqtt source",
             .fields = from_fields,
             .count = DAVY_ARRAY_LENGTH(from_fields),
             .check = check_from},
};
