/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_keys.h"

#include <string.h>

static bool read_word(const davy_config_word *words, size_t count, char *word, void *field)
{
    char *equals = strchr(word, '=');

    if (!equals)
        return false;
    *equals = '\0';
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].name, word) == 0)
            return words[i].set(field, equals + 1);
    return false;
}

davy_status davy_config_words(const davy_config_binding *b, unsigned line, const char *key,
                              const char *text, const davy_config_word *words, size_t count,
                              const char *known, void *field)
{
    char *copy = davy_arena_text(b->arena, text, strlen(text)), *rest = copy, *word;

    if (!copy)
        return davy_fail(DAVY_ERR_NOMEM, "%s", b->tree->file);
    while ((word = strtok_r(rest, " ", &rest))) {
        char shown[40];

        (void) strncpy(shown, word, sizeof shown - 1);
        shown[sizeof shown - 1] = '\0';
        if (!read_word(words, count, word, field))
            return davy_config_fail(b->tree, line, "%s: '%s' is none of %s", key, shown, known);
    }
    return DAVY_OK;
}
