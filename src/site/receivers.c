/* SPDX-License-Identifier: Apache-2.0 */
#include "site/sources.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Receivers of alarms: what they share, and a table of keys for each kind. */

#define RECEIVER(field) offsetof(davy_site_receiver, field)

/* Longest e-mail address (RFC 5321, 4.5.3.1.3, without the brackets). */
#define MAIL_MAX 254

static void read_kind(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    const char *names[8] = {0};
    size_t index;

    for (size_t i = 0; davy_site_receiver_kinds[i].name; i++)
        names[i] = davy_site_receiver_kinds[i].name;
    if (text && davy_site_choose(reader, where, node, text, names, &index))
        ((davy_site_receiver *) object)->kind = names[index];
}

static void read_format(davy_site_reader *reader, const davy_site_where *where,
                        const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    static const char *const names[] = {"json", "text", "cap", NULL};
    const char *text = davy_site_scalar(reader, where, node, field);
    size_t index;

    if (text && davy_site_choose(reader, where, node, text, names, &index))
        ((davy_site_receiver *) object)->format = (davy_notice_format) index;
}

/* A password in the address would stand in the site file, and in every answer about the receiver.
 */
static bool is_url(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                    : strncmp(text, "http://", 7) == 0 ? 7
                                                       : 0;

    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return scheme && (text[scheme] == '[' || isalnum((unsigned char) text[scheme])) &&
           !memchr(text, '@', strcspn(text + scheme, "/?#") + scheme);
}

static void read_url(davy_site_reader *reader, const davy_site_where *where,
                     const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);

    if (text && is_url(text))
        ((davy_site_receiver *) object)->address = davy_site_keep(reader, text);
    else if (text)
        davy_site_refuse_value(reader, where, node, field,
                               "'%.80s' is not http(s)://HOST without a user name", text);
}

/* `with` holds the schemes, NULL-ended; one that ends with "///" stands for a path. */
static void read_address(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    bool fine = false;

    for (const char *const *scheme = field->with; text && *scheme && !fine; scheme++)
        fine = strstr(*scheme, "///")
                   ? strncmp(text, *scheme, strlen(*scheme)) == 0 && text[strlen(*scheme)] != '\0'
                   : davy_site_is_address(text, *scheme);
    if (fine)
        ((davy_site_receiver *) object)->address = davy_site_keep(reader, text);
    else if (text)
        davy_site_refuse_value(reader, where, node, field, "'%.80s' is no address of this kind",
                               text);
}

