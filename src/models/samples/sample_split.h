/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/page.h"
#include "models/samples/sample_set.h"

/**
 * @file
 * Which samples are learnt from, watched and judged, so that a figure does not flatter.
 *
 * Stage: models. A split follows one of five rules. By `time` the latest samples are held out, by
 * `group` whole groups (an engine, a bearing, a batch, a person, pictures that are alike), by
 * `scaffold` molecules whose rings and what joins them are the same (data/molecules.h), by
 * `official` files those that the files say, and at `random` only samples that stand for
 * themselves: a random split of windows that overlap, or of rows that belong together, is refused
 * with its reason, unless it is forced; then every report tells it.
 *
 * Samples that know rows of another part (windows overlap, or a forecast lies there) are left out:
 * of those to learn from and to judge by it is the ones to learn from.
 *
 * Source: the purging of training samples is that of Lopez de Prado, "Advances in Financial Machine
 * Learning", 2018, section 7.4.1; folds by time begin ever later, as Hyndman and Athanasopoulos,
 * "Forecasting: Principles and Practice", 3rd edition, section 5.10.
 */
typedef enum davy_split_rule {
    DAVY_SPLIT_AUTO, /* the first that the samples allow: official, time, group, random */
    DAVY_SPLIT_TIME,
    DAVY_SPLIT_GROUP,
    DAVY_SPLIT_RANDOM,
    DAVY_SPLIT_OFFICIAL,
    DAVY_SPLIT_SCAFFOLD /* groups of molecules of one scaffold */
} davy_split_rule;

#define DAVY_SPLIT_RULE_COUNT 6

/** The words of `split=`, for a setting. */
#define DAVY_SPLIT_RULE_TEXTS "auto|time|group|random|official|scaffold"

/** Never NULL. */
const char *davy_split_rule_name(davy_split_rule rule);
/** False when there is no such rule. */
bool davy_split_rule_find(const char *name, davy_split_rule *out);

/** True for a rule that keeps groups on one side. */
bool davy_split_rule_is_whole(davy_split_rule rule);

/** What is wished. */
typedef struct davy_split_wish {
    davy_split_rule rule;
    bool forced;  /* a random split is made although it flatters */
    double share; /* held out, 0 .. 1: half of it is watched, half is judged */
    uint64_t seed;
} davy_split_wish;

/** What was done. */
typedef struct davy_split_done {
    davy_split_rule rule; /* never auto, unless nothing is held out */
    bool forced;          /* it tears apart what belongs together: figures flatter */
    size_t left_out;      /* samples in no part, since they overlap another one */
    davy_words why;
} davy_split_done;

/**
 * Share the samples out. About the same share of every class goes to each part; official files keep
 * what they say, and what is watched then comes from those to learn from, by the rule they allow.
 *
 * @param purposes  [count] davy_purpose
 * @return DAVY_ERR_INVALID, with the reason and the remedy, for a rule that the samples do not
 * allow
 */
DAVY_MUST_CHECK davy_status davy_sample_set_split(const davy_sample_set *samples,
                                                  const davy_split_wish *wish, uint8_t *purposes,
                                                  davy_split_done *done);

/** A sample in no fold. */
#define DAVY_FOLD_NONE UINT8_MAX

/** Folds of cross-validation, by the rule of a split. */
typedef struct davy_sample_folds {
    uint8_t *of;  /* [samples] which fold judges it; DAVY_FOLD_NONE: none does */
    uint8_t *may; /* [samples] 1: a fold may learn from it */
    size_t count; /* 2 or more */
    bool forward; /* by time: a fold learns only from what is earlier */
} davy_sample_folds;

/**
 * Deal the samples to learn from out to folds, by the same rule as the split: whole groups, or
 * stretches of time, of which the first is only learnt from.
 *
 * @param held    [count] davy_purpose: only those to learn from are in a fold; NULL: all are
 * @param rule    of the split (davy_split_done); official: what the samples allow
 * @param wanted  folds, 2 .. 20; groups may be fewer
 * @return DAVY_ERR_INVALID when there are not two folds to be had
 */
DAVY_MUST_CHECK davy_status davy_sample_set_folds(const davy_sample_set *samples,
                                                  const uint8_t *held, davy_split_rule rule,
                                                  size_t wanted, uint64_t seed,
                                                  davy_sample_folds *folds);
void davy_sample_folds_clear(davy_sample_folds *folds);

/**
 * What one fold learns from (DAVY_PURPOSE_LEARN) and is judged on (DAVY_PURPOSE_JUDGE); all others,
 * and those that overlap what is judged, are DAVY_PURPOSE_NONE.
 *
 * @param purposes  [count]
 */
DAVY_MUST_CHECK davy_status davy_sample_folds_take(const davy_sample_folds *folds,
                                                   const davy_sample_set *samples, size_t fold,
                                                   uint8_t *purposes);
