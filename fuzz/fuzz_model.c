/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * A model from a stranger: the first byte says which file, the rest is its bytes. What loads must
 * score a window without a fault.
 */
#include "models/model_private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define FUZZ_SIGNALS 2
#define FUZZ_LAGS    1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void score_window(void *parameters)
{
    const double window[(FUZZ_LAGS + 1) * FUZZ_SIGNALS] = {1.0, -2.0, 1e9, 0.0};
    double shares[FUZZ_SIGNALS], expected[FUZZ_SIGNALS];
    void *scratch = NULL;

    if (davy_model_pca.begin(parameters, &scratch) == DAVY_OK)
        (void) davy_model_pca.score(parameters, scratch, window, shares, expected);
    davy_model_pca.end(scratch);
}

static void read_graph(const uint8_t *data, size_t size)
{
    void *parameters = NULL;

    if (davy_model_pca.load(data, size, FUZZ_SIGNALS, FUZZ_LAGS, &parameters) == DAVY_OK)
        score_window(parameters);
    davy_model_pca.destroy(parameters);
}

/* Whatever the file says: a limit is a number above 0, and rarer alarms never mean a lower one. */
static void ask_for_limits(const davy_model *model)
{
    double before = INFINITY;

    for (int power = -9; power < 9; power++) {
        const double per_day = pow(10.0, power);
        const double ratio = model->curve.step_count > 0
                                 ? davy_budget_curve_answer(&model->curve, per_day).limit
                                 : davy_model_limit_for(model, per_day).ratio;

        assert(isfinite(ratio) && ratio > 0 && ratio <= before);
        before = ratio;
    }
}

static void read_json(const uint8_t *data, size_t size)
{
    davy_model *model = NULL;

    if (davy_model_json_read((const char *) data, size, &model) == DAVY_OK) {
        const davy_model_info *info = davy_model_describe(model);

        assert(info->signal_count > 0 && info->name && info->file_hash);
        ask_for_limits(model);
        model->kind = NULL; /* it has no parameters to destroy */
    }
    davy_model_close(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] & 1)
        read_json(data + 1, size - 1);
    else
        read_graph(data + 1, size - 1);
    return 0;
}
