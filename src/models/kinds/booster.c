/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/booster.h"

#include "core/bulk.h"
#include "core/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <xgboost/c_api.h>

/* Rounds are read together until they have as many bytes: a slice costs as much as a small tree,
 * and XGBoost holds its trees three times until they are read. */
#define SLICE_ENOUGH ((bst_ulong) 1024 * 1024)

/* Of memory, as XGBoost 1.7 takes it. */
#define NUMBER_BYTES 12
#define ROW_BYTES    64

struct davy_booster {
    BoosterHandle handle;
};

struct davy_booster_rows {
    DMatrixHandle handle;
};

/* Of all boosters. */
static const davy_booster_setting common[] = {
    {"tree_method", "hist", 0},
    {"nthread", NULL, 1},
    {"verbosity", NULL, 0},
};

static davy_status check(int failed, const char *what)
{
    char text[200];

    if (!failed)
        return DAVY_OK;
    (void) snprintf(text, sizeof text, "%s", XGBGetLastError());
    for (char *c = text; *c; c++)
        if (*c == '\n') /* a trace of the stack follows */
            *c = '\0';
    return davy_fail(DAVY_ERR_INVALID, "XGBoost could not %s: %s", what, text);
}

const char *davy_booster_version(void)
{
    static _Thread_local char text[32];
    int major, minor, patch;

    XGBoostVersion(&major, &minor, &patch);
    (void) snprintf(text, sizeof text, "%d.%d.%d", major, minor, patch);
    return text;
}

/* ---------------------------------------------------------------------------------------- rows */

static davy_status set_numbers(davy_booster_rows *rows, const char *name, const double *numbers,
                               size_t count)
{
    float *floats = davy_bulk_alloc(count + 1, sizeof *floats);
    davy_status status;

    if (!floats)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", count);
    for (size_t i = 0; i < count; i++)
        floats[i] = (float) numbers[i];
    status = check(XGDMatrixSetFloatInfo(rows->handle, name, floats, count), "take numbers");
    davy_bulk_free(floats);
    return status;
}

/* XGBoost learns the same without weights of 1, and faster. */
static bool weighted(const davy_classic_matrix *matrix)
{
    for (size_t i = 0; i < matrix->rows; i++)
        if (matrix->weights[i] != 1)
            return true;
    return false;
}

/* XGBoost holds its samples in memory: an entry of 8 bytes for each number, its bin twice, and for
 * each sample gradients, predictions and its place in the tree. */
static davy_status check_memory(const davy_classic_matrix *matrix)
{
    const uint64_t bytes = (uint64_t) matrix->rows * (matrix->columns * NUMBER_BYTES + ROW_BYTES);

    if (davy_memory_check(bytes) == DAVY_OK)
        return DAVY_OK;
    return davy_fail_in(DAVY_ERR_FULL,
                        "XGBoost holds what it learns from in memory, which is %zu samples of %zu "
                        "numbers; name fewer columns with --columns, give it fewer files, or "
                        "choose a kind that learns from disk, as --model linear",
                        matrix->rows, matrix->columns);
}

davy_status davy_booster_rows_create(const davy_classic_matrix *matrix, const double *labels,
                                     davy_booster_rows **out)
{
    davy_booster_rows *rows;
    davy_status status = check_memory(matrix);

    if (status != DAVY_OK)
        return status;
    rows = calloc(1, sizeof *rows);
    if (!rows)
        return davy_fail(DAVY_ERR_NOMEM, "samples");
    status = check(
        XGDMatrixCreateFromMat(matrix->values, matrix->rows, matrix->columns, NAN, &rows->handle),
        "take the samples");
    if (status == DAVY_OK && labels)
        status = set_numbers(rows, "label", labels, matrix->rows);
    if (status == DAVY_OK && labels && weighted(matrix))
        status = set_numbers(rows, "weight", matrix->weights, matrix->rows);
    if (status == DAVY_OK)
        *out = rows;
    else
        davy_booster_rows_destroy(rows);
    return status;
}

void davy_booster_rows_destroy(davy_booster_rows *rows)
{
    if (!rows)
        return;
    if (rows->handle)
        (void) XGDMatrixFree(rows->handle);
    free(rows);
}

/* ------------------------------------------------------------------------------------- booster */

