/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/bagging.h"

#include "core/bulk.h"
#include "core/random.h"
#include "models/kinds/classic.h"
#include "models/predictor_private.h"
#include "nn/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_BAGS 0xba65U /* of random numbers: a stream for each bag from here */
#define WATCH_LEAST 0.1     /* share of the groups that a bag watches */

typedef struct bagging {
    const davy_predictor_kind *kind;
    const davy_lesson *lesson;
    size_t bags;
    uint32_t *groups; /* [group_count] those that are not judged */
    size_t group_count;
    double share;      /* of them that is watched */
    uint32_t *order;   /* [group_count] scratch */
    uint8_t *watched;  /* [all groups] scratch */
    uint8_t *held;     /* [samples] parts of the bag at hand */
    davy_graph *graph; /* all bags */
    davy_value sample, sum;
} bagging;

static void bagging_clear(bagging *b)
{
    davy_graph_destroy(b->graph);
    davy_bulk_free(b->groups);
    davy_bulk_free(b->order);
    davy_bulk_free(b->watched);
    davy_bulk_free(b->held);
}

/* Groups with a sample that may be learnt from, and the share that was watched so far. */
static davy_status find_groups(bagging *b)
{
    const davy_sample_set *samples = b->lesson->samples;
    size_t watched = 0, all = 0;

    b->groups = davy_bulk_alloc(samples->group_count + 1, sizeof *b->groups);
    b->order = davy_bulk_alloc(samples->group_count + 1, sizeof *b->order);
    b->watched = davy_bulk_alloc(samples->group_count + 1, 1);
    b->held = davy_bulk_alloc(samples->count + 1, 1);
    if (!b->groups || !b->order || !b->watched || !b->held)
        return davy_fail_in(DAVY_ERR_NOMEM, "bags=%zu", b->bags);
    for (size_t i = 0; i < samples->count; i++) {
        const uint8_t part = b->lesson->held[i];

        if (part != DAVY_PURPOSE_LEARN && part != DAVY_PURPOSE_WATCH)
            continue;
        all++;
        watched += part == DAVY_PURPOSE_WATCH;
        if (!b->watched[samples->groups[i]])
            b->groups[b->group_count++] = samples->groups[i];
        b->watched[samples->groups[i]] = 1;
    }
    if (b->group_count < 2)
        return davy_fail(DAVY_ERR_INVALID,
                         "bags=%zu deals out whole groups, and there is one: --group or several "
                         "files give more",
                         b->bags);
    b->share = (double) watched / (double) all;
    if (b->share < WATCH_LEAST)
        b->share = WATCH_LEAST;
    return DAVY_OK;
}

/* Some groups are watched, at least one, and all others are learnt from. */
static void deal(bagging *b, size_t bag)
{
    const davy_sample_set *samples = b->lesson->samples;
    size_t wanted = (size_t) (b->share * (double) b->group_count + 0.5);

    wanted = wanted < 1 ? 1 : wanted;
    memset(b->watched, 0, samples->group_count);
    davy_random_shuffle(b->lesson->seed, STREAM_BAGS + (uint32_t) bag, b->order, b->group_count);
    for (size_t i = 0; i < wanted && i + 1 < b->group_count; i++)
        b->watched[b->groups[b->order[i]]] = 1;
    for (size_t i = 0; i < samples->count; i++) {
        const uint8_t part = b->lesson->held[i];
        const bool free = part == DAVY_PURPOSE_LEARN || part == DAVY_PURPOSE_WATCH;

        b->held[i] = !free                            ? part
                     : b->watched[samples->groups[i]] ? DAVY_PURPOSE_WATCH
                                                      : DAVY_PURPOSE_LEARN;
    }
}

/* The graph of a bag behind the one sample, its scores to those before it. */
static davy_status add_graph(bagging *b, davy_lesson_result *one)
{
    davy_status status = davy_graph_join(b->graph, b->sample, one->graph, &one->score);

    if (status != DAVY_OK)
        return status;
    davy_graph_name(b->graph, one->score, "");
    b->sum = b->sum == DAVY_VALUE_NONE ? one->score
                                       : davy_neural_binary(b->graph, "add", b->sum, one->score);
    return DAVY_OK;
}

static davy_status fit_bag(bagging *b, size_t bag, davy_lesson_result *result)
{
    davy_lesson lesson = *b->lesson;
    davy_lesson_result one = {0};
    davy_status status;

    deal(b, bag);
    lesson.held = b->held;
    lesson.seed += bag;
    lesson.checkpoint = NULL; /* it would be that of another bag */
    status = davy_predictor_fit(b->kind, &lesson, &one);
    if (status == DAVY_OK)
        status = add_graph(b, &one);
    if (status == DAVY_OK && bag == 0) { /* the page shows the course of the first */
        result->epochs = one.epochs;
        result->epoch_count = one.epoch_count;
        one.epochs = NULL;
        davy_say(&result->note, "%zu models, the mean of which answers; the first: ",
                 "共 %zu 个模型，回答取其平均；第一个：", b->bags);
        davy_say_all(&result->note, &one.note);
    }
    result->bf16 = one.bf16 && (bag == 0 || result->bf16);
    davy_lesson_result_clear(&one);
    return status;
}

static davy_status begin(bagging *b)
{
    int64_t dims[4] = {-1};
    const int rank = 1 + davy_form_dims(&b->lesson->samples->form, dims + 1);
    davy_status status = davy_graph_create(b->kind->name, 0, &b->graph);

    if (status != DAVY_OK)
        return status;
    b->sum = DAVY_VALUE_NONE;
    b->sample = davy_graph_input(b->graph, DAVY_PREDICTOR_SAMPLE, DAVY_TYPE_F32, rank, dims);
    return davy_graph_status(b->graph);
}

davy_status davy_bagging_fit(const davy_predictor_kind *kind, const davy_lesson *lesson,
                             size_t bags, davy_lesson_result *result)
{
    bagging b = {.kind = kind, .lesson = lesson, .bags = bags};
    davy_status status;

    if (bags <= 1)
        return davy_predictor_fit(kind, lesson, result);
    status = find_groups(&b);
    if (status == DAVY_OK)
        status = begin(&b);
    for (size_t bag = 0; bag < bags && status == DAVY_OK; bag++)
        status = fit_bag(&b, bag, result);
    if (status == DAVY_OK) {
        const davy_value mean = davy_classic_number(b.graph, "div", b.sum, "bags", (double) bags);

        status = davy_classic_end(b.graph, mean, result);
        b.graph = NULL; /* the result's */
    }
    bagging_clear(&b);
    return status;
}
