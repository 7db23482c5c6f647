/* SPDX-License-Identifier: Apache-2.0 */
#include "models/predictor_kind.h"

#include "models/kinds/smote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_predictor_kind *const kinds[] = {
    &davy_predictor_cnn,
    &davy_predictor_lstm,
    &davy_predictor_transformer,
    &davy_predictor_linear,
    &davy_predictor_bayes,
    &davy_predictor_knn,
    &davy_predictor_rocket,
#ifdef DAVY_HAVE_LIBSVM
    &davy_predictor_svm,
#endif
#ifdef DAVY_HAVE_XGBOOST
    &davy_predictor_boost,
    &davy_predictor_forest,
    &davy_predictor_tree,
#endif
#if defined(DAVY_HAVE_LIBSVM) && defined(DAVY_HAVE_XGBOOST)
    &davy_predictor_blend,
#endif
    NULL,
};

const davy_predictor_kind *const *davy_predictor_kinds(void)
{
    return kinds;
}

const davy_predictor_kind *davy_predictor_kind_find(const char *name)
{
    if (strcmp(name, davy_predictor_auto.name) == 0)
        return &davy_predictor_auto;
    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

/* What `auto` tries fills up each fold by itself. */
davy_status davy_predictor_fit(const davy_predictor_kind *kind, const davy_lesson *lesson,
                               davy_lesson_result *result)
{
    davy_lesson own = *lesson;
    davy_smote filled = {.made = 0};
    davy_status status;

    if (kind == &davy_predictor_auto || !davy_smote_wanted(lesson))
        return kind->fit(lesson, result);
    status = davy_smote_make(lesson, &filled);
    own.samples = &filled.samples;
    own.held = filled.held;
    if (status == DAVY_OK)
        status = kind->fit(&own, result);
    if (status == DAVY_OK)
        davy_say(&result->note,
                 " %zu synthetic samples fill up rare classes, in what was learnt from only.",
                 "另有 %zu 个合成样本补充稀少类别，仅用于学习部分。", filled.made);
    davy_smote_clear(&filled);
    return status;
}

double davy_lesson_number(const davy_lesson *lesson, const char *key)
{
    return davy_settings_number(lesson->table, lesson->table_count, lesson->settings,
                                lesson->setting_count, key);
}

const char *davy_lesson_text(const davy_lesson *lesson, const char *key)
{
    return davy_settings_text(lesson->table, lesson->table_count, lesson->settings,
                              lesson->setting_count, key);
}

void davy_lesson_result_clear(davy_lesson_result *result)
{
    davy_graph_destroy(result->graph);
    free(result->epochs);
    free(result->trials);
    *result = (davy_lesson_result){0};
}
