/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/receiver.h"
#include "core/transfer.h"

/**
 * @file
 * What receivers that work through libcurl have in common: the address, the time limit of an
 * attempt, and an end when the setup's `interrupted` is set.
 *
 * Stage: alarm, inside.
 */

/** @param transfer  lives as long as the handle */
void davy_receiver_curl_set_up(CURL *curl, const davy_receiver_setup *setup, const char *protocols,
                               davy_transfer *transfer);
