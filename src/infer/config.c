/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_keys.h"

#include "core/utf8.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------- single values */

static davy_status fail_value(const davy_config_binding *b, const davy_config_node *node,
                              const char *wanted)
{
    return davy_config_fail(b->tree, node->line, "%.60s is %s, not '%.60s'", node->key, wanted,
                            node->kind == DAVY_CONFIG_MESSAGE ? "{...}" : node->text);
}

/* Whole numbers: decimal, 0x..., 0..., as protobuf has them. */
davy_status davy_config_whole(const davy_config_binding *b, const davy_config_node *node,
                              int64_t low, int64_t high, int64_t *out)
{
    long long value = 0;
    char *end = NULL;

    if (node->kind != DAVY_CONFIG_MESSAGE && *node->text) {
        errno = 0;
        value = strtoll(node->text, &end, 0);
    }
    if (!end || *end != '\0' || errno != 0 || value < low || value > high) {
        char wanted[80];

        (void) snprintf(wanted, sizeof wanted, "a whole number of %lld to %lld", (long long) low,
                        (long long) high);
        return fail_value(b, node, wanted);
    }
    *out = value;
    return DAVY_OK;
}

davy_status davy_config_text(const davy_config_binding *b, const davy_config_node *node,
                             const char **out)
{
    if (node->kind != DAVY_CONFIG_TEXT)
        return fail_value(b, node, "a text in quotes");
    if (!davy_utf8_valid(node->text, strlen(node->text)))
        return davy_config_fail(b->tree, node->line, "%.60s is not UTF-8", node->key);
    *out = davy_arena_text(b->arena, node->text, strlen(node->text));
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%s", b->tree->file);
}

static davy_status read_truth(const davy_config_binding *b, const davy_config_node *node, bool *out)
{
    static const char *const words[2][4] = {{"false", "False", "f", "0"},
                                            {"true", "True", "t", "1"}};

    for (size_t value = 0; value < 2 && node->kind == DAVY_CONFIG_WORD; value++)
        for (size_t i = 0; i < 4; i++)
            if (strcmp(words[value][i], node->text) == 0) {
                *out = value == 1;
                return DAVY_OK;
            }
    return fail_value(b, node, "true or false");
}

davy_status davy_config_choose(const davy_config_binding *b, const davy_config_node *node,
                               const char *const *words, size_t count, size_t *out)
{
    char wanted[160];
    size_t used = 0;

    for (size_t i = 0; i < count && node->kind != DAVY_CONFIG_MESSAGE; i++)
        if (strcmp(words[i], node->text) == 0) {
            *out = i;
            return DAVY_OK;
        }
    for (size_t i = 0; i < count && used < sizeof wanted; i++)
        used += (size_t) snprintf(wanted + used, sizeof wanted - used, "%s%s", i ? ", " : "one of ",
                                  words[i]);
    return fail_value(b, node, wanted);
}

/* ------------------------------------------------------------------------------- one key's row */

static davy_status set_size(const davy_config_binding *b, const davy_config_node *node, void *field)
{
    int64_t value = 0;
    davy_status status = davy_config_whole(b, node, 0, INT32_MAX, &value);

    if (status == DAVY_OK)
        *(size_t *) field = (size_t) value;
    return status;
}

static davy_status set_u64(const davy_config_binding *b, const davy_config_node *node, void *field)
{
    int64_t value = 0;
    davy_status status = davy_config_whole(b, node, 0, INT64_MAX / 1000, &value);

    if (status == DAVY_OK)
        *(uint64_t *) field = (uint64_t) value;
    return status;
}

static davy_status set_unsigned(const davy_config_binding *b, const davy_config_node *node,
                                void *field)
{
    int64_t value = 0;
    davy_status status = davy_config_whole(b, node, 0, INT_MAX, &value);

    if (status == DAVY_OK)
        *(unsigned *) field = (unsigned) value;
    return status;
}

static davy_status set_bool(const davy_config_binding *b, const davy_config_node *node, void *field)
{
    return read_truth(b, node, field);
}

static davy_status set_text(const davy_config_binding *b, const davy_config_node *node, void *field)
{
    return davy_config_text(b, node, field);
}

static davy_status set_aside(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    (void) field;
    davy_buffer_printf(b->aside, "%s%.60s", b->aside->length ? ", " : "", node->key);
    return davy_buffer_ok(b->aside);
}

/* What would change the answers if it were left aside. */
static davy_status refuse(const davy_config_binding *b, const davy_config_node *node, void *field)
{
    bool on = true;

    (void) field;
    if (node->kind == DAVY_CONFIG_WORD && read_truth(b, node, &on) == DAVY_OK && !on)
        return DAVY_OK;
    return davy_config_fail(b->tree, node->line, "davy has no %.60s", node->key);
}

const davy_config_setter davy_config_setters[] = {
    [DAVY_KEY_SIZE] = set_size,  [DAVY_KEY_U64] = set_u64,   [DAVY_KEY_UNSIGNED] = set_unsigned,
    [DAVY_KEY_BOOL] = set_bool,  [DAVY_KEY_TEXT] = set_text, [DAVY_KEY_ASIDE] = set_aside,
    [DAVY_KEY_REFUSED] = refuse,
};

/* ------------------------------------------------------------------------------------ messages */

static const davy_config_key *find_key(const davy_config_message *message, const char *name)
{
    for (size_t i = 0; i < message->count; i++)
        if (strcmp(message->keys[i].name, name) == 0)
            return &message->keys[i];
    return NULL;
}

