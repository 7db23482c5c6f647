/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/client.h"

/**
 * @file
 * Times of an answer for people: on the clock of the site, with its offset.
 *
 * Stage: app. What is printed as JSON stays in UTC.
 */

/**
 * Every time in the answer becomes "2026-11-23 01:22:36 +08:00". Without an answer about the site,
 * or without its zone on this machine, it stays in UTC and says so by its Z.
 */
void davy_local_times(const davy_client *client, json_t *answer);
