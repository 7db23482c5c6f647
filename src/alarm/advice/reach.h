/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

/**
 * @file
 * How an asset, a signal, a detector or a source of the plant stands to one alarm: the same asset,
 * upstream, downstream, or the same operator position.
 *
 * Stage: alarm, inside. What feeds an alarm's asset may be why it is in alarm, what it feeds may
 * suffer with it. In a circle (a recycle stream) the shorter way counts; of two alike, upstream.
 */
typedef enum davy_nearness {
    DAVY_NEAR_ITSELF,     /* it is about the alarm itself, its source, its model */
    DAVY_NEAR_SAME,       /* of an asset of the alarm */
    DAVY_NEAR_UPSTREAM,   /* of an asset that feeds it, over `steps` */
    DAVY_NEAR_DOWNSTREAM, /* of an asset that it feeds, over `steps` */
    DAVY_NEAR_SITE,       /* it moves the whole site */
    DAVY_NEAR_POSITION,   /* the same people look after it */
    DAVY_NEAR_NOTHING
} davy_nearness;

/** "itself", "same", "upstream", "downstream", "site", "position"; "" for nothing. */
const char *davy_nearness_name(davy_nearness nearness);

/** Farthest asset, in steps of the plant's graph, that is still called upstream or downstream. */
#define DAVY_REACH_STEPS_MAX 8

typedef struct davy_reach {
    davy_nearness nearness;
    unsigned steps; /* 1: feeds it, or is fed by it, directly; 0 unless up- or downstream */
    size_t asset;   /* that is so near, or DAVY_SITE_NONE */
} davy_reach;

/** Whom an alarm is of, by the names in its record; NULL where it does not apply. */
typedef struct davy_reach_names {
    const char *signal, *detector, *source, *asset;
} davy_reach_names;

typedef struct davy_reach_map davy_reach_map;

/** @param site  borrowed until it is destroyed */
DAVY_MUST_CHECK davy_status davy_reach_map_create(const davy_site *site,
                                                  const davy_reach_names *alarm,
                                                  davy_reach_map **out);
/** NULL is fine. */
void davy_reach_map_destroy(davy_reach_map *map);

/** How something with these names stands to the alarm. */
davy_reach davy_reach_of(const davy_reach_map *map, const davy_reach_names *names);

/** The same of the detectors that use a model of this name; itself when it is the alarm's own. */
davy_reach davy_reach_of_model(const davy_reach_map *map, const char *model);
