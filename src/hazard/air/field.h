/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/plume.h"
#include "hazard/air/train.h"

#include <stddef.h>

/**
 * @file
 * Fields: the concentration in every cell of a grid, for zones on a map.
 *
 * Stage: hazard, room air. They are the concentrations of plume.h and train.h, without their typed
 * answers and some ten times as fast: what depends on the row alone is computed once for it, and
 * the exponentials of a row are vectors.
 */

/** Cells in rows; a cell is known by its middle. */
typedef struct davy_field_grid {
    double x, y;           /* m, of the first cell of the first row */
    double step_x, step_y; /* m, from row to row, and from cell to cell */
    size_t rows, cells;    /* of each row */
} davy_field_grid;

/**
 * Fill a grid with a plume: its rows lie across the wind, x is downwind of the source and y across.
 * At the source and upwind of it there is nothing.
 *
 * @param values  rows x cells, kg/m3
 * @return the greatest of them; what an answer of the plume says of its inputs, not of distances
 */
davy_answer davy_plume_field(const davy_plume *plume, const davy_field_grid *grid, double height,
                             double *values);

/** Fill a grid with puffs that were placed: x is to the north of the source, y to the east. */
void davy_train_field(const davy_train *train, const davy_train_puff *puffs, size_t count,
                      const davy_field_grid *grid, double height, double *values);
