/* SPDX-License-Identifier: Apache-2.0 */
#include "models/features/feature_private.h"

#include "core/bulk.h"
#include "models/predictor_private.h"
#include "nn/join.h"
#include "nn/onnx/onnx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_VALUES ((size_t) 1 << 20) /* floats of the samples of one run */

/* The graph up to a value, through a file, as it will be served. */
typedef struct running {
    davy_network *network;
    davy_session *session;
} running;

static void running_clear(running *r)
{
    davy_session_destroy(r->session);
    davy_network_destroy(r->network);
}

static davy_status running_init(davy_features *f, davy_value value, running *r)
{
    davy_buffer onnx = {0};
    davy_graph *copy = NULL;
    davy_status status = davy_graph_status(f->graph);

    if (status != DAVY_OK)
        return status;
    davy_graph_output(f->graph, value);
    status = davy_onnx_export(f->graph, NULL, 0, &onnx);
    f->graph->output_count = 0; /* who calibrates says what comes out */
    if (status == DAVY_OK)
        status = davy_onnx_import(onnx.bytes, onnx.length, NULL, 0, &copy);
    if (status == DAVY_OK)
        status = davy_network_create(copy, NULL, &r->network);
    if (status == DAVY_OK)
        status = davy_session_create(r->network, f->lesson->pool, &r->session);
    davy_buffer_clear(&onnx);
    return status;
}

/* Samples of `members` [count] at once. */
static davy_status run_batch(const davy_features *f, const running *r, const size_t *members,
                             size_t count, size_t width, float *inputs, float *out)
{
    const davy_sample_set *samples = f->lesson->samples;
    const size_t values = davy_form_values(&samples->form);
    davy_tensor input = {.type = DAVY_TYPE_F32, .dims = {(int64_t) count}, .data = inputs}, made;
    davy_status status = DAVY_OK;

    input.rank = 1 + davy_form_dims(&samples->form, input.dims + 1);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = davy_sample_set_read(samples, members[i], inputs + i * values);
    if (status == DAVY_OK)
        status = davy_session_run(r->session, &input, &made);
    if (status != DAVY_OK)
        return status;
    if (made.type != DAVY_TYPE_F32 || davy_tensor_count(&made) != (int64_t) (count * width))
        return davy_fail(DAVY_ERR_CORRUPT, "features: %lld numbers were made instead of %zu",
                         (long long) davy_tensor_count(&made), count * width);
    memcpy(out, davy_f32(&made), count * width * sizeof *out);
    return DAVY_OK;
}

davy_status davy_feature_run(davy_features *f, davy_value value, const size_t *members,
                             size_t count, size_t width, float *out)
{
    const size_t values = davy_form_values(&f->lesson->samples->form);
    const size_t most = values < BATCH_VALUES ? BATCH_VALUES / values : 1;
    const size_t batch = most < 256 ? most : 256;
    float *inputs = malloc(batch * values * sizeof *inputs);
    running r = {0};
    davy_status status =
        inputs ? running_init(f, value, &r) : davy_fail(DAVY_ERR_NOMEM, "features");

    for (size_t from = 0; from < count && status == DAVY_OK; from += batch) {
        const size_t here = count - from < batch ? count - from : batch;

        davy_classic_tell(f->lesson, "computing features", from, count);
        status = run_batch(f, &r, members + from, here, width, inputs, out + from * width);
        if (status == DAVY_OK)
            status = davy_classic_go_on(f->lesson);
    }
    running_clear(&r);
    free(inputs);
    return status;
}

/* Numbers of one sample in a value. */
static size_t width_of(davy_features *f, davy_value value)
{
    const davy_tensor *tensor = davy_graph_tensor(f->graph, value);

    return tensor->type == DAVY_TYPE_NONE ? 0 : (size_t) davy_tensor_count(tensor);
}

static davy_status check_size(size_t rows, size_t columns)
{
    if (columns > 0 && rows > DAVY_CLASSIC_VALUES_MAX / columns)
        return davy_fail(DAVY_ERR_FULL,
                         "features: %zu samples of %zu numbers are more than the %zu that can be "
                         "learnt from at once: a larger stride makes fewer",
                         rows, columns, DAVY_CLASSIC_VALUES_MAX);
    return DAVY_OK;
}

