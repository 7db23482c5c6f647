/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * The solver of dispatch, for those who ask what is in this build.
 *
 * Stage: respond, room dispatch.
 */

/** Version of COIN-OR Cbc; "" when this build has none, and plans are greedy. */
const char *davy_optimum_version(void);
