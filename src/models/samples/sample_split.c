/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/sample_split.h"

#include "core/bulk.h"
#include "data/molecules.h"
#include "data/split.h"
#include "models/samples/sample_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[DAVY_SPLIT_RULE_COUNT] = {"auto",   "time",     "group",
                                                         "random", "official", "scaffold"};

const char *davy_split_rule_name(davy_split_rule rule)
{
    return (unsigned) rule < DAVY_SPLIT_RULE_COUNT ? names[rule] : "unknown";
}

bool davy_split_rule_find(const char *name, davy_split_rule *out)
{
    for (unsigned i = 0; i < DAVY_SPLIT_RULE_COUNT; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (davy_split_rule) i;
            return true;
        }
    return false;
}

bool davy_split_rule_is_whole(davy_split_rule rule)
{
    return rule == DAVY_SPLIT_GROUP || rule == DAVY_SPLIT_SCAFFOLD;
}

static const davy_words reasons[DAVY_SPLIT_RULE_COUNT] = {
    [DAVY_SPLIT_AUTO] = {"nothing is held out, as holdout=0 asks",
                         "按 holdout=0 的要求，未留出任何样本"},
    [DAVY_SPLIT_TIME] = {"samples that follow each other are alike, so the latest are held out",
                         "相邻样本彼此相似，因此留出最晚的样本"},
    [DAVY_SPLIT_GROUP] = {"samples of one group are alike, so whole groups are held out",
                          "同组样本彼此相似，因此整组留出"},
    [DAVY_SPLIT_RANDOM] = {"every sample is a group of its own: none has to do with another",
                           "每个样本自成一组，彼此无关"},
    [DAVY_SPLIT_SCAFFOLD] = {"molecules of one scaffold are alike, so whole scaffolds are held out",
                             "同一骨架的分子彼此相似，因此整个骨架留出"},
    [DAVY_SPLIT_OFFICIAL] = {"the files that were given say what is held out",
                             "由给定的文件规定留出哪些样本"},
};

static const davy_words forced_reason = {
    "it was forced: what belongs together stands on both sides, and every figure flatters the "
    "model",
    "这是强制的：相关样本同时出现在两侧，所有指标都会偏高"};

/* Samples of one group would be torn apart, or windows overlap: a random split lies. */
static davy_status refuse_random(const davy_sample_set *samples)
{
    if (samples->form.kind == DAVY_FORM_WINDOW)
        return davy_fail(DAVY_ERR_INVALID,
                         "split=random would put windows that overlap, or follow each other, on "
                         "both sides: who has seen one half knows the other, and every figure "
                         "flatters. Use "
                         "split=time, or split=group with --group COL; force=yes does it all the "
                         "same, and every report says so");
    return davy_fail(DAVY_ERR_INVALID,
                     "split=random would tear apart what belongs together (%zu samples of %zu "
                     "groups or runs): its neighbours are nearly copies, and every figure "
                     "flatters. Use split=time, or split=group; force=yes does it all the same, "
                     "and every report says so",
                     samples->count, samples->group_count);
}

static davy_status check_rule(const davy_sample_set *samples, const davy_split_wish *wish,
                              const davy_sample_order *order)
{
    const bool alone = samples->group_count >= samples->count;

    if (wish->rule == DAVY_SPLIT_TIME && !order->ordered)
        return davy_fail(DAVY_ERR_INVALID, "split=time needs the order of the samples: name the "
                                           "column of the time with --time COL");
    if (wish->rule == DAVY_SPLIT_GROUP && (samples->group_count < 2 || order->independent))
        return davy_fail(DAVY_ERR_INVALID,
                         "split=group needs two groups or more: name their column with --group "
                         "COL (an engine, a bearing, a batch, a person)");
    if (wish->rule == DAVY_SPLIT_OFFICIAL && !order->official)
        return davy_fail(DAVY_ERR_INVALID, "split=official needs files that say what is held out: "
                                           "--test FILE..., and perhaps --watch FILE...");
    if (wish->rule == DAVY_SPLIT_SCAFFOLD && (samples->group_count < 2 || !samples->by_scaffold))
        return davy_fail(DAVY_ERR_INVALID, "split=scaffold needs a column '" DAVY_MOLECULES_COLUMN
                                           "' with molecules of two scaffolds or more");
    if (wish->rule == DAVY_SPLIT_RANDOM && !alone && !wish->forced)
        return refuse_random(samples);
    return DAVY_OK;
}

