/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

#include <stdbool.h>

/**
 * @file
 * Event tree: what a release becomes, and how often each of it.
 *
 * Stage: hazard, room risk.
 *
 *     release f --+-- burns at once ------------------------------- fire (jet, pool, fireball)
 *                 +-- not --+-- burns later --+-- explosion
 *                           |                 +-- flash fire
 *                           +-- not ----------+-- toxic cloud, if it is toxic
 *                                             +-- else it is dispersed
 *
 * The branches of a fork add up to 1, so that the outcomes add up to the release. How often
 * something breaks is the caller's figure, with the caller's source: failure frequencies are of a
 * country and of a kind of equipment, and davy has no table of them. Bad at: barriers that may fail
 * (a shut-off, a deluge), outcomes that start one another.
 *
 * Source: TNO Purple Book CPR 18E (1999), 4.7, 4.8 and equation 6.5, as transcribed in
 * Petrolord/petrolord-suite.
 */
typedef enum davy_outcome {
    DAVY_OUTCOME_FIRE,        /* at once: a jet or pool fire, or a fireball */
    DAVY_OUTCOME_EXPLOSION,   /* of the cloud */
    DAVY_OUTCOME_FLASH_FIRE,  /* of the cloud */
    DAVY_OUTCOME_TOXIC_CLOUD, /* not burnt */
    DAVY_OUTCOME_DISPERSED,   /* neither burnt nor toxic */
    DAVY_OUTCOMES
} davy_outcome;

/** Of the ignited clouds in the open, those that explode; the others are flash fires. */
#define DAVY_EXPLOSION_SHARE 0.4

/** Probabilities are from 0 to 1; NaN: not known. */
typedef struct davy_event_tree {
    double frequency; /* of the release, per year */
    double immediate; /* burns at once; 0 for what does not burn */
    double delayed;   /* burns later, of what did not burn at once */
    double explosion; /* of what burns later: DAVY_EXPLOSION_SHARE unless there is a reason */
    bool toxic;
} davy_event_tree;

/** Which share of the releases becomes this; the frequency is not looked at. */
davy_answer davy_event_tree_share(const davy_event_tree *tree, davy_outcome outcome);
/** How often a release becomes this, per year. */
davy_answer davy_event_tree_frequency(const davy_event_tree *tree, davy_outcome outcome);

/** "fire", "explosion", "flash fire", "toxic cloud", "dispersed". */
const char *davy_outcome_name(davy_outcome outcome);
