/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/order.h"

#include <stdio.h>
#include <string.h>

#include "core/buffer.h"
#include "core/quantity.h"
#include "core/sample.h"
#include "models/model.h"
#include "models/task.h"
#include "serve/api/json.h"

#define VALUE_MAX ((size_t) 1024) /* bytes of a text; a list of signals is the longest */

/* Keys of a body that are options of `davy train` as they stand. */
static const char *const options[] = {
    "model", "task",    "signals", "from",  "to",     "period", "label",
    "time",  "columns", "group",   "clean", "budget", "seed",
};

_Static_assert(DAVY_ARRAY_LENGTH(options) <= DAVY_ORDER_OPTIONS, "there is no room for all");

/* -- Values ----------------------------------------------------------------------------------- */

static davy_status check_text(const char *key, const char *text)
{
    const size_t length = text ? strlen(text) : 0;

    if (length == 0 || length > VALUE_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%.64s' is not a text of 1 to %zu bytes", key,
                         VALUE_MAX);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char) text[i] < ' ' || text[i] == 0x7f)
            return davy_fail(DAVY_ERR_INVALID, "'%.64s' holds a control character", key);
    return DAVY_OK;
}

/* A text, or the text of a number or a truth value; NULL for anything else. */
static const char *text_of(davy_arena *arena, const json_t *value)
{
    char text[64];

    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    if (json_is_integer(value))
        (void) snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        (void) snprintf(text, sizeof text, "%.17g", json_real_value(value));
    else
        return NULL;
    return davy_arena_text(arena, text, strlen(text));
}

static davy_status add_word(davy_order_reading *in, const char *key, const char *value)
{
    in->words[in->order.word_count++] = (davy_training_word){key, value};
    return check_text(key, value);
}

/* -- Settings --------------------------------------------------------------------------------- */

static bool is_setting(const davy_setting *known, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(known[i].key, key) == 0)
            return true;
    return false;
}

/* A setting that names a file would name one of the server's. */
static davy_status read_setting(davy_order_reading *in, const davy_setting *known, size_t count,
                                const char *key, const json_t *value)
{
    const char *text = text_of(&in->arena, value);
    davy_buffer word = {0};
    const char *kept;
    davy_status status;

    if (!is_setting(known, count, key) || strcmp(key, "backbone") == 0)
        return davy_fail(DAVY_ERR_INVALID, "'settings' has an unknown key '%.64s'", key);
    status = check_text(key, text);
    if (status != DAVY_OK)
        return status;
    davy_buffer_printf(&word, "%s=%s", key, text);
    status = davy_buffer_ok(&word);
    kept = status == DAVY_OK ? davy_arena_text(&in->arena, word.bytes, word.length) : NULL;
    davy_buffer_clear(&word);
    if (!kept)
        return davy_fail(DAVY_ERR_NOMEM, "a setting");
    in->words[in->order.word_count++] = (davy_training_word){"set", kept};
    return DAVY_OK;
}

static const char *word_or(const davy_order_reading *in, const char *key, const char *otherwise)
{
    for (size_t i = 0; i < in->order.word_count; i++)
        if (strcmp(in->words[i].key, key) == 0)
            return in->words[i].value;
    return otherwise;
}

static davy_status read_settings(davy_order_reading *in)
{
    davy_setting known[DAVY_ORDER_SETTINGS];
    const char *kind = word_or(in, "model", "auto"), *task = word_or(in, "task", "anomaly");
    davy_task found;
    const size_t count = davy_task_find(task, &found) ? davy_train_settings(kind, task, known) : 0;
    json_t *settings = json_object_get(in->body, "settings"), *value;
    const char *key;
    davy_status status = DAVY_OK;

    if (count == 0)
        return davy_fail(DAVY_ERR_INVALID, "no model of kind '%.64s' does task '%.64s'", kind,
                         task);
    if (settings && (!json_is_object(settings) || json_object_size(settings) > DAVY_ORDER_SETTINGS))
        return davy_fail(DAVY_ERR_INVALID, "'settings' is not an object of at most %zu keys",
                         DAVY_ORDER_SETTINGS);
    json_object_foreach(settings, key, value)
    {
        status = read_setting(in, known, count, key, value);
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

/* -- Orders ----------------------------------------------------------------------------------- */

static davy_status read_cpu(davy_order_reading *in, const json_t *value)
{
    int64_t time_ns = 0;

    if (davy_duration_parse(json_is_string(value) ? json_string_value(value) : "", &time_ns) !=
            DAVY_OK ||
        time_ns < DAVY_NS_PER_S || (uint64_t) (time_ns / DAVY_NS_PER_S) > DAVY_TRAINING_CPU_MAX_S)
        return davy_fail(DAVY_ERR_INVALID, "'cpu' is not a time from 1s to 7d, such as 2h");
    in->order.cpu_s = (uint64_t) (time_ns / DAVY_NS_PER_S);
    return DAVY_OK;
}

static davy_status read_memory(davy_order_reading *in, const json_t *value)
{
    const json_int_t mib = json_integer_value(value);

    if (!json_is_integer(value) || mib < DAVY_TRAINING_MEMORY_MIN_MIB ||
        mib > DAVY_TRAINING_MEMORY_MAX_MIB)
        return davy_fail(DAVY_ERR_INVALID, "'memory_mib' is not a whole number from %d to %d",
                         DAVY_TRAINING_MEMORY_MIN_MIB, DAVY_TRAINING_MEMORY_MAX_MIB);
    in->order.memory_mib = (uint64_t) mib;
    return DAVY_OK;
}

static davy_status read_text(const char *key, const json_t *value, const char **out)
{
    *out = json_string_value(value);
    return check_text(key, *out);
}

static davy_status read_key(davy_order_reading *in, const char *key, json_t *value)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(options); i++)
        if (strcmp(options[i], key) == 0)
            return add_word(in, options[i], text_of(&in->arena, value));
    if (strcmp(key, "name") == 0)
        return read_text(key, value, &in->order.name);
    if (strcmp(key, "upload") == 0)
        return read_text(key, value, &in->order.upload);
    if (strcmp(key, "cpu") == 0)
        return read_cpu(in, value);
    if (strcmp(key, "memory_mib") == 0)
        return read_memory(in, value);
    if (strcmp(key, "settings") == 0)
        return DAVY_OK; /* when the kind is known */
    return davy_fail(DAVY_ERR_INVALID, "the body has an unknown key '%.64s'", key);
}

davy_status davy_order_read(const char *bytes, size_t length, davy_order_reading *in)
{
    const char *key;
    json_t *value;
    davy_status status = davy_json_parse(bytes, length, &in->body);

    if (status != DAVY_OK)
        return status;
    in->order.words = in->words;
    json_object_foreach(in->body, key, value)
    {
        status = read_key(in, key, value);
        if (status != DAVY_OK)
            return status;
    }
    if (!in->order.name)
        return davy_fail(DAVY_ERR_INVALID, "the body needs 'name'");
    status = davy_model_name_check(in->order.name);
    if (status != DAVY_OK)
        return status;
    if (!in->order.upload == !word_or(in, "signals", NULL))
        return davy_fail(DAVY_ERR_INVALID, "the body needs 'upload' or 'signals', and not both");
    return read_settings(in);
}

void davy_order_clear(davy_order_reading *in)
{
    json_decref(in->body);
    davy_arena_clear(&in->arena);
}
