/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/tensor_element.h"

#include <string.h>

#include "serve/api/json.h"

/* -- Nested lists -------------------------------------------------------------------------------
 */

#define LENGTH_UNKNOWN (-1)

/* The lists that are open around a number, and the length that all lists of a level have. */
typedef struct nesting {
    int levels;  /* open */
    int deepest; /* level of the numbers; LENGTH_UNKNOWN until the first one */
    int used;    /* levels that were seen */
    int64_t counts[DAVY_JSON_DEPTH_MAX];  /* members so far of the open list */
    int64_t lengths[DAVY_JSON_DEPTH_MAX]; /* of all closed lists of the level */
} nesting;

static davy_status fail_ragged(const davy_text_form *form)
{
    return davy_fail(DAVY_ERR_INVALID, "the lists of 'data' of input '%.100s' differ in length",
                     form->name);
}

static davy_status open_list(const davy_text_element_reader *reader, nesting *lists)
{
    davy_status status = davy_json_enter(reader->json, '[');

    if (status != DAVY_OK)
        return status;
    if (lists->deepest != LENGTH_UNKNOWN && lists->levels >= lists->deepest)
        return fail_ragged(reader->form);
    lists->counts[lists->levels++] = 0;
    if (lists->levels > lists->used) {
        lists->used = lists->levels;
        lists->lengths[lists->levels - 1] = LENGTH_UNKNOWN;
    }
    return DAVY_OK;
}

static davy_status close_list(const davy_text_element_reader *reader, nesting *lists)
{
    const int level = --lists->levels;

    if (lists->lengths[level] == LENGTH_UNKNOWN)
        lists->lengths[level] = lists->counts[level];
    return lists->lengths[level] == lists->counts[level] ? DAVY_OK : fail_ragged(reader->form);
}

/* To the next place of a value: out of all lists that end here. */
static davy_status advance(const davy_text_element_reader *reader, nesting *lists, bool *more)
{
    davy_status status = DAVY_OK;

    *more = false;
    while (status == DAVY_OK && !*more && lists->levels > 0) {
        status = davy_json_next(reader->json, more);
        if (status == DAVY_OK && *more)
            lists->counts[lists->levels - 1]++;
        else if (status == DAVY_OK)
            status = close_list(reader, lists);
    }
    return status;
}

static davy_status fail_count(const davy_text_form *form, size_t capacity)
{
    return davy_fail(DAVY_ERR_INVALID,
                     "'data' of input '%.100s' has more elements than its shape, which has %zu",
                     form->name, capacity);
}

/* All numbers, in their order. */
static davy_status read_lists(const davy_text_element_reader *reader, char *to, size_t capacity,
                              nesting *lists, size_t *count)
{
    const size_t size = davy_text_element_size(reader->form->type);
    davy_status status = DAVY_OK;
    bool more = true;

    while (status == DAVY_OK && more) {
        if (davy_json_peek(reader->json) == '[') {
            status = open_list(reader, lists);
        } else {
            if (*count == capacity)
                return fail_count(reader->form, capacity);
            if (lists->deepest == LENGTH_UNKNOWN)
                lists->deepest = lists->levels;
            if (lists->levels != lists->deepest)
                return fail_ragged(reader->form);
            status = davy_text_element_read(reader, to + *count * size);
            ++*count;
        }
        if (status == DAVY_OK)
            status = advance(reader, lists, &more);
    }
    return status;
}

/* -- Shapes -------------------------------------------------------------------------------------
 */

/* Dimensions other than 1. */
static int squeeze(const int64_t *dims, int rank, int64_t *out)
{
    int count = 0;

    for (int i = 0; i < rank; i++)
        if (dims[i] != 1)
            out[count++] = dims[i];
    return count;
}

