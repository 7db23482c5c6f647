/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gradients: (x - base) times the mean gradient on the way from base to x, of graphs that have a
 * way back and are networks. They are complete but for what finitely many points miss.
 */
#include "models/explain/explain_private.h"

#include "nn/passes.h"
#include "nn/plan.h"
#include "nn/runner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points on the way: as many as it takes until what is missing is below GAP, twice as many each
 * time. */
#define POINTS     32
#define POINTS_MAX 1024
#define GAP        0.01

#define SCORE_LEAST 1e-3 /* a smaller difference of scores is none to share out */

/*
 * The graph made ready to go back: one row, norms with their learnt statistics, and behind the
 * scores their sum times an input, the mix: another answer is another mix and the same plan.
 */
typedef struct gradients {
    davy_value picked, maps;
    float *mix; /* [outputs] */
    davy_plan *plan;
    davy_runner *runner;
    void *arena, *diffs;
    float *base, *point; /* [numbers] */
} gradients;

static void destroy(davy_explainer *e)
{
    gradients *g = e->state;

    if (!g)
        return;
    davy_runner_destroy(g->runner);
    davy_plan_destroy(g->plan);
    free(g->arena);
    free(g->diffs);
    free(g->mix);
    free(g->base);
    free(g->point);
    free(g);
}

/* ---------------------------------------------------------------------------------------- graph */

/* What makes a graph a network; others are asked by permutation, whose players each have a base of
 * real samples. */
static bool is_network(const davy_graph *graph)
{
    static const char *const layers[] = {"attention",  "average_pool", "batch_norm",
                                         "conv",       "gelu",         "gru",
                                         "group_norm", "layer_norm",   "linear_recurrence",
                                         "lstm",       "onnx_gru",     "onnx_lstm",
                                         "onnx_rnn",   "max_pool",     "relu",
                                         "rnn",        "silu",         "leaky_relu"};

    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(layers); i++)
            if (strcmp(graph->nodes[n].op->name, layers[i]) == 0)
                return true;
    return false;
}

/* Norms keep their statistics and nothing is dropped: the way back is that of the model as served.
 */
static void freeze(davy_graph *graph)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        davy_node *node = &graph->nodes[n];

        if (strcmp(node->op->name, "batch_norm") == 0)
            davy_node_set_int(graph, node, "frozen", 1);
        if (strcmp(node->op->name, "dropout") == 0)
            davy_node_set_float(graph, node, "rate", 0);
    }
}

/* The scores times the mix, summed, become the only output. */
static davy_status add_mix(davy_explainer *e)
{
    davy_graph *graph = e->graph;
    const int64_t dims[] = {(int64_t) e->outputs};
    int64_t axis = 1;
    const davy_tensor axes = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = &axis};
    davy_value in[2] = {graph->outputs[0], DAVY_VALUE_NONE};
    davy_node *node;

    in[1] = davy_graph_input(graph, "mix", DAVY_TYPE_F32, 1, dims);
    node = davy_graph_node(graph, "mul", in, 2, 1);
    in[0] = node ? node->out[0] : DAVY_VALUE_NONE;
    in[1] = davy_graph_constant(graph, "", &axes);
    node = davy_graph_node(graph, "reduce_sum", in, 2, 1);
    graph->output_count = 0;
    davy_graph_output(graph, node ? node->out[0] : DAVY_VALUE_NONE);
    return davy_graph_status(graph);
}

/* The last value that is a map [1, H, W, C]: where the network still knows where it saw what. */
static davy_value find_maps(davy_graph *graph)
{
    for (size_t n = graph->node_count; n-- > 0;) {
        const davy_node *node = &graph->nodes[n];
        const davy_tensor *tensor =
            node->out_count > 0 ? davy_graph_tensor(graph, node->out[0]) : NULL;

        if (tensor && tensor->rank == 4 && tensor->dims[1] > 1 && tensor->dims[2] > 1)
            return graph->nodes[n].out[0];
    }
    return DAVY_VALUE_NONE;
}

/* Operators of the file become those of the engine, which have a way back. */
static davy_status rewrite(davy_explainer *e)
{
    gradients *g = e->state;
    davy_graph *graph = e->graph;
    davy_status status = add_mix(e);

    if (status == DAVY_OK)
        status = davy_passes_run(graph);
    if (status != DAVY_OK)
        return status;
    freeze(graph);
    g->picked = graph->outputs[0];
    g->maps = find_maps(graph);
    if (g->maps != DAVY_VALUE_NONE)
        davy_graph_output(graph, g->maps); /* so that its memory is kept */
    return DAVY_OK;
}

static void shape_inputs(const davy_explainer *e, davy_tensor inputs[2])
{
    inputs[0] = (davy_tensor){.type = DAVY_TYPE_F32, .dims = {1}};
    inputs[1] = (davy_tensor){.type = DAVY_TYPE_F32, .rank = 1, .dims = {(int64_t) e->outputs}};
    inputs[0].rank = 2;
    inputs[0].dims[1] = (int64_t) e->numbers;
    if (!e->front)
        inputs[0].rank = 1 + davy_form_dims(&e->predictor->info.form, inputs[0].dims + 1);
}

static void *allocate(size_t bytes)
{
    const size_t whole = (bytes / DAVY_PLAN_ALIGNMENT + 1) * DAVY_PLAN_ALIGNMENT;
    void *memory = aligned_alloc(DAVY_PLAN_ALIGNMENT, whole);

    if (memory)
        memset(memory, 0, whole);
    return memory;
}

