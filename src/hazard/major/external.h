/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * External safety distance by GB/T 37243-2019: which method says how far neighbours stay away.
 *
 * Stage: hazard, room major. The choice of the method alone: the overpressure that the first
 * ends at was not read in the standard, and the second needs the risk of the whole plant
 * (risk/risk.h), whose limits are those of GB 36894.
 *
 * Source: GB/T 37243-2019, scope and method as the Emergency Management Bureau of Beijing tells
 * them in its notice on external safety distances. Not for what the scope leaves out: civil
 * explosives and fireworks, filling stations, pipelines, town gas, ports, defence.
 */
typedef enum davy_distance_method {
    DAVY_DISTANCE_CONSEQUENCE, /* explosives: the worst accident, to a limit of overpressure */
    DAVY_DISTANCE_RISK, /* toxic or flammable gas, its sum of q/Q 1 or more: quantitative risk */
    DAVY_DISTANCE_STANDARDS, /* otherwise: the distances of the design standards */
    DAVY_DISTANCE_UNKNOWN,   /* whether one of the first two applies cannot be said */
    DAVY_DISTANCE_METHODS
} davy_distance_method;

/**
 * @param explosives  it makes or stores explosives, whatever the amount
 * @param gas         sum of q/Q of its toxic and flammable gases, of GB 18218; NaN: not known
 * @param complete    the sum leaves nothing out, and nothing else can be an explosive
 */
davy_distance_method davy_distance_method_of(bool explosives, double gas, bool complete);

/** What to do, for people. */
const char *davy_distance_method_text(davy_distance_method method);
/** "consequence", "risk", "standards", "unknown": for programs. */
const char *davy_distance_method_name(davy_distance_method method);
