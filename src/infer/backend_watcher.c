/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/backend.h"

#include "models/explain/explain.h"
#include "models/vitals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Rows in order. What a row's answer depends on is the scorer's: the window and the smoothing, so a
 * run is one client's, and requests are never put together.
 */
enum { SCORE, VERDICT, CONTRIBUTIONS, OUTPUTS };

struct watch {
    davy_scorer *scorer;
    const davy_model_info *info;
    size_t signals;
    davy_arena answers; /* of the last run */
    const double *scores, *contributions;
    davy_doubt *doubts; /* [doubt_capacity] */
    size_t doubt_count, doubt_capacity;
    size_t rows;
};

static davy_status watcher_open(davy_served *served, const davy_served_place *place)
{
    davy_served_info *info = &served->info;
    davy_port *inputs = davy_ports_make(served, 1), *outputs = davy_ports_make(served, OUTPUTS);
    davy_model *model = NULL;
    davy_status status = inputs && outputs ? davy_model_open_at(place->folder, &model)
                                           : davy_fail(DAVY_ERR_NOMEM, "ports");
    int64_t signals;

    if (status != DAVY_OK)
        return status;
    served->state = model;
    info->watcher = davy_model_describe(model);
    info->file_hash = info->watcher->file_hash;
    info->stateful = true;
    signals = (int64_t) info->watcher->signal_count;
    inputs[0] =
        (davy_port){.name = "rows", .type = DAVY_TYPE_F64, .rank = 2, .dims = {-1, signals}};
    outputs[SCORE] = (davy_port){.name = "score", .type = DAVY_TYPE_F64, .rank = 1, .dims = {-1}};
    outputs[VERDICT] =
        (davy_port){.name = "verdict", .type = DAVY_TYPE_TEXT, .rank = 1, .dims = {-1}};
    outputs[CONTRIBUTIONS] = (davy_port){
        .name = "contributions", .type = DAVY_TYPE_F64, .rank = 2, .dims = {-1, signals}};
    info->inputs = inputs;
    info->input_count = 1;
    info->outputs = outputs;
    info->output_count = OUTPUTS;
    return DAVY_OK;
}

static void watcher_close(void *state)
{
    davy_model_close(state);
}

static void watcher_destroy(void *state)
{
    struct watch *watch = state;

    davy_scorer_destroy(watch->scorer);
    davy_arena_clear(&watch->answers);
    free(watch);
}

static davy_status watcher_create(davy_instance *instance)
{
    struct watch *watch = calloc(1, sizeof *watch);

    if (!watch)
        return davy_fail(DAVY_ERR_NOMEM, "an instance of '%s'", instance->served->info.name);
    instance->state = watch;
    watch->info = instance->served->info.watcher;
    watch->signals = watch->info->signal_count;
    return davy_scorer_create(instance->served->state, &watch->scorer);
}

static void watcher_reset(void *state)
{
    struct watch *watch = state;

    davy_scorer_reset(watch->scorer);
}

static davy_status doubt(struct watch *watch, size_t row, bool abstain, const char *reason)
{
    const char *text = davy_arena_text(&watch->answers, reason, strlen(reason));
    davy_doubt *doubts = watch->doubts;

    if (watch->doubt_count == watch->doubt_capacity) {
        watch->doubt_capacity = watch->doubt_capacity > 0 ? 2 * watch->doubt_capacity : 16;
        doubts = davy_arena_array(&watch->answers, watch->doubt_capacity, sizeof *doubts);
        if (doubts && watch->doubt_count > 0)
            memcpy(doubts, watch->doubts, watch->doubt_count * sizeof *doubts);
    }
    if (!text || !doubts)
        return davy_fail(DAVY_ERR_NOMEM, "doubts about an answer");
    watch->doubts = doubts;
    watch->doubts[watch->doubt_count++] = (davy_doubt){row, abstain, text};
    return DAVY_OK;
}

/* Why the row was not judged, and what else there is to say of it. */
static davy_status doubt_row(struct watch *watch, size_t row, const davy_score *score)
{
    const davy_model_info *info = watch->info;
    char said[256];
    davy_status status = score->reason ? doubt(watch, row, true, score->reason) : DAVY_OK;

    for (size_t i = 0; i < score->ailment_count && status == DAVY_OK; i++) {
        davy_ailment_say(&score->ailments[i], info->signals[score->ailments[i].signal], said,
                         sizeof said);
        if (!score->reason || strcmp(said, score->reason) != 0)
            status = doubt(watch, row, false, said);
    }
    return status;
}

