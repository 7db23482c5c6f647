/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/incident/evidence.h"
#include "respond/incident/incident.h"
#include "respond/threat/frozen.h"

/**
 * @file
 * What the writer of evidence and its reader share: the lines around the payload, hashes, the fold.
 *
 * Stage: respond, inside.
 */
#define DAVY_EVIDENCE_HEAD      "{\"davy_evidence\":1,\n\"author\":\""
#define DAVY_EVIDENCE_SIGNATURE "\",\n\"signature\":\""
#define DAVY_EVIDENCE_PAYLOAD   "\",\n\"payload\":"
#define DAVY_EVIDENCE_END       "}\n"

/** Of a record: what cannot be changed without being seen. */
void davy_evidence_hash(const char *subject, const char *body, char hash[DAVY_FROZEN_HASH_MAX]);

/** One record of an incident meets it; a record that is no event is passed over, as in book.c. */
DAVY_MUST_CHECK davy_status davy_evidence_fold(davy_incident *incident, const davy_record *record);
