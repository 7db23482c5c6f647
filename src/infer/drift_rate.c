/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_compare.h"

#include "core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Stream of the splits; the seed is fixed, so a reference has the same rates wherever it is. */
#define SEED         0x64726966U
#define STREAM_SPLIT 0x59117U

struct trial {
    const davy_drift_features *features;
    const float *reference;
    size_t rows;
    uint32_t *order;
    float *halves; /* [rows * features->count] the first half is the trial's reference */
    double mean[DAVY_DRIFT_FEATURES_MAX], deviation[DAVY_DRIFT_FEATURES_MAX];
    davy_drift_figure figures[DAVY_DRIFT_FEATURES_MAX];
};

static void split(struct trial *trial, uint32_t number)
{
    const size_t width = trial->features->count;

    davy_random_shuffle(SEED, STREAM_SPLIT + number, trial->order, trial->rows);
    for (size_t i = 0; i < trial->rows; i++)
        memcpy(trial->halves + i * width, trial->reference + trial->order[i] * width,
               width * sizeof(float));
}

/* The category that the reference has least of. */
static float rarest(const struct trial *trial, size_t feature, size_t categories)
{
    size_t counts[DAVY_DRIFT_CATEGORIES_MAX] = {0}, least = 0;

    for (size_t i = 0; i < trial->rows; i++) {
        const float number = trial->reference[i * trial->features->count + feature];

        if (number >= 0 && number < (float) categories)
            counts[(size_t) number]++;
    }
    for (size_t i = 1; i < categories; i++)
        if (counts[i] < counts[least])
            least = i;
    return (float) least;
}

/* What is missing stays so. */
static void shift(struct trial *trial, size_t half, size_t feature)
{
    const size_t width = trial->features->count;
    const size_t categories = trial->features->at[feature].categories;
    const float rare = categories > 0 ? rarest(trial, feature, categories) : 0;
    const double step = DAVY_DRIFT_SHIFT * trial->deviation[feature];

    for (size_t i = half; i < trial->rows; i++) {
        float *number = &trial->halves[i * width + feature];

        if (categories == 0)
            *number = (float) ((double) *number + step);
        else if (!isnan(*number) && i % 2 == 0)
            *number = rare;
    }
}

static davy_status judge(struct trial *trial, uint32_t number, davy_drift_verdict *out)
{
    const size_t half = trial->rows / 2;

    return davy_drift_compare(trial->features, trial->halves, half,
                              trial->halves + half * trial->features->count, trial->rows - half,
                              number, trial->figures, out);
}

static davy_status run_trials(struct trial *trial, davy_drift_baseline out[DAVY_DRIFT_MONITORS])
{
    davy_drift_verdict quiet, moved;
    davy_status status = DAVY_OK;

    for (uint32_t t = 0; t < DAVY_DRIFT_TRIALS && status == DAVY_OK; t++) {
        split(trial, t);
        status = judge(trial, t, &quiet);
        shift(trial, trial->rows / 2, t % trial->features->count);
        if (status == DAVY_OK)
            status = judge(trial, t, &moved);
        for (size_t i = 0; i < DAVY_DRIFT_MONITORS && status == DAVY_OK; i++) {
            out[i].false_alarms += quiet.fired[i] ? 1.0 / DAVY_DRIFT_TRIALS : 0;
            out[i].detected += moved.fired[i] ? 1.0 / DAVY_DRIFT_TRIALS : 0;
        }
    }
    return status;
}

davy_status davy_drift_rate(const davy_drift_features *features, const float *reference, size_t n,
                            davy_drift_baseline out[DAVY_DRIFT_MONITORS])
{
    struct trial trial = {.features = features,
                          .reference = reference,
                          .rows = n,
                          .order = calloc(n, sizeof *trial.order),
                          .halves = calloc(n * features->count, sizeof *trial.halves)};
    davy_status status = trial.order && trial.halves
                             ? DAVY_OK
                             : davy_fail(DAVY_ERR_NOMEM, "trials of a drift monitor");

    memset(out, 0, DAVY_DRIFT_MONITORS * sizeof *out);
    if (status == DAVY_OK) {
        davy_drift_scale(features, reference, n, trial.mean, trial.deviation);
        status = run_trials(&trial, out);
    }
    free(trial.order);
    free(trial.halves);
    return status;
}
