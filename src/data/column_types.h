/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/csv_words.h"
#include "data/word_list.h"

/**
 * @file
 * What the columns of CSV files hold: numbers, words, times; found, shown, and set.
 *
 * Stage: data. Every cell of a column says what it can be, and the column is what all of them
 * agree on. Where they do not agree nothing is guessed: the column is mixed, the first odd cell is
 * named, and reading the column fails until its type is set.
 */

/** Most words of a column of categories: a column with more holds names or texts, and a model would
 * need a number of its own for each of them, mostly learnt from a handful of rows. */
#define DAVY_LEVELS_MAX ((size_t) 1000)

/** So few words are categories, however seldom they come again. */
#define DAVY_LEVELS_FEW ((size_t) 20)

/** Most words of a column in which numbers and words are both taken for categories: "1", "2", "3A".
 * A measured signal with a word here and there has more. */
#define DAVY_LEVELS_MIXED_MAX ((size_t) 50)

/** A cell that is not like the others. */
typedef struct davy_odd_cell {
    size_t file;   /* which one of the files, from 0 */
    uint64_t line; /* 0: there is none */
    char text[48]; /* fit to be shown */
} davy_odd_cell;

/** What was found in a column. */
typedef struct davy_column_facts {
    char *name;
    davy_column_type type;
    bool set;         /* the type was set, or is the role that a caller gave the column */
    bool computed;    /* its values are not looked at: they cost too much */
    char why[256];    /* a sentence without a full stop; of MIXED the whole fault with its remedy */
    size_t missing;   /* blank cells, and NA, NaN, null */
    size_t numbers;   /* cells that are finite numbers */
    size_t infinite;  /* cells such as inf: missing to a model */
    size_t others;    /* all other cells */
    double low, high; /* of the numbers */
    davy_word_list words;    /* others; no more than DAVY_LEVELS_MAX */
    bool more_words;         /* there are more of them */
    davy_time_format format; /* of a time; DAVY_TIME_FORMATS: not known */
    davy_odd_cell odd;       /* the first cell that is not as the type has it */

    /* On the way to that. */
    bool timed;                 /* it may be a time though it is a number: the caller says so */
    davy_word_list numerals;    /* numbers as they are written; DAVY_LEVELS_MIXED_MAX and one */
    size_t commas, sure_commas; /* of the others: "1,5", and of those not "1,500" */
    size_t points;              /* of the numbers: with a fraction or exponent behind a point */
    unsigned formats;           /* times that all cells so far can be */
    davy_odd_cell first_word, first_comma, first_infinite, no_time;
} davy_column_facts;

/** What was found in files. Zeroed is empty. */
typedef struct davy_table_facts {
    char **files; /* [file_count] after globs */
    size_t file_count;
    davy_csv_facts csv; /* of the first file; its encoding is in `encoding` */
    char encoding[40];
    char decimal;                /* '.' or ',' */
    uint64_t rows;               /* that were looked at */
    bool whole;                  /* those are all */
    uint64_t bytes, bytes_total; /* of the files that were looked at, and all; compressed ones */
    davy_column_facts *columns;  /* [column_count] in the order of the first file */
    size_t column_count;
} davy_table_facts;

void davy_table_facts_clear(davy_table_facts *facts);

/** NULL when there is no such column. */
const davy_column_facts *davy_table_facts_find(const davy_table_facts *facts, const char *name);

/** True for a cell without a value: blank, NA, N/A, NaN, null. */
bool davy_cell_blank(const char *text, size_t length);

/** True for inf and infinity, with or without a sign. */
bool davy_cell_infinite(const char *text, size_t length);

/** A cell as a finite number. @param decimal  '.' or ',' */
bool davy_cell_number(const char *text, size_t length, char decimal, double *value);

/** Take blanks off both ends. */
void davy_cell_trim(const char **text, size_t *length);

/** Where a cell stands. */
typedef struct davy_cell_place {
    size_t file;
    uint64_t line;
} davy_cell_place;

/**
 * Take one cell into the facts of its column.
 *
 * @param text     zero-ended
 * @param decimal  0: both are possible
 */
DAVY_MUST_CHECK davy_status davy_column_facts_add(davy_column_facts *facts, const char *text,
                                                  uint32_t length, char decimal,
                                                  davy_cell_place place);

/** How the types of columns are told from their facts. */
typedef struct davy_column_rules {
    const davy_column_settings *settings;
    const char *time, *label, *group, *molecules; /* columns with a role; NULL: none */
    bool label_classes;
    char decimal; /* 0: found */
} davy_column_rules;

/** Tell types, formats of times and the decimal sign; none of it can fail, faults are facts. */
void davy_table_facts_decide(davy_table_facts *facts, const davy_column_rules *rules);
