/* SPDX-License-Identifier: Apache-2.0 */
#include "models/settings.h"

#include "core/buffer.h"
#include "core/quantity.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The value when `text` is "KEY=value" for this key, else NULL. */
static const char *value_of(const char *text, const char *key)
{
    const size_t length = strlen(key);

    return strncmp(text, key, length) == 0 && text[length] == '=' ? text + length + 1 : NULL;
}

static const davy_setting *find_setting(const davy_setting *table, size_t count, const char *given)
{
    for (size_t i = 0; i < count; i++)
        if (value_of(given, table[i].key))
            return &table[i];
    return NULL;
}

static davy_status fail_unknown(const davy_setting *table, size_t count, const char *given)
{
    davy_buffer names = {0};
    davy_status status;

    for (size_t i = 0; i < count; i++)
        davy_buffer_printf(&names, "%s%s", i > 0 ? ", " : "", table[i].key);
    status = davy_fail(DAVY_ERR_INVALID, "setting '%s': give KEY=VALUE with one of the keys %s",
                       given, names.bytes ? names.bytes : "");
    davy_buffer_clear(&names);
    return status;
}

/* Whether `word` is one of the words of "mean|max". */
static bool is_one_of(const char *word, const char *words)
{
    const size_t length = strlen(word);

    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, word, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return length > 0;
    return false;
}

static davy_status check_value(const davy_setting *setting, const char *value)
{
    double number;

    if (setting->texts)
        return is_one_of(value, setting->texts)
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_INVALID, "setting %s: '%s' is none of %s", setting->key,
                               value, setting->texts);
    if (isnan(setting->low))
        return DAVY_OK;
    if (davy_number_parse(value, &number) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "setting %s", setting->key);
    if (number < setting->low || number > setting->high)
        return davy_fail(DAVY_ERR_INVALID, "setting %s: %s is outside %g to %g", setting->key,
                         value, setting->low, setting->high);
    return DAVY_OK;
}

davy_status davy_settings_check(const davy_setting *table, size_t table_count,
                                const char *const *given, size_t given_count)
{
    for (size_t i = 0; i < given_count; i++) {
        const davy_setting *setting = find_setting(table, table_count, given[i]);
        davy_status status;

        if (!setting)
            return fail_unknown(table, table_count, given[i]);
        for (size_t j = 0; j < i; j++)
            if (value_of(given[j], setting->key))
                return davy_fail(DAVY_ERR_INVALID, "setting %s is given twice", setting->key);
        status = check_value(setting, value_of(given[i], setting->key));
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

bool davy_settings_given(const char *const *given, size_t given_count, const char *key)
{
    for (size_t i = 0; i < given_count; i++)
        if (value_of(given[i], key))
            return true;
    return false;
}

const char *davy_settings_text(const davy_setting *table, size_t table_count,
                               const char *const *given, size_t given_count, const char *key)
{
    for (size_t i = 0; i < given_count; i++)
        if (value_of(given[i], key))
            return value_of(given[i], key);
    for (size_t i = 0; i < table_count; i++)
        if (strcmp(table[i].key, key) == 0)
            return table[i].value;
    assert(!"a setting that is not in the table");
    return "";
}

double davy_settings_number(const davy_setting *table, size_t table_count, const char *const *given,
                            size_t given_count, const char *key)
{
    return strtod(davy_settings_text(table, table_count, given, given_count, key), NULL);
}
