/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Logic over signals and conditions, for suppression by design:
 *
 *     P-301/current < 0.2 and not T-101/level:hi
 *
 *     logic      :=  term { "or" term }
 *     term       :=  factor { "and" factor }
 *     factor     :=  "not" factor  |  "(" logic ")"  |  operand compare operand  |  condition
 *     compare    :=  "<"  "<="  ">"  ">="  "="  "!="
 *     operand    :=  the path of a signal, or a number in its unit
 *     condition  :=  "T-101/level:hi", "detector NAME:model", "source NAME:source"
 *
 * A name with blanks, brackets or signs of comparison stands in quotes, '...' or "...".
 *
 * Stage: site. The parser resolves names and makes steps for a machine with one stack; evaluation
 * is pure and allocates nothing. It is three-valued (Kleene 1938): what compares with an unknown
 * value is unknown, and unknown is neither true nor false, so that `x < 1 or x >= 1` of a signal
 * that says nothing is unknown too.
 */

/** Ordered, so that "and" is the least of both, "or" the greatest, and "not" the mirror. */
typedef enum davy_truth { DAVY_FALSE, DAVY_UNKNOWN, DAVY_TRUE } davy_truth;

/** Bytes of a logic's text with its zero, its steps, and how deep its brackets may stand. */
#define DAVY_LOGIC_TEXT_MAX  ((size_t) 1024)
#define DAVY_LOGIC_STEPS_MAX ((size_t) 256)
#define DAVY_LOGIC_DEPTH_MAX 32

typedef enum davy_logic_op {
    DAVY_LOGIC_NUMBER,    /* push a number */
    DAVY_LOGIC_SIGNAL,    /* push the value of a signal; NaN is unknown */
    DAVY_LOGIC_CONDITION, /* push the truth of a condition */
    DAVY_LOGIC_LESS,      /* pop two values, push a truth: and so the five below */
    DAVY_LOGIC_AT_MOST,
    DAVY_LOGIC_MORE,
    DAVY_LOGIC_AT_LEAST,
    DAVY_LOGIC_EQUAL,
    DAVY_LOGIC_DIFFERS,
    DAVY_LOGIC_NOT,
    DAVY_LOGIC_AND,
    DAVY_LOGIC_OR
} davy_logic_op;

typedef struct davy_logic_step {
    davy_logic_op op;
    uint32_t operand; /* place in `signals` or `conditions` */
    double number;
} davy_logic_step;

/** What a name stands for: given by whoever knows the names. */
typedef struct davy_logic_condition {
    unsigned kind;
    size_t of;
} davy_logic_condition;

typedef struct davy_logic {
    const char *text;
    davy_logic_step *steps; /* [count] operands before operators */
    size_t count;
    size_t *signals; /* [signal_count] each once */
    size_t signal_count;
    davy_logic_condition *conditions; /* [condition_count] each once */
    size_t condition_count;
} davy_logic;

/** Who knows the names. Each gives false for a name that is none of its own. */
typedef struct davy_logic_names {
    const void *context;
    bool (*signal)(const void *context, const char *name, size_t *out);
    bool (*condition)(const void *context, const char *name, davy_logic_condition *out);
} davy_logic_names;

/** What is wrong, and where. */
typedef struct davy_logic_fault {
    size_t column; /* from 1, in bytes */
    char what[160];
    char remedy[160];
} davy_logic_fault;

/**
 * @param arena  holds the logic and a copy of the text
 * @return DAVY_ERR_INVALID and the fault; DAVY_ERR_NOMEM
 */
DAVY_MUST_CHECK davy_status davy_logic_parse(const char *text, const davy_logic_names *names,
                                             davy_arena *arena, davy_logic_fault *fault,
                                             davy_logic *out);

/**
 * Is it true?
 *
 * @param values  [signal_count] of its signals; NaN for one without a good value
 * @param truths  [condition_count] of its conditions
 */
davy_truth davy_logic_evaluate(const davy_logic *logic, const double *values,
                               const davy_truth *truths);