static davy_status fail_unknown(const davy_config_binding *b, const davy_config_node *node,
                                const davy_config_message *message)
{
    char known[300];
    size_t used = 0;

    for (size_t i = 0; i < message->count && used < sizeof known; i++)
        used += (size_t) snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                                  message->keys[i].name);
    return davy_config_fail(b->tree, node->line, "'%.60s' is no key of %s, which has %s", node->key,
                            message->name, known);
}

static davy_status check_keys(const davy_config_binding *b, const davy_config_node *node,
                              const davy_config_message *message)
{
    davy_status status = DAVY_OK;

    for (const davy_config_node *child = node->first; child && status == DAVY_OK;
         child = child->next) {
        const davy_config_key *key = find_key(message, child->key);
        const davy_config_node *twin = key && !key->many ? node->first : child;

        while (twin != child && strcmp(twin->key, child->key) != 0)
            twin = twin->next;
        if (!key)
            status = fail_unknown(b, child, message);
        else if (twin != child)
            status = davy_config_fail(b->tree, child->line, "'%s' is given twice", key->name);
    }
    return status;
}

static size_t count_keys(const davy_config_node *node, const char *name)
{
    size_t count = 0;

    for (const davy_config_node *child = node->first; child; child = child->next)
        count += strcmp(child->key, name) == 0;
    return count;
}

static davy_status bind_one(const davy_config_binding *b, const davy_config_node *node,
                            const davy_config_key *key, void *field)
{
    if (key->kind == DAVY_KEY_MESSAGE)
        return davy_config_bind(b, node, key->message, field);
    if (key->kind == DAVY_KEY_CALL)
        return key->set(b, node, field);
    return davy_config_setters[key->kind](b, node, field);
}

/* A row of elements in an array of its own. */
static davy_status bind_array(const davy_config_binding *b, const davy_config_node *node,
                              const davy_config_key *key, char *into)
{
    const size_t count = count_keys(node, key->name);
    char *array = count > 0 ? davy_arena_array(b->arena, count, key->size) : NULL;
    davy_status status = DAVY_OK;
    size_t i = 0;

    if (count > DAVY_CONFIG_PORTS_MAX)
        return davy_config_fail(b->tree, node->line, "more than %zu of %s", DAVY_CONFIG_PORTS_MAX,
                                key->name);
    if (count > 0 && !array)
        return davy_fail(DAVY_ERR_NOMEM, "%s", b->tree->file);
    for (const davy_config_node *child = node->first; child && status == DAVY_OK;
         child = child->next)
        if (strcmp(child->key, key->name) == 0)
            status = bind_one(b, child, key, array + key->size * i++);
    *(void **) (void *) (into + key->at) = array;
    *(size_t *) (void *) (into + key->count_at) = count;
    return status;
}

static davy_status bind_key(const davy_config_binding *b, const davy_config_node *node,
                            const davy_config_key *key, char *into)
{
    davy_status status = DAVY_OK;

    if (key->size > 0)
        return bind_array(b, node, key, into);
    for (const davy_config_node *child = node->first; child && status == DAVY_OK;
         child = child->next)
        if (strcmp(child->key, key->name) == 0)
            status = bind_one(b, child, key, into + key->at);
    return status;
}

davy_status davy_config_bind(const davy_config_binding *b, const davy_config_node *node,
                             const davy_config_message *message, void *into)
{
    davy_status status;

    if (node->kind != DAVY_CONFIG_MESSAGE)
        return fail_value(b, node, "a message, {...}");
    status = check_keys(b, node, message);
    for (size_t i = 0; i < message->count && status == DAVY_OK; i++)
        if (count_keys(node, message->keys[i].name) > 0)
            status = bind_key(b, node, &message->keys[i], into);
    return status;
}

/* --------------------------------------------------------------------------------------- files */

static davy_status bind_root(davy_config_tree *tree, davy_arena *arena, davy_infer_config *out)
{
    davy_infer_config config = {.name = "", .platform = "", .aside = ""};
    davy_buffer aside = {0};
    const davy_config_binding binding = {.tree = tree, .arena = arena, .aside = &aside};
    davy_status status = davy_config_bind(&binding, &tree->root, &davy_config_root, &config);

    if (status == DAVY_OK)
        status = davy_config_finish(&binding, &config);
    if (status == DAVY_OK && aside.length > 0) {
        config.aside = davy_arena_text(arena, aside.bytes, aside.length);
        if (!config.aside)
            status = davy_fail(DAVY_ERR_NOMEM, "%s", tree->file);
    }
    davy_buffer_clear(&aside);
    if (status == DAVY_OK)
        *out = config;
    return status;
}

davy_status davy_infer_config_parse(const char *file, const char *bytes, size_t length,
                                    davy_arena *arena, davy_infer_config *out)
{
    davy_config_tree tree = {.file = file};
    davy_status status = davy_config_read_text(&tree, bytes, length);

    if (status == DAVY_OK)
        status = bind_root(&tree, arena, out);
    davy_config_tree_clear(&tree);
    return status;
}

davy_status davy_infer_config_parse_json(const char *bytes, size_t length, davy_arena *arena,
                                         davy_infer_config *out)
{
    davy_config_tree tree = {.file = "config"};
    davy_status status = davy_config_read_json(&tree, bytes, length);

    if (status == DAVY_OK)
        status = bind_root(&tree, arena, out);
    davy_config_tree_clear(&tree);
    return status;
}
