/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../models/plant.h"
#include "detect/engine.h"
#include "detect_testing.h"

/**
 * @file
 * The small plant of the models' tests as a site with a trained detector.
 */
/*
 * The small plant of the models' tests as a site: asset P with the signals s0 to s5, a detector
 * that knows them, one over a model that is not there, and limits on s0.
 */
static const char plant_site[] = "site: {name: test}\n"
                                 "sources: [{name: in, kind: lines}]\n"
                                 "assets:\n"
                                 "  - name: P\n"
                                 "    signals:\n"
                                 "      - {name: s0, unit: kPa, limits: {hi: 125}, deadline: 5s}\n"
                                 "      - {name: s1, unit: kPa}\n"
                                 "      - {name: s2, unit: kPa}\n"
                                 "      - {name: s3, unit: kPa}\n"
                                 "      - {name: s4, unit: kPa}\n"
                                 "      - {name: s5, unit: kPa}\n"
                                 "      - {name: other, unit: kPa, shift: 1}\n"
                                 "detectors:\n"
                                 "  - {name: plant, model: plant, signals: [P/*]}\n"
                                 "  - {name: lost, model: nowhere, signals: [P/s0]}\n";

static char registry[64];
static davy_table history;

static int train(void **state)
{
    davy_train_report report;

    (void) state;
    plant_folder(registry);
    history = plant_make(6000, 7);
    for (size_t j = 0; j < PLANT_SIGNALS; j++) {
        free(history.names[j]);
        history.names[j] = calloc(8, 1);
        assert_non_null(history.names[j]);
        (void) snprintf(history.names[j], 8, "P/s%zu", j);
    }
    davy_model_close(plant_train(&history, registry, NULL, 0, 20.0 * 86400.0 / 1500.0, &report));
    return 0;
}

static int forget(void **state)
{
    (void) state;
    davy_table_clear(&history);
    plant_remove(registry);
    return 0;
}

/* What came out: findings as text, and the bits of every score. */
struct outcome {
    struct found found;
    uint64_t bits, rows, abstained;
    double last;
};

static void note_score(void *context, const davy_detect_score *score)
{
    struct outcome *outcome = context;
    uint64_t bits;

    memcpy(&bits, &score->score, sizeof bits);
    outcome->bits = outcome->bits * 31 + (score->verdict == DAVY_VERDICT_ABSTAIN ? 1 : bits);
    outcome->rows++;
    outcome->abstained += score->verdict == DAVY_VERDICT_ABSTAIN ? 1 : 0;
    outcome->last = score->score;
}

static void note_outcome_finding(void *context, const davy_finding *finding)
{
    note_finding(&((struct outcome *) context)->found, finding);
}

static inline davy_detect *start(const davy_site *site, struct outcome *outcome,
                                 davy_detect *previous)
{
    const davy_detect_callbacks callbacks = {
        .context = outcome, .finding = note_outcome_finding, .score = note_score};
    davy_detect *engine = NULL;
    size_t count;

    assert_ok(davy_detect_create(site, registry, &callbacks, 0, previous, &engine));
    outcome->found.conditions = davy_detect_conditions(engine, &count);
    return engine;
}

/* Samples of the plant from one row to another, s2 moved by `bias` from row `bent` on. */
static davy_sample *samples_of(size_t from, size_t to, size_t bent, double bias, size_t *count)
{
    davy_sample *samples = calloc((to - from) * PLANT_SIGNALS, sizeof *samples);

    assert_non_null(samples);
    *count = 0;
    for (size_t row = from; row < to; row++)
        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            samples[(*count)++] = (davy_sample){history.times[row],
                                                davy_table_at(&history, row, j) +
                                                    (j == 2 && row >= bent ? bias : 0.0),
                                                (davy_signal_id) j, DAVY_QUALITY_GOOD};
    return samples;
}

/* At the start of a batch the owner looks at its clock; here that is the newest sample's time. */
static inline void feed(davy_detect *engine, const davy_sample *samples, size_t count, size_t batch)
{
    for (size_t i = 0; i < count; i += batch) {
        size_t length = count - i < batch ? count - i : batch;

        davy_detect_samples(engine, samples + i, length, samples[i + length - 1].time_ns);
    }
}

static inline const char *line_of(const struct outcome *outcome, const char *key)
{
    for (size_t i = outcome->found.count; i-- > 0;)
        if (strstr(outcome->found.lines[i], key))
            return outcome->found.lines[i];
    return "";
}
