/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/puff.h"
#include "hazard/dense/plume.h"
#include "hazard/dense/puff.h"
#include "hazard/dense/slab.h"
#include "hazard/impact/air.h"
#include "hazard/impact/source.h"

/**
 * @file
 * Cloud: every model of dispersion that applies to a release, side by side.
 *
 * Stage: hazard, room impact. One of them draws the zone, by this rule:
 *
 *     heavy by the criterion of Britter   their plume, or their puff of all of it where that
 * reaches and McQuaid                         less all at once                         Gaussian
 * puff, the farther of CCPS and TNO over before the cloud arrives       the plume, or the farther
 * of the finite releases of CCPS (u T / x below 2.5)                 and TNO where that reaches
 * less else                                Gaussian plume of Briggs
 *
 * because a release that ends gives no more than one that goes on, and no more than all of it at
 * once; and where two sets for puffs disagree, which they do by a factor of ten, nobody knows which
 * is right, and the farther one draws, also outside of its range, and says so. The distances of all
 * that are in their range are the band. Levels are fractions of the volume.
 */

/** Most models of one cloud. */
#define DAVY_CLOUD_MODELS_MAX ((size_t) 12)

typedef enum davy_cloud_kind {
    DAVY_CLOUD_PLUME,
    DAVY_CLOUD_PUFF,
    DAVY_CLOUD_FINITE,
    DAVY_CLOUD_DENSE_PLUME,
    DAVY_CLOUD_DENSE_PUFF,
    DAVY_CLOUD_SLAB
} davy_cloud_kind;

typedef struct davy_cloud_model {
    const char *name; /* "Gaussian plume, Briggs, open country" */
    davy_cloud_kind kind;
    union {
        davy_plume plume;
        davy_puff puff;
        davy_finite finite;
        davy_dense_plume dense_plume;
        davy_dense_puff dense_puff;
        davy_slab slab;
    } of;
} davy_cloud_model;

typedef struct davy_cloud {
    davy_cloud_model models[DAVY_CLOUD_MODELS_MAX];
    size_t count;
    davy_answer heavy;   /* the criterion; NO_DATA where the gas is lighter than air */
    davy_answer lacking; /* why there are no models: wind, rate, ... */
    double per_fraction; /* kg/m3 of the pure gas in air: a fraction times this is a density */
    double duration;     /* s, that the source lasts */
    double wind;         /* m/s, that carries it */
    const davy_sigma_set *spread; /* of a heavy plume that is hardly heavy any more */
    davy_stability stability;
} davy_cloud;

davy_cloud davy_cloud_of(const davy_source_term *source, const davy_substance *substance,
                         const davy_air *air);

/** How far a model is above a level, which is a fraction of the volume. */
davy_answer davy_cloud_reach(const davy_cloud *cloud, const davy_cloud_model *model, double level);

/** The model that draws the zone of a level, by the order above. @param reaches  [count] */
size_t davy_cloud_preferred(const davy_cloud *cloud, const davy_answer *reaches);

/**
 * Can a model be the one that davy_cloud_preferred() chooses, now that those before it are
 * computed? Of a model that cannot no reach is needed, and a NaN stands for it.
 */
bool davy_cloud_decides(const davy_cloud *cloud, const davy_answer *reaches, size_t model);

/** Greatest fraction of the volume that passes a place, x downwind and y across the wind; 1 where
 * no model says it. */
double davy_cloud_fraction(const davy_cloud *cloud, const davy_cloud_model *model, double x,
                           double y);

/** From the axis to where a model is at the level, at a distance downwind; 0: nowhere. */
double davy_cloud_half_width(const davy_cloud *cloud, const davy_cloud_model *model, double level,
                             double x);

/** Greatest density of a Gaussian cloud that passes a place, kg/m3. */
davy_answer davy_cloud_gaussian(const davy_cloud_model *model, double x, double y);

/** How far it spreads against the wind. @param far  its reach */
double davy_cloud_upwind(const davy_cloud_model *model, double far);

/** How long it takes a cloud to pass a distance, as one of its greatest concentration all the time:
 * s; INFINITY while nobody knows how much there is. */
double davy_cloud_passage(const davy_cloud *cloud, const davy_cloud_model *model, double x);
