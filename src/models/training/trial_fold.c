/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "data/metrics_class.h"
#include "models/training/train_predictor.h"
#include "models/training/trials.h"
#include "nn/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BATCH        ((size_t) 256)
#define SETTINGS_MAX ((size_t) 80)

/* Whether KEY=VALUE is a setting of the table: those of the search are not those of a kind. */
static bool is_known(const davy_setting *table, size_t count, const char *given)
{
    const size_t length = strcspn(given, "=");

    for (size_t i = 0; i < count; i++)
        if (strlen(table[i].key) == length && strncmp(table[i].key, given, length) == 0)
            return true;
    return false;
}

davy_lesson davy_candidate_lesson(const davy_lesson *lesson, const davy_candidate *candidate,
                                  bool trial, const char **settings, size_t setting_max,
                                  davy_setting *table)
{
    davy_lesson own = *lesson;

    own.table = table;
    own.table_count = davy_predictor_settings(candidate->kind, table);
    own.settings = settings;
    own.setting_count = 0;
    for (size_t i = 0; candidate->settings[i] && own.setting_count < setting_max; i++)
        settings[own.setting_count++] = candidate->settings[i];
    for (size_t i = 0; trial && candidate->trial[i] && own.setting_count < setting_max; i++)
        settings[own.setting_count++] = candidate->trial[i];
    for (size_t i = 0; i < lesson->setting_count && own.setting_count < setting_max; i++)
        if (is_known(table, own.table_count, lesson->settings[i]))
            settings[own.setting_count++] = lesson->settings[i];
    return own;
}

/* The samples that a fold holds out, and what a graph says to them. */
typedef struct held_out {
    const davy_sample_set *samples;
    size_t *members; /* [count] */
    size_t count, outputs;
    float *scores; /* [count * outputs] */
} held_out;

static davy_status list_members(held_out *h, const uint8_t *purposes)
{
    const davy_sample_set *samples = h->samples;

    h->outputs = samples->class_count > 0 ? samples->class_count : 1;
    h->members = davy_bulk_alloc(samples->count + 1, sizeof *h->members);
    if (!h->members)
        return davy_fail_in(DAVY_ERR_NOMEM, "a fold of %zu samples", samples->count);
    for (size_t i = 0; i < samples->count; i++)
        if (purposes[i] == DAVY_PURPOSE_JUDGE && isfinite(samples->targets[i]))
            h->members[h->count++] = i;
    if (h->count == 0)
        return davy_fail(DAVY_ERR_INVALID, "a fold has no samples");
    h->scores = davy_bulk_alloc(h->count * h->outputs, sizeof *h->scores);
    return h->scores ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "a fold of %zu samples", h->count);
}

static davy_status run_batch(held_out *h, davy_session *session, size_t from, size_t count,
                             float *values)
{
    const davy_form *form = &h->samples->form;
    const size_t size = davy_form_values(form);
    davy_tensor input = {.type = DAVY_TYPE_F32, .dims = {(int64_t) count}, .data = values}, output;
    davy_status status = DAVY_OK;

    input.rank = 1 + davy_form_dims(form, input.dims + 1);
    for (size_t n = 0; n < count && status == DAVY_OK; n++)
        status = davy_sample_set_read(h->samples, h->members[from + n], values + n * size);
    if (status == DAVY_OK)
        status = davy_session_run(session, &input, &output);
    if (status == DAVY_OK && (output.type != DAVY_TYPE_F32 ||
                              davy_tensor_count(&output) != (int64_t) (count * h->outputs)))
        status = davy_fail(DAVY_ERR_CORRUPT, "a graph gives %lld scores instead of %zu",
                           (long long) davy_tensor_count(&output), count * h->outputs);
    if (status == DAVY_OK)
        memcpy(h->scores + from * h->outputs, davy_f32(&output),
               count * h->outputs * sizeof(float));
    return status;
}

/* Takes the graph of the result. */
static davy_status run_graph(held_out *h, davy_lesson_result *result, davy_pool *pool)
{
    const davy_network_options options = {.bf16 = false};
    float *values = calloc(BATCH * davy_form_values(&h->samples->form), sizeof *values);
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status = values ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "samples");

    davy_graph_output(result->graph, result->score);
    if (status == DAVY_OK) {
        status = davy_network_create(result->graph, &options, &network);
        result->graph = NULL;
    }
    if (status == DAVY_OK)
        status = davy_session_create(network, pool, &session);
    for (size_t from = 0; from < h->count && status == DAVY_OK; from += BATCH)
        status =
            run_batch(h, session, from, h->count - from < BATCH ? h->count - from : BATCH, values);
    davy_session_destroy(session);
    davy_network_destroy(network);
    free(values);
    return status;
}

static size_t largest(const float *scores, size_t count)
{
    size_t best = 0;

    for (size_t k = 1; k < count; k++)
        if (scores[k] > scores[best])
            best = k;
    return best;
}

/* 1 - macro-F1 of the classes that the fold holds. */
static davy_status lose_classes(const held_out *h, double *loss)
{
    const size_t classes = h->outputs;
    double *cells = calloc(classes * classes, sizeof *cells);

    if (!cells)
        return davy_fail(DAVY_ERR_NOMEM, "%zu classes", classes);
    for (size_t n = 0; n < h->count; n++) {
        const size_t right = (size_t) h->samples->targets[h->members[n]];

        cells[right * classes + largest(h->scores + n * classes, classes)]++;
    }
    *loss = 1 - davy_class_summarise(cells, classes, NULL).f1;
    free(cells);
    return DAVY_OK;
}

static double lose_numbers(const held_out *h)
{
    double squares = 0;

    for (size_t n = 0; n < h->count; n++) {
        const double off = (double) h->scores[n] - h->samples->targets[h->members[n]];

        squares += off * off;
    }
    return sqrt(squares / (double) h->count);
}

static davy_status find_loss(const davy_lesson *lesson, davy_lesson_result *result, double *loss)
{
    held_out h = {.samples = lesson->samples};
    davy_status status = list_members(&h, lesson->held);

    if (status == DAVY_OK)
        status = run_graph(&h, result, lesson->pool);
    if (status == DAVY_OK && h.samples->class_count > 0)
        status = lose_classes(&h, loss);
    else if (status == DAVY_OK)
        *loss = lose_numbers(&h);
    if (status == DAVY_OK && !isfinite(*loss))
        status = davy_fail(DAVY_ERR_INVALID, "its answers are no numbers");
    davy_bulk_free(h.members);
    davy_bulk_free(h.scores);
    return status;
}

davy_status davy_trial_fold(const davy_lesson *lesson, const davy_candidate *candidate,
                            const uint8_t *purposes, double *loss)
{
    const davy_predictor_kind *kind = davy_predictor_kind_find(candidate->kind);
    const char *settings[SETTINGS_MAX];
    davy_setting table[DAVY_PREDICTOR_SETTINGS_MAX];
    davy_lesson own = davy_candidate_lesson(lesson, candidate, true, settings, SETTINGS_MAX, table);
    davy_lesson_result result = {.graph = NULL};
    davy_status status;

    own.held = purposes;
    own.checkpoint = NULL;
    own.progress = NULL;
    status = davy_predictor_fit(kind, &own, &result);
    if (status == DAVY_OK)
        status = find_loss(&own, &result, loss);
    davy_lesson_result_clear(&result);
    return status;
}