/* Score row by row; where the model abstains there is no number. */
static davy_status watch_rows(struct watch *watch, const double *rows, double *scores,
                              davy_bytes *verdicts, double *contributions)
{
    for (size_t i = 0; i < watch->rows; i++) {
        davy_score score;
        davy_status status;

        davy_scorer_update(watch->scorer, rows + i * watch->signals, &score);
        davy_scorer_withhold(watch->scorer, &score);
        status = doubt_row(watch, i, &score);
        if (status != DAVY_OK)
            return status;
        scores[i] = score.score;
        verdicts[i].at = davy_verdict_name(score.verdict);
        verdicts[i].length = strlen(verdicts[i].at);
        for (size_t k = 0; k < watch->signals; k++)
            contributions[i * watch->signals + k] =
                score.contributions ? score.contributions[k] : NAN;
    }
    return DAVY_OK;
}

static davy_status watcher_run(davy_instance *instance, const davy_tensor *inputs,
                               davy_tensor *outputs)
{
    struct watch *watch = instance->state;
    const int64_t rows = inputs[0].dims[0], signals = (int64_t) watch->signals;
    double *scores, *contributions;
    davy_bytes *verdicts;
    davy_status status;

    davy_arena_reset(&watch->answers);
    watch->doubts = NULL;
    watch->doubt_count = watch->doubt_capacity = 0;
    watch->rows = (size_t) rows;
    scores = davy_arena_array(&watch->answers, watch->rows + 1, sizeof *scores);
    verdicts = davy_arena_array(&watch->answers, watch->rows + 1, sizeof *verdicts);
    contributions =
        davy_arena_array(&watch->answers, watch->rows * watch->signals + 1, sizeof *contributions);
    status = scores && verdicts && contributions
                 ? watch_rows(watch, inputs[0].data, scores, verdicts, contributions)
                 : davy_fail(DAVY_ERR_NOMEM, "answers to %zu rows", (size_t) rows);
    if (status != DAVY_OK) {
        watch->rows = watch->doubt_count = 0;
        return status;
    }
    watch->scores = scores;
    watch->contributions = contributions;
    outputs[SCORE] =
        (davy_tensor){.type = DAVY_TYPE_F64, .rank = 1, .dims = {rows}, .data = scores};
    outputs[VERDICT] =
        (davy_tensor){.type = DAVY_TYPE_TEXT, .rank = 1, .dims = {rows}, .data = verdicts};
    outputs[CONTRIBUTIONS] = (davy_tensor){
        .type = DAVY_TYPE_F64, .rank = 2, .dims = {rows, signals}, .data = contributions};
    return DAVY_OK;
}

static const davy_doubt *watcher_doubts(const void *state, size_t *count)
{
    const struct watch *watch = state;

    *count = watch->doubt_count;
    return watch->doubts;
}

/* A watcher's shares are part of its answer: they sum to the score exactly. */
static davy_status watcher_explain(davy_instance *instance, size_t sample,
                                   const davy_infer_request *request, davy_arena *arena,
                                   davy_attribution *out)
{
    const davy_served_info *info = &instance->served->info;
    const struct watch *watch = instance->state;
    const size_t top = request->explain_top > 0 && request->explain_top < watch->signals
                           ? request->explain_top
                           : watch->signals;
    const char **names = davy_arena_array(arena, top + 1, sizeof *names);
    double *shares = davy_arena_array(arena, top + 1, sizeof *shares);
    size_t *order = davy_arena_array(arena, top + 1, sizeof *order);

    if (sample >= watch->rows)
        return davy_fail(DAVY_ERR_INVALID, "there is no row %zu to explain", sample);
    if (!names || !shares || !order)
        return davy_fail(DAVY_ERR_NOMEM, "an explanation");
    *out = (davy_attribution){.output = "score",
                              .answer = "",
                              .method = "contributions",
                              .exact = true,
                              .score = watch->scores[sample],
                              .names = names,
                              .shares = shares};
    if (isnan(watch->scores[sample])) /* it abstained: there is nothing to share out */
        return DAVY_OK;
    out->count = davy_explain_largest(watch->contributions + sample * watch->signals,
                                      watch->signals, top, order);
    for (size_t i = 0; i < out->count; i++) {
        names[i] = davy_arena_text(arena, info->watcher->signals[order[i]],
                                   strlen(info->watcher->signals[order[i]]));
        if (!names[i])
            return davy_fail(DAVY_ERR_NOMEM, "an explanation");
        shares[i] = watch->contributions[sample * watch->signals + order[i]];
    }
    return DAVY_OK;
}

const davy_backend davy_backend_watcher = {
    .name = "watcher",
    .platform = "onnx",
    .open = watcher_open,
    .close = watcher_close,
    .create = watcher_create,
    .destroy = watcher_destroy,
    .reset = watcher_reset,
    .run = watcher_run,
    .doubts = watcher_doubts,
    .explain = watcher_explain,
};
