/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/pca.h"

#include "models/kind.h"
#include "models/kinds/pca_fit.h"
#include "models/onnx_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_setting settings[] = {
    {"variance", "0.95", "share of the variance that the components explain", 0.01, 0.9999, NULL},
    {"fuse", "mean", "how T2 and Q become one score", NAN, NAN, "mean|max"},
    {"trim", "0.02", "share of the worst windows left out before learning again", 0, 0.2, NULL},
    {"regimes", "auto", "operating regimes; auto: levels of the signals like a set point", NAN, NAN,
     "auto|1|2|3|4"},
    {"regime_signals", "", "names of the set points, with commas; empty: found", NAN, NAN, NULL},
};

static double number(const davy_study *fit, const char *key)
{
    return davy_settings_number(settings, DAVY_ARRAY_LENGTH(settings), fit->settings,
                                fit->setting_count, key);
}

static const char *text(const davy_study *fit, const char *key)
{
    return davy_settings_text(settings, DAVY_ARRAY_LENGTH(settings), fit->settings,
                              fit->setting_count, key);
}

static davy_status fit_pca(const davy_study *fit, davy_sentences *note, void **parameters)
{
    const davy_pca_settings chosen = {
        .variance = number(fit, "variance"),
        .trim = number(fit, "trim"),
        .fuse_max = strcmp(text(fit, "fuse"), "max") == 0,
        .regimes = (size_t) number(fit, "regimes"), /* "auto" reads as 0 */
        .regime_signals = text(fit, "regime_signals"),
    };
    davy_pca_learnt learnt;
    davy_pca *pca = NULL;
    davy_status status = davy_pca_fit(fit, &chosen, &learnt, &pca);

    if (status != DAVY_OK)
        return status;
    davy_say(note,
             "%zu %s of windows of %zu rows, %zu %s; learnt from %zu windows, the "
             "worst %zu left out.",
             "%zu 个主成分%.0s，窗口为 %zu 行，%zu 个工况%.0s；学自 %zu 个窗口，"
             "舍弃最差的 %zu 个。",
             learnt.components, learnt.components == 1 ? "component" : "components", fit->lags + 1,
             learnt.regimes, learnt.regimes == 1 ? "regime" : "regimes", learnt.windows,
             learnt.trimmed);
    *parameters = pca;
    return DAVY_OK;
}

static void destroy_pca(void *parameters)
{
    davy_pca_destroy(parameters);
}

static davy_status scale_pca(void *parameters, double factor)
{
    davy_pca *pca = parameters;

    pca->weight_t2 *= factor;
    pca->weight_q *= factor;
    return DAVY_OK;
}

static davy_status begin_pca(const void *parameters, void **scratch)
{
    double *memory = calloc(davy_pca_scratch(parameters) + 1, sizeof *memory);

    if (!memory)
        return davy_fail(DAVY_ERR_NOMEM, "scorer");
    *scratch = memory;
    return DAVY_OK;
}

static davy_status score_pca(const void *parameters, void *scratch, const double *window,
                             double *shares, double *expected)
{
    const davy_pca *pca = parameters;
    const davy_pca_parts parts = davy_pca_measure(pca, window, scratch, expected);
    const bool t2_wins = pca->weight_t2 * parts.t2 > pca->weight_q * parts.q;
    const double weight_t2 = pca->fuse_max && !t2_wins ? 0.0 : pca->weight_t2;
    const double weight_q = pca->fuse_max && t2_wins ? 0.0 : pca->weight_q;

    for (size_t j = 0; j < pca->signals; j++)
        shares[j] = weight_t2 * parts.shares_t2[j] + weight_q * parts.shares_q[j];
    return DAVY_OK;
}

/* The regime of each row [N, lags + 1, signals] and its centre and scale. */
static void save_regimes(const davy_pca *pca, davy_onnx_writer *writer)
{
    davy_onnx_put_numbers(writer, "regime_weights", pca->signals, pca->regimes.count,
                          pca->regimes.weights);
    davy_onnx_put_numbers(writer, "regime_bias", pca->regimes.count, 0, pca->regimes.bias);
    davy_onnx_put_node(writer, "MatMul", (const char *[]){"rows", "regime_weights", NULL},
                       "regime_linear");
    davy_onnx_put_node(writer, "Add", (const char *[]){"regime_linear", "regime_bias", NULL},
                       "regime_distance");
    davy_onnx_put_node(writer, "ArgMin", (const char *[]){"regime_distance", NULL}, "regime");
    davy_onnx_put_attribute(writer, "axis", 2);
    davy_onnx_put_attribute(writer, "keepdims", 0);
    davy_onnx_put_node(writer, "Gather", (const char *[]){"centre", "regime", NULL}, "centre_now");
    davy_onnx_put_node(writer, "Gather", (const char *[]){"scale", "regime", NULL}, "scale_now");
}