static davy_status make_runner(davy_explainer *e)
{
    gradients *g = e->state;
    const davy_plan_options options = {.env = {.kernels = davy_kernels_best(),
                                               .training = true,
                                               .threads = 1,
                                               .memory_max = DAVY_RUN_MEMORY_MAX},
                                       .loss = g->picked,
                                       .input_diff = true};
    davy_tensor inputs[2];
    davy_status status;

    shape_inputs(e, inputs);
    status = davy_plan_create(e->graph, inputs, &options, &g->plan);
    if (status == DAVY_ERR_INVALID) /* nothing on the way from the sample has a gradient */
        status = davy_fail_in(DAVY_ERR_UNSUPPORTED, "model '%s' has no gradient to explain it by",
                              e->predictor->info.name);
    if (status == DAVY_OK)
        status = davy_runner_create(g->plan, NULL, &g->runner);
    if (status != DAVY_OK)
        return status;
    g->arena = allocate(g->plan->arena_bytes);
    g->diffs = allocate(g->plan->diff_bytes);
    if (!g->arena || !g->diffs)
        return davy_fail(DAVY_ERR_NOMEM, "explanations of '%s'", e->predictor->info.name);
    davy_runner_bind(g->runner, g->arena, g->diffs);
    return DAVY_OK;
}

/* The mean of what is usual. */
static davy_status make_base(davy_explainer *e)
{
    gradients *g = e->state;
    const size_t rows = e->background_count > 0 ? e->background_count : 1;
    davy_status status = DAVY_OK;

    for (size_t b = 0; b < rows && status == DAVY_OK; b++) {
        status = davy_explainer_usual(e, b, g->point);
        for (size_t i = 0; i < e->numbers; i++)
            g->base[i] += g->point[i] / (float) rows;
    }
    return status;
}

static davy_status create(davy_explainer *e)
{
    gradients *g = calloc(1, sizeof *g);
    davy_status status;

    e->state = g;
    if (!g)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    if (!is_network(e->graph))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' is no network", e->predictor->info.name);
    g->mix = calloc(e->outputs, sizeof *g->mix);
    g->base = calloc(e->numbers, sizeof *g->base);
    g->point = calloc(e->numbers, sizeof *g->point);
    status =
        g->mix && g->base && g->point ? make_base(e) : davy_fail(DAVY_ERR_NOMEM, "explanations");
    if (status == DAVY_OK)
        status = rewrite(e);
    if (status == DAVY_OK)
        status = make_runner(e);
    e->work = status == DAVY_OK ? POINTS * (double) g->plan->arena_bytes : 0;
    return status;
}

/* ----------------------------------------------------------------------------------- integrated */

davy_status davy_gradients_run(davy_explainer *e, const float *row, size_t answer, double *score)
{
    gradients *g = e->state;
    davy_tensor inputs[2];
    davy_status status;

    davy_explainer_contrast(e, answer);
    for (size_t k = 0; k < e->outputs; k++)
        g->mix[k] = (float) e->mix[k];
    shape_inputs(e, inputs);
    inputs[0].data = (void *) (uintptr_t) row;
    inputs[1].data = g->mix;
    status = davy_explainer_step(e);
    if (status == DAVY_OK)
        status = davy_runner_forward(g->runner, inputs);
    if (status == DAVY_OK)
        status = davy_explainer_step(e);
    if (status != DAVY_OK)
        return status;
    if (score)
        *score = (double) *davy_f32(davy_runner_value(g->runner, g->picked));
    davy_runner_backward(g->runner, 1);
    return DAVY_OK;
}

const davy_tensor *davy_gradients_maps(const davy_explainer *e, const davy_tensor **diff)
{
    const gradients *g = e->method == &davy_explain_by_gradients ? e->state : NULL;

    if (!g || g->maps == DAVY_VALUE_NONE)
        return NULL;
    *diff = davy_runner_diff(g->runner, g->maps);
    return davy_runner_value(g->runner, g->maps);
}

/* Add the gradients at `points` places, each in the middle of its stretch of the way. */
static davy_status add_gradients(davy_explainer *e, size_t answer, size_t points)
{
    const gradients *g = e->state;
    davy_status status = DAVY_OK;

    memset(e->shares, 0, e->numbers * sizeof *e->shares);
    for (size_t p = 0; p < points && status == DAVY_OK; p++) {
        const float way = ((float) p + 0.5F) / (float) points;
        const davy_tensor *diff;

        for (size_t i = 0; i < e->numbers; i++)
            g->point[i] = g->base[i] + way * (e->row[i] - g->base[i]);
        status = davy_gradients_run(e, g->point, answer, NULL);
        diff = davy_runner_diff(g->runner, e->graph->inputs[0]);
        for (size_t i = 0; i < e->numbers && status == DAVY_OK && diff; i++)
            e->shares[i] += (double) davy_f32(diff)[i] / (double) points;
    }
    return status;
}

static davy_status explain(davy_explainer *e, size_t answer, davy_explanation *out)
{
    const gradients *g = e->state;
    double gap = INFINITY;
    davy_status status = davy_gradients_run(e, g->base, answer, &out->base);

    if (status == DAVY_OK)
        status = davy_gradients_run(e, e->row, answer, &out->score);
    for (size_t points = POINTS; status == DAVY_OK && gap > GAP && points <= POINTS_MAX;
         points *= 2) {
        const double whole = out->score - out->base;
        double sum = 0;

        status = add_gradients(e, answer, points);
        for (size_t i = 0; i < e->numbers; i++) {
            e->shares[i] *= (double) e->row[i] - (double) g->base[i];
            sum += e->shares[i];
        }
        gap = fabs(sum - whole) / fmax(fabs(whole), SCORE_LEAST);
    }
    return status;
}

const davy_explain_method davy_explain_by_gradients = {
    .name = "gradients",
    .label = {"integrated gradients", "积分梯度"},
    .create = create,
    .destroy = destroy,
    .explain = explain,
};
