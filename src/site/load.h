/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

#include <stdio.h>

/**
 * @file
 * Read and check a site file: every fault at once, each with file, line, path and remedy.
 *
 * Stage: site.
 */

/** Most faults that are kept; one more line tells how many were left out. */
#define DAVY_SITE_FAULTS_MAX 200

typedef struct davy_site_fault {
    size_t line, column; /* from 1; 0 for the file as a whole */
    char *path;          /* "assets[2].signals[0].limits.hi" */
    char *what;          /* "hi (1300) is above hihi (1200)" */
    char *remedy;        /* "lower hi or raise hihi" */
} davy_site_fault;

typedef struct davy_site_faults {
    char *file;
    davy_site_fault *items;
    size_t count;
    size_t left_out;
} davy_site_faults;

/** Set to all zeroes before davy_site_load(); free with this. */
void davy_site_faults_clear(davy_site_faults *faults);

/**
 * One line for each fault, in the form editors and compilers use:
 *
 *     site.yaml:12:9: assets[0].signals[1].limits: hi (1300) is above hihi (1200); lower hi or ...
 *
 * @param colour  for a terminal
 */
void davy_site_faults_print(const davy_site_faults *faults, FILE *stream, bool colour);

struct json_t;

/** {"file", "faults": [{"line", "column", "path", "what", "remedy"}], "left_out"}; the file is null
 * when it could not be read. NULL without memory. The caller gives it back with json_decref(). */
struct json_t *davy_site_faults_json(const davy_site_faults *faults);

/**
 * Read `path`. With no fault, *out is the site.
 *
 * @param faults  all faults, in the order of their lines; empty when the answer is DAVY_OK, and
 *                when the file could not be read or memory ran out
 * @return DAVY_ERR_INVALID when there is a fault; the sentence tells the first one and the number
 */
DAVY_MUST_CHECK davy_status davy_site_load(const char *path, davy_site_faults *faults,
                                           davy_site **out);

/** The same from memory; `file` is the name told in faults and the base of relative paths. */
DAVY_MUST_CHECK davy_status davy_site_parse(const char *file, const char *text, size_t length,
                                            davy_site_faults *faults, davy_site **out);
