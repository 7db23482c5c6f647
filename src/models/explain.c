/* SPDX-License-Identifier: Apache-2.0 */
#include "models/explain.h"

#include "data/image_write.h"
#include "models/predictor_private.h"
#include "nn/onnx/onnx.h"
#include "nn/passes.h"
#include "nn/plan.h"
#include "nn/runner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCORE_LEAST 1e-3 /* a smaller difference of scores is none to share out */

/*
 * The graph once more, made ready to go back: one sample, norms with their learnt statistics, and
 * behind the scores one node that picks an answer. `answer` is a constant of the graph: another
 * answer is another number in it and the same plan.
 */
struct davy_explainer {
    const davy_predictor *predictor;
    davy_graph *graph;
    davy_value picked, features;
    float *mean;     /* [channels] of the scaling: the base that explanations start from */
    int64_t *answer; /* in the graph */
    davy_plan *plan;
    davy_runner *runner;
    void *arena, *diffs;
    float *sample; /* [form values] a point on the way */
};

void davy_explainer_destroy(davy_explainer *explainer)
{
    if (!explainer)
        return;
    davy_runner_destroy(explainer->runner);
    davy_plan_destroy(explainer->plan);
    davy_graph_destroy(explainer->graph);
    free(explainer->arena);
    free(explainer->diffs);
    free(explainer->sample);
    free(explainer->mean);
    free(explainer);
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

/* The mean of the scaling, which the passes may fold into something else. */
static davy_status keep_mean(davy_explainer *e)
{
    const davy_form *form = &e->predictor->info.form;
    const davy_value mean = davy_graph_find(e->graph, "mean");
    const davy_tensor *tensor = mean != DAVY_VALUE_NONE ? &e->graph->values[mean].tensor : NULL;

    if (!tensor || !tensor->data || tensor->type != DAVY_TYPE_F32 ||
        davy_tensor_count(tensor) != (int64_t) form->channels)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' does not tell its scaling",
                         e->predictor->info.name);
    e->mean = calloc(form->channels, sizeof *e->mean);
    if (!e->mean)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    memcpy(e->mean, tensor->data, form->channels * sizeof *e->mean);
    return DAVY_OK;
}

/* score[:, answer] becomes the only output. */
static davy_status pick_answer(davy_explainer *e)
{
    davy_graph *graph = e->graph;
    int64_t zero = 0;
    const davy_tensor index = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = &zero};
    davy_value in[2] = {davy_graph_find(graph, DAVY_PREDICTOR_SCORE), DAVY_VALUE_NONE};
    davy_node *node;

    if (in[0] == DAVY_VALUE_NONE)
        in[0] = davy_graph_find(graph, DAVY_PREDICTOR_VALUE);
    if (in[0] == DAVY_VALUE_NONE)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' does not tell its scores",
                         e->predictor->info.name);
    in[1] = davy_graph_constant(graph, "answer", &index);
    node = davy_graph_node(graph, "gather", in, 2, 1);
    davy_node_set_int(graph, node, "axis", 1);
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
    davy_graph *graph = e->graph;
    davy_status status = davy_passes_run(graph);
    davy_value answer;

    if (status != DAVY_OK)
        return status;
    freeze(graph);
    answer = davy_graph_find(graph, "answer");
    e->picked = graph->outputs[0];
    e->features = find_maps(graph);
    if (e->features != DAVY_VALUE_NONE)
        davy_graph_output(graph, e->features); /* so that its memory is kept */
    if (answer == DAVY_VALUE_NONE)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' cannot be explained",
                         e->predictor->info.name);
    e->answer = graph->values[answer].tensor.data;
    return DAVY_OK;
}

