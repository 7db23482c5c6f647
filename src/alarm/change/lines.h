/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

struct json_t;

/**
 * @file
 * Which lines of a site file were taken away, and which came.
 *
 * Stage: alarm. It finds what settings.h cannot see, because it rings no alarm: receivers, routes,
 * sources, titles. Blank lines and lines that are a comment tell davy nothing and are passed over,
 * and so are blanks at the end of a line.
 *
 * Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1, 1986,
 * the greedy algorithm. Beyond DAVY_LINES_EDITS_MAX edits all that lies between the first line and
 * the last line that differ counts as taken away and come.
 */

#define DAVY_LINES_EDITS_MAX 1000

/**
 * [{"text": "line 12 removed: routes:"}, {"text": "line 9 new: - {name: bus}"}], in the order of
 * the files; the number of a line that was removed is that of the file before.
 *
 * @param before, after  texts of two site files, masked
 * @return a new reference; NULL without memory
 */
struct json_t *davy_lines_diff(const char *before, const char *after);

/**
 * The text of a site file as it may be kept and shown: what follows the host in a URL may be what
 * lets one in, so that "https://hooks.example/T0/B1" becomes "https://hooks.example/...6b1c20f4".
 * The digits are a hash: another path has others.
 */
void davy_lines_mask(const char *text, size_t length, davy_buffer *out);
