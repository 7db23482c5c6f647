/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/clock.h"
#include "site/load.h"

/**
 * @file
 * What the measurements of alarms over a long time share: days that begin at a fixed one, a site
 * from its text, and the end of the program when a step fails.
 */
#define DAY_NS (86400 * DAVY_NS_PER_S)
#define BEGIN  (20000 * DAY_NS)

/** The reason and the end of the program, unless it is DAVY_OK. */
void check(davy_status status);

/** Seconds of the processor that this process has used. */
double cpu_seconds(void);

/** The site of a text, which is cleared; its faults end the program. */
davy_site *take_site(davy_buffer *text);