static davy_status make_runner(davy_explainer *e)
{
    const davy_plan_options options = {.env = {.kernels = davy_kernels_best(),
                                               .training = true,
                                               .threads = 1,
                                               .memory_max = DAVY_RUN_MEMORY_MAX},
                                       .loss = e->picked,
                                       .input_diff = true};
    davy_tensor shape = {.type = DAVY_TYPE_F32, .dims = {1}};
    davy_status status;

    shape.rank = 1 + davy_form_dims(&e->predictor->info.form, shape.dims + 1);
    status = davy_plan_create(e->graph, &shape, &options, &e->plan);
    if (status == DAVY_ERR_INVALID) /* nothing on the way from the sample has a gradient */
        status = davy_fail_in(DAVY_ERR_UNSUPPORTED, "model '%s' has no gradient to explain it by",
                              e->predictor->info.name);
    if (status == DAVY_OK)
        status = davy_runner_create(e->plan, NULL, &e->runner);
    if (status != DAVY_OK)
        return status;
    e->arena = aligned_alloc(DAVY_PLAN_ALIGNMENT, (e->plan->arena_bytes / DAVY_PLAN_ALIGNMENT + 1) *
                                                      DAVY_PLAN_ALIGNMENT);
    e->diffs = aligned_alloc(DAVY_PLAN_ALIGNMENT,
                             (e->plan->diff_bytes / DAVY_PLAN_ALIGNMENT + 1) * DAVY_PLAN_ALIGNMENT);
    e->sample = calloc(davy_form_values(&e->predictor->info.form), sizeof *e->sample);
    if (!e->arena || !e->diffs || !e->sample)
        return davy_fail(DAVY_ERR_NOMEM, "explanations of '%s'", e->predictor->info.name);
    memset(e->diffs, 0, e->plan->diff_bytes);
    davy_runner_bind(e->runner, e->arena, e->diffs);
    return DAVY_OK;
}

davy_status davy_explainer_create(const davy_predictor *predictor, davy_explainer **out)
{
    davy_explainer *e = calloc(1, sizeof *e);
    davy_status status;

    if (!e)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    e->predictor = predictor;
    status = davy_onnx_import(predictor->onnx.bytes, predictor->onnx.length, NULL, 0, &e->graph);
    if (status == DAVY_OK)
        status = keep_mean(e);
    if (status == DAVY_OK)
        status = pick_answer(e);
    if (status == DAVY_OK)
        status = rewrite(e);
    if (status == DAVY_OK)
        status = make_runner(e);
    if (status != DAVY_OK) {
        davy_explainer_destroy(e);
        return status;
    }
    *out = e;
    return DAVY_OK;
}

/* The score of an answer to a sample, in *score when it is not NULL, and its gradients. */
static davy_status run(davy_explainer *e, const float *sample, size_t answer, double *score)
{
    davy_tensor input = {.type = DAVY_TYPE_F32, .dims = {1}, .data = (void *) (uintptr_t) sample};
    davy_status status;

    input.rank = 1 + davy_form_dims(&e->predictor->info.form, input.dims + 1);
    *e->answer = (int64_t) answer;
    status = davy_runner_forward(e->runner, &input);
    if (status != DAVY_OK)
        return status;
    if (score)
        *score = (double) *davy_f32(davy_runner_value(e->runner, e->picked));
    davy_runner_backward(e->runner, 1);
    return DAVY_OK;
}

/* x at a share of the way from the mean. */
static void walk(const davy_explainer *e, const float *sample, double share)
{
    const davy_form *form = &e->predictor->info.form;
    const size_t count = davy_form_values(form);

    for (size_t i = 0; i < count; i++) {
        const float mean = e->mean[i % form->channels];

        e->sample[i] = mean + (float) share * (sample[i] - mean);
    }
}

/* Add the gradients at `points` places, each in the middle of its stretch of the way. */
static davy_status add_gradients(davy_explainer *e, const float *sample, size_t answer,
                                 size_t points, float *sums)
{
    const size_t count = davy_form_values(&e->predictor->info.form);
    davy_status status = DAVY_OK;

    memset(sums, 0, count * sizeof *sums);
    for (size_t p = 0; p < points && status == DAVY_OK; p++) {
        const davy_tensor *diff;

        walk(e, sample, ((double) p + 0.5) / (double) points);
        status = run(e, e->sample, answer, NULL);
        diff = davy_runner_diff(e->runner, e->graph->inputs[0]);
        for (size_t i = 0; i < count && status == DAVY_OK && diff; i++)
            sums[i] += davy_f32(diff)[i] / (float) points;
    }
    return status;
}

