/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Categories: label_encoder, category_mapper and one_hot_encoder.
 *
 * A category is a text, a whole number or a float. One list of them is the key, and what stands at
 * the same place of another list is the value; the first of equal keys counts. Lists are sorted
 * before they are asked, so that ten thousand names cost what twenty do.
 *
 * Source: ONNX 1.12, docs/Operators-ml.md, label_encoder version 1 and 2, the others version 1.
 */
#include "nn/op/rows.h"

#include "nn/op/arguments.h"
#include "nn/op/convert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One category; a text is `text`, a number `number` or, exactly, `whole`. */
typedef struct category {
    const char *text;
    double number;
    int64_t whole;
} category;

typedef struct key {
    category is;
    size_t index;
} key;

typedef struct category_list {
    davy_type type; /* TEXT, I64 or F32; NONE: there is no list */
    size_t count;
    const davy_attribute *attribute;
} category_list;

typedef struct categories {
    category_list keys, values; /* values of type NONE: one_hot_encoder */
    key *sorted;                /* [keys.count] */
    category fallback;
} categories;

static const char *text_of(const char *text)
{
    return text ? text : "";
}

/* NaN stands behind all numbers and equals itself. */
static int compare_numbers(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

static int compare(davy_type type, const category *a, const category *b)
{
    if (type == DAVY_TYPE_TEXT)
        return strcmp(a->text, b->text);
    if (type == DAVY_TYPE_I64)
        return (a->whole > b->whole) - (a->whole < b->whole);
    return compare_numbers(a->number, b->number);
}

#define COMPARE(name, type)                                                   \
    static int name(const void *a, const void *b)                             \
    {                                                                         \
        const key *x = a, *y = b;                                             \
        const int order = compare(type, &x->is, &y->is);                      \
        return order ? order : (x->index > y->index) - (x->index < y->index); \
    }
COMPARE(compare_texts, DAVY_TYPE_TEXT)
COMPARE(compare_wholes, DAVY_TYPE_I64)
COMPARE(compare_floats, DAVY_TYPE_F32)

/* ------------------------------------------------------------------------------------- prepare */

/* The attribute where it is there and not empty. */
static category_list list_of(const davy_call *call, const char *name)
{
    const davy_attribute *found = davy_node_attribute(call->node, name);
    const bool is_list =
        found && (found->kind == DAVY_ATTRIBUTE_TEXTS || found->kind == DAVY_ATTRIBUTE_INTS ||
                  found->kind == DAVY_ATTRIBUTE_FLOATS);

    if (!is_list || found->count == 0)
        return (category_list){.type = DAVY_TYPE_NONE};
    return (category_list){.type = found->kind == DAVY_ATTRIBUTE_TEXTS  ? DAVY_TYPE_TEXT
                                   : found->kind == DAVY_ATTRIBUTE_INTS ? DAVY_TYPE_I64
                                                                        : DAVY_TYPE_F32,
                           .count = found->count,
                           .attribute = found};
}

static category at(const category_list *list, size_t i)
{
    const davy_attribute *from = list->attribute;

    if (list->type == DAVY_TYPE_TEXT)
        return (category){.text = text_of(from->texts[i])};
    if (list->type == DAVY_TYPE_I64)
        return (category){.whole = from->ints[i]};
    return (category){.number = (double) from->floats[i]};
}

/* The keys in order; of equal ones the first stays in front. */
static davy_status sort_keys(davy_call *call, categories *state)
{
    state->sorted = davy_call_keep(call, state->keys.count * sizeof *state->sorted);
    if (!state->sorted)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "%zu categories", state->keys.count);
    for (size_t i = 0; i < state->keys.count; i++)
        state->sorted[i] = (key){at(&state->keys, i), i};
    qsort(state->sorted, state->keys.count, sizeof *state->sorted,
          state->keys.type == DAVY_TYPE_TEXT  ? compare_texts
          : state->keys.type == DAVY_TYPE_I64 ? compare_wholes
                                              : compare_floats);
    return DAVY_OK;
}

/* Whether an input holds categories of the keys' type. */
static davy_status check_input(const davy_call *call, const categories *state)
{
    const davy_type type = call->in[0]->type;
    char text[DAVY_TENSOR_TEXT_MAX];

    if ((state->keys.type == DAVY_TYPE_TEXT) == (type == DAVY_TYPE_TEXT) &&
        (type == DAVY_TYPE_TEXT || davy_type_wide(type) != DAVY_TYPE_NONE))
        return DAVY_OK;
    return davy_call_fail(call, DAVY_ERR_INVALID, "input 0 is %s and its categories are %ss",
                          davy_tensor_text(call->in[0], text), davy_type_name(state->keys.type));
}

/* Keys and values are set: the rest of prepare(). */
static davy_status finish_map(davy_call *call)
{
    categories *state = call->state;
    davy_status status;

    if (state->keys.type == DAVY_TYPE_NONE || state->values.type == DAVY_TYPE_NONE ||
        state->keys.count != state->values.count)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu keys and %zu values", state->keys.count,
                              state->values.count);
    state->fallback =
        (category){.text = davy_node_text(call->node, "default_string", "_Unused"),
                   .number = (double) davy_node_float(call->node, "default_float", -0.0F),
                   .whole = davy_node_int(call->node, "default_int64", -1)};
    status = check_input(call, state);
    if (status == DAVY_OK)
        status = sort_keys(call, state);
    return status == DAVY_OK ? davy_result_like(call, 0, state->values.type, call->in[0]) : status;
}