/* Flat, or nested as the shape says. */
static davy_status check_nesting(const davy_text_form *form, const nesting *lists, size_t count,
                                 size_t expected)
{
    int64_t nested[DAVY_JSON_DEPTH_MAX], shape[DAVY_RANK_MAX];
    const int levels = squeeze(lists->lengths, lists->used, nested);
    const int rank = squeeze(form->dims, form->rank, shape);

    if (count != expected)
        return davy_fail(DAVY_ERR_INVALID,
                         "'data' of input '%.100s' has %zu elements and its shape %zu", form->name,
                         count, expected);
    if (levels <= 1 || count == 0 ||
        (levels == rank && memcmp(nested, shape, (size_t) rank * sizeof *shape) == 0))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID,
                     "'data' of input '%.100s' is nested otherwise than its shape says: give it "
                     "flat, or in rows of that shape",
                     form->name);
}

/* A shape that nobody gave: that of the lists. */
static davy_status shape_of_lists(const davy_text_form *form, const nesting *lists,
                                  davy_tensor *out)
{
    void *const data = out->data;
    int64_t dims[DAVY_RANK_MAX];
    davy_status status;

    if (lists->used > DAVY_RANK_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%.100s' is nested deeper than %d levels", form->name,
                         DAVY_RANK_MAX);
    for (int i = 0; i < lists->used; i++)
        dims[i] = lists->lengths[i] == LENGTH_UNKNOWN ? 0 : lists->lengths[i];
    status = davy_tensor_shape(out, form->type, lists->used, dims);
    out->data = data;
    return status;
}

/* Elements to make room for. Each takes two bytes of JSON at least, so a shape that is larger than
 * what is left of the body is wrong before any memory is taken for it. */
static davy_status find_capacity(const davy_json_reader *json, const davy_text_form *form,
                                 size_t *capacity)
{
    const size_t left = (size_t) (json->end - json->at);
    davy_json_reader ahead;

    if (form->rank < 0) {
        ahead = *json;
        *capacity = 0;
        return davy_json_skip(&ahead, capacity);
    }
    if (*capacity > left / 2 + 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "'data' of input '%.100s' has fewer elements than its shape, which has "
                         "%zu",
                         form->name, *capacity);
    return DAVY_OK;
}

davy_status davy_tensor_text_read(davy_json_reader *json, const davy_text_form *form,
                                  davy_oip_memory *memory, davy_named_tensor *out)
{
    const davy_text_element_reader reader = {json, memory, form};
    nesting lists = {.deepest = LENGTH_UNKNOWN};
    size_t capacity = 0, count = 0;
    void *data = NULL;
    davy_status status = DAVY_OK;

    if (davy_text_element_size(form->type) == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "input '%.100s': %s has no form in JSON: send it as binary data",
                         form->name, davy_datatype_name(form->type));
    if (form->rank >= 0 && davy_json_peek(json) == 'n')
        return davy_fail(DAVY_ERR_INVALID, "'data' of input '%.100s' is null", form->name);
    if (form->rank >= 0) {
        status = davy_named_tensor_shape(out, form->type, (size_t) form->rank, form->dims);
        capacity = status == DAVY_OK ? (size_t) davy_tensor_count(&out->tensor) : 0;
    }
    if (status == DAVY_OK)
        status = find_capacity(json, form, &capacity);
    if (status == DAVY_OK)
        status = davy_oip_take(memory, capacity, davy_text_element_size(form->type), &data);
    if (status == DAVY_OK)
        status = read_lists(&reader, data, capacity, &lists, &count);
    if (status != DAVY_OK)
        return status;
    out->tensor.data = data;
    return form->rank < 0 ? shape_of_lists(form, &lists, &out->tensor)
                          : check_nesting(form, &lists, count, capacity);
}

/* -- Writing ------------------------------------------------------------------------------------
 */

davy_status davy_tensor_text_write(davy_buffer *out, const char *key,
                                   const davy_named_tensor *tensor)
{
    const size_t count = (size_t) davy_tensor_count(&tensor->tensor);
    davy_status status = DAVY_OK;

    davy_json_array(out, key);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        if (i > 0 && tensor->tensor.type != DAVY_TYPE_TEXT) /* a text brings its own comma */
            davy_buffer_append(out, ",", 1);
        status = davy_tensor_text_element(out, &tensor->tensor, i);
    }
    davy_json_array_end(out);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "output '%s'", tensor->name);
}
