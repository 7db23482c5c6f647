/* SPDX-License-Identifier: Apache-2.0 */
#include "models/levels_json.h"

#include <string.h>

bool davy_levels_any(const davy_levels *levels, size_t count)
{
    for (size_t i = 0; levels && i < count; i++)
        if (levels[i].count > 0)
            return true;
    return false;
}

json_t *davy_levels_json_make(const char *const *signals, const davy_levels *levels, size_t count)
{
    json_t *object = davy_levels_any(levels, count) ? json_object() : NULL;

    for (size_t i = 0; object && i < count; i++) {
        json_t *words = levels[i].count > 0 ? json_array() : NULL;

        for (size_t w = 0; w < levels[i].count; w++)
            json_array_append_new(words, json_string(levels[i].names[w]));
        if (words)
            json_object_set_new(object, signals[i], words);
    }
    return object;
}

static size_t find_signal(const char *const *signals, size_t count, const char *name)
{
    size_t signal = 0;

    while (signal < count && strcmp(signals[signal], name) != 0)
        signal++;
    return signal;
}

/* Words out of order would give a word another number than the model learnt for it. */
static bool is_sorted(const char *const *words, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(words[i - 1], words[i]) >= 0)
            return false;
    return true;
}

const davy_levels *davy_levels_json_read(davy_model_reader *in, const json_t *root,
                                         const char *const *signals, size_t count)
{
    json_t *object = json_object_get(root, "levels");
    davy_levels *levels;
    const char *name;
    json_t *list;

    if (!object)
        return NULL;
    levels = davy_arena_array(in->arena, count + 1, sizeof *levels);
    if (!levels || !json_is_object(object)) {
        davy_model_read_fail(in, "levels", "an object of lists of words");
        return NULL;
    }
    json_object_foreach(object, name, list)
    {
        const size_t signal = find_signal(signals, count, name);
        size_t words;
        const char **texts = davy_model_read_texts(in, object, name, DAVY_LEVELS_MAX, &words);

        if (signal == count || words == 0 || !is_sorted(texts, words)) {
            davy_model_read_fail(in, "levels", "a list of words in order for each of some signals");
            return NULL;
        }
        levels[signal] = (davy_levels){(char **) (uintptr_t) texts, words};
    }
    return levels;
}
