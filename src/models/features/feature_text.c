/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The grammar of `features`.
 *
 * Stage: models.
 *
 *     features = step { "," step }
 *     step     = name { ":" argument }          name begins with a letter
 *     argument = [ key "=" ] value { "," number }
 *
 * What begins with a digit or a point after a comma is one more number of the list before it. An
 * argument without a key is the first one of the step that is not given yet.
 */
#include "models/features/feature_private.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_feature_step *const steps[] = {
    &davy_feature_difference,  &davy_feature_early,  &davy_feature_envelope,
    &davy_feature_hash,        &davy_feature_impute, &davy_feature_lags,
    &davy_feature_last,        &davy_feature_log,    &davy_feature_novelty,
    &davy_feature_onehot,      &davy_feature_pca,    &davy_feature_quantiles,
    &davy_feature_regimes,     &davy_feature_select, &davy_feature_spectrum,
    &davy_feature_standardise, &davy_feature_window, NULL,
};

const davy_feature_step *const *davy_feature_steps(void)
{
    return steps;
}

static davy_status fail_unknown(const char *name, size_t length)
{
    char known[512] = "";
    size_t used = 0;

    for (size_t i = 0; steps[i] && used < sizeof known; i++)
        used += (size_t) snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                                  steps[i]->name);
    return davy_fail(DAVY_ERR_INVALID, "features: there is no step '%.*s'; there are %s",
                     (int) (length < 60 ? length : 60), name, known);
}

static const davy_feature_step *find_step(const char *name, size_t length)
{
    for (size_t i = 0; steps[i]; i++)
        if (strlen(steps[i]->name) == length && strncmp(steps[i]->name, name, length) == 0)
            return steps[i];
    return NULL;
}

davy_status davy_feature_fail(const davy_feature_call *call, const char *format, ...)
{
    char said[512];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(said, sizeof said, format, arguments);
    va_end(arguments);
    return davy_fail(DAVY_ERR_INVALID, "features=%s: %s", call->step->name, said);
}

static bool is_given(const davy_feature_call *call, const char *key)
{
    return davy_settings_given(call->given, call->given_count, key);
}

/* "KEY=VALUE" of an argument; one without a key gets that of the first that is not given. */
static davy_status add_argument(davy_arena *arena, davy_feature_call *call, const char *text,
                                size_t length)
{
    const char *key = NULL;
    char *kept;
    size_t room;

    if (call->given_count == DAVY_FEATURE_ARGUMENTS_MAX)
        return davy_feature_fail(call, "it has too many arguments");
    if (length == 0)
        return davy_feature_fail(call, "a colon stands before nothing");
    if (!memchr(text, '=', length)) {
        for (size_t i = 0; i < call->step->argument_count && !key; i++)
            if (!is_given(call, call->step->arguments[i].key))
                key = call->step->arguments[i].key;
        if (!key)
            return davy_feature_fail(call, "it does not take '%.*s'",
                                     (int) (length < 60 ? length : 60), text);
    }
    room = length + (key ? strlen(key) + 1 : 0) + 1;
    kept = davy_arena_array(arena, room, 1);
    if (!kept)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    (void) snprintf(kept, room, "%s%s%.*s", key ? key : "", key ? "=" : "", (int) length, text);
    call->given[call->given_count++] = kept;
    return DAVY_OK;
}

/* Where a step ends: at a comma that no further number of a list follows. */
static size_t step_length(const char *text)
{
    size_t i = 0;

    for (;; i++) {
        if (text[i] == '\0')
            return i;
        if (text[i] == ',' && !isdigit((unsigned char) text[i + 1]) && text[i + 1] != '.' &&
            text[i + 1] != '-')
            return i;
    }
}

size_t davy_features_filling(const char *text)
{
    const size_t name = strlen(davy_feature_impute.name);
    size_t filling = 0;

    while (strncmp(text + filling, davy_feature_impute.name, name) == 0 &&
           strchr(":,", text[filling + name]))
        filling +=
            step_length(text + filling) + (text[filling + step_length(text + filling)] == ',');
    return filling;
}

