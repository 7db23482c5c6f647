/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "models/training/predictor_calibrate.h"
#include "models/training/train_predictor.h"
#include "nn/layers.h"
#include "nn/onnx/onnx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What bf16 may cost: of the judged samples half a percent, or one, more wrong; of numbers one
 * percent of the root mean square, so two of the squares. */
#define BF16_WRONG_MORE   0.005
#define BF16_SQUARES_MORE 0.02

/* Scores of the judged samples, from the graph as it was learnt. */
typedef struct scores {
    float *values;   /* [count * outputs] */
    size_t *members; /* [count] samples */
    size_t count, outputs;
} scores;

static void scores_clear(scores *s)
{
    davy_bulk_free(s->values);
    davy_bulk_free(s->members);
    *s = (scores){0};
}

static void swap_scores(scores *a, scores *b)
{
    const scores held = *a;

    *a = *b;
    *b = held;
}

static davy_status scores_init(const davy_teaching *teaching, scores *s)
{
    const davy_sample_set *samples = teaching->samples;

    s->outputs = samples->class_count > 0 ? samples->class_count : 1;
    s->values = davy_bulk_alloc(samples->count * s->outputs + 1, sizeof *s->values);
    s->members = davy_bulk_alloc(samples->count + 1, sizeof *s->members);
    if (!s->values || !s->members)
        return davy_fail_in(DAVY_ERR_NOMEM, "scores of %zu samples", samples->count);
    for (size_t i = 0; i < samples->count; i++)
        if (teaching->held[i] == DAVY_PURPOSE_JUDGE && isfinite(samples->targets[i]))
            s->members[s->count++] = i;
    return DAVY_OK;
}

/* One sample at a time: a graph without its calibration is run once and thrown away. */
static davy_status run_samples(const davy_teaching *teaching, davy_session *session, scores *s)
{
    const davy_form *form = &teaching->samples->form;
    float *values = calloc(davy_form_values(form), sizeof *values);
    davy_tensor input = {.type = DAVY_TYPE_F32, .dims = {1}, .data = values}, output;
    davy_status status = values ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a sample");

    input.rank = 1 + davy_form_dims(form, input.dims + 1);
    for (size_t n = 0; n < s->count && status == DAVY_OK; n++) {
        status = davy_sample_set_read(teaching->samples, s->members[n], values);
        if (status == DAVY_OK)
            status = davy_session_run(session, &input, &output);
        if (status == DAVY_OK)
            memcpy(s->values + n * s->outputs, davy_f32(&output), s->outputs * sizeof(float));
    }
    free(values);
    return status;
}

/* Bytes of the graph with the outputs it has now, and a network of them. */
static davy_status make_network(const davy_teaching *teaching, bool bf16, davy_buffer *onnx,
                                davy_network **out)
{
    const davy_network_options options = {.bf16 = bf16};
    davy_graph *copy = NULL;
    davy_status status = davy_onnx_export(teaching->learnt.graph, NULL, 0, onnx);

    if (status == DAVY_OK)
        status = davy_onnx_import(onnx->bytes, onnx->length, NULL, 0, &copy);
    return status == DAVY_OK ? davy_network_create(copy, &options, out) : status;
}

static davy_status run_scores(const davy_teaching *teaching, bool bf16, scores *s)
{
    davy_graph *graph = teaching->learnt.graph;
    davy_buffer onnx = {0};
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status = scores_init(teaching, s);

    davy_graph_output(graph, teaching->learnt.score);
    if (status == DAVY_OK)
        status = make_network(teaching, bf16, &onnx, &network);
    if (status == DAVY_OK)
        status = davy_session_create(network, NULL, &session);
    if (status == DAVY_OK)
        status = run_samples(teaching, session, s);
    davy_session_destroy(session);
    davy_network_destroy(network);
    davy_buffer_clear(&onnx);
    graph->output_count = 0;
    return status;
}

/* How wrong scores are: samples of another class, or the squares of the distances. */
static double badness(const davy_teaching *teaching, const scores *s)
{
    const double *targets = teaching->samples->targets;
    double sum = 0;

    for (size_t n = 0; n < s->count; n++) {
        const float *score = s->values + n * s->outputs;
        const double target = targets[s->members[n]];
        size_t said = 0;

        for (size_t k = 1; k < s->outputs; k++)
            said = score[k] > score[said] ? k : said;
        sum += s->outputs > 1 ? (double) said != target : (score[0] - target) * (score[0] - target);
    }
    return sum;
}

static bool approves(const davy_teaching *teaching, const scores *exact, const scores *rounded)
{
    const double least = badness(teaching, exact), found = badness(teaching, rounded);
    const double room = teaching->samples->class_count > 0
                            ? fmax(1, BF16_WRONG_MORE * (double) exact->count)
                            : BF16_SQUARES_MORE * least;

    return exact->count > 0 && found <= least + room;
}