static davy_status set_all(davy_booster *booster, const davy_booster_setting *settings,
                           size_t count)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        char number[32];

        (void) snprintf(number, sizeof number, "%.9g", settings[i].number);
        status = check(XGBoosterSetParam(booster->handle, settings[i].name,
                                         settings[i].text ? settings[i].text : number),
                       "take a setting");
    }
    return status;
}

davy_status davy_booster_create(davy_booster_rows *learn, davy_booster_rows *watch, uint64_t seed,
                                const davy_booster_setting *settings, size_t count,
                                davy_booster **out)
{
    const DMatrixHandle rows[] = {learn->handle, watch ? watch->handle : NULL};
    const davy_booster_setting start = {"seed", NULL, (double) (seed % 1000000000)};
    davy_booster *booster = calloc(1, sizeof *booster);
    davy_status status;

    if (!booster)
        return davy_fail(DAVY_ERR_NOMEM, "trees");
    status = check(XGBoosterCreate(rows, watch ? 2 : 1, &booster->handle), "begin");
    if (status == DAVY_OK)
        status = set_all(booster, common, DAVY_ARRAY_LENGTH(common));
    if (status == DAVY_OK)
        status = set_all(booster, &start, 1);
    if (status == DAVY_OK)
        status = set_all(booster, settings, count);
    if (status == DAVY_OK)
        *out = booster;
    else
        davy_booster_destroy(booster);
    return status;
}

void davy_booster_destroy(davy_booster *booster)
{
    if (!booster)
        return;
    if (booster->handle)
        (void) XGBoosterFree(booster->handle);
    free(booster);
}

davy_status davy_booster_round(davy_booster *booster, davy_booster_rows *learn, size_t round)
{
    return check(XGBoosterUpdateOneIter(booster->handle, (int) round, learn->handle), "learn");
}

davy_status davy_booster_round_by(davy_booster *booster, davy_booster_rows *learn, float *gradients,
                                  float *curvatures, size_t count)
{
    return check(
        XGBoosterBoostOneIter(booster->handle, learn->handle, gradients, curvatures, count),
        "learn");
}

davy_status davy_booster_predict(davy_booster *booster, davy_booster_rows *rows, size_t from,
                                 size_t to, size_t count, const float **out)
{
    char config[160];
    const bst_ulong *shape;
    bst_ulong rank, found = 1;
    davy_status status;

    (void) snprintf(config, sizeof config,
                    "{\"type\": 1, \"training\": false, \"iteration_begin\": %zu, "
                    "\"iteration_end\": %zu, \"strict_shape\": true}",
                    from, to);
    status = check(
        XGBoosterPredictFromDMatrix(booster->handle, rows->handle, config, &shape, &rank, out),
        "predict");
    for (bst_ulong i = 0; status == DAVY_OK && i < rank; i++)
        found *= shape[i];
    if (status == DAVY_OK && found != count)
        status = davy_fail(DAVY_ERR_CORRUPT, "XGBoost predicts %" PRIu64 " numbers, not %zu",
                           (uint64_t) found, count);
    return status;
}

/* Trees of rounds [from, to). @param length  of their bytes */
static davy_status read_rounds(davy_booster *booster, size_t from, size_t to, davy_trees *out,
                               bst_ulong *length)
{
    BoosterHandle slice = NULL;
    const char *bytes;
    davy_status status =
        check(XGBoosterSlice(booster->handle, (int) from, (int) to, 1, &slice), "give its trees");

    if (status == DAVY_OK)
        status = check(XGBoosterSaveModelToBuffer(slice, "{\"format\": \"ubj\"}", length, &bytes),
                       "write its trees");
    if (status == DAVY_OK)
        status = davy_trees_read(out, bytes, *length);
    if (slice)
        (void) XGBoosterFree(slice);
    return status;
}

davy_status davy_booster_trees(davy_booster *booster, size_t rounds, davy_trees *out)
{
    size_t step = 1;
    bst_ulong length = 0;
    davy_status status = DAVY_OK;

    for (size_t r = 0; r < rounds && status == DAVY_OK; r += step) {
        if (r > 0)
            step = length < SLICE_ENOUGH ? 2 * step : 1;
        status = read_rounds(booster, r, r + step < rounds ? r + step : rounds, out, &length);
    }
    if (status != DAVY_OK)
        davy_trees_clear(out);
    return status;
}
