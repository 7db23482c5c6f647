/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <jansson.h>

/**
 * @file
 * The card of a version: what it is for, what it was made of, how good it is, and where it ends.
 *
 * Stage: models. One page in two languages (data/page.h), made of nothing but model.json, so every
 * kind of model has the same one, and what model.json does not say the card does not.
 *
 * Source: Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
 */

/** DAVY_ERR_INVALID for what is no model.json. */
DAVY_MUST_CHECK davy_status davy_card_make(const json_t *root, davy_buffer *html);
