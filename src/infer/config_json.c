/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_tree.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define KEY_MAX 256

/* "maxBatchSize" is "max_batch_size" in protobuf's JSON. */
static void to_snake(const char *key, char out[KEY_MAX])
{
    size_t length = 0;

    for (; *key && length + 2 < KEY_MAX; key++) {
        if (isupper((unsigned char) *key) && length > 0)
            out[length++] = '_';
        out[length++] = (char) tolower((unsigned char) *key);
    }
    out[length] = '\0';
}

/* What protobuf calls maps: objects of names, which are rows of key and value in the text format.
 */
static bool is_map(const char *key)
{
    static const char *const maps[] = {
        "parameters", "input_map", "output_map", "inputs", "priority_queue_policy", "metric_tags"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(maps); i++)
        if (strcmp(maps[i], key) == 0)
            return true;
    return false;
}

static davy_status set_text(davy_config_tree *tree, davy_config_node *node, davy_config_kind kind,
                            const char *text, size_t length)
{
    node->kind = kind;
    if (memchr(text, 0, length))
        return davy_config_fail(tree, 0, "key '%.60s' holds a zero byte", node->key);
    node->text = davy_arena_text(&tree->arena, text, length);
    return node->text ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%s", tree->file);
}

static davy_status read_object(davy_config_tree *tree, davy_config_node *message,
                               const json_t *object, int depth);

static davy_status read_value(davy_config_tree *tree, davy_config_node *node, const json_t *value,
                              int depth)
{
    char number[64];

    if (json_is_object(value))
        return read_object(tree, node, value, depth + 1);
    if (json_is_string(value))
        return set_text(tree, node, DAVY_CONFIG_TEXT, json_string_value(value),
                        json_string_length(value));
    if (json_is_boolean(value))
        (void) snprintf(number, sizeof number, "%s", json_is_true(value) ? "true" : "false");
    else if (json_is_integer(value))
        (void) snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        (void) snprintf(number, sizeof number, "%.17g", json_real_value(value));
    else
        return davy_config_fail(tree, 0, "key '%.60s' is null, or a list in a list", node->key);
    return set_text(tree, node, DAVY_CONFIG_WORD, number, strlen(number));
}

static davy_status add_value(davy_config_tree *tree, davy_config_node *message, const char *key,
                             const json_t *value, int depth)
{
    davy_status status = DAVY_OK;
    davy_config_node *node = davy_config_tree_add(tree, message, key, strlen(key), 0, &status);

    return node ? read_value(tree, node, value, depth) : status;
}

static davy_status read_map(davy_config_tree *tree, davy_config_node *message, const char *key,
                            json_t *object, int depth)
{
    void *at = json_object_iter(object);
    davy_status status = DAVY_OK;

    for (; at && status == DAVY_OK; at = json_object_iter_next(object, at)) {
        const char *name = json_object_iter_key(at);
        davy_config_node *row = davy_config_tree_add(tree, message, key, strlen(key), 0, &status);
        davy_config_node *node = row ? davy_config_tree_add(tree, row, "key", 3, 0, &status) : NULL;

        if (node)
            status = set_text(tree, node, DAVY_CONFIG_TEXT, name, strlen(name));
        if (node && status == DAVY_OK)
            status = add_value(tree, row, "value", json_object_iter_value(at), depth + 1);
    }
    return status;
}

static davy_status read_member(davy_config_tree *tree, davy_config_node *message, const char *name,
                               json_t *value, int depth)
{
    char key[KEY_MAX];
    davy_status status = DAVY_OK;

    to_snake(name, key);
    if (json_is_object(value) && is_map(key))
        return read_map(tree, message, key, value, depth);
    if (!json_is_array(value))
        return add_value(tree, message, key, value, depth);
    for (size_t i = 0; i < json_array_size(value) && status == DAVY_OK; i++)
        status = add_value(tree, message, key, json_array_get(value, i), depth);
    return status;
}

static davy_status read_object(davy_config_tree *tree, davy_config_node *message,
                               const json_t *object, int depth)
{
    json_t *members = (json_t *) (uintptr_t) object;
    void *at = json_object_iter(members);
    davy_status status = DAVY_OK;

    if (depth > DAVY_CONFIG_DEPTH_MAX)
        return davy_config_fail(tree, 0, "nested deeper than %d objects", DAVY_CONFIG_DEPTH_MAX);
    message->kind = DAVY_CONFIG_MESSAGE;
    for (; at && status == DAVY_OK; at = json_object_iter_next(members, at))
        status =
            read_member(tree, message, json_object_iter_key(at), json_object_iter_value(at), depth);
    return status;
}

davy_status davy_config_read_json(davy_config_tree *tree, const char *bytes, size_t length)
{
    json_error_t error;
    json_t *root;
    davy_status status;

    if (length > DAVY_CONFIG_FILE_MAX)
        return davy_config_fail(tree, 0, "longer than %zu bytes", DAVY_CONFIG_FILE_MAX);
    root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return davy_config_fail(tree, (unsigned) (error.line > 0 ? error.line : 0), "%s",
                                error.text);
    status = json_is_object(root) ? read_object(tree, &tree->root, root, 0)
                                  : davy_config_fail(tree, 0, "no JSON object");
    json_decref(root);
    return status;
}
