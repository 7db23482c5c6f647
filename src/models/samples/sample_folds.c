/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "data/split.h"
#include "models/samples/sample_order.h"

#include <stdlib.h>
#include <string.h>

#define FOLDS_MAX ((size_t) 20)

void davy_sample_folds_clear(davy_sample_folds *folds)
{
    davy_bulk_free(folds->of);
    davy_bulk_free(folds->may);
    *folds = (davy_sample_folds){0};
}

static size_t count_groups(const davy_sample_set *samples, const size_t *members, size_t count)
{
    uint8_t *seen = davy_bulk_alloc(samples->group_count + 1, 1);
    size_t groups = 0;

    for (size_t m = 0; seen && m < count; m++) {
        groups += !seen[samples->groups[members[m]]];
        seen[samples->groups[members[m]]] = 1;
    }
    davy_bulk_free(seen);
    return groups;
}

/* The first stretch is only learnt from; each later one is a fold. */
static davy_status cut_stretches(const davy_sample_order *order, size_t *members, size_t count,
                                 davy_sample_folds *folds)
{
    const davy_status status = davy_sample_order_sort(order, members, count);

    folds->forward = true;
    for (size_t m = 0; m < count; m++) {
        const size_t stretch = m * (folds->count + 1) / count;

        folds->of[members[m]] = stretch == 0 ? DAVY_FOLD_NONE : (uint8_t) (stretch - 1);
    }
    return status;
}

static davy_status deal_out(const davy_sample_set *samples, const size_t *members, size_t count,
                            bool whole, uint64_t seed, davy_sample_folds *folds)
{
    double shares[FOLDS_MAX];
    uint32_t *classes = davy_bulk_alloc(count + 1, sizeof *classes);
    uint32_t *groups = davy_bulk_alloc(count + 1, sizeof *groups);
    uint8_t *part = davy_bulk_alloc(count + 1, 1);
    const davy_split_options options = {.classes = classes,
                                        .groups = groups,
                                        .shares = shares,
                                        .parts = folds->count,
                                        .seed = seed};
    davy_status status = classes && groups && part
                             ? DAVY_OK
                             : davy_fail_in(DAVY_ERR_NOMEM, "folds of %zu samples", count);

    for (size_t f = 0; f < folds->count; f++)
        shares[f] = 1;
    for (size_t m = 0; m < count && status == DAVY_OK; m++) {
        const double target = samples->targets[members[m]];

        classes[m] = samples->class_count > 0 && target >= 0 ? (uint32_t) target : 0;
        groups[m] = whole ? samples->groups[members[m]] : (uint32_t) m;
    }
    if (status == DAVY_OK)
        status = davy_split(&options, count, part);
    for (size_t m = 0; m < count && status == DAVY_OK; m++)
        folds->of[members[m]] = part[m];
    davy_bulk_free(classes);
    davy_bulk_free(groups);
    davy_bulk_free(part);
    return status;
}

/* @param members  [count] samples that may be learnt from */
static davy_status make_folds(const davy_sample_set *samples, const davy_sample_order *order,
                              davy_split_rule rule, size_t *members, size_t count, uint64_t seed,
                              davy_sample_folds *folds)
{
    size_t most = count;

    if (rule == DAVY_SPLIT_AUTO || rule == DAVY_SPLIT_OFFICIAL)
        rule = davy_sample_order_rule(order, samples, members, count);
    if (davy_split_rule_is_whole(rule))
        most = count_groups(samples, members, count);
    else if (rule == DAVY_SPLIT_TIME)
        most = count / 2; /* a stretch to learn from, and a sample for each fold */
    folds->count = folds->count < most ? folds->count : most;
    if (folds->count < 2)
        return davy_fail(DAVY_ERR_INVALID,
                         "%zu samples cannot be cut into two folds by the rule '%s'", count,
                         davy_split_rule_name(rule));
    return rule == DAVY_SPLIT_TIME
               ? cut_stretches(order, members, count, folds)
               : deal_out(samples, members, count, davy_split_rule_is_whole(rule), seed, folds);
}

davy_status davy_sample_set_folds(const davy_sample_set *samples, const uint8_t *held,
                                  davy_split_rule rule, size_t wanted, uint64_t seed,
                                  davy_sample_folds *out)
{
    davy_sample_order order = {0};
    davy_sample_folds folds = {.of = davy_bulk_alloc(samples->count + 1, 1),
                               .may = davy_bulk_alloc(samples->count + 1, 1),
                               .count = wanted < FOLDS_MAX ? wanted : FOLDS_MAX};
    size_t *members = davy_bulk_alloc(samples->count + 1, sizeof *members), count = 0;
    davy_status status = folds.of && folds.may && members ? davy_sample_order_read(samples, &order)
                                                          : davy_fail_in(DAVY_ERR_NOMEM, "folds");

    if (status == DAVY_OK) {
        memset(folds.of, DAVY_FOLD_NONE, samples->count);
        for (size_t i = 0; i < samples->count; i++)
            if (!held || held[i] == DAVY_PURPOSE_LEARN) {
                folds.may[i] = 1;
                members[count++] = i;
            }
        status = make_folds(samples, &order, rule, members, count, seed, &folds);
    }
    davy_sample_order_clear(&order);
    davy_bulk_free(members);
    if (status == DAVY_OK)
        *out = folds;
    else
        davy_sample_folds_clear(&folds);
    return status;
}

davy_status davy_sample_folds_take(const davy_sample_folds *folds, const davy_sample_set *samples,
                                   size_t fold, uint8_t *purposes)
{
    davy_sample_order order = {0};
    davy_status status = davy_sample_order_read(samples, &order);
    size_t left_out;

    for (size_t i = 0; i < samples->count; i++) {
        const bool earlier = folds->of[i] == DAVY_FOLD_NONE || folds->of[i] < fold;

        purposes[i] = DAVY_PURPOSE_NONE;
        if (folds->may[i] && folds->of[i] == fold)
            purposes[i] = DAVY_PURPOSE_JUDGE;
        else if (folds->may[i] && (earlier || !folds->forward))
            purposes[i] = DAVY_PURPOSE_LEARN;
    }
    if (status == DAVY_OK && folds->forward)
        status = davy_sample_order_purge(&order, purposes, &left_out);
    davy_sample_order_clear(&order);
    return status;
}
