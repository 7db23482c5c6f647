/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/judge.h"
#include "models/pages/page.h"

/**
 * @file
 * What every page of an evaluation says: the verdict, the model beside its baselines, and how all
 * of it was measured.
 *
 * Stage: models.
 */

/** The main figure in large, and which baselines the model is ahead of, behind, or level with. */
void davy_page_verdict(davy_buffer *html, const davy_comparison *comparison);

/** The plot of the main figure and the table of all. */
void davy_page_comparison(davy_buffer *html, const davy_comparison *comparison);

/** Seed, draws, groups, what baselines learnt from, hashes; the caller adds what is of its task. */
void davy_page_protocol(davy_buffer *html, const davy_comparison *comparison,
                        const davy_protocol *protocol, const davy_page_head *head);
