/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees: a graph that is one node of trees, with nothing before it but other shapes, and nothing
 * behind it but, where trees average probabilities, their logarithm. Then the probability is
 * explained, for the logarithm of a sum is no sum.
 */
#include "models/explain/explain_private.h"
#include "models/explain/shapley_trees.h"

#include <string.h>

static bool is(const davy_node *node, const char *op)
{
    return node && strcmp(node->op->name, op) == 0;
}

/* The node of trees under the scores, or NULL. @param logs  the scores are its logarithms */
static const davy_node *find_trees(const davy_graph *graph, bool *logs)
{
    const davy_node *node = davy_explain_maker(graph, graph->outputs[0]);

    *logs = is(node, "log");
    if (*logs)
        node = davy_explain_maker(graph, node->in[0]);
    if (*logs && is(node, "max"))
        node = davy_explain_maker(graph, node->in[0]);
    return is(node, "tree_ensemble_regressor") ? node : NULL;
}

/* Whether it sees the row as it is. */
static bool sees_row(const davy_graph *graph, const davy_node *node)
{
    davy_value value = node->in[0];

    while (value != graph->inputs[0]) {
        const davy_node *maker = davy_explain_maker(graph, value);

        if (!maker || !davy_explain_is_view(maker))
            return false;
        value = maker->in[0];
    }
    return true;
}

static davy_status create(davy_explainer *e)
{
    davy_shapley_trees *trees = NULL;
    bool logs;
    const davy_node *node = find_trees(e->graph, &logs);
    davy_status status;

    if (!node || !sees_row(e->graph, node))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' is no trees", e->predictor->info.name);
    status = davy_shapley_trees_create(node, e->numbers, &trees);
    e->state = trees;
    if (status == DAVY_OK && davy_shapley_trees_targets(trees) != e->outputs)
        status = davy_fail(DAVY_ERR_UNSUPPORTED, "the trees answer with %zu numbers, not %zu",
                           davy_shapley_trees_targets(trees), e->outputs);
    if (status == DAVY_OK && logs)
        e->unit = (davy_words){"probability", "概率"};
    if (status == DAVY_OK)
        e->work = davy_shapley_trees_work(trees);
    return status;
}

static davy_status create_paths(davy_explainer *e)
{
    davy_status status = create(e);

    if (status == DAVY_OK && !davy_shapley_trees_covered(e->state))
        status = davy_fail(DAVY_ERR_UNSUPPORTED, "the trees do not tell their covers");
    return status;
}

static davy_status create_background(davy_explainer *e)
{
    davy_status status = create(e);

    if (status == DAVY_OK && e->background_count == 0)
        status = davy_fail(DAVY_ERR_UNSUPPORTED, "the model keeps no samples to compare with");
    e->work *= (double) e->background_count;
    return status;
}

static void destroy(davy_explainer *e)
{
    davy_shapley_trees_destroy(e->state);
}

/* A probability stands for itself: the others say nothing that it does not. */
static void set_mix(davy_explainer *e, size_t answer)
{
    bool logs;

    (void) find_trees(e->graph, &logs);
    for (size_t k = 0; k < e->outputs && logs; k++)
        e->mix[k] = k == answer;
}

static davy_status explain_paths(davy_explainer *e, size_t answer, davy_explanation *out)
{
    davy_shapley_sum sum = {0};
    davy_status status;

    set_mix(e, answer);
    status = davy_shapley_by_paths(e->state, e->mix, e->row, e->shares, &sum);
    out->base = sum.base;
    out->score = sum.score;
    return status;
}

static davy_status explain_background(davy_explainer *e, size_t answer, davy_explanation *out)
{
    davy_shapley_sum sum = {0};
    davy_status status;

    set_mix(e, answer);
    status = davy_shapley_by_background(e->state, e->mix, e->row, e->background,
                                        e->background_count, e->shares, &sum);
    out->base = sum.base;
    out->score = sum.score;
    return status;
}

const davy_explain_method davy_explain_by_paths = {
    .name = "paths",
    .label = {"exact Shapley values by the paths of the trees (TreeSHAP)",
              "树路径上的精确 Shapley 值（TreeSHAP）"},
    .exact = true,
    .create = create_paths,
    .destroy = destroy,
    .explain = explain_paths,
};

const davy_explain_method davy_explain_by_background = {
    .name = "background",
    .label = {"exact Shapley values of the trees against samples learnt from (interventional "
              "TreeSHAP)",
              "与训练样本比较的树模型精确 Shapley 值（干预式 TreeSHAP）"},
    .exact = true,
    .create = create_background,
    .destroy = destroy,
    .explain = explain_background,
};
