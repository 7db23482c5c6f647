/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/builders.h"

#include "nn/op/ml_tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* @return -1 for a word that is none */
static int64_t mode_of(const char *word)
{
    for (int64_t mode = 0; davy_tree_mode_words[mode]; mode++)
        if (strcmp(davy_tree_mode_words[mode], word) == 0)
            return mode;
    return -1;
}

static void *take(davy_draft *draft, size_t count, size_t size)
{
    return davy_arena_array(&draft->scope->import->scratch, count + 1, size);
}

/* Modes are words in a file and numbers in a graph. */
static davy_status read_modes(davy_draft *draft)
{
    const davy_attribute *words = davy_node_attribute(&draft->node, "nodes_modes");
    int64_t *modes;

    if (!words || words->kind != DAVY_ATTRIBUTE_TEXTS)
        return davy_draft_fail(draft, DAVY_ERR_CORRUPT, "it has no nodes_modes");
    modes = take(draft, words->count, sizeof *modes);
    if (!modes)
        return davy_fail(DAVY_ERR_NOMEM, "node '%s'", draft->name);
    for (size_t i = 0; i < words->count; i++) {
        modes[i] = mode_of(words->texts[i]);
        if (modes[i] < 0)
            return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "nodes_modes has '%.40s'",
                                   words->texts[i]);
    }
    davy_node_set_ints(draft->graph, &draft->node, "nodes_modes", modes, words->count);
    return DAVY_OK;
}

/* ------------------------------------------------------------------- numbers as tensors of double
 */

/*
 * The float that stands for a double as a threshold, so that floats are told apart as the double
 * does it: x <= t for the greatest float that is not above t, x < t for the least not below.
 */
static float threshold_of(double t, int64_t mode)
{
    const bool down = mode == DAVY_TREE_LEQ || mode == DAVY_TREE_GT;
    const float near = (float) t;

    if (down && (double) near > t)
        return nextafterf(near, -INFINITY);
    if (!down && (double) near < t)
        return nextafterf(near, INFINITY);
    return near;
}

static const double *doubles_of(const davy_attribute *attribute, size_t *count)
{
    const davy_tensor *tensor = attribute->kind == DAVY_ATTRIBUTE_TENSOR ? attribute->tensor : NULL;

    if (!tensor || tensor->type != DAVY_TYPE_F64 || tensor->rank != 1)
        return NULL;
    *count = (size_t) tensor->dims[0];
    return tensor->data;
}

/* No float equals a double that is none: such a question has no float in its place. */
static bool fits(double t, int64_t mode)
{
    return (mode != DAVY_TREE_EQ && mode != DAVY_TREE_NEQ) || (double) (float) t == t;
}

/* `name`_as_tensor becomes the floats `name`; `modes`: they are thresholds, [count]. */
static davy_status read_tensor(davy_draft *draft, const char *name, const int64_t *modes,
                               size_t mode_count)
{
    char long_name[64];
    const davy_attribute *attribute;
    const double *doubles;
    float *floats;
    size_t count = 0;

    (void) snprintf(long_name, sizeof long_name, "%s_as_tensor", name);
    attribute = davy_node_attribute(&draft->node, long_name);
    if (!attribute)
        return DAVY_OK;
    doubles = doubles_of(attribute, &count);
    if (!doubles || (modes && count != mode_count))
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "%s is no row of doubles", long_name);
    floats = take(draft, count, sizeof *floats);
    if (!floats)
        return davy_fail(DAVY_ERR_NOMEM, "node '%s'", draft->name);
    for (size_t i = 0; i < count; i++) {
        if (modes && !fits(doubles[i], modes[i]))
            return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED,
                                   "it compares with %.17g, which no float equals", doubles[i]);
        floats[i] = modes ? threshold_of(doubles[i], modes[i]) : (float) doubles[i];
    }
    davy_draft_remove(draft, long_name);
    davy_node_set_floats(draft->graph, &draft->node, name, floats, count);
    return DAVY_OK;
}

/* ----------------------------------------------------------------------------------------- trees
 */

davy_status davy_build_trees(davy_draft *draft)
{
    static const char *const names[] = {"base_values", "class_weights", "nodes_hitrates",
                                        "target_weights"};
    size_t count;
    const int64_t *modes;
    davy_status status = read_modes(draft);

    modes = davy_node_ints(&draft->node, "nodes_modes", &count);
    if (status == DAVY_OK)
        status = read_tensor(draft, "nodes_values", modes, count);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names) && status == DAVY_OK; i++)
        status = read_tensor(draft, names[i], NULL, 0);
    return status == DAVY_OK ? davy_draft_build(draft, davy_import_operator(draft->type)->name)
                             : status;
}

/* ------------------------------------------------------------------------------- labels and maps
 */

/* Version 1 has one list: a text becomes its place in it, and a place its text. */
static davy_status build_places(davy_draft *draft, const davy_attribute *texts)
{
    int64_t *places = take(draft, texts->count, sizeof *places);

    if (!places)
        return davy_fail(DAVY_ERR_NOMEM, "node '%s'", draft->name);
    for (size_t i = 0; i < texts->count; i++)
        places[i] = (int64_t) i;
    davy_node_set_texts(draft->graph, &draft->node, "cats_strings", texts->texts, texts->count);
    davy_node_set_ints(draft->graph, &draft->node, "cats_int64s", places, texts->count);
    davy_draft_remove(draft, "classes_strings");
    return davy_draft_build(draft, "category_mapper");
}

davy_status davy_build_label_encoder(davy_draft *draft)
{
    const davy_attribute *texts = davy_node_attribute(&draft->node, "classes_strings");

    if (davy_node_attribute(&draft->node, "keys_tensor") ||
        davy_node_attribute(&draft->node, "values_tensor"))
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "its categories are tensors");
    if (texts && texts->kind == DAVY_ATTRIBUTE_TEXTS)
        return build_places(draft, texts);
    return davy_draft_build(draft, "label_encoder");
}

/* A map for each row, from a class to its score: the scores as they are, in the order of classes.
 */
davy_status davy_build_zip_map(davy_draft *draft)
{
    draft->out[0] = davy_draft_op1(draft, "identity", davy_draft_in(draft, 0));
    return DAVY_OK;
}
