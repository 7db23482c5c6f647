/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/predictor.h"

#include <jansson.h>

/**
 * @file
 * What a model's numbers say of a molecule: an interval or a set of classes, and what the GHS makes
 * of it where the model's label is one that it classes.
 *
 * Stage: app. A class of the GHS is told with all that the interval leaves open.
 */

/** The label of a model whose numbers are -log10 of mol/kg, of the LD50 of rats, oral. */
#define DAVY_LABEL_LD50 "neg_log_ld50"

/** The label of a model whose numbers are flash points in K. */
#define DAVY_LABEL_FLASH "flash_point_k"

/**
 * Add the first of the answers to an object.
 *
 * @param mass  molar mass, g/mol
 */
void davy_chemical_answer(json_t *said, const davy_predictor_info *info,
                          const davy_answers *answers, double mass);
