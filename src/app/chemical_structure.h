/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/chemical_predict.h"
#include "app/known.h"

/**
 * @file
 * What `davy chemical` says of a structure: what is counted in it, what models say, what is alike.
 *
 * Stage: app.
 */
typedef struct davy_structure_wish {
    const char *models;         /* folder of models; NULL: none is asked */
    davy_molecule_models *open; /* keeps them open; NULL where `models` is */
    davy_known *known;          /* molecules that were measured; NULL: none are compared */
} davy_structure_wish;

/**
 * Read it, ask, and compare.
 *
 * @return DAVY_ERR_INVALID for a text that is no molecule; DAVY_ERR_UNSUPPORTED without RDKit
 */
DAVY_MUST_CHECK davy_status davy_structure_describe(const char *smiles,
                                                    const davy_structure_wish *wish, json_t **out);

/** Print what davy_structure_describe() said, for people. */
void davy_structure_print(const json_t *structure);
