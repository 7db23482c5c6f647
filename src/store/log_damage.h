/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/segment.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Segments of the log in which a start found damage: the first few of them by name.
 *
 * Stage: store. Whoever asks what was lost wants to know where to look; the segments stay under
 * hot/NNNNNNNNNN.log.damaged when the rest of them is sealed.
 */

/** More are counted and not named: a log with so many is looked at by a person anyway. */
#define DAVY_LOG_DAMAGE_NAMED 4

/** Longest davy_log_damage_describe(), with the 0 at its end. */
#define DAVY_LOG_DAMAGE_TEXT ((size_t) 128)

/** Zeroed: none. */
typedef struct davy_log_damage {
    struct davy_log_damage_segment {
        uint64_t number;
        davy_segment_report report;
    } named[DAVY_LOG_DAMAGE_NAMED];
    uint64_t segments, places; /* all of them */
} davy_log_damage;

/** Note a segment whose report tells of damage; of others, nothing. */
void davy_log_damage_note(davy_log_damage *damage, uint64_t number,
                          const davy_segment_report *report);

/** How many have names. */
size_t davy_log_damage_named(const davy_log_damage *damage);

/** Say of a segment how many places, frames that are missing and frames that are kept. */
void davy_log_damage_describe(const davy_segment_report *report, char text[DAVY_LOG_DAMAGE_TEXT]);

/** Log it in one line, for the folder of the segments; without damage, nothing. */
void davy_log_damage_log(const davy_log_damage *damage, const char *folder);
