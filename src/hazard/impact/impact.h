/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/buffer.h"
#include "hazard/harm/levels.h"
#include "hazard/impact/air.h"
#include "hazard/impact/input.h"
#include "hazard/impact/outcomes.h"
#include "hazard/impact/source.h"
#include "hazard/impact/substance.h"
#include "hazard/zone/zone.h"
#include "site/site.h"

#include <stdint.h>

/**
 * @file
 * Impact: a scenario from the hole to the people: source term, every model that applies, zones as
 * polygons, who is in them, where they may go, and what may fail next.
 *
 * Stage: hazard, room impact. One function of its input alone: the same input gives the same bits,
 * whatever the time of the day, so that a record of the input is a record of the answer. Effects
 * are those that the substance and the kind of release can have; whether they will happen is for
 * room risk. Bad at: terrain, buildings in the way of a cloud, smoke, mixtures, and everything
 * that its models are bad at, which their answers say.
 *
 * Zones of clouds are drawn along the wind that is given, and all around when its direction is not
 * known. A wind that is not sure of its direction is the caller's: compute again for each.
 */

/** Most zones of one impact, so that a set of them is a word, and most models of one zone. */
#define DAVY_IMPACT_ZONES_MAX  ((size_t) 64)
#define DAVY_IMPACT_MODELS_MAX ((size_t) 12)

typedef struct davy_impact_model {
    const char *name;
    davy_answer reach;   /* m */
    davy_answer impulse; /* Pa s, of the wave that is met there; no formula: it is no blast */
} davy_impact_model;

/** The models of one zone. */
typedef struct davy_impact_models {
    davy_impact_model items[DAVY_IMPACT_MODELS_MAX];
    size_t count;
    size_t drawn;  /* the one that draws the zone */
    double people; /* in the zone; of a place that it touches, all */
    double centre; /* m downwind of the source, around which distances are */
} davy_impact_models;

typedef enum davy_advice {
    DAVY_ADVICE_NONE,     /* the place is in no zone */
    DAVY_ADVICE_SHELTER,  /* doors and windows shut, ventilation off */
    DAVY_ADVICE_EVACUATE, /* across the wind */
    DAVY_ADVICE_UNKNOWN   /* `why` says what is missing */
} davy_advice;

typedef struct davy_impact_place {
    const davy_site_place *place;
    double people;   /* NaN: not known */
    uint64_t inside; /* bit i: zone i */
    davy_advice advice;
    double leave_after;               /* s from the beginning; NaN */
    double load_inside, load_outside; /* (fraction of the volume)^n s; NaN */
    const char *why;                  /* a key for words of people: see davy_advice_why() */
} davy_impact_place;

typedef struct davy_impact_muster {
    const davy_site_place *place;
    double distance; /* m from the source */
    bool upwind, safe;
} davy_impact_muster;

typedef struct davy_impact_domino {
    const davy_site_asset *asset;
    davy_effect effect;
    const davy_level *level;
    double distance; /* m from the source */
} davy_impact_domino;

typedef struct davy_impact {
    davy_arena arena;
    davy_impact_input input;
    davy_scenario scenario; /* as it was computed */
    davy_substance substance;
    davy_air air;
    davy_source_term source;
    davy_outcomes outcomes; /* what it becomes, and how often */
    davy_answer heavy;
    davy_zone *zones; /* [zone_count] */
    davy_impact_models *models;
    size_t zone_count;
    davy_impact_place *places;
    size_t place_count;
    davy_impact_muster *musters; /* safe ones first, then by distance */
    size_t muster_count;
    davy_impact_domino *dominoes;
    size_t domino_count;
} davy_impact;

/**
 * Compute.
 *
 * The input's site is borrowed until davy_impact_destroy().
 *
 * @return DAVY_ERR_INVALID for a scenario without a place; what a model lacks is an answer and no
 *         failure
 */
DAVY_MUST_CHECK davy_status davy_impact_compute(const davy_impact_input *input,
                                                davy_impact *impact);
/** A zeroed one is fine. */
void davy_impact_destroy(davy_impact *impact);

struct davy_spread;

/**
 * As JSON, in SI units: docs/impact.md describes it.
 *
 * @param spread  of figures that are not known; NULL: none was asked for, and no key is written
 */
DAVY_MUST_CHECK davy_status davy_impact_json(const davy_impact *impact,
                                             const struct davy_spread *spread, davy_buffer *out);

/** "none", "shelter", "evacuate", "unknown". */
const char *davy_advice_name(davy_advice advice);
/** The reason in words, of its key. @param chinese  else English */
const char *davy_advice_why(const char *key, bool chinese);

/**
 * The keys of a scenario file that say what an answer lacks, as " (release.depth or release.dike)";
 * "" for what no key says, and for an answer that lacks nothing.
 */
const char *davy_impact_missing_key(const davy_answer *answer);

/** For people: "554 m", "1.2 km", "from 120 m to 554 m", "not reached", or what is missing. */
const char *davy_impact_distance_text(const davy_answer *reach, char text[DAVY_ANSWER_TEXT_MAX]);
