/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <jansson.h>

/**
 * @file
 * The files of a version that are alike for all models: model.json, card.html and report.html.
 *
 * Stage: models.
 */

/** Write model.json and the card made of it into the folder of a version, synced. */
DAVY_MUST_CHECK davy_status davy_version_write_json(const char *folder, const json_t *root);

/** Write report.html into the folder of a version, synced. */
DAVY_MUST_CHECK davy_status davy_version_write_report(const char *folder, const davy_buffer *html);
