/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `blend`: the weighted mean of boosted trees and support vectors, which err in other ways.
 *
 * Stage: models. Trees cut each number by itself and answer by steps; support vectors follow a
 * smooth surface over all numbers at once, and lose their way among many counts that are mostly 0.
 * So these may be given the first `near` numbers of a sample alone. Of classes the scores before
 * the softmax are blended, which is the geometric mean of the probabilities.
 *
 * Source: Perrone, Cooper, "When networks disagree", 1992: the squared error of a mean is that of
 * its members less what they differ by.
 */
#include "models/kinds/blend.h"
#include "models/kinds/classic.h"
#include "models/kinds/neural.h"
#include "models/predictor_private.h"
#include "nn/join.h"

#include <stdlib.h>
#include <string.h>

typedef struct blending {
    const davy_lesson *lesson;
    davy_lesson_result *result;
    davy_graph *graph;
    davy_value sample, score;
    size_t near; /* numbers that support vectors see; 0: all */
} blending;

/* ----------------------------------------------------------------------- the first of the numbers
 */

static davy_status read_first(const davy_sample_set *samples, size_t sample, float *values)
{
    const davy_sample_set *base = samples->own;
    float *all = malloc(davy_form_values(&base->form) * sizeof *all);
    davy_status status =
        all ? davy_sample_set_read(base, sample, all) : davy_fail(DAVY_ERR_NOMEM, "sample");

    if (status == DAVY_OK)
        memcpy(values, all, samples->form.channels * sizeof *values);
    free(all);
    return status;
}

static void clear_nothing(davy_sample_set *samples)
{
    (void) samples;
}

static const davy_sample_source first_source = {.read = read_first, .clear = clear_nothing};

/* The samples as if they had their first `near` numbers and no others; borrows them. */
static davy_sample_set first_of(const davy_sample_set *base, size_t near)
{
    davy_sample_set first = *base;

    first.source = &first_source;
    first.own = (void *) (uintptr_t) base;
    first.form.channels = near;
    return first;
}

static davy_status check_near(const blending *b)
{
    const davy_form *form = &b->lesson->samples->form;
    char text[DAVY_FORM_TEXT_MAX];

    if (b->near == 0)
        return DAVY_OK;
    if (form->kind != DAVY_FORM_ROW)
        return davy_fail(DAVY_ERR_INVALID,
                         "near=%zu takes the first numbers of a row, and a sample is %s: leave it "
                         "out",
                         b->near, davy_form_text(form, text));
    if (b->near > form->channels)
        return davy_fail(DAVY_ERR_INVALID, "near=%zu: a sample has %zu numbers", b->near,
                         form->channels);
    return DAVY_OK;
}

/* What of the sample support vectors see, in the graph. */
static davy_value first_in_graph(const blending *b)
{
    const davy_tensor shape = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {(int64_t) b->near}};
    davy_value in[2] = {b->sample};
    davy_node *node;

    if (b->near == 0)
        return b->sample;
    in[1] = davy_graph_constant(b->graph, "near", &shape);
    if (in[1] == DAVY_VALUE_NONE)
        return in[1];
    for (size_t i = 0; i < b->near; i++)
        ((int64_t *) b->graph->values[in[1]].tensor.data)[i] = (int64_t) i;
    node = davy_graph_node(b->graph, "gather", in, 2, 1);
    davy_node_set_int(b->graph, node, "axis", 2);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* ---------------------------------------------------------------------------------------- members
 */

/* Learn one, and add its part of the score. */
static davy_status add_member(blending *b, const davy_predictor_kind *kind,
                              const davy_lesson *lesson, davy_value at, double share)
{
    davy_lesson_result one = {0};
    davy_status status = kind->fit(lesson, &one);

    if (status == DAVY_OK)
        status = davy_graph_join(b->graph, at, one.graph, &one.score);
    if (status == DAVY_OK) {
        davy_graph_name(b->graph, one.score, "");
        one.score = davy_classic_number(b->graph, "mul", one.score, kind->name, share);
        b->score = b->score == DAVY_VALUE_NONE
                       ? one.score
                       : davy_neural_binary(b->graph, "add", b->score, one.score);
        davy_say(&b->result->note, "%.0f %% of the answer: ", "占回答的 %.0f %%：", 100 * share);
        davy_say_all(&b->result->note, &one.note);
        davy_say(&b->result->note, " ", " ");
    }
    if (one.epochs && !b->result->epochs) {
        b->result->epochs = one.epochs;
        b->result->epoch_count = one.epoch_count;
        one.epochs = NULL;
    }
    davy_lesson_result_clear(&one);
    return status;
}

static davy_status add_vectors(blending *b, double share)
{
    davy_lesson lesson = *b->lesson;
    davy_sample_set first;

    lesson.checkpoint = NULL;
    if (b->near > 0) {
        first = first_of(b->lesson->samples, b->near);
        lesson.samples = &first;
    }
    return add_member(b, &davy_predictor_svm, &lesson, first_in_graph(b), share);
}

static davy_status begin(blending *b)
{
    int64_t dims[4] = {-1};
    const int rank = 1 + davy_form_dims(&b->lesson->samples->form, dims + 1);
    davy_status status = davy_graph_create("blend", 0, &b->graph);

    if (status != DAVY_OK)
        return status;
    b->sample = davy_graph_input(b->graph, DAVY_PREDICTOR_SAMPLE, DAVY_TYPE_F32, rank, dims);
    return davy_graph_status(b->graph);
}

static davy_status fit_blend(const davy_lesson *lesson, davy_lesson_result *result)
{
    const double share = davy_lesson_number(lesson, "share");
    blending b = {.lesson = lesson,
                  .result = result,
                  .score = DAVY_VALUE_NONE,
                  .near = (size_t) davy_lesson_number(lesson, "near")};
    davy_status status = check_near(&b);

    if (status == DAVY_OK)
        status = begin(&b);
    if (status == DAVY_OK)
        status = add_member(&b, &davy_predictor_boost, lesson, b.sample, 1 - share);
    if (status == DAVY_OK)
        status = add_vectors(&b, share);
    if (status == DAVY_OK) {
        status = davy_classic_end(b.graph, b.score, result);
        b.graph = NULL; /* the result's */
    }
    davy_graph_destroy(b.graph);
    return status;
}

static const davy_setting settings[] = {
    {"share", "0.35", "part of the answer that support vectors give", 0, 1, NULL},
    {"near", "0", "first numbers of a row that support vectors see; 0: all", 0, 1e6, NULL},
    DAVY_BOOST_SETTINGS,
    DAVY_SVM_SETTINGS,
    DAVY_CLASSIC_BALANCE,
};

const davy_predictor_kind davy_predictor_blend = {
    .name = "blend",
    .tasks = DAVY_CLASSIC_TASKS,
    .forms = DAVY_CLASSIC_FORMS,
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_blend,
};