/* Some of the samples, and what they are to be shared out to. */
typedef struct sharing {
    const davy_sample_set *samples;
    const davy_sample_order *order;
    size_t *members; /* [count] */
    size_t count;
    const double *shares;     /* [parts] */
    const uint8_t *parts_are; /* [parts] davy_purpose */
    size_t parts;
    uint64_t seed;
} sharing;

/* By the order of time: the first part has the earliest. */
static davy_status share_by_time(const sharing *s, uint8_t *purposes)
{
    const davy_status status = davy_sample_order_sort(s->order, s->members, s->count);
    double end = 0;
    size_t at = 0;

    for (size_t p = 0; p < s->parts; p++) {
        size_t last;

        end += s->shares[p];
        last = p + 1 == s->parts ? s->count : (size_t) (end * (double) s->count + 0.5);
        for (; at < last && at < s->count; at++)
            purposes[s->members[at]] = s->parts_are[p];
    }
    return status;
}

static davy_status share_by_class(const sharing *s, davy_split_rule rule, uint8_t *purposes)
{
    const bool whole = davy_split_rule_is_whole(rule);
    const davy_sample_set *samples = s->samples;
    uint32_t *classes = davy_bulk_alloc(s->count + 1, sizeof *classes);
    uint32_t *groups = davy_bulk_alloc(s->count + 1, sizeof *groups);
    uint8_t *part = davy_bulk_alloc(s->count + 1, 1);
    const davy_split_options options = {.classes = classes,
                                        .groups = groups,
                                        .shares = s->shares,
                                        .parts = s->parts,
                                        .common_first = rule == DAVY_SPLIT_SCAFFOLD,
                                        .seed = s->seed};
    davy_status status;

    if (!classes || !groups || !part) {
        status = davy_fail_in(DAVY_ERR_NOMEM, "split of %zu samples", s->count);
        goto done;
    }
    for (size_t m = 0; m < s->count; m++) {
        const double target = samples->targets[s->members[m]];

        classes[m] = samples->class_count > 0 && target >= 0 ? (uint32_t) target : 0;
        groups[m] = whole ? samples->groups[s->members[m]] : (uint32_t) m;
    }
    status = davy_split(&options, s->count, part);
    for (size_t m = 0; m < s->count && status == DAVY_OK; m++)
        purposes[s->members[m]] = s->parts_are[part[m]];
done:
    davy_bulk_free(classes);
    davy_bulk_free(groups);
    davy_bulk_free(part);
    return status;
}

static davy_status share(const sharing *s, davy_split_rule rule, uint8_t *purposes)
{
    return rule == DAVY_SPLIT_TIME ? share_by_time(s, purposes) : share_by_class(s, rule, purposes);
}

/* Figures need judged samples more than a curve needs watched ones. */
static void prefer_judged(const davy_sample_set *samples, uint8_t *purposes)
{
    for (size_t i = 0; i < samples->count; i++)
        if (purposes[i] == DAVY_PURPOSE_JUDGE)
            return;
    for (size_t i = 0; i < samples->count; i++)
        if (purposes[i] == DAVY_PURPOSE_WATCH)
            purposes[i] = DAVY_PURPOSE_JUDGE;
}

static size_t list_members(const davy_sample_set *samples, const uint8_t *purposes, size_t *members)
{
    size_t count = 0;

    for (size_t i = 0; i < samples->count; i++)
        if (purposes[i] == DAVY_PURPOSE_LEARN)
            members[count++] = i;
    return count;
}

