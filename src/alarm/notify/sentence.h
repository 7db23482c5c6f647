/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"

/**
 * @file
 * The sentence of a message: what holds now.
 *
 * Stage: alarm, inside. Pure. A person who acts on an alarm that is over must not be read as if the
 * condition held: the sentence of its raise is for while it does.
 */

/** Bytes of a sentence with its zero; a longer comment is cut here and whole in the message. */
#define DAVY_SENTENCE_MAX 256

/**
 * "over since 2026-11-22T17:22:36Z; jan: the float was stuck".
 *
 * @param alarm     as it is after the transition; its `by` and `comment` are the transition's
 * @param recorded  the sentence of the transition's record; NULL without a record
 * @param raise     the sentence of the newest raise; NULL: `recorded` is that
 */
void davy_notice_sentence(const davy_alarm *alarm, const char *transition, const char *recorded,
                          const char *raise, char sentence[DAVY_SENTENCE_MAX]);
