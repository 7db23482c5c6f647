/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/page.h"
#include "models/judge/comparison.h"

#include <stdint.h>

/**
 * @file
 * The head of a page about a model. What pages are made of is in data/page.h.
 *
 * Stage: models.
 */

/** Which model a page is about. */
typedef struct davy_page_head {
    davy_words what; /* "Evaluation" */
    const char *name, *kind, *task;
    unsigned version;
    int64_t trained_ns;
    const char *data_hash, *file_hash;
} davy_page_head;

/** From the doctype to the lines that say which model this is, and the switch; davy_page_end()
 * ends it. */
void davy_page_begin(davy_buffer *html, const davy_page_head *head);
