/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/leaks.h"
#include "models/training/train_predictor.h"

#include <math.h>

#define FEW_JUDGED ((size_t) 30)

static void say_forced(davy_teaching *teaching)
{
    davy_cautions_add(&teaching->cautions, "forced", 1,
                      "The split was forced: samples that belong together stand on both sides, and "
                      "every figure flatters the model. Train again with split=time or "
                      "split=group.",
                      "划分是强制的：相关样本同时出现在两侧，所有指标都偏高。请改用 split=time 或 "
                      "split=group 重新训练。");
}

/* How far an accuracy or an error of so few samples may be off. */
static void say_few(davy_teaching *teaching)
{
    const size_t judged = teaching->parts[DAVY_PURPOSE_JUDGE];

    if (judged > 0 && judged < FEW_JUDGED)
        davy_cautions_add(&teaching->cautions, "few", (double) judged,
                          "Only %zu samples were judged: a figure of so few may be far off. Hold "
                          "out more (holdout), or give files with --test.",
                          "只评判了 %zu 个样本：如此少的样本，指标可能偏差很大。请增大 holdout，"
                          "或用 --test 给出文件。",
                          judged);
}

davy_status davy_teaching_examine(davy_teaching *teaching)
{
    const davy_predictor_info *info = &teaching->predictor->info;
    const davy_sample_set *samples = teaching->samples;
    const unsigned held = 1U << DAVY_PURPOSE_WATCH | 1U << DAVY_PURPOSE_JUDGE;
    const bool classes = info->class_count > 0;
    const davy_leak_case given = {.learnt = {samples, teaching->held, 1U << DAVY_PURPOSE_LEARN},
                                  .held = {samples, teaching->held, held},
                                  .judged = {samples, teaching->held, 1U << DAVY_PURPOSE_JUDGE},
                                  .signals = info->signal_count > 0 ? info->signals : NULL,
                                  .task = info->task,
                                  .class_count = info->class_count,
                                  .model_f1 = classes ? teaching->judged.macro_f1 : NAN,
                                  .model_rmse = classes ? NAN : teaching->judged.rmse};

    if (teaching->split.forced)
        say_forced(teaching);
    say_few(teaching);
    if (teaching->options->tally)
        davy_cautions_add_molecules(&teaching->cautions, teaching->options->tally);
    teaching->clock = (davy_clock_figures){NAN, NAN};
    return teaching->options->unchecked
               ? DAVY_OK
               : davy_leaks_check(&given, &teaching->cautions, &teaching->clock);
}
