/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/engine.h"

/**
 * @file
 * Puts findings together and hands them out; shared by the checks of signals and detectors.
 *
 * Stage: detect, inside. One scratch finding serves the engine, so that telling one costs no
 * memory. Sentences are for people: the signal's own name, its unit, and what it is held against.
 */
typedef struct davy_emitter {
    const davy_site *site;
    const davy_condition *conditions;
    davy_detect_callbacks callbacks;
    davy_finding finding; /* scratch */
} davy_emitter;

/** A cleared finding of a condition, with the condition's own limit. Fill it and send it. */
davy_finding *davy_emitter_begin(davy_emitter *emitter, size_t condition, bool active,
                                 int64_t time_ns, double value);

/** The sentence; cut between characters when it is too long. */
void davy_emitter_say(davy_emitter *emitter, const char *format, ...) DAVY_PRINTF(2, 3);

void davy_emitter_send(davy_emitter *emitter);

/** Bytes for a value with its unit. */
#define DAVY_VALUE_TEXT_MAX 96

/** "1213 kPa"; the unit "1" and "" are left out. @return text */
const char *davy_value_text(char text[DAVY_VALUE_TEXT_MAX], double value, const char *unit);

/** Bytes for a stretch of time. */
#define DAVY_LASTED_TEXT_MAX 32

/** "2 s", "1.5 s", "3 min", "2 h": rounded, for people. @return text */
const char *davy_lasted_text(char text[DAVY_LASTED_TEXT_MAX], int64_t ns);
