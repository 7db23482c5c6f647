/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/classic.h"

#include "models/predictor_private.h"
#include "nn/onnx/onnx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

davy_value davy_classic_begin(davy_graph *graph, const davy_form *form,
                              const davy_channel_scale *scale)
{
    int64_t dims[4] = {-1};
    const int rank = 1 + davy_form_dims(form, dims + 1);
    davy_value x = davy_graph_input(graph, DAVY_PREDICTOR_SAMPLE, DAVY_TYPE_F32, rank, dims);

    if (!scale)
        return davy_layer_flatten(graph, x);
    x = davy_neural_binary(graph, "sub", x,
                           davy_neural_numbers(graph, "mean", scale->mean, scale->count));
    x = davy_neural_binary(graph, "div", x,
                           davy_neural_numbers(graph, "scale", scale->scale, scale->count));
    davy_graph_name(graph, x, DAVY_PREDICTOR_SCALED);
    return davy_layer_flatten(graph, x);
}

/* `like` says the shape; the numbers are copied into the graph. */
static davy_value constant(davy_graph *graph, const char *name, const double *values, int rank,
                           const int64_t *dims)
{
    davy_tensor tensor;
    davy_status status = davy_tensor_shape(&tensor, DAVY_TYPE_F32, rank, dims);
    davy_value value;
    float *numbers;

    if (status != DAVY_OK) {
        davy_graph_fail(graph, status);
        return DAVY_VALUE_NONE;
    }
    value = davy_graph_constant(graph, name, &tensor);
    if (value == DAVY_VALUE_NONE)
        return value;
    numbers = davy_f32(&graph->values[value].tensor);
    for (int64_t i = 0; i < davy_tensor_count(&tensor); i++)
        numbers[i] = (float) values[i];
    return value;
}

davy_value davy_classic_vector(davy_graph *graph, const char *op, davy_value x, const char *name,
                               const double *values, size_t count)
{
    return davy_neural_binary(graph, op, x,
                              constant(graph, name, values, 1, (const int64_t[]){(int64_t) count}));
}

davy_value davy_classic_number(davy_graph *graph, const char *op, davy_value x, const char *name,
                               double number)
{
    return davy_classic_vector(graph, op, x, name, &number, 1);
}

davy_value davy_classic_sum(davy_graph *graph, davy_value x, int64_t axis)
{
    const davy_tensor axes = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = &axis};
    const davy_value in[] = {x, davy_graph_constant(graph, "", &axes)};
    davy_node *node = davy_graph_node(graph, "reduce_sum", in, 2, 1);

    davy_node_set_int(graph, node, "keepdims", 0);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_classic_table(davy_graph *graph, const char *name, const double *values,
                              size_t rows, size_t columns)
{
    return constant(graph, name, values, 2, (const int64_t[]){(int64_t) rows, (int64_t) columns});
}

davy_value davy_classic_dense(davy_graph *graph, const char *name, davy_value x,
                              const double *weights, const double *bias, size_t columns,
                              size_t outputs)
{
    char names[2][64];
    davy_value in[3] = {x};
    davy_node *node;

    (void) snprintf(names[0], sizeof names[0], "%s/weights", name);
    (void) snprintf(names[1], sizeof names[1], "%s/bias", name);
    in[1] = davy_classic_table(graph, names[0], weights, columns, outputs);
    in[2] = constant(graph, names[1], bias, 1, (const int64_t[]){(int64_t) outputs});
    node = davy_graph_node(graph, "dense", in, 3, 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_status davy_classic_end(davy_graph *graph, davy_value score, davy_lesson_result *result)
{
    davy_graph_name(graph, score, DAVY_PREDICTOR_SCORE);
    result->graph = graph;
    result->score = score;
    return davy_graph_status(graph);
}

size_t davy_classic_checked(const davy_classic_matrix *matrix)
{
    return matrix->rows < DAVY_CLASSIC_CHECKED ? matrix->rows : DAVY_CLASSIC_CHECKED;
}

/* The graph with its scores as output, through a file, as it will run. */
static davy_status make_session(davy_graph *graph, davy_value score, davy_network **network,
                                davy_session **session)
{
    davy_buffer onnx = {0};
    davy_graph *copy = NULL;
    davy_status status;

    davy_graph_output(graph, score);
    status = davy_onnx_export(graph, NULL, 0, &onnx);
    graph->output_count = 0; /* who calibrates says what comes out */
    if (status == DAVY_OK)
        status = davy_onnx_import(onnx.bytes, onnx.length, NULL, 0, &copy);
    if (status == DAVY_OK)
        status = davy_network_create(copy, NULL, network);
    if (status == DAVY_OK)
        status = davy_session_create(*network, NULL, session);
    davy_buffer_clear(&onnx);
    return status;
}

static davy_status compare(const davy_tensor *said, const double *expected, size_t count,
                           double rounding)
{
    const float *scores = davy_f32(said);
    double largest = 0, allowed;

    if (davy_tensor_count(said) != (int64_t) count)
        return davy_fail(DAVY_ERR_CORRUPT, "the graph gives %lld scores, not %zu",
                         (long long) davy_tensor_count(said), count);
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(expected[i])); /* a NaN leaves it as it is */
    allowed = DAVY_CLASSIC_TOLERANCE * fmax(largest, 1e-30) + rounding;
    for (size_t i = 0; i < count; i++) {
        const double off = fabs((double) scores[i] - expected[i]);

        if (!isnan(expected[i]) && !(off <= allowed))
            return davy_fail(
                DAVY_ERR_CORRUPT,
                "the graph scores %.9g where %.9g was learnt: they differ by more than %g",
                (double) scores[i], expected[i], allowed);
    }
    return DAVY_OK;
}

static davy_status read_samples(const davy_lesson *lesson, const davy_classic_matrix *matrix,
                                float *values)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < davy_classic_checked(matrix) && status == DAVY_OK; i++)
        status =
            davy_sample_set_read(lesson->samples, matrix->members[i], values + i * matrix->columns);
    return status;
}

davy_status davy_classic_check_within(const davy_lesson *lesson, const davy_classic_matrix *matrix,
                                      const davy_lesson_result *result, const double *expected,
                                      double rounding)
{
    const size_t rows = davy_classic_checked(matrix);
    float *values = malloc((rows + 1) * matrix->columns * sizeof *values);
    davy_tensor input = {.type = DAVY_TYPE_F32, .dims = {(int64_t) rows}, .data = values}, said;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status = values ? read_samples(lesson, matrix, values)
                                : davy_fail(DAVY_ERR_NOMEM, "%zu samples", rows);

    input.rank = 1 + davy_form_dims(&lesson->samples->form, input.dims + 1);
    if (status == DAVY_OK)
        status = make_session(result->graph, result->score, &network, &session);
    if (status == DAVY_OK)
        status = davy_session_run(session, &input, &said);
    if (status == DAVY_OK)
        status = compare(&said, expected, rows * davy_classic_outputs(matrix), rounding);
    davy_session_destroy(session);
    davy_network_destroy(network);
    free(values);
    return status;
}

davy_status davy_classic_check(const davy_lesson *lesson, const davy_classic_matrix *matrix,
                               const davy_lesson_result *result, const double *expected)
{
    return davy_classic_check_within(lesson, matrix, result, expected, 0);
}
