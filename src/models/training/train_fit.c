/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "models/features/feature_set.h"
#include "models/training/bagging.h"
#include "models/training/train_predictor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where an interrupted training is kept: a file for each data, settings and seed. */
static davy_status find_checkpoint(const davy_teaching *teaching, char path[4096])
{
    const davy_train_options *options = teaching->options;
    davy_buffer said = {0};
    char hash[DAVY_HASH_MAX];
    davy_status status;

    davy_buffer_printf(&said, "%s %s %s %llu", teaching->predictor->info.data_hash,
                       teaching->kind->name, options->task, (unsigned long long) options->seed);
    for (size_t i = 0; i < teaching->table_count; i++)
        davy_buffer_printf(&said, "\n%s=%s", teaching->table[i].key,
                           davy_teaching_text(teaching, teaching->table[i].key));
    status = davy_buffer_ok(&said);
    if (status == DAVY_OK) {
        davy_hash_bytes(said.bytes, said.length, hash);
        (void) mkdir(options->registry, 0755); /* the checkpoint's writer tells what is wrong */
        if (snprintf(path, 4096, "%s/.%s-%.12s.checkpoint", options->registry, options->name,
                     hash) >= 4096)
            status = davy_fail(DAVY_ERR_INVALID, "the path of the models is too long");
    }
    davy_buffer_clear(&said);
    return status;
}

static void pass_progress(void *context, const davy_learning_state *state)
{
    const davy_teaching *teaching = context;
    const davy_train_options *options = teaching->options;

    if (options->progress)
        options->progress(options->progress_context, state->what, state->done, state->total,
                          state->note);
}

static bool pass_interrupted(void *context)
{
    const davy_teaching *teaching = context;
    const davy_train_options *options = teaching->options;

    return options->interrupted && options->interrupted(options->progress_context);
}

/* Samples as the kind sees them; names of the features go into the model. */
static davy_status make_features(davy_teaching *teaching, const davy_lesson *lesson,
                                 davy_features **out)
{
    const davy_features_source source = {.signals = teaching->source->signals,
                                         .levels = teaching->source->levels,
                                         .signal_count = teaching->source->signal_count};
    davy_predictor_info *info = &teaching->predictor->info;
    const char *const *names;
    davy_status status = davy_features_fit(lesson, &source, teaching->steps, out);

    if (status != DAVY_OK)
        return status;
    names = davy_features_names(*out, &info->feature_count);
    info->features = davy_teaching_keep_all(teaching, names, info->feature_count);
    return info->features ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "features");
}

/* Bags deal out anew what is not judged. What a threshold is chosen on must be learnt by none of
 * them: it is left out then. @param out  [samples] the parts as the bags see them */
static davy_status deal_to_bags(const davy_teaching *teaching, uint8_t **out)
{
    uint8_t *held = davy_bulk_alloc(teaching->samples->count + 1, 1);

    if (!held)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", teaching->samples->count);
    for (size_t i = 0; i < teaching->samples->count; i++)
        held[i] = teaching->held[i] == DAVY_PURPOSE_WATCH && davy_teaching_cut_watches(teaching)
                      ? DAVY_PURPOSE_NONE
                      : teaching->held[i];
    *out = held;
    return DAVY_OK;
}

/* One of the kind learns and watches; of several each does so by its own part. */
static davy_status fit_kind(davy_teaching *teaching, davy_lesson *lesson)
{
    const size_t bags = (size_t) davy_teaching_number(teaching, "bags");
    uint8_t *held = NULL;
    davy_status status = bags > 1 ? deal_to_bags(teaching, &held) : DAVY_OK;

    if (held)
        lesson->held = held;
    if (status == DAVY_OK)
        status = davy_bagging_fit(teaching->kind, lesson, bags, &teaching->learnt);
    lesson->held = teaching->held;
    davy_bulk_free(held);
    return status;
}

/* Fit the kind; on features, and put it behind them, where the settings name steps. */
static davy_status fit(davy_teaching *teaching, davy_lesson *lesson)
{
    const davy_lesson raw = *lesson;
    davy_features *features = NULL;
    davy_status status = DAVY_OK;

    if (teaching->steps[0])
        status = make_features(teaching, &raw, &features);
    if (features)
        lesson->samples = davy_features_samples(features);
    if (status == DAVY_OK)
        status = fit_kind(teaching, lesson);
    if (status == DAVY_OK && features)
        status = davy_features_join(features, &teaching->learnt);
    davy_features_destroy(features);
    return status;
}

davy_status davy_teaching_learn(davy_teaching *teaching, davy_pool *pool)
{
    const davy_train_options *options = teaching->options;
    char checkpoint[4096];
    davy_lesson lesson = {.samples = teaching->samples,
                          .held = teaching->held,
                          .task = teaching->predictor->info.task,
                          .seed = options->seed,
                          .table = teaching->table,
                          .table_count = teaching->table_count,
                          .settings = options->settings,
                          .setting_count = options->setting_count,
                          .pool = pool,
                          .checkpoint = checkpoint,
                          .progress = pass_progress,
                          .interrupted = pass_interrupted,
                          .context = teaching};
    davy_status status = find_checkpoint(teaching, checkpoint);

    if (status == DAVY_OK)
        status = fit(teaching, &lesson);
    if (status == DAVY_OK && teaching->learnt.trials)
        status = davy_teaching_adopt(teaching);
    if (status == DAVY_OK && unlink(checkpoint) != 0 && errno != ENOENT)
        status = davy_fail(DAVY_ERR_IO, "cannot remove '%s'", checkpoint);
    return status;
}