/* x - mean of models/kinds/pca.h out of the window: each row by its regime, held, less the mean. */
static void save_scaling(const davy_pca *pca, davy_onnx_writer *writer)
{
    const size_t regimes = pca->regimes.count;
    const char *centre = regimes > 1 ? "centre_now" : "centre";
    const char *scale = regimes > 1 ? "scale_now" : "scale";
    const int64_t rows_shape[] = {-1, (int64_t) pca->lags + 1, (int64_t) pca->signals};
    const int64_t window_shape[] = {-1, (int64_t) pca->window};

    davy_onnx_put_numbers(writer, "centre", regimes, pca->signals, pca->centre);
    davy_onnx_put_numbers(writer, "scale", regimes, pca->signals, pca->scale);
    davy_onnx_put_numbers(writer, "mean", pca->window, 0, pca->mean);
    davy_onnx_put_scalar(writer, "low", -DAVY_PCA_CLIP);
    davy_onnx_put_scalar(writer, "high", DAVY_PCA_CLIP);
    davy_onnx_put_integers(writer, "rows_shape", rows_shape, DAVY_ARRAY_LENGTH(rows_shape));
    davy_onnx_put_integers(writer, "window_shape", window_shape, DAVY_ARRAY_LENGTH(window_shape));
    davy_onnx_put_node(writer, "Reshape", (const char *[]){"window", "rows_shape", NULL}, "rows");
    if (regimes > 1)
        save_regimes(pca, writer);
    davy_onnx_put_node(writer, "Sub", (const char *[]){"rows", centre, NULL}, "moved");
    davy_onnx_put_node(writer, "Div", (const char *[]){"moved", scale, NULL}, "scaled");
    davy_onnx_put_node(writer, "Clip", (const char *[]){"scaled", "low", "high", NULL}, "held");
    davy_onnx_put_node(writer, "Reshape", (const char *[]){"held", "window_shape", NULL}, "flat");
    davy_onnx_put_node(writer, "Sub", (const char *[]){"flat", "mean", NULL}, "x");
}

static void save_plane(const davy_pca *pca, davy_onnx_writer *writer)
{
    const int64_t axis = 1;

    davy_onnx_put_numbers(writer, "loadings", pca->window, pca->components, pca->loadings);
    davy_onnx_put_numbers(writer, "whiten", pca->components, 0, pca->whiten);
    davy_onnx_put_integers(writer, "axes", &axis, 1);
    davy_onnx_put_node(writer, "MatMul", (const char *[]){"x", "loadings", NULL}, "t");
    davy_onnx_put_node(writer, "Mul", (const char *[]){"t", "whiten", NULL}, "white");
    davy_onnx_put_node(writer, "Mul", (const char *[]){"white", "white", NULL}, "white_squares");
    davy_onnx_put_node(writer, "ReduceSum", (const char *[]){"white_squares", "axes", NULL}, "T2");
    davy_onnx_put_attribute(writer, "keepdims", 0);
    davy_onnx_put_node(writer, "Transpose", (const char *[]){"loadings", NULL},
                       "loadings_transposed");
    davy_onnx_put_node(writer, "MatMul", (const char *[]){"t", "loadings_transposed", NULL},
                       "back");
    davy_onnx_put_node(writer, "Sub", (const char *[]){"x", "back", NULL}, "residual");
    davy_onnx_put_node(writer, "Mul", (const char *[]){"residual", "residual", NULL},
                       "residual_squares");
    davy_onnx_put_node(writer, "ReduceSum", (const char *[]){"residual_squares", "axes", NULL},
                       "Q");
    davy_onnx_put_attribute(writer, "keepdims", 0);
}

static void save_graph(const davy_pca *pca, davy_onnx_writer *writer)
{
    davy_onnx_put_input(writer, "window", pca->window);
    save_scaling(pca, writer);
    save_plane(pca, writer);
    davy_onnx_put_numbers(writer, "weight_t2", 1, 0, &pca->weight_t2);
    davy_onnx_put_numbers(writer, "weight_q", 1, 0, &pca->weight_q);
    davy_onnx_put_node(writer, "Mul", (const char *[]){"T2", "weight_t2", NULL}, "part_t2");
    davy_onnx_put_node(writer, "Mul", (const char *[]){"Q", "weight_q", NULL}, "part_q");
    davy_onnx_put_node(writer, pca->fuse_max ? "Max" : "Add",
                       (const char *[]){"part_t2", "part_q", NULL}, "score");
    davy_onnx_put_output(writer, "T2");
    davy_onnx_put_output(writer, "Q");
    davy_onnx_put_output(writer, "score");
}

static davy_status save_pca(const void *parameters, const char *name, davy_buffer *onnx)
{
    davy_onnx_writer *writer = NULL;
    davy_status status = davy_onnx_writer_create(name, &writer);

    if (status != DAVY_OK)
        return status;
    save_graph(parameters, writer);
    status = davy_onnx_writer_finish(writer, onnx);
    davy_onnx_writer_destroy(writer);
    return status;
}

