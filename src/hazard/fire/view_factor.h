/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * View factors: which share of what a flame's surface emits arrives at a small target.
 *
 * Stage: hazard, room fire. The closed form for a cylinder that leans over the ground, its slices
 * level and round. Under the flame it is wrong, because it counts flame behind the target as seen:
 * there is no answer there.
 */

/** A flame that stands on the ground; lengths in one unit. */
typedef struct davy_flame_shape {
    double radius;
    double length; /* along the axis */
    double tilt;   /* of the axis from the vertical, towards the target, in rad; negative: away */
} davy_flame_shape;

/** Where a target on the ground looks. */
typedef enum davy_view {
    DAVY_VIEW_VERTICAL,   /* upright, facing the flame */
    DAVY_VIEW_HORIZONTAL, /* flat, facing the sky */
    DAVY_VIEW_MAX,        /* turned to where it gets most */
    DAVY_VIEWS
} davy_view;

/** View factor of a target at a distance from the middle of the flame's base. */
davy_answer davy_flame_view_factor(const davy_flame_shape *flame, double distance, davy_view view);

/** The same without looking at the inputs, for who has looked. */
double davy_flame_view(const davy_flame_shape *flame, double distance, davy_view view);

/** How far the flame reaches over the ground towards the target, from the middle of its base. */
double davy_flame_reach(const davy_flame_shape *flame);