/* A plain address of RFC 5321: nothing that could end a header or begin another. */
static bool is_mail(const char *text)
{
    static const char local[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                ".!#$%&'*+/=?^_`{|}~-";
    size_t at = strspn(text, local);
    size_t rest = strlen(text + at);

    return at > 0 && text[at] == '@' && rest > 1 && at + rest <= MAIL_MAX &&
           strspn(text + at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789.-") == rest - 1;
}

static void check_mail(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const char *key, const char *text)
{
    if (text && !is_mail(text))
        davy_site_refuse_key(reader, where, node, key, "write for example shift@plant.example",
                             "'%.60s' is not an e-mail address", text);
}

static void check_password(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_receiver *receiver)
{
    if (receiver->password_file && !receiver->username)
        davy_site_refuse_key(reader, where, node, "password_file", "add 'username: ...'",
                             "a password without a user name is never sent");
}

static void check_mqtt(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *object)
{
    const davy_site_receiver *receiver = object;

    check_password(reader, where, node, receiver);
    if (receiver->topic && strpbrk(receiver->topic, "+#"))
        davy_site_refuse_key(reader, where, node, "topic", "name one topic",
                             "the topic '%.60s' holds a wildcard", receiver->topic);
}

static void check_smtp(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *object)
{
    const davy_site_receiver *receiver = object;

    check_password(reader, where, node, receiver);
    check_mail(reader, where, node, "sender", receiver->sender);
    for (size_t i = 0; i < receiver->recipient_count; i++)
        check_mail(reader, where, node, "recipients", receiver->recipients[i]);
}

static void check_path(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const char *key, const char *path,
                       const char *remedy)
{
    if (path && path[0] != '/')
        davy_site_refuse_key(reader, where, node, key, remedy, "'%.60s' is not an absolute path",
                             path);
}

static void check_command(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, void *object)
{
    const davy_site_receiver *receiver = object;

    check_path(reader, where, node, "program", receiver->program,
               "write for example /usr/local/bin/siren");
    for (size_t i = 0; i < receiver->path_count; i++)
        check_path(reader, where, node, "paths", receiver->paths[i],
                   "write for example /dev/ttyUSB0");
}

static const char *const mqtt_schemes[] = {"mqtt://", NULL};
static const char *const smtp_schemes[] = {"smtp://", "smtps://", NULL};
static const char *const syslog_schemes[] = {"udp://", "tcp://", "unix:///", NULL};

/* clang-format off */
#define ROWS_OF_RECEIVERS                                                                       \
    {"name", davy_site_read_unique_name, RECEIVER(name), .required = true,                      \
     .aside = offsetof(davy_site_reader, receivers), .write = "name: phone"},                   \
    {"kind", read_kind, RECEIVER(kind), .required = true, .write = "kind: webhook"}
#define ROW_OF_FORMAT {"format", read_format, .write = "format: json"}
#define ROWS_OF_PASSWORD                                                                        \
    {"username", davy_site_read_text, RECEIVER(username), .write = "username: davy"},           \
    {"password_file", davy_site_read_text, RECEIVER(password_file),                             \
     .write = "password_file: /etc/davy/password"}
#define KIND(kind_name, kind_format, table, checker)                                            \
    {.name = (kind_name), .defaults = {.format = (kind_format)},                                \
     .schema = {.what = kind_name " receiver", .fields = (table),                               \
                .count = DAVY_ARRAY_LENGTH(table), .check = (checker)}}
/* clang-format on */

static const davy_site_field webhook_fields[] = {
    ROWS_OF_RECEIVERS,
    {"url", read_url, .required = true, .write = "url: \"https://alarms.example/davy\""},
    {"secret_file", davy_site_read_text, RECEIVER(secret_file), .write = "secret_file: hook.key"},
    ROW_OF_FORMAT,
};

static const davy_site_field mqtt_fields[] = {
    ROWS_OF_RECEIVERS,
    {"address", read_address, .required = true, .with = mqtt_schemes,
     .write = "address: \"mqtt://127.0.0.1:1883\""},
    {"topic", davy_site_read_text, RECEIVER(topic), .required = true,
     .write = "topic: davy/alarms"},
    ROWS_OF_PASSWORD,
    ROW_OF_FORMAT,
};

static const davy_site_field smtp_fields[] = {
    ROWS_OF_RECEIVERS,
    {"address", read_address, .required = true, .with = smtp_schemes,
     .write = "address: \"smtp://127.0.0.1:25\""},
    {"sender", davy_site_read_text, RECEIVER(sender), .required = true,
     .write = "sender: davy@plant.example"},
    {"recipients", davy_site_read_texts, RECEIVER(recipients), .required = true,
     .aside = RECEIVER(recipient_count), .write = "recipients: [shift@plant.example]"},
    ROWS_OF_PASSWORD,
    ROW_OF_FORMAT,
};

static const davy_site_field command_fields[] = {
    ROWS_OF_RECEIVERS,
    {"program", davy_site_read_text, RECEIVER(program), .required = true,
     .write = "program: /usr/local/bin/siren"},
    {"arguments", davy_site_read_texts, RECEIVER(arguments), .aside = RECEIVER(argument_count),
     .write = "arguments: [\"--on\"]"},
    {"paths", davy_site_read_texts, RECEIVER(paths), .aside = RECEIVER(path_count),
     .write = "paths: [/dev/ttyUSB0]"},
    {"network", davy_site_read_boolean, RECEIVER(network), .write = "network: true"},
    ROW_OF_FORMAT,
};

static const davy_site_field syslog_fields[] = {
    ROWS_OF_RECEIVERS,
    {"address", read_address, .required = true, .with = syslog_schemes,
     .write = "address: \"udp://10.0.0.9:514\""},
};

const davy_site_receiver_kind davy_site_receiver_kinds[] = {
    KIND("webhook", DAVY_NOTICE_JSON, webhook_fields, NULL),
    KIND("mqtt", DAVY_NOTICE_JSON, mqtt_fields, check_mqtt),
    KIND("smtp", DAVY_NOTICE_TEXT, smtp_fields, check_smtp),
    KIND("command", DAVY_NOTICE_JSON, command_fields, check_command),
    KIND("syslog", DAVY_NOTICE_TEXT, syslog_fields, NULL),
    {.name = NULL},
};

static const davy_site_receiver_kind *find_kind(const char *name)
{
    for (size_t i = 0; name && davy_site_receiver_kinds[i].name; i++)
        if (strcmp(davy_site_receiver_kinds[i].name, name) == 0)
            return &davy_site_receiver_kinds[i];
    return NULL;
}

/* What is read of a receiver whose kind is missing or unknown: its name, which routes refer to. */
static const davy_site_field unknown_fields[] = {ROWS_OF_RECEIVERS};

static const davy_site_schema unknown_schema = {.what = "receiver",
                                                .fields = unknown_fields,
                                                .count = DAVY_ARRAY_LENGTH(unknown_fields),
                                                .open = true};

static void read_receiver(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, void *entry)
{
    const davy_yaml_node *name = davy_yaml_get(node, "kind");
    const davy_site_receiver_kind *kind = find_kind(name ? name->text : NULL);
    davy_site_receiver *receiver = entry;
    size_t line = receiver->line;

    if (kind)
        *receiver = kind->defaults;
    receiver->line = line;
    davy_site_read_mapping(reader, where, node, kind ? &kind->schema : &unknown_schema, receiver);
}

static const davy_site_receiver no_receiver = {0};

const davy_site_list davy_site_list_receivers = {
    .defaults = &no_receiver,
    .size = sizeof(davy_site_receiver),
    .line = RECEIVER(line),
    .names = offsetof(davy_site_reader, receivers),
    .max = DAVY_SITE_RECEIVERS_MAX,
    .read = read_receiver,
};
