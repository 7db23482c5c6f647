/* SPDX-License-Identifier: Apache-2.0 */
#include "models/explain/explain_private.h"

#include "nn/cut.h"
#include "nn/onnx/onnx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In the order in which they are tried: exact ones first. */
static const davy_explain_method *const methods[] = {
    &davy_explain_by_paths,     &davy_explain_by_sums,        &davy_explain_by_background,
    &davy_explain_by_gradients, &davy_explain_by_permutation,
};

const davy_background *davy_predictor_background(const davy_predictor *predictor)
{
    return &predictor->background;
}

void davy_explainer_destroy(davy_explainer *explainer)
{
    if (!explainer)
        return;
    if (explainer->method)
        explainer->method->destroy(explainer);
    davy_session_destroy(explainer->front_session);
    davy_session_destroy(explainer->back_session);
    davy_network_destroy(explainer->front);
    davy_network_destroy(explainer->back);
    davy_graph_destroy(explainer->graph);
    free(explainer->row);
    free(explainer->background);
    free(explainer->mix);
    free(explainer->player_of);
    free(explainer->part_of);
    free(explainer->shares);
    free(explainer->values);
    free(explainer);
}

const davy_node *davy_explain_maker(const davy_graph *graph, davy_value value)
{
    if (value == DAVY_VALUE_NONE || graph->values[value].role != DAVY_ROLE_MADE)
        return NULL;
    return &graph->nodes[graph->values[value].maker];
}

bool davy_explain_is_view(const davy_node *node)
{
    static const char *const views[] = {"reshape", "flatten", "identity", "squeeze", "unsqueeze"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(views); i++)
        if (strcmp(node->op->name, views[i]) == 0)
            return true;
    return false;
}

davy_status davy_explainer_step(const davy_explainer *e)
{
    const davy_explain_pace *pace = &e->options.pace;

    return pace->step ? pace->step(pace->context) : DAVY_OK;
}

/* --------------------------------------------------------------------------------------- graphs */

/* What a model says before it is calibrated. */
static davy_value find_score(const davy_graph *graph)
{
    const davy_value score = davy_graph_find(graph, DAVY_PREDICTOR_SCORE);

    return score != DAVY_VALUE_NONE ? score : davy_graph_find(graph, DAVY_PREDICTOR_VALUE);
}

static davy_status import(const davy_explainer *e, davy_graph **out)
{
    const davy_buffer *onnx = &e->predictor->onnx;

    return davy_onnx_import(onnx->bytes, onnx->length, NULL, 0, out);
}

/* The value becomes the input of the graph; who made it makes it no longer. */
static void begin_at(davy_graph *graph, davy_value value)
{
    davy_edge *edge = &graph->values[value];
    davy_node *maker = &graph->nodes[edge->maker];

    for (uint32_t i = 0; i < maker->out_count; i++)
        if (maker->out[i] == value)
            maker->out[i] = DAVY_VALUE_NONE;
    edge->role = DAVY_ROLE_INPUT;
    edge->tensor.dims[0] = -1;
    graph->inputs[0] = value;
    graph->input_count = 1;
}

/* The model from the row to the scores. */
static davy_status make_back(const davy_explainer *e, davy_graph **out)
{
    davy_graph *graph = NULL;
    davy_value features, score;
    davy_status status = import(e, &graph);

    if (status != DAVY_OK)
        return status;
    features = davy_graph_find(graph, DAVY_PREDICTOR_FEATURES);
    score = find_score(graph);
    if (!davy_explain_maker(graph, score))
        status = davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' does not tell its scores",
                           e->predictor->info.name);
    if (status == DAVY_OK && davy_explain_maker(graph, features)) {
        (void) davy_graph_tensor(graph, features); /* its shape is found before it is cut off */
        begin_at(graph, features);
    }
    if (status == DAVY_OK)
        status = davy_graph_cut(graph, &score, 1);
    if (status == DAVY_OK)
        *out = graph;
    else
        davy_graph_destroy(graph);
    return status;
}

/* The model from the sample to the features, where it has any. */
static davy_status make_front(davy_explainer *e)
{
    davy_graph *graph = NULL;
    davy_value features;
    davy_status status = import(e, &graph);

    if (status != DAVY_OK)
        return status;
    features = davy_graph_find(graph, DAVY_PREDICTOR_FEATURES);
    if (!davy_explain_maker(graph, features)) {
        davy_graph_destroy(graph);
        return DAVY_OK;
    }
    status = davy_graph_cut(graph, &features, 1);
    if (status != DAVY_OK) {
        davy_graph_destroy(graph);
        return status;
    }
    status = davy_network_create(graph, NULL, &e->front);
    return status == DAVY_OK ? davy_session_create(e->front, NULL, &e->front_session) : status;
}