static void say_refused(davy_teaching *teaching, size_t judged)
{
    if (judged > 0)
        davy_say(&teaching->learnt.note, " In bf16 it judges worse, so it answers in f32.",
                 "用 bf16 评判更差，因此以 f32 回答。");
    else
        davy_say(&teaching->learnt.note,
                 " Without judged samples nothing approves bf16, so it answers in f32.",
                 "没有评判样本，无从认可 bf16，因此以 f32 回答。");
}

/* Scores by which it is calibrated. A model that was learnt in bf16 answers in bf16 only if that
 * judges as well as f32 does. */
static davy_status run_approved(davy_teaching *teaching, scores *s)
{
    scores rounded = {0};
    davy_status status = run_scores(teaching, false, s);

    if (status == DAVY_OK && teaching->learnt.bf16) {
        status = run_scores(teaching, true, &rounded);
        teaching->learnt.bf16 = status == DAVY_OK && approves(teaching, s, &rounded);
        if (teaching->learnt.bf16)
            swap_scores(s, &rounded);
        else if (status == DAVY_OK)
            say_refused(teaching, s->count);
    }
    scores_clear(&rounded);
    return status;
}

static davy_status find_temperature(davy_teaching *teaching, const scores *s)
{
    size_t *targets = davy_bulk_alloc(s->count + 1, sizeof *targets);

    if (!targets)
        return davy_fail_in(DAVY_ERR_NOMEM, "calibration");
    for (size_t n = 0; n < s->count; n++)
        targets[n] = (size_t) teaching->samples->targets[s->members[n]];
    teaching->temperature = davy_temperature_find(s->values, targets, s->count, s->outputs);
    davy_bulk_free(targets);
    return DAVY_OK;
}

static davy_status find_interval(davy_teaching *teaching, const scores *s)
{
    double *errors = davy_bulk_alloc(s->count + 1, sizeof *errors);

    if (!errors)
        return davy_fail_in(DAVY_ERR_NOMEM, "calibration");
    for (size_t n = 0; n < s->count; n++)
        errors[n] = fabs((double) s->values[n] - teaching->samples->targets[s->members[n]]);
    teaching->half_width =
        davy_interval_find(errors, s->count, davy_teaching_number(teaching, "coverage"));
    davy_bulk_free(errors);
    return DAVY_OK;
}

static davy_value with_number(davy_graph *graph, const char *op, davy_value x, const char *name,
                              double number)
{
    float value = (float) number;
    davy_tensor tensor = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {1}, .data = &value};
    const davy_value in[] = {x, davy_graph_constant(graph, name, &tensor)};
    const davy_node *node = davy_graph_node(graph, op, in, 2, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static void finish_graph(davy_teaching *teaching)
{
    davy_graph *graph = teaching->learnt.graph;
    const davy_value score = teaching->learnt.score;
    davy_value x;

    if (teaching->samples->class_count > 0) {
        x = with_number(graph, "div", score, "temperature", teaching->temperature);
        x = davy_layer_softmax(graph, x);
        davy_graph_name(graph, x, DAVY_PREDICTOR_PROBABILITIES);
        davy_graph_output(graph, x);
        return;
    }
    davy_graph_name(graph, score, DAVY_PREDICTOR_VALUE);
    davy_graph_output(graph, score);
    if (isnan(teaching->half_width))
        return;
    x = with_number(graph, "sub", score, "half_width_low", teaching->half_width);
    davy_graph_name(graph, x, DAVY_PREDICTOR_LOW);
    davy_graph_output(graph, x);
    x = with_number(graph, "add", score, "half_width_high", teaching->half_width);
    davy_graph_name(graph, x, DAVY_PREDICTOR_HIGH);
    davy_graph_output(graph, x);
}

davy_status davy_teaching_calibrate(davy_teaching *teaching)
{
    const bool classes = teaching->samples->class_count > 0;
    davy_predictor *predictor = teaching->predictor;
    scores s = {0};
    davy_status status = run_approved(teaching, &s);

    teaching->temperature = 1;
    teaching->half_width = NAN;
    if (status == DAVY_OK)
        status = classes ? find_temperature(teaching, &s) : find_interval(teaching, &s);
    scores_clear(&s);
    if (status != DAVY_OK)
        return status;
    finish_graph(teaching);
    predictor->bf16 = teaching->learnt.bf16;
    predictor->info.coverage =
        classes || isnan(teaching->half_width) ? 0 : davy_teaching_number(teaching, "coverage");
    status = davy_graph_status(teaching->learnt.graph);
    if (status == DAVY_OK)
        status = davy_onnx_export(teaching->learnt.graph, NULL, 0, &predictor->onnx);
    return status == DAVY_OK ? davy_predictor_load(predictor) : status;
}
