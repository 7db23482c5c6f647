/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * Patterns over signal paths: `T-101/pressure`, `T-101/` + `*`, several separated by commas.
 *
 * Stage: core. `*` stands for any characters except `/`, `**` for any characters at all.
 */

/** True when one of the comma-separated patterns matches the whole path. */
bool davy_pattern_matches(const char *patterns, const char *path);

/** Paths of samples that a proof test has made begin so. No signal of a site has such a path. */
#define DAVY_PROOF_ASSET  "prooftest"
#define DAVY_PROOF_FOLDER DAVY_PROOF_ASSET "/"

bool davy_path_is_proof(const char *path);

/** The same among stored signals: samples of a proof test are found by a pattern that names their
 * folder, and by no other. */
bool davy_pattern_selects(const char *patterns, const char *path);
