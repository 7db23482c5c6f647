/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/event_tree.h"

#include <float.h>
#include <math.h>

#define SOURCE                                                                      \
    "TNO Purple Book CPR 18E (1999), 4.7, 4.8 and equation 6.5, as transcribed in " \
    "Petrolord/petrolord-suite"
#define RANGE "0.6 flash fires to 0.4 explosions is the book's split for clouds in the open"
#define BRANCHES                                                  \
    {"probability of immediate ignition", "1", {0, 1}, {0, 1}},   \
        {"probability of delayed ignition", "1", {0, 1}, {0, 1}}, \
    {                                                             \
        "share of explosions", "1", {0, 1},                       \
        {                                                         \
            0, 1                                                  \
        }                                                         \
    }

static const davy_formula share_formula = {
    "event-tree-share",
    "Share of the releases that becomes an outcome",
    "the product of the probabilities of the branches that lead to it",
    "1",
    SOURCE,
    RANGE,
    "",
    {BRANCHES},
    "某一后果占泄漏的比例",
};

static const davy_formula tree_formula = {
    "event-tree",
    "How often a release becomes an outcome",
    "f times the probabilities of the branches that lead to it",
    "1/a",
    SOURCE,
    RANGE,
    "tree-gas-fire,tree-gas-flash,tree-gas-explosion,tree-gas-none",
    {BRANCHES, {"frequency of the release", "1/a", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
    "某一后果的发生频率",
};

/* The branches that lead to an outcome. */
static double share_of(const davy_event_tree *tree, davy_outcome outcome)
{
    const double later = (1 - tree->immediate) * tree->delayed;
    const double never = (1 - tree->immediate) * (1 - tree->delayed);

    switch (outcome) {
    case DAVY_OUTCOME_FIRE:
        return tree->immediate;
    case DAVY_OUTCOME_EXPLOSION:
        return later * tree->explosion;
    case DAVY_OUTCOME_FLASH_FIRE:
        return later * (1 - tree->explosion);
    case DAVY_OUTCOME_TOXIC_CLOUD:
        return tree->toxic ? never : 0;
    case DAVY_OUTCOME_DISPERSED:
        return tree->toxic ? 0 : never;
    default:
        return NAN;
    }
}

davy_answer davy_event_tree_share(const davy_event_tree *tree, davy_outcome outcome)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &share_formula,
                           (const double[]){tree->immediate, tree->delayed, tree->explosion}))
        return answer;
    return davy_answer_give(answer, share_of(tree, outcome));
}

davy_answer davy_event_tree_frequency(const davy_event_tree *tree, davy_outcome outcome)
{
    davy_answer answer;

    if (!davy_answer_begin(
            &answer, &tree_formula,
            (const double[]){tree->immediate, tree->delayed, tree->explosion, tree->frequency}))
        return answer;
    return davy_answer_give(answer, tree->frequency * share_of(tree, outcome));
}

const char *davy_outcome_name(davy_outcome outcome)
{
    static const char *const names[DAVY_OUTCOMES] = {"fire", "explosion", "flash fire",
                                                     "toxic cloud", "dispersed"};

    return names[outcome];
}
