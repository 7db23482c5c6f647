/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/served.h"

/**
 * @file
 * A response in a few words, for a record: "normal,alarm", "leak,abstain", "238.6".
 *
 * Stage: infer. What watches has its verdicts, and of many rows the number of each ("59 normal,1
 * alarm"); what classifies the class it says, by the model's
 * own threshold where it has one; what gives a number that number; and a sample that was not judged
 * is "abstain". Any other answer is "answered".
 */

/** Samples that are told, and words that are counted; of more the number is. */
#define DAVY_VERDICT_ROWS 10
/** Bytes of a sentence with its zero. */
#define DAVY_VERDICT_MAX 512

/** @param info  of the version that answered; NULL: it is gone */
void davy_infer_verdict(const davy_infer_response *response, const davy_served_info *info,
                        char text[DAVY_VERDICT_MAX]);