static size_t numbers_of(davy_graph *graph, davy_value value)
{
    const davy_tensor *tensor = davy_graph_tensor(graph, value);
    int64_t count = 1;

    for (int i = 1; i < tensor->rank; i++)
        count *= tensor->dims[i];
    return tensor->type == DAVY_TYPE_F32 && count > 0 ? (size_t) count : 0;
}

/* The row of a sample: itself, or its features. */
static davy_status make_row(davy_explainer *e, const float *sample, float *row)
{
    davy_tensor input = {.type = DAVY_TYPE_F32, .dims = {1}, .data = (void *) (uintptr_t) sample};
    davy_tensor features;
    davy_status status;

    if (!e->front) {
        memcpy(row, sample, e->numbers * sizeof *row);
        return DAVY_OK;
    }
    input.rank = 1 + davy_form_dims(&e->predictor->info.form, input.dims + 1);
    status = davy_explainer_step(e);
    if (status == DAVY_OK)
        status = davy_session_run(e->front_session, &input, &features);
    if (status == DAVY_OK && davy_tensor_count(&features) != (int64_t) e->numbers)
        status = davy_fail(DAVY_ERR_CORRUPT, "%lld features, not %zu",
                           (long long) davy_tensor_count(&features), e->numbers);
    if (status == DAVY_OK)
        memcpy(row, davy_f32(&features), e->numbers * sizeof *row);
    return status;
}

davy_status davy_explainer_ask(davy_explainer *e, const float *rows, size_t count, float *scores)
{
    davy_tensor input = {.type = DAVY_TYPE_F32, .data = (void *) (uintptr_t) rows}, said;
    davy_graph *graph = NULL;
    davy_status status = davy_explainer_step(e);

    if (status == DAVY_OK && !e->back) {
        status = make_back(e, &graph);
        if (status == DAVY_OK)
            status = davy_network_create(graph, NULL, &e->back);
        if (status == DAVY_OK)
            status = davy_session_create(e->back, NULL, &e->back_session);
    }
    if (e->front) {
        input.rank = 2;
        input.dims[1] = (int64_t) e->numbers;
    } else {
        input.rank = 1 + davy_form_dims(&e->predictor->info.form, input.dims + 1);
    }
    input.dims[0] = (int64_t) count;
    if (status == DAVY_OK)
        status = davy_session_run(e->back_session, &input, &said);
    if (status == DAVY_OK && davy_tensor_count(&said) != (int64_t) (count * e->outputs))
        status = davy_fail(DAVY_ERR_CORRUPT, "%lld scores of %zu rows",
                           (long long) davy_tensor_count(&said), count);
    if (status == DAVY_OK)
        memcpy(scores, davy_f32(&said), count * e->outputs * sizeof *scores);
    return status;
}

davy_status davy_explainer_usual(const davy_explainer *e, size_t which, float *row)
{
    const davy_value mean = davy_graph_find(e->graph, "mean");
    const davy_tensor *tensor = mean != DAVY_VALUE_NONE ? &e->graph->values[mean].tensor : NULL;
    const size_t count = tensor && tensor->data && tensor->type == DAVY_TYPE_F32
                             ? (size_t) davy_tensor_count(tensor)
                             : 0;

    if (e->background_count > 0) {
        memcpy(row, e->background + which * e->numbers, e->numbers * sizeof *row);
        return DAVY_OK;
    }
    if (count == 0 || e->numbers % count != 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%s' keeps no samples, and tells no means to compare with",
                         e->predictor->info.name);
    for (size_t i = 0; i < e->numbers; i++)
        row[i] = davy_f32(tensor)[i % count];
    return DAVY_OK;
}

/* --------------------------------------------------------------------------------------- create */

void davy_explainer_contrast(davy_explainer *e, size_t answer)
{
    for (size_t k = 0; k < e->outputs; k++)
        e->mix[k] = k == answer ? 1 : -1 / (double) (e->outputs - 1);
}

