/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/call.h"

#include <stdbool.h>

/**
 * @file
 * The console's files out of the program itself.
 *
 * Stage: serve. A path that names a file gets it; one without an extension is a page of the console
 * and gets index.html, whose script reads the path. These answers need no key: they hold nothing
 * of the plant.
 */

/**
 * Answer with a file.
 *
 * @param known    the request's If-None-Match, or NULL
 * @param accepts  its Accept-Encoding, or NULL
 * @return false, and no answer, when there is no such file
 */
bool davy_console_answer(davy_call *call, const char *known, const char *accepts);

/** Files with a hash in their name never change; the others are asked for again each time. */
const char *davy_console_cache_control(const davy_asset *asset);
