/* SPDX-License-Identifier: Apache-2.0 */
#include "models/model_reader.h"

#include "core/timestamp.h"

#include <math.h>
#include <string.h>

void davy_model_read_fail(davy_model_reader *in, const char *key, const char *wanted)
{
    if (in->status == DAVY_OK)
        in->status = davy_fail(DAVY_ERR_CORRUPT, "model.json: '%s' is not %s", key, wanted);
}

/* A copy in the arena; "" and a fault when it is no text or holds a zero. */
static const char *keep_text(davy_model_reader *in, const json_t *value, const char *key)
{
    const char *copy;

    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value)) {
        davy_model_read_fail(in, key, "a text");
        return "";
    }
    copy = davy_arena_text(in->arena, json_string_value(value), json_string_length(value));
    if (!copy && in->status == DAVY_OK)
        in->status = davy_fail(DAVY_ERR_NOMEM, "model.json");
    return copy ? copy : "";
}

const char *davy_model_read_text(davy_model_reader *in, const json_t *object, const char *key)
{
    return keep_text(in, json_object_get(object, key), key);
}

const char *davy_model_read_option(davy_model_reader *in, const json_t *object, const char *key)
{
    return json_object_get(object, key) ? davy_model_read_text(in, object, key) : "";
}

double davy_model_read_number(davy_model_reader *in, const json_t *object, const char *key,
                              double low, double high)
{
    const json_t *value = json_object_get(object, key);
    const double number = json_is_number(value) ? json_number_value(value) : NAN;

    if (!(number >= low && number <= high)) {
        davy_model_read_fail(in, key, "a number in its range");
        return low;
    }
    return number;
}

size_t davy_model_read_count(davy_model_reader *in, const json_t *object, const char *key,
                             size_t low, size_t high)
{
    const json_t *value = json_object_get(object, key);
    const json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;

    if (number < (json_int_t) low || number > (json_int_t) high) {
        davy_model_read_fail(in, key, "a whole number in its range");
        return low;
    }
    return (size_t) number;
}

int64_t davy_model_read_time(davy_model_reader *in, const json_t *object, const char *key)
{
    int64_t time_ns = 0;

    if (davy_timestamp_parse(davy_model_read_text(in, object, key), &time_ns) != DAVY_OK)
        davy_model_read_fail(in, key, "a time");
    return time_ns;
}

const char **davy_model_read_texts(davy_model_reader *in, const json_t *object, const char *key,
                                   size_t most, size_t *count)
{
    const json_t *list = json_object_get(object, key);
    const size_t length = json_array_size(list);
    const char **texts;

    *count = 0;
    if (!json_is_array(list) || length > most) {
        davy_model_read_fail(in, key, "a list of texts, or has too many");
        return NULL;
    }
    texts = davy_arena_array(in->arena, length + 1, sizeof *texts);
    if (!texts) {
        davy_model_read_fail(in, key, "small enough for the memory there is");
        return NULL;
    }
    for (size_t i = 0; i < length; i++)
        texts[i] = keep_text(in, json_array_get(list, i), key);
    *count = length;
    return texts;
}