void davy_feature_matrix_clear(davy_feature_matrix *matrix)
{
    davy_bulk_free(matrix->values);
    davy_bulk_free(matrix->targets);
    davy_bulk_free(matrix->members);
    *matrix = (davy_feature_matrix){0};
}

static davy_status matrix_init(davy_features *f, davy_feature_matrix *matrix, size_t columns)
{
    const davy_lesson *lesson = f->lesson;
    const davy_sample_set *samples = lesson->samples;
    size_t *found = davy_bulk_alloc(samples->count + 1, sizeof *found);
    davy_status status;

    *matrix = (davy_feature_matrix){
        .columns = columns, .members = found, .classes = samples->class_count};
    for (size_t i = 0; found && i < samples->count; i++)
        if (lesson->held[i] == DAVY_PURPOSE_LEARN)
            found[matrix->rows++] = i;
    status = check_size(matrix->rows, columns);
    if (status != DAVY_OK)
        return status;
    matrix->values = davy_bulk_alloc(matrix->rows * columns + 1, sizeof *matrix->values);
    matrix->targets = davy_bulk_alloc(matrix->rows + 1, sizeof *matrix->targets);
    if (!found || !matrix->values || !matrix->targets)
        return davy_fail_in(DAVY_ERR_NOMEM, "features");
    for (size_t i = 0; i < matrix->rows; i++)
        matrix->targets[i] = samples->targets[found[i]];
    return DAVY_OK;
}

davy_status davy_feature_learn(davy_features *f, davy_value value, davy_feature_matrix *out)
{
    davy_feature_matrix matrix = {0};
    davy_status status = davy_graph_status(f->graph);

    if (status == DAVY_OK)
        status = matrix_init(f, &matrix, width_of(f, value));
    if (status == DAVY_OK)
        status =
            davy_feature_run(f, value, matrix.members, matrix.rows, matrix.columns, matrix.values);
    if (status != DAVY_OK) {
        davy_feature_matrix_clear(&matrix);
        return status;
    }
    *out = matrix;
    return DAVY_OK;
}

/* -------------------------------------------------------------------------------- begin and end */

static davy_status begin(davy_features *f, const davy_features_source *source)
{
    const davy_form *form = &f->lesson->samples->form;
    int64_t dims[4] = {-1};
    const int rank = 1 + davy_form_dims(form, dims + 1);
    davy_status status = davy_graph_create("features", 0, &f->graph);

    if (status != DAVY_OK)
        return status;
    f->columns = DAVY_VALUE_NONE;
    f->sample = f->series =
        davy_graph_input(f->graph, DAVY_PREDICTOR_SAMPLE, DAVY_TYPE_F32, rank, dims);
    f->steps = form->steps;
    f->base = form->early > 0;
    f->channel_count = form->channels;
    f->channels = davy_arena_array(&f->arena, form->channels, sizeof *f->channels);
    for (size_t c = 0; f->channels && c < form->channels; c++) {
        f->channels[c].name =
            form->kind == DAVY_FORM_WAVE ? "wave" : davy_feature_name(f, "%s", source->signals[c]);
        if (source->levels && source->levels[c].count > 0)
            f->channels[c].levels = &source->levels[c];
    }
    return f->channels ? davy_graph_status(f->graph) : davy_fail(DAVY_ERR_NOMEM, "features");
}

/* Features have a name in the graph, for those who explain. */
static davy_status end(davy_features *f)
{
    davy_status status = davy_feature_columns(f, &f->features);

    if (status == DAVY_OK && (f->count == 0 || f->count > DAVY_FEATURES_MAX))
        status = davy_fail(DAVY_ERR_INVALID,
                           "features: %zu are made of a sample: from 1 to %zu can be learnt from",
                           f->count, DAVY_FEATURES_MAX);
    if (status == DAVY_OK)
        davy_graph_name(f->graph, f->features, DAVY_PREDICTOR_FEATURES);
    return status == DAVY_OK ? davy_graph_status(f->graph) : status;
}

static davy_status read_row(const davy_sample_set *samples, size_t sample, float *values)
{
    const davy_features *f = samples->own;

    memcpy(values, f->matrix + sample * f->count, f->count * sizeof *values);
    return DAVY_OK;
}

static void clear_nothing(davy_sample_set *samples)
{
    (void) samples;
}

