/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/cleaning_json.h"

#include "data/clean_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEY         "cleaning"
#define COLUMNS_MAX ((size_t) 65536)

static json_t *make_texts(char *const *texts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *make_numbers(const double *numbers, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, isfinite(numbers[i]) ? json_real(numbers[i]) : json_null());
    return list;
}

/* Numbers of the columns that hold words. */
static json_t *make_categories(const davy_cleaning *cleaning)
{
    json_t *list = json_array();

    for (size_t j = 0; j < cleaning->column_count; j++)
        if (cleaning->categories[j])
            json_array_append_new(list, json_integer((json_int_t) j));
    return list;
}

json_t *davy_cleaning_json_make(const davy_cleaning *cleaning)
{
    json_t *learnt = json_array();

    for (size_t i = 0; i < cleaning->step_count; i++)
        json_array_append_new(
            learnt, make_numbers(cleaning->steps[i].learnt, cleaning->steps[i].learnt_count));
    return json_pack("{ss so so so}", "recipe", cleaning->text ? cleaning->text : "", "columns",
                     make_texts(cleaning->names, cleaning->column_count), "categories",
                     make_categories(cleaning), "learnt", learnt);
}

static void read_columns(davy_model_reader *in, const json_t *object, davy_cleaning *cleaning)
{
    const json_t *categories = json_object_get(object, "categories"), *item;
    size_t count, i;
    const char **names = davy_model_read_texts(in, object, "columns", COLUMNS_MAX, &count);

    cleaning->names = calloc(count + 1, sizeof *cleaning->names);
    cleaning->categories = calloc(count + 1, sizeof *cleaning->categories);
    if (in->status == DAVY_OK && (!cleaning->names || !cleaning->categories))
        in->status = davy_fail(DAVY_ERR_NOMEM, "%zu columns", count);
    if (in->status != DAVY_OK)
        return;
    cleaning->column_count = count;
    for (size_t j = 0; j < count && in->status == DAVY_OK; j++) {
        cleaning->names[j] = strdup(names[j]);
        if (!cleaning->names[j])
            in->status = davy_fail(DAVY_ERR_NOMEM, "column '%s'", names[j]);
    }
    json_array_foreach(categories, i, item)
    {
        const json_int_t j = json_integer_value(item);

        if (!json_is_integer(item) || j < 0 || (size_t) j >= count)
            davy_model_read_fail(in, "categories", "a list of numbers of columns");
        else
            cleaning->categories[j] = 1;
    }
}

static void read_learnt(davy_model_reader *in, const json_t *list, davy_clean_step *step)
{
    const json_t *item;
    size_t i;

    if (!json_is_array(list)) {
        davy_model_read_fail(in, "learnt", "a list of numbers for each step");
        return;
    }
    if (json_array_size(list) == 0)
        return;
    in->status = davy_clean_learnt_init(step, json_array_size(list));
    json_array_foreach(list, i, item)
    {
        if (in->status != DAVY_OK)
            return;
        if (!json_is_number(item) && !json_is_null(item))
            davy_model_read_fail(in, "learnt", "a list of numbers for each step");
        step->learnt[i] = json_is_null(item) ? NAN : json_number_value(item);
    }
}

void davy_cleaning_json_read(davy_model_reader *in, const json_t *root, davy_cleaning *cleaning)
{
    const json_t *object = json_object_get(root, KEY), *learnt = json_object_get(object, "learnt");
    const char *recipe;

    if (!object || in->status != DAVY_OK)
        return;
    recipe = davy_model_read_text(in, object, "recipe");
    if (in->status == DAVY_OK && davy_cleaning_parse(recipe, cleaning) != DAVY_OK)
        in->status = davy_fail_in(DAVY_ERR_CORRUPT, "model.json: 'cleaning'");
    if (in->status == DAVY_OK)
        read_columns(in, object, cleaning);
    if (in->status == DAVY_OK && json_array_size(learnt) != cleaning->step_count)
        davy_model_read_fail(in, "learnt", "a list for each step of the recipe");
    for (size_t i = 0; i < cleaning->step_count && in->status == DAVY_OK; i++)
        read_learnt(in, json_array_get(learnt, i), &cleaning->steps[i]);
    if (in->status == DAVY_OK && davy_cleaning_bind(cleaning) != DAVY_OK)
        in->status = davy_fail_in(DAVY_ERR_CORRUPT, "model.json: 'cleaning'");
    if (in->status == DAVY_OK && !davy_cleaning_fits(cleaning))
        davy_model_read_fail(in, "learnt", "as many numbers as each step needs");
}

/* The columns that a step changed. */
static json_t *make_changed(const davy_cleaning *cleaning, const davy_clean_tally *tally,
                            size_t step)
{
    json_t *object = json_object();

    for (size_t c = 0; c < tally->columns && c < cleaning->column_count; c++) {
        const size_t changed = tally->changed[step * tally->columns + c];

        if (changed > 0)
            json_object_set_new(object, cleaning->names[c], json_integer((json_int_t) changed));
    }
    return object;
}

json_t *davy_cleaning_json_tally(const davy_cleaning *cleaning, const davy_clean_tally *tally)
{
    json_t *list = json_array();

    for (size_t i = 0; i < tally->steps; i++)
        json_array_append_new(list, json_pack("{ss sI so}", "step", cleaning->steps[i].kind->name,
                                              "cells", (json_int_t) davy_clean_tally_step(tally, i),
                                              "columns", make_changed(cleaning, tally, i)));
    return list;
}
