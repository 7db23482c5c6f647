/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <jansson.h>

/**
 * @file
 * The figures of the alarms as a page for people: one HTML file in English and Chinese, without
 * scripts and without anything from outside.
 *
 * Stage: alarm. Made of nothing but davy_kpi_json(), so a page can be made of what a daemon far
 * away answered, and the page says what the API says.
 */

/** DAVY_ERR_INVALID for what are no figures. */
DAVY_MUST_CHECK davy_status davy_kpi_page(const json_t *report, davy_buffer *html);
