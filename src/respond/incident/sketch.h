/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/incident/incident.h"

/**
 * @file
 * A sketch of the zones of an incident's latest impact: SVG with a scale and north up.
 *
 * Stage: respond, inside.
 */

/** Nothing is written when no zone has a ground. */
void davy_incident_sketch(const davy_incident *incident, davy_buffer *html);