/* Sizes that the file claims, held against those that model.json claims. */
static davy_status load_shape(const davy_onnx_file *file, size_t signals, size_t window,
                              size_t *components, size_t *regimes)
{
    size_t rows = 0, columns = 0;
    davy_status status = davy_onnx_file_shape(file, "loadings", &rows, &columns);

    if (status != DAVY_OK)
        return status;
    if (rows != window || columns < 1 || columns > window)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "loadings are [%zu, %zu] in a model whose window has %zu numbers", rows,
                         columns, window);
    *components = columns;
    status = davy_onnx_file_shape(file, "centre", &rows, &columns);
    if (status != DAVY_OK)
        return status;
    if (rows < 1 || rows > DAVY_REGIMES_MAX || columns != signals)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "centre is [%zu, %zu] in a model of at most %d regimes of %zu signals",
                         rows, columns, DAVY_REGIMES_MAX, signals);
    *regimes = rows;
    return DAVY_OK;
}

typedef struct number_list {
    const char *name;
    size_t rows, columns;
    double *values;
} number_list;

static davy_status load_regimes(const davy_onnx_file *file, davy_pca *pca)
{
    const size_t count = pca->regimes.count;
    davy_status status;

    if (count == 1)
        return DAVY_OK;
    pca->regimes.weights = calloc(pca->signals * count, sizeof(double));
    pca->regimes.bias = calloc(count, sizeof(double));
    if (!pca->regimes.weights || !pca->regimes.bias)
        return davy_fail(DAVY_ERR_NOMEM, "regimes");
    status =
        davy_onnx_file_numbers(file, "regime_weights", pca->signals, count, pca->regimes.weights);
    if (status == DAVY_OK)
        status = davy_onnx_file_numbers(file, "regime_bias", count, 0, pca->regimes.bias);
    return status;
}

/* Numbers that are finite and yet make no sense: a scale of 0, a negative weight. */
static davy_status check_signs(const davy_pca *pca)
{
    for (size_t i = 0; i < pca->regimes.count * pca->signals; i++)
        if (!(pca->scale[i] > 0))
            return davy_fail(DAVY_ERR_CORRUPT, "initializer 'scale' holds %g", pca->scale[i]);
    for (size_t i = 0; i < pca->components; i++)
        if (!(pca->whiten[i] > 0))
            return davy_fail(DAVY_ERR_CORRUPT, "initializer 'whiten' holds %g", pca->whiten[i]);
    if (!(pca->weight_t2 >= 0) || !(pca->weight_q >= 0) || pca->weight_t2 + pca->weight_q <= 0)
        return davy_fail(DAVY_ERR_CORRUPT, "the weights of T2 and Q are %g and %g", pca->weight_t2,
                         pca->weight_q);
    return DAVY_OK;
}

static davy_status load_numbers(const davy_onnx_file *file, davy_pca *pca)
{
    const size_t regimes = pca->regimes.count;
    const number_list lists[] = {
        {"centre", regimes, pca->signals, pca->centre},
        {"scale", regimes, pca->signals, pca->scale},
        {"mean", pca->window, 0, pca->mean},
        {"loadings", pca->window, pca->components, pca->loadings},
        {"whiten", pca->components, 0, pca->whiten},
        {"weight_t2", 1, 0, &pca->weight_t2},
        {"weight_q", 1, 0, &pca->weight_q},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(lists); i++) {
        davy_status status = davy_onnx_file_numbers(file, lists[i].name, lists[i].rows,
                                                    lists[i].columns, lists[i].values);

        if (status != DAVY_OK)
            return status;
    }
    return check_signs(pca);
}

static davy_status load_graph(const davy_onnx_file *file, size_t signals, size_t lags,
                              davy_pca **out)
{
    size_t components = 0, regimes = 0;
    davy_pca *pca = NULL;
    davy_status status = load_shape(file, signals, (lags + 1) * signals, &components, &regimes);

    if (status == DAVY_OK)
        status = davy_pca_create(signals, lags, components, regimes, &pca);
    if (status == DAVY_OK)
        status = load_numbers(file, pca);
    if (status == DAVY_OK)
        status = load_regimes(file, pca);
    if (status == DAVY_OK)
        status = davy_onnx_file_has_node(file, "Max", "score", &pca->fuse_max);
    if (status != DAVY_OK) {
        davy_pca_destroy(pca);
        return status;
    }
    davy_pca_finish(pca);
    *out = pca;
    return DAVY_OK;
}

static davy_status load_pca(const void *onnx, size_t length, size_t signals, size_t lags,
                            void **parameters)
{
    davy_onnx_file *file = NULL;
    davy_pca *pca = NULL;
    davy_status status = davy_onnx_file_parse(onnx, length, &file);

    if (status == DAVY_OK)
        status = load_graph(file, signals, lags, &pca);
    davy_onnx_file_destroy(file);
    if (status == DAVY_OK)
        *parameters = pca;
    return status;
}

const davy_model_kind davy_model_pca = {
    .name = "pca",
    .lags = "5",
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_pca,
    .destroy = destroy_pca,
    .scale = scale_pca,
    .save = save_pca,
    .load = load_pca,
    .begin = begin_pca,
    .end = free,
    .score = score_pca,
};