static davy_status parse_step(davy_arena *arena, const char *text, size_t length,
                              davy_feature_call *call)
{
    const char *colon = memchr(text, ':', length);
    const size_t name = colon ? (size_t) (colon - text) : length;
    const char *end = text + length;
    davy_status status = DAVY_OK;

    *call = (davy_feature_call){.step = find_step(text, name)};
    if (!call->step)
        return fail_unknown(text, name);
    while (colon && status == DAVY_OK) {
        const char *from = colon + 1;

        colon = memchr(from, ':', (size_t) (end - from));
        status = add_argument(arena, call, from, (size_t) ((colon ? colon : end) - from));
    }
    if (status == DAVY_OK && call->given_count > 0)
        status = davy_settings_check(call->step->arguments, call->step->argument_count, call->given,
                                     call->given_count);
    if (status == DAVY_OK && call->step->check)
        return call->step->check(call);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "features=%.60s", text);
}

/* What is missing is filled before anything is made of it, and in the samples as they are read. */
static davy_status check_order(const davy_feature_call *calls, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (calls[i].step == &davy_feature_impute && calls[i - 1].step != &davy_feature_impute)
            return davy_feature_fail(&calls[i], "it comes before all other steps");
    return DAVY_OK;
}

davy_status davy_features_parse(davy_arena *arena, const char *text, davy_feature_call *calls,
                                size_t *count)
{
    davy_status status = DAVY_OK;

    *count = 0;
    while (status == DAVY_OK) {
        const size_t length = step_length(text);

        if (*count == DAVY_FEATURE_STEPS_MAX)
            return davy_fail(DAVY_ERR_INVALID, "features: there are more than %zu steps",
                             DAVY_FEATURE_STEPS_MAX);
        status = parse_step(arena, text, length, &calls[(*count)++]);
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    return status == DAVY_OK ? check_order(calls, *count) : status;
}

davy_status davy_features_check(const char *text)
{
    davy_feature_call calls[DAVY_FEATURE_STEPS_MAX];
    davy_arena arena = {0};
    size_t count;
    davy_status status = davy_features_parse(&arena, text, calls, &count);

    davy_arena_clear(&arena);
    return status;
}

double davy_feature_number(const davy_feature_call *call, const char *key)
{
    return davy_settings_number(call->step->arguments, call->step->argument_count, call->given,
                                call->given_count, key);
}

const char *davy_feature_text(const davy_feature_call *call, const char *key)
{
    return davy_settings_text(call->step->arguments, call->step->argument_count, call->given,
                              call->given_count, key);
}

bool davy_feature_is(const davy_feature_call *call, const char *key, const char *word)
{
    return strcmp(davy_feature_text(call, key), word) == 0;
}

davy_status davy_feature_list(const davy_feature_call *call, const char *key, double low,
                              double high, bool whole, double values[DAVY_FEATURE_LIST_MAX],
                              size_t *count)
{
    const char *text = davy_feature_text(call, key);

    *count = 0;
    while (*text) {
        char *end;
        const double value = strtod(text, &end);

        if (end == text || (*end && *end != ','))
            return davy_feature_fail(call, "%s=%.60s is no list of numbers", key, text);
        if (!(value >= low && value <= high) || (whole && value != (double) (long) value))
            return davy_feature_fail(call, "%s=%.60s: each is %s number from %g to %g", key, text,
                                     whole ? "a whole" : "a", low, high);
        if (*count == DAVY_FEATURE_LIST_MAX)
            return davy_feature_fail(call, "%s has more than %zu numbers", key,
                                     DAVY_FEATURE_LIST_MAX);
        values[(*count)++] = value;
        text = *end ? end + 1 : end;
    }
    return DAVY_OK;
}