/* What the files say; without files to watch, half of the share comes from what is learnt from. */
static davy_status split_officially(sharing *s, const davy_split_wish *wish, uint8_t *purposes)
{
    static const uint8_t parts_are[] = {DAVY_PURPOSE_LEARN, DAVY_PURPOSE_WATCH};
    const double shares[] = {1.0 - wish->share / 2, wish->share / 2};
    const davy_sample_set *samples = s->samples;
    bool watched = false;
    davy_status status;

    for (size_t i = 0; i < samples->count; i++)
        purposes[i] = (uint8_t) s->order->places[i].part;
    prefer_judged(samples, purposes);
    for (size_t i = 0; i < samples->count; i++)
        watched = watched || purposes[i] == DAVY_PURPOSE_WATCH;
    if (watched || wish->share <= 0)
        return DAVY_OK;
    s->count = list_members(samples, purposes, s->members);
    s->shares = shares;
    s->parts_are = parts_are;
    s->parts = DAVY_ARRAY_LENGTH(shares);
    status = share(s, davy_sample_order_rule(s->order, samples, s->members, s->count), purposes);
    s->shares = NULL; /* they end here */
    return status;
}

static davy_status split_by(sharing *s, const davy_split_wish *wish, davy_split_rule rule,
                            uint8_t *purposes)
{
    static const uint8_t parts_are[] = {DAVY_PURPOSE_LEARN, DAVY_PURPOSE_WATCH, DAVY_PURPOSE_JUDGE};
    const double shares[] = {1.0 - wish->share, wish->share / 2, wish->share / 2};
    davy_status status;

    s->shares = shares;
    s->parts_are = parts_are;
    s->parts = DAVY_ARRAY_LENGTH(shares);
    status = share(s, rule, purposes);
    s->shares = NULL; /* they end here */
    prefer_judged(s->samples, purposes);
    return status;
}

static davy_split_done describe(const davy_sample_set *samples, davy_split_rule rule)
{
    const bool forced = rule == DAVY_SPLIT_RANDOM && samples->group_count < samples->count;

    return (davy_split_done){
        .rule = rule, .forced = forced, .why = forced ? forced_reason : reasons[rule]};
}

static davy_status split(sharing *s, const davy_split_wish *wish, uint8_t *purposes,
                         davy_split_done *done)
{
    davy_split_rule rule = wish->rule;
    davy_status status = check_rule(s->samples, wish, s->order);

    if (status != DAVY_OK)
        return status;
    s->count = list_members(s->samples, purposes, s->members);
    if (rule == DAVY_SPLIT_AUTO)
        rule = s->order->official
                   ? DAVY_SPLIT_OFFICIAL
                   : davy_sample_order_rule(s->order, s->samples, s->members, s->count);
    if (wish->share <= 0 && rule != DAVY_SPLIT_OFFICIAL) {
        *done = describe(s->samples, DAVY_SPLIT_AUTO);
        return DAVY_OK;
    }
    *done = describe(s->samples, rule);
    status = rule == DAVY_SPLIT_OFFICIAL ? split_officially(s, wish, purposes)
                                         : split_by(s, wish, rule, purposes);
    if (status == DAVY_OK && !done->forced)
        status = davy_sample_order_purge(s->order, purposes, &done->left_out);
    return status;
}

davy_status davy_sample_set_split(const davy_sample_set *samples, const davy_split_wish *wish,
                                  uint8_t *purposes, davy_split_done *done)
{
    davy_sample_order order = {0};
    sharing s = {.samples = samples,
                 .order = &order,
                 .members = davy_bulk_alloc(samples->count + 1, sizeof *s.members),
                 .seed = wish->seed};
    davy_status status = s.members ? davy_sample_order_read(samples, &order)
                                   : davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", samples->count);

    memset(purposes, DAVY_PURPOSE_LEARN, samples->count);
    if (status == DAVY_OK)
        status = split(&s, wish, purposes, done);
    davy_sample_order_clear(&order);
    davy_bulk_free(s.members);
    return status;
}
