/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/judge_groups.h"

#include "core/bulk.h"
#include "data/clean.h"
#include "models/judge/baseline.h"
#include "models/model_private.h"

#include <stdlib.h>
#include <string.h>

#define STRETCHES ((size_t) 20)

enum { DRAWN_ROWS, DRAWN_RUNS, DRAWN_STRETCHES };

static const davy_words drawn[] = {
    [DRAWN_ROWS] = {"rows", "行"},
    [DRAWN_RUNS] = {"runs", "次运行"},
    [DRAWN_STRETCHES] = {"stretches of the only run", "段（同一次运行）"}};

davy_words davy_judge_drawn(const char *english)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(drawn); i++)
        if (strcmp(drawn[i].en, english) == 0)
            return drawn[i];
    return (davy_words){"groups", "个组"};
}

void davy_row_groups_clear(davy_row_groups *groups)
{
    davy_bulk_free(groups->of);
    *groups = (davy_row_groups){0};
}

/* Runs that have a row, numbered from 0 as they come. */
static size_t number_runs(const uint32_t *runs, size_t count, uint32_t *of)
{
    size_t groups = 0;

    for (size_t i = 0; i < count; i++) {
        groups += i == 0 || runs[i] != runs[i - 1];
        of[i] = (uint32_t) groups - 1;
    }
    return groups;
}

static size_t cut_stretches(const uint8_t *faulty, size_t count, uint32_t *of)
{
    uint32_t group = 0;

    for (size_t i = 0; i < count; i++) {
        const bool inside = i > 0 && faulty && faulty[i] && faulty[i - 1];

        if (i * STRETCHES / count > group && !inside)
            group++;
        of[i] = group;
    }
    return count > 0 ? (size_t) group + 1 : 0;
}

davy_status davy_judge_group_rows(const uint32_t *runs, const uint8_t *faulty, size_t count,
                                  bool lone, davy_row_groups *groups)
{
    davy_row_groups made = {.of = davy_bulk_alloc(count + 1, sizeof *made.of)};

    if (!made.of)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", count);
    made.count = number_runs(runs, count, made.of);
    made.drawn = drawn[lone ? DRAWN_ROWS : DRAWN_RUNS];
    if (made.count == 1 && count > 2 * STRETCHES) {
        made.count = cut_stretches(faulty, count, made.of);
        made.drawn = drawn[DRAWN_STRETCHES];
    }
    *groups = made;
    return DAVY_OK;
}

davy_status davy_judge_fold_rows(const davy_table *table, uint64_t seed, uint8_t *folds,
                                 size_t *fold_count)
{
    uint32_t *groups = davy_bulk_alloc(table->rows + 1, sizeof *groups);
    size_t count;
    davy_status status;

    if (!groups)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", table->rows);
    for (size_t row = 0; row < table->rows; row++)
        groups[row] = table->independent ? (uint32_t) row : table->runs[row];
    count = table->independent ? table->rows : table->run_count;
    status = davy_fold(groups, NULL, table->rows, count, seed, folds, fold_count);
    davy_bulk_free(groups);
    return status;
}

/* Training puts a table in order before it takes its hash. */
bool davy_judge_is_history(const davy_table *history, const char *data_hash)
{
    davy_quality_report quality = {0};
    davy_table ordered = {0};
    char hash[DAVY_HASH_MAX] = "";

    if (history && davy_table_copy(history, &ordered) == DAVY_OK &&
        davy_clean_order(&ordered, &quality) == DAVY_OK)
        davy_hash_table(&ordered, hash);
    davy_table_clear(&ordered);
    return hash[0] && strcmp(hash, data_hash) == 0;
}
