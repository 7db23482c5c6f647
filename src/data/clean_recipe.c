/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quantity.h"
#include "data/clean_kind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX ((size_t) 256)

/* Two words that recipes may say: rows are always ordered, and doing nothing is a choice. */
static const davy_clean_kind order_kind = {
    .name = "order",
    .what = {"", ""},
    .meaning = "rows in the order of time, one for each time; always done, first",
};
static const davy_clean_kind none_kind = {
    .name = "none",
    .what = {"", ""},
    .meaning = "missing values stay missing, which models say and do not guess",
};

static const davy_clean_kind *const kinds[] = {
    &davy_clean_centred,    &davy_clean_hampel,   &davy_clean_hold,  &davy_clean_linear,
    &davy_clean_median,     &davy_clean_missing,  &none_kind,        &order_kind,
    &davy_clean_range_kind, &davy_clean_resample, &davy_clean_stuck,
};

const davy_clean_kind *davy_clean_kind_at(size_t index)
{
    return index < DAVY_ARRAY_LENGTH(kinds) ? kinds[index] : NULL;
}

const davy_clean_kind *davy_clean_kind_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

static davy_status fail_kind(const char *name)
{
    char names[WORD_MAX] = "";
    size_t used = 0;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds) && used < sizeof names; i++)
        used += (size_t) snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                                  kinds[i]->name);
    return davy_fail(DAVY_ERR_INVALID, "'%.40s' is no cleaning step: there are %s", name, names);
}

/* The parameter of a name, or the first that is no flag for a value without one; -1: none. */
static int find_parameter(const davy_clean_kind *kind, const char *name, size_t length, bool named)
{
    int first = -1;

    for (int i = 0; i < DAVY_CLEAN_PARAMETER_MAX && kind->parameters[i].name; i++) {
        const davy_clean_parameter *parameter = &kind->parameters[i];

        if (strlen(parameter->name) == length && strncmp(parameter->name, name, length) == 0)
            return named || parameter->type == DAVY_CLEAN_FLAG ? i : -1;
        if (first < 0 && parameter->type != DAVY_CLEAN_FLAG)
            first = i;
    }
    return named ? -1 : first;
}

static davy_status fail_parameter(const davy_clean_kind *kind, const char *argument)
{
    char names[WORD_MAX] = "";
    size_t used = 0;

    for (size_t i = 0; i < DAVY_CLEAN_PARAMETER_MAX && kind->parameters[i].name; i++)
        used += (size_t) snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                                  kind->parameters[i].name);
    return davy_fail(DAVY_ERR_INVALID, "cleaning step '%s' has no '%.40s': it takes %s", kind->name,
                     argument, names[0] ? names : "nothing");
}

static davy_status set_number(davy_clean_step *step, int index, const char *text)
{
    const davy_clean_parameter *parameter = &step->kind->parameters[index];
    double value;
    davy_status status = davy_number_parse(text, &value);

    if (status == DAVY_OK && (value < parameter->low || value > parameter->high))
        status = davy_fail(DAVY_ERR_INVALID, "%s is outside of %g to %g", text, parameter->low,
                           parameter->high);
    if (status != DAVY_OK)
        return davy_fail_in(status, "cleaning step '%s', %s", step->kind->name, parameter->name);
    step->arguments[index] = value;
    return DAVY_OK;
}

static davy_status set_duration(davy_clean_step *step, int index, const char *text)
{
    int64_t ns;
    davy_status status = davy_duration_parse(text, &ns);

    if (status != DAVY_OK)
        return davy_fail_in(status, "cleaning step '%s'", step->kind->name);
    step->arguments[index] = (double) ns;
    return DAVY_OK;
}

static davy_status set_column(davy_clean_step *step, const char *text)
{
    free(step->by);
    step->by = strdup(text);
    return step->by ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "column '%s'", text);
}

/* "sigmas=4", "11", "missing". */
static davy_status read_argument(davy_clean_step *step, const char *argument)
{
    const char *equals = strchr(argument, '=');
    const size_t length = equals ? (size_t) (equals - argument) : strlen(argument);
    const int index = find_parameter(step->kind, argument, length, equals != NULL);
    const char *value = equals ? equals + 1 : argument;

    if (index < 0)
        return fail_parameter(step->kind, argument);
    switch (step->kind->parameters[index].type) {
    case DAVY_CLEAN_NUMBER:
        return set_number(step, index, value);
    case DAVY_CLEAN_DURATION:
        return set_duration(step, index, value);
    case DAVY_CLEAN_COLUMN:
        return set_column(step, value);
    case DAVY_CLEAN_FLAG:
        step->arguments[index] = 1;
        return equals ? davy_fail(DAVY_ERR_INVALID, "cleaning step '%s': '%s' takes no value",
                                  step->kind->name, step->kind->parameters[index].name)
                      : DAVY_OK;
    }
    return fail_parameter(step->kind, argument);
}

/* What a step cannot do without. */
static davy_status check_step(const davy_clean_step *step)
{
    if ((step->kind == &davy_clean_missing || step->kind == &davy_clean_resample) &&
        isnan(step->arguments[0]))
        return davy_fail(DAVY_ERR_INVALID, "cleaning step '%s' needs %s, %s", step->kind->name,
                         step->kind->parameters[0].name, step->kind->parameters[0].meaning);
    if (step->kind == &davy_clean_resample &&
        step->arguments[1] + step->arguments[2] + step->arguments[3] > 1)
        return davy_fail(DAVY_ERR_INVALID, "cleaning step 'resample': choose one of mean, last and "
                                           "linear");
    return DAVY_OK;
}

/* One step; `words` is cut up. */
static davy_status read_step(char *words, davy_cleaning *cleaning)
{
    davy_clean_step *step = &cleaning->steps[cleaning->step_count];
    char *rest = words;
    const char *name = strsep(&rest, ":");
    davy_status status = DAVY_OK;

    *step = (davy_clean_step){.kind = davy_clean_kind_find(name)};
    if (!step->kind)
        return fail_kind(name);
    cleaning->step_count++;
    for (size_t i = 0; i < DAVY_CLEAN_PARAMETER_MAX && step->kind->parameters[i].name; i++)
        step->arguments[i] = step->kind->parameters[i].value;
    for (const char *argument = strsep(&rest, ":"); argument && status == DAVY_OK;
         argument = strsep(&rest, ":"))
        status = read_argument(step, argument);
    return status == DAVY_OK ? check_step(step) : status;
}

davy_status davy_cleaning_parse(const char *text, davy_cleaning *out)
{
    davy_cleaning cleaning = {.text = strdup(text)};
    char *copy = strdup(text), *rest = text[0] ? copy : NULL;
    davy_status status = DAVY_OK;

    if (!cleaning.text || !copy)
        status = davy_fail(DAVY_ERR_NOMEM, "a recipe of cleaning");
    while (rest && status == DAVY_OK)
        status = cleaning.step_count == DAVY_CLEAN_STEPS_MAX
                     ? davy_fail(DAVY_ERR_INVALID, "a recipe of cleaning has at most %zu steps",
                                 DAVY_CLEAN_STEPS_MAX)
                     : read_step(strsep(&rest, ","), &cleaning);
    free(copy);
    if (status == DAVY_OK)
        *out = cleaning;
    else
        davy_cleaning_clear(&cleaning);
    return status;
}