davy_status davy_explain_sample(davy_explainer *e, const float *sample, size_t answer,
                                float *attributions, double *gap)
{
    const davy_form *form = &e->predictor->info.form;
    const size_t count = davy_form_values(form);
    double at_base = 0, at_sample = 0;
    davy_status status;

    walk(e, sample, 0);
    status = run(e, e->sample, answer, &at_base);
    if (status == DAVY_OK)
        status = run(e, sample, answer, &at_sample);
    *gap = INFINITY;
    for (size_t points = DAVY_EXPLAIN_POINTS;
         status == DAVY_OK && *gap > DAVY_EXPLAIN_GAP && points <= DAVY_EXPLAIN_POINTS_MAX;
         points *= 2) {
        double sum = 0;

        status = add_gradients(e, sample, answer, points, attributions);
        for (size_t i = 0; i < count; i++) {
            attributions[i] *= sample[i] - e->mean[i % form->channels];
            sum += (double) attributions[i];
        }
        *gap = fabs(sum - (at_sample - at_base)) / fmax(fabs(at_sample - at_base), SCORE_LEAST);
    }
    return status;
}

/* Maps [1, H, W, C] weighted by the mean of their gradients, what speaks against left out. */
static void weigh_maps(const davy_tensor *maps, const davy_tensor *diff, float *heat)
{
    const int64_t cells = maps->dims[1] * maps->dims[2], channels = maps->dims[3];

    memset(heat, 0, (size_t) cells * sizeof *heat);
    for (int64_t c = 0; c < channels; c++) {
        double weight = 0;

        for (int64_t i = 0; i < cells; i++)
            weight += (double) davy_f32(diff)[i * channels + c];
        weight /= (double) cells;
        for (int64_t i = 0; i < cells; i++)
            heat[i] += (float) weight * davy_f32(maps)[i * channels + c];
    }
    for (int64_t i = 0; i < cells; i++)
        heat[i] = fmaxf(heat[i], 0);
}

davy_status davy_explain_picture(davy_explainer *e, const davy_sample_set *samples, size_t sample,
                                 size_t answer, davy_image *image)
{
    const davy_tensor *maps, *diff;
    float *values, *heat;
    davy_status status;

    if (e->features == DAVY_VALUE_NONE)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' has no maps of features",
                         e->predictor->info.name);
    values = calloc(davy_form_values(&samples->form), sizeof *values);
    status = values ? davy_sample_set_read(samples, sample, values)
                    : davy_fail(DAVY_ERR_NOMEM, "a picture");
    if (status == DAVY_OK)
        status = run(e, values, answer, NULL);
    free(values);
    if (status != DAVY_OK)
        return status;
    maps = davy_runner_value(e->runner, e->features);
    diff = davy_runner_diff(e->runner, e->features);
    if (!diff || maps->rank != 4)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "the features of model '%s' are no maps",
                         e->predictor->info.name);
    heat = calloc((size_t) (maps->dims[1] * maps->dims[2]), sizeof *heat);
    if (!heat)
        return davy_fail(DAVY_ERR_NOMEM, "a picture");
    weigh_maps(maps, diff, heat);
    davy_image_lay_heat(image,
                        &(davy_heat){heat, (uint32_t) maps->dims[2], (uint32_t) maps->dims[1]});
    free(heat);
    return DAVY_OK;
}

davy_status davy_explain_read_picture(const davy_sample_set *samples, size_t sample,
                                      davy_image *out)
{
    const davy_form *form = &samples->form;
    const size_t count = davy_form_values(form);
    float *values = calloc(count, sizeof *values);
    davy_status status = values ? davy_sample_set_read(samples, sample, values)
                                : davy_fail(DAVY_ERR_NOMEM, "a picture");

    if (status == DAVY_OK)
        status = davy_image_init(out, (uint32_t) form->width, (uint32_t) form->height);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        out->pixels[i] = (uint8_t) lrintf(fminf(fmaxf(values[i], 0), 255));
    free(values);
    return status;
}
