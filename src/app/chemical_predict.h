/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/molecule_models.h"
#include "data/molecule.h"

#include <jansson.h>

/**
 * @file
 * What models say of a structure that no table knows, and what is known of structures like it.
 *
 * Stage: app. A prediction is no measurement: it stands beside its interval or the classes that
 * cannot be ruled out, beside how many of the model's inputs lie outside of what it learnt from,
 * and beside the nearest molecules that were measured (known.h). Salts, mixtures and metals are
 * counted, and no model is asked about them: none learnt what their parts do together.
 */

/**
 * Ask every champion that answers for molecules.
 *
 * @param models  folder of models; NULL: none is asked
 * @param open    keeps them open; NULL where `models` is
 * @return DAVY_ERR_INVALID for a text that is no molecule, with the reason
 */
DAVY_MUST_CHECK davy_status davy_chemical_predict(const davy_molecule *molecule, const char *models,
                                                  davy_molecule_models *open, json_t **out);