static davy_status make_background(davy_explainer *e)
{
    const davy_background *from = &e->predictor->background;
    davy_status status = DAVY_OK;

    if (from->count == 0)
        return DAVY_OK;
    e->background = calloc(from->count * e->numbers, sizeof *e->background);
    if (!e->background)
        return davy_fail(DAVY_ERR_NOMEM, "background");
    for (size_t i = 0; i < from->count && status == DAVY_OK; i++)
        status = make_row(e, from->numbers + i * from->values, e->background + i * e->numbers);
    e->background_count = from->count;
    return status;
}

static davy_status make_model(davy_explainer *e)
{
    davy_status status = make_front(e);

    if (status == DAVY_OK)
        status = davy_explainer_step(e);
    if (status == DAVY_OK)
        status = make_back(e, &e->graph);
    if (status != DAVY_OK)
        return status;
    e->numbers = numbers_of(e->graph, e->graph->inputs[0]);
    e->outputs = e->predictor->info.class_count > 0 ? e->predictor->info.class_count : 1;
    e->row = calloc(e->numbers + 1, sizeof *e->row);
    e->mix = calloc(e->outputs, sizeof *e->mix);
    if (!e->row || !e->mix)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    if (e->numbers == 0 || (!e->front && e->numbers != davy_form_values(&e->predictor->info.form)))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' does not tell what it sees",
                         e->predictor->info.name);
    status = davy_explainer_make_players(e);
    return status == DAVY_OK ? make_background(e) : status;
}

/* Begin with one; what it had made is gone when it does not fit. */
static davy_status try_method(davy_explainer *e, const davy_explain_method *method)
{
    davy_status status = davy_explainer_step(e);

    if (status != DAVY_OK)
        return status;
    e->method = method;
    status = method->create(e);
    if (status != DAVY_OK) {
        method->destroy(e);
        e->method = NULL;
        e->state = NULL;
    }
    return status;
}

static bool is_any(const char *name)
{
    return !name || strcmp(name, "auto") == 0;
}

davy_status davy_explain_method_check(const char *name)
{
    if (is_any(name))
        return DAVY_OK;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(methods); i++)
        if (strcmp(methods[i]->name, name) == 0)
            return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID, "'%.40s' is no way to explain: %s", name,
                     DAVY_EXPLAIN_METHODS);
}

static davy_status choose_method(davy_explainer *e)
{
    const char *name = e->options.method;
    const bool any = is_any(name);
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(methods); i++) {
        if (!any && strcmp(methods[i]->name, name) != 0)
            continue;
        status = try_method(e, methods[i]);
        if (!any || status != DAVY_ERR_UNSUPPORTED)
            return status;
    }
    return status;
}

davy_status davy_explainer_create(const davy_predictor *predictor,
                                  const davy_explain_options *options, davy_explainer **out)
{
    const bool classes = predictor->info.class_count > 0;
    davy_explainer *e = calloc(1, sizeof *e);
    davy_status status;

    if (!e)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    e->predictor = predictor;
    e->unit = classes ? (davy_words){"score against the other classes", "相对于其他类别的分数"}
                      : (davy_words){"answer", "回答"};
    if (options)
        e->options = *options;
    status = davy_explain_method_check(e->options.method);
    if (status == DAVY_OK)
        status = make_model(e);
    if (status == DAVY_OK)
        status = choose_method(e);
    if (status != DAVY_OK) {
        davy_explainer_destroy(e);
        return status;
    }
    *out = e;
    return DAVY_OK;
}

davy_explainer_info davy_explainer_describe(const davy_explainer *e)
{
    return (davy_explainer_info){.method = e->method->name,
                                 .label = e->method->label,
                                 .unit = e->unit,
                                 .players = e->players,
                                 .exact = e->method->exact,
                                 .work = e->work};
}

davy_status davy_explain_sample(davy_explainer *e, const float *sample, size_t answer,
                                davy_explanation *out)
{
    davy_status status = make_row(e, sample, e->row);

    *out = (davy_explanation){
        .answer = answer, .count = e->players, .shares = e->shares, .values = e->values};
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < e->players; i++)
        e->values[i] = e->players == e->numbers ? (double) e->row[i] : NAN;
    davy_explainer_contrast(e, answer);
    status = e->method->explain(e, answer, out);
    if (status != DAVY_OK)
        return davy_fail_in(status, "model '%s'", e->predictor->info.name);
    out->residual = out->score - out->base;
    for (size_t i = 0; i < e->players; i++)
        out->residual -= e->shares[i];
    return DAVY_OK;
}