/* The first of some lists that is there. */
static category_list first_of(const davy_call *call, const char *const *names)
{
    category_list found = {.type = DAVY_TYPE_NONE};

    for (; *names && found.type == DAVY_TYPE_NONE; names++)
        found = list_of(call, *names);
    return found;
}

static davy_status label_prepare(davy_call *call)
{
    static const char *const keys[] = {"keys_strings", "keys_int64s", "keys_floats", NULL};
    static const char *const values[] = {"values_strings", "values_int64s", "values_floats", NULL};
    categories *state = call->state;

    state->keys = first_of(call, keys);
    state->values = first_of(call, values);
    return finish_map(call);
}

/* Texts become numbers, or numbers texts, as the input is. */
static davy_status mapper_prepare(davy_call *call)
{
    categories *state = call->state;
    const bool from_text = call->in[0]->type == DAVY_TYPE_TEXT;

    state->keys = list_of(call, from_text ? "cats_strings" : "cats_int64s");
    state->values = list_of(call, from_text ? "cats_int64s" : "cats_strings");
    return finish_map(call);
}

static davy_status one_hot_prepare(davy_call *call)
{
    static const char *const names[] = {"cats_strings", "cats_int64s", NULL};
    categories *state = call->state;
    const davy_tensor *x = call->in[0];
    int64_t dims[DAVY_RANK_MAX + 1];
    davy_status status;

    state->keys = first_of(call, names);
    if (state->keys.type == DAVY_TYPE_NONE || x->rank == DAVY_RANK_MAX)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu categories and %d dimensions",
                              state->keys.count, x->rank);
    status = check_input(call, state);
    if (status == DAVY_OK)
        status = sort_keys(call, state);
    memcpy(dims, x->dims, sizeof x->dims);
    dims[x->rank] = (int64_t) state->keys.count;
    return status == DAVY_OK ? davy_result(call, 0, DAVY_TYPE_F32, x->rank + 1, dims) : status;
}

/* ------------------------------------------------------------------------------------- forward */

static category read(const categories *state, const davy_tensor *x, int64_t i)
{
    if (state->keys.type == DAVY_TYPE_TEXT)
        return (category){.text = text_of(((const char *const *) x->data)[i])};
    if (state->keys.type == DAVY_TYPE_I64)
        return (category){.whole = davy_tensor_int(x, i)};
    return (category){.number = davy_tensor_at(x, i)};
}

/* Place of the first key that is this category, or -1. */
static int64_t find(const categories *state, const category *is)
{
    size_t low = 0, high = state->keys.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (compare(state->keys.type, &state->sorted[middle].is, is) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == state->keys.count || compare(state->keys.type, &state->sorted[low].is, is) != 0)
        return -1;
    return (int64_t) state->sorted[low].index;
}

static void write(const categories *state, const davy_tensor *out, int64_t i, category value)
{
    if (state->values.type == DAVY_TYPE_TEXT)
        ((const char **) out->data)[i] = value.text;
    else if (state->values.type == DAVY_TYPE_I64)
        ((int64_t *) out->data)[i] = value.whole;
    else
        ((float *) out->data)[i] = (float) value.number;
}

static davy_status map_forward(const davy_call *call)
{
    const categories *state = call->state;

    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++) {
        const category is = read(state, call->in[0], i);
        const int64_t index = find(state, &is);

        write(state, call->out[0], i,
              index < 0 ? state->fallback : at(&state->values, (size_t) index));
    }
    return DAVY_OK;
}

static davy_status one_hot_forward(const davy_call *call)
{
    const categories *state = call->state;
    float *y = call->out[0]->data;

    memset(y, 0, davy_tensor_bytes(call->out[0]));
    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++, y += state->keys.count) {
        const category is = read(state, call->in[0], i);
        const int64_t index = find(state, &is);

        if (index >= 0)
            y[index] = 1.0F;
        else if (davy_node_int(call->node, "zeros", 1) == 0)
            return davy_call_fail(call, DAVY_ERR_INVALID, "element %lld is of no known category",
                                  (long long) i);
    }
    return DAVY_OK;
}

#define ROW(name_, onnx_, prepare_, forward_)                                                 \
    {                                                                                         \
        .name = (name_), .onnx = "ai.onnx.ml." onnx_, .in_min = 1, .in_max = 1, .out_max = 1, \
        .state_size = sizeof(categories), .prepare = (prepare_), .forward = (forward_)        \
    }

const davy_op davy_op_label_encoder =
    ROW("label_encoder", "LabelEncoder", label_prepare, map_forward);
const davy_op davy_op_category_mapper =
    ROW("category_mapper", "CategoryMapper", mapper_prepare, map_forward);
const davy_op davy_op_one_hot_encoder =
    ROW("one_hot_encoder", "OneHotEncoder", one_hot_prepare, one_hot_forward);
