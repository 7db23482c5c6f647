/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/retention.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Names of day files: DIR/days/YYYY-MM-DD.db, and YYYY-MM-DD.CLASS.db for a class of retention.
 *
 * Stage: store. What else stands in the folder has names that are none of these.
 */

/** Longest name of a class of retention, with its end. */
#define DAVY_DAY_CLASS_MAX DAVY_SITE_CLASS_NAME_MAX

/** Bytes of the longest name of a day file, with its end. */
#define DAVY_DAY_NAME_MAX (sizeof "YYYY-MM-DD..db" + DAVY_DAY_CLASS_MAX)

/** @param class_name  [DAVY_DAY_CLASS_MAX], "" for the default */
bool davy_day_name_parse(const char *name, int32_t *number, char *class_name);

/** @param class_name  "" for the default
 * @param name  [DAVY_DAY_NAME_MAX] */
void davy_day_name_format(int32_t number, const char *class_name, char *name);

/** In the place of the class: the day's file of rollups. */
#define DAVY_ROLLUPS_NAME "rollups"

/** True for the name of a file of rollups. */
bool davy_rollups_name_parse(const char *name, int32_t *number);
