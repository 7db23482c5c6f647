/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/watch_parts.h"
#include "nn/cut.h"
#include "nn/fit.h"
#include "nn/onnx/onnx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_MAX   ((size_t) 256 * 1024 * 1024) /* floats of the windows that are learnt from */
#define REFERENCE_MAX ((size_t) 5000)              /* windows that the usual errors come from */
#define INPUT_HELD    20.0F                        /* scaled numbers as the network sees them */
#define USUAL_MIN     1e-6 /* least usual square of an error: no signal divides by nothing */
#define NORM_EPSILON  1e-12F
#define NOTE_MAX      96
#define WARMUP        0.05

typedef struct watch_fitting {
    const davy_study *fit;
    const davy_watch_recipe *recipe;
    davy_lesson lesson; /* carries the settings to the recipe */
    size_t signals, rows;
    davy_windows learn, reference;
    float *centre, *scale; /* [signals] */
    davy_graph *graph;
    davy_value error, expected, factor; /* error: [N, T or 1, signals] squared */
    davy_pool *pool;
} watch_fitting;

/* Rows along axis 1 in the order of `rows`. */
static davy_value take_rows(davy_graph *graph, davy_value x, const int64_t *rows, size_t count)
{
    const davy_tensor index = {.type = DAVY_TYPE_I64,
                               .rank = 1,
                               .dims = {(int64_t) count},
                               .data = (void *) (uintptr_t) rows};
    const davy_value in[] = {x, davy_graph_constant(graph, "", &index)};
    davy_node *node = davy_graph_node(graph, "gather", in, 2, 1);

    davy_node_set_int(graph, node, "axis", 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* Oldest row first; a forecast does not see the newest. */
static davy_value build_seen(watch_fitting *f, davy_value x)
{
    const size_t first = f->recipe->forecasts ? 1 : 0;
    int64_t rows[DAVY_MODEL_LAGS_MAX + 1];

    for (size_t t = first; t < f->rows; t++)
        rows[f->rows - 1 - t] = (int64_t) t;
    x = take_rows(f->graph, x, rows, f->rows - first);
    return davy_watch_hold(f->graph, x, -INPUT_HELD, INPUT_HELD);
}

/* What the network says, in the order and the rows of what it is compared with. */
static davy_value build_said(watch_fitting *f, davy_value seen)
{
    const davy_form form = {.kind = DAVY_FORM_WINDOW,
                            .steps = f->rows - (f->recipe->forecasts ? 1 : 0),
                            .channels = f->signals};
    const davy_neural_design design = {
        .lesson = &f->lesson,
        .form = &form,
        .outputs = (int64_t) f->signals,
        .dropout = (float) fmax(davy_lesson_number(&f->lesson, "dropout"), 0)};
    int64_t rows[DAVY_MODEL_LAGS_MAX + 1];
    davy_value said = f->recipe->build(f->graph, &design, seen);

    if (f->recipe->forecasts)
        return davy_layer_reshape(f->graph, said, 3, (const int64_t[]){0, 1, (int64_t) f->signals});
    for (size_t t = 0; t < f->rows; t++)
        rows[t] = (int64_t) (f->rows - 1 - t);
    return take_rows(f->graph, said, rows, f->rows);
}

static davy_status build(watch_fitting *f, davy_value *loss)
{
    static const int64_t newest[] = {0};
    davy_value x, seen, said, compared;
    davy_node *node;
    davy_status status = davy_graph_create(f->recipe->name, 0, &f->graph);

    if (status != DAVY_OK)
        return status;
    x = davy_watch_begin(f->graph, f->rows, f->signals, f->centre, f->scale);
    seen = build_seen(f, x);
    if (f->recipe->corrupt > 0)
        seen = davy_layer_dropout(f->graph, seen, (float) f->recipe->corrupt);
    said = build_said(f, seen);
    compared = f->recipe->forecasts ? take_rows(f->graph, x, newest, 1) : x;
    f->expected = take_rows(f->graph, said, newest, 1);
    f->error = davy_neural_binary(f->graph, "sub", compared, said);
    node = davy_graph_node(f->graph, f->recipe->forecasts ? "huber" : "mse",
                           (const davy_value[]){said, compared}, 2, 1);
    *loss = node ? node->out[0] : DAVY_VALUE_NONE;
    davy_graph_output(f->graph, f->expected);
    davy_graph_output(f->graph, f->error);
    status = davy_graph_status(f->graph);
    if (status == DAVY_OK)
        davy_layers_initialise(f->graph, f->fit->seed);
    return status;
}

static davy_status fill(void *context, uint64_t epoch, const uint32_t *indices, size_t count,
                        davy_tensor *inputs)
{
    const davy_windows *w = context;

    (void) epoch;
    for (size_t n = 0; n < count; n++)
        memcpy(davy_f32(&inputs[0]) + n * w->size, w->values + indices[n] * w->size,
               w->size * sizeof *w->values);
    return DAVY_OK;
}

static void tell(void *context, const davy_fit_progress *now)
{
    const watch_fitting *f = context;
    char note[NOTE_MAX];

    if (!f->fit->progress)
        return;
    (void) snprintf(note, sizeof note, "epoch %llu, loss %.4g, %.3g windows/s, %.0f s left",
                    (unsigned long long) now->epoch + 1, now->loss, now->samples_per_second,
                    now->seconds_left);
    f->fit->progress(f->fit->progress_context, now->epoch * now->samples + now->sample,
                     now->epochs * now->samples, note);
}

static bool is_interrupted(void *context)
{
    const watch_fitting *f = context;

    return f->fit->interrupted && f->fit->interrupted(f->fit->progress_context);
}

static davy_status train(watch_fitting *f, davy_value loss)
{
    const double rate = davy_lesson_number(&f->lesson, "learning_rate");
    const double decay = davy_lesson_number(&f->lesson, "decay");
    const double epochs = davy_lesson_number(&f->lesson, "epochs");
    davy_fit_options options = {.train = {f->learn.count, &f->learn, fill},
                                .epochs = epochs > 0 ? (uint64_t) epochs : f->recipe->epochs,
                                .batch = (size_t) davy_lesson_number(&f->lesson, "batch"),
                                .seed = f->fit->seed,
                                .on_progress = tell,
                                .interrupted = is_interrupted,
                                .context = f};
    davy_trainer_options trainer_options = {
        .optimiser = {.kind = decay > 0 ? DAVY_OPTIMISER_ADAMW : DAVY_OPTIMISER_ADAM,
                      .rate = (float) (rate > 0 ? rate : f->recipe->rate),
                      .decay = (float) fmax(decay, 0)},
        .seed = f->fit->seed,
        .bf16 = strcmp(davy_lesson_text(&f->lesson, "precision"), "bf16") == 0};
    davy_fit_result result = {.end = DAVY_FIT_COMPLETE};
    davy_trainer *trainer = NULL;
    davy_status status;

    if (f->recipe->cosine) {
        const uint64_t steps =
            (f->learn.count + options.batch - 1) / options.batch * options.epochs;

        trainer_options.optimiser.clip = 1;
        trainer_options.schedule = (davy_schedule){.kind = DAVY_SCHEDULE_COSINE,
                                                   .steps = steps + 1,
                                                   .warmup = (uint64_t) (WARMUP * (double) steps)};
    }
    status = davy_trainer_create(f->graph, loss, &trainer_options, f->pool, &trainer);
    if (status == DAVY_OK)
        status = davy_fit_run(trainer, &options, &result);
    davy_trainer_destroy(trainer);
    if (status == DAVY_OK && result.end == DAVY_FIT_INTERRUPTED)
        status = davy_fail(DAVY_ERR_TIMEOUT, "interrupted after %llu of %llu epochs",
                           (unsigned long long) result.epochs, (unsigned long long) options.epochs);
    return status;
}

static davy_value mean_over(davy_graph *graph, davy_value x, int64_t axis, bool keep)
{
    davy_node *node = davy_graph_node(graph, "reduce_mean", &x, 1, 1);

    davy_node_set_ints(graph, node, "axes", &axis, 1);
    davy_node_set_int(graph, node, "keepdims", keep);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static davy_value times(davy_graph *graph, davy_value x, const char *name, float number)
{
    return davy_neural_binary(graph, "mul", x, davy_neural_numbers(graph, name, &number, 1));
}

/* The graph as it is now, with `expected` and `error` as outputs: through a file, as it will run.
 */
static davy_status copy_network(const watch_fitting *f, davy_network **out)
{
    davy_buffer onnx = {0};
    davy_graph *copy = NULL;
    davy_status status = davy_onnx_export(f->graph, NULL, 0, &onnx);

    if (status == DAVY_OK)
        status = davy_onnx_import(onnx.bytes, onnx.length, NULL, 0, &copy);
    if (status == DAVY_OK)
        status = davy_network_create(copy, NULL, out);
    davy_buffer_clear(&onnx);
    return status;
}

/* The usual square of each signal's error, over the reference windows. */
static davy_status find_usual(watch_fitting *f, double *usual)
{
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_tensor outputs[2];
    davy_status status = copy_network(f, &network);

    if (status == DAVY_OK)
        status = davy_session_create(network, NULL, &session);
    for (size_t n = 0; n < f->reference.count && status == DAVY_OK; n++) {
        const davy_tensor input = {.type = DAVY_TYPE_F32,
                                   .rank = 2,
                                   .dims = {1, (int64_t) f->reference.size},
                                   .data = f->reference.values + n * f->reference.size};
        int64_t cells;

        status = davy_session_run(session, &input, outputs);
        cells = status == DAVY_OK ? davy_tensor_count(&outputs[1]) : 0;
        for (int64_t i = 0; i < cells; i++) {
            const double e = (double) davy_f32(&outputs[1])[i];

            usual[i % (int64_t) f->signals] +=
                e * e / ((double) cells / (double) f->signals) / (double) f->reference.count;
        }
    }
    davy_session_destroy(session);
    davy_network_destroy(network);
    return status;
}

/* Shares that sum to the norm of the error: each is its squares by the norm. */
static davy_value build_norm_shares(watch_fitting *f, davy_value squares)
{
    davy_graph *graph = f->graph;
    const float tiny = NORM_EPSILON;
    davy_value sum = times(graph, mean_over(graph, squares, 1, false), "rows", (float) f->rows);
    davy_value all = times(graph, mean_over(graph, sum, 1, true), "signals", (float) f->signals);
    const davy_node *node;

    all = davy_neural_binary(graph, "add", all, davy_neural_numbers(graph, "tiny", &tiny, 1));
    node = davy_graph_node(graph, "sqrt", &all, 1, 1);
    return davy_neural_binary(graph, "div", sum, node ? node->out[0] : DAVY_VALUE_NONE);
}

/* Shares that sum to the mean square, each signal in units of its usual error. */
static davy_status build_mean_shares(watch_fitting *f, davy_value squares, davy_value *shares)
{
    double *usual = calloc(f->signals, sizeof *usual);
    float *weights = calloc(f->signals, sizeof *weights);
    davy_status status =
        usual && weights ? find_usual(f, usual) : davy_fail(DAVY_ERR_NOMEM, "scale");

    for (size_t j = 0; j < f->signals && status == DAVY_OK; j++)
        weights[j] = (float) (1.0 / (fmax(usual[j], USUAL_MIN) * (double) f->signals));
    if (status == DAVY_OK)
        *shares = davy_neural_binary(f->graph, "mul", mean_over(f->graph, squares, 1, false),
                                     davy_neural_numbers(f->graph, "weights", weights, f->signals));
    free(usual);
    free(weights);
    return status;
}

/* Behind the error: shares, score and what was expected, in the units of the signals. */
static davy_status build_score(watch_fitting *f)
{
    const davy_value kept[] = {f->expected, f->error};
    davy_graph *graph = f->graph;
    davy_value shares = DAVY_VALUE_NONE, squares;
    davy_status status = davy_graph_cut(graph, kept, 2);

    if (status != DAVY_OK)
        return status;
    squares = davy_neural_binary(graph, "mul", f->error, f->error);
    if (f->recipe->norm)
        shares = build_norm_shares(f, squares);
    else
        status = build_mean_shares(f, squares, &shares);
    if (status != DAVY_OK)
        return status;
    return davy_watch_end(graph, shares, f->expected, f->centre, f->scale, f->signals, &f->factor);
}

static void fitting_clear(watch_fitting *f)
{
    davy_graph_destroy(f->graph);
    davy_pool_destroy(f->pool);
    davy_windows_clear(&f->learn);
    davy_windows_clear(&f->reference);
    free(f->centre);
    free(f->scale);
}

davy_status davy_watcher_fit(const davy_study *fit, const davy_watch_recipe *recipe,
                             const davy_setting *table, size_t table_count, davy_sentences *note,
                             void **parameters)
{
    watch_fitting f = {.fit = fit,
                       .recipe = recipe,
                       .lesson = {.seed = fit->seed,
                                  .table = table,
                                  .table_count = table_count,
                                  .settings = fit->settings,
                                  .setting_count = fit->setting_count},
                       .signals = fit->fit.table->columns,
                       .rows = fit->lags + 1};
    davy_value loss = DAVY_VALUE_NONE;
    davy_status status =
        davy_windows_collect(fit, &fit->fit, NUMBERS_MAX / (f.rows * f.signals) + 1, &f.learn);

    if (status == DAVY_OK)
        status = davy_windows_collect(fit, &fit->reference, REFERENCE_MAX, &f.reference);
    if (status == DAVY_OK)
        status = davy_windows_scale(&f.learn, f.signals, recipe->unit_range, &f.centre, &f.scale);
    if (status == DAVY_OK)
        status = davy_pool_create(0, &f.pool);
    if (status == DAVY_OK)
        status = build(&f, &loss);
    if (status == DAVY_OK)
        status = train(&f, loss);
    if (status == DAVY_OK)
        status = build_score(&f);
    if (status == DAVY_OK) {
        status = davy_watch_make(f.graph, f.factor, f.rows, f.signals, parameters);
        f.graph = NULL; /* it was taken */
    }
    if (status == DAVY_OK)
        davy_say(note, "Network '%s' on windows of %zu %s, learnt from %zu windows.",
                 "网络“%s”，窗口为 %zu 行%.0s，学自 %zu 个窗口。", recipe->name, f.rows,
                 f.rows == 1 ? "row" : "rows", f.learn.count);
    fitting_clear(&f);
    return status;
}