static davy_sample_place where_row(const davy_sample_set *samples, size_t sample)
{
    const davy_features *f = samples->own;

    return davy_sample_set_where(f->lesson->samples, sample);
}

static const davy_sample_source rows_source = {
    .read = read_row, .clear = clear_nothing, .where = where_row};

static davy_status check_finite(const davy_features *f)
{
    for (size_t i = 0; i < f->samples.count * f->count; i++)
        if (!isfinite(f->matrix[i]))
            return davy_fail(DAVY_ERR_INVALID, "features: '%s' of sample %zu is not finite",
                             f->names[i % f->count], f->samples.places[i / f->count] + 1);
    return DAVY_OK;
}

/* All samples, also those that are only watched or judged, as rows. */
static davy_status compute(davy_features *f)
{
    const davy_sample_set *samples = f->lesson->samples;
    size_t *members = davy_bulk_alloc(samples->count + 1, sizeof *members);
    davy_status status = check_size(samples->count, f->count);

    f->samples = *samples;
    f->samples.form =
        (davy_form){.kind = DAVY_FORM_ROW, .steps = 1, .channels = f->count, .stride = 1};
    f->samples.source = &rows_source;
    f->samples.own = f;
    if (status == DAVY_OK)
        f->matrix = davy_bulk_alloc(samples->count * f->count + 1, sizeof *f->matrix);
    if (status == DAVY_OK && (!members || !f->matrix))
        status = davy_fail_in(DAVY_ERR_NOMEM, "features of %zu samples", samples->count);
    for (size_t i = 0; status == DAVY_OK && i < samples->count; i++)
        members[i] = i;
    if (status == DAVY_OK)
        status = davy_feature_run(f, f->features, members, samples->count, f->count, f->matrix);
    davy_bulk_free(members);
    return status == DAVY_OK ? check_finite(f) : status;
}

static davy_status fit_steps(davy_features *f, const char *text)
{
    davy_feature_call calls[DAVY_FEATURE_STEPS_MAX];
    size_t count;
    davy_status status = davy_features_parse(&f->arena, text, calls, &count);

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        status = calls[i].step->fit(f, &calls[i]);
        if (status == DAVY_OK)
            status = davy_graph_status(f->graph);
        if (status != DAVY_OK && strncmp(davy_error(), "features=", strlen("features=")) != 0)
            return davy_fail_in(status, "features=%s", calls[i].step->name);
    }
    return status;
}

davy_status davy_features_fit(const davy_lesson *lesson, const davy_features_source *source,
                              const char *text, davy_features **out)
{
    davy_features *f = calloc(1, sizeof *f);
    davy_status status;

    if (!f)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    f->lesson = lesson;
    status = lesson->samples->form.kind == DAVY_FORM_IMAGE
                 ? davy_fail(DAVY_ERR_UNSUPPORTED, "features are made of tables, not of pictures")
                 : begin(f, source);
    if (status == DAVY_OK)
        status = fit_steps(f, text);
    if (status == DAVY_OK)
        status = end(f);
    if (status == DAVY_OK)
        status = compute(f);
    if (status == DAVY_OK)
        status = davy_feature_measure_rounding(f, source->levels);
    if (status != DAVY_OK) {
        davy_features_destroy(f);
        return status;
    }
    *out = f;
    return DAVY_OK;
}

void davy_features_destroy(davy_features *features)
{
    if (!features)
        return;
    davy_graph_destroy(features->graph);
    davy_arena_clear(&features->arena);
    davy_bulk_free(features->matrix);
    free(features);
}

const davy_sample_set *davy_features_samples(const davy_features *features)
{
    return &features->samples;
}

const char *const *davy_features_names(const davy_features *features, size_t *count)
{
    *count = features->count;
    return features->names;
}

davy_status davy_features_join(davy_features *features, davy_lesson_result *result)
{
    davy_graph *graph = features->graph;
    const int64_t row[] = {0, 1, -1};
    const davy_value rows = davy_layer_reshape(graph, features->features, 3, row);
    davy_status status = davy_graph_join(graph, rows, result->graph, &result->score);

    if (status != DAVY_OK)
        return status;
    davy_graph_destroy(result->graph);
    result->graph = graph;
    features->graph = NULL;
    return DAVY_OK;
}
