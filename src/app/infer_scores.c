/* SPDX-License-Identifier: Apache-2.0 */
#include "app/infer_scores.h"

#include "app/dataset_csv.h"
#include "app/infer_answers.h"
#include "core/timestamp.h"
#include "data/clean.h"
#include "models/judge/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is remembered of a run. */
typedef struct run_state {
    davy_scorer *scorer; /* NULL: no row of it was seen, or it is over */
    int64_t time_ns;     /* of its last row */
} run_state;

/* Rows being scored. */
typedef struct scoring {
    FILE *file;
    const davy_dataset *dataset;
    const davy_model *model;
    const davy_model_info *info;
    const davy_infer_explain_options *explain;
    bool grouped;  /* the group stands first */
    bool numbered; /* the time of an answer is the number of its row: --time was not given */
    bool begun;
    size_t *columns; /* [signal_count] of the table */
    double *values;  /* [signal_count] of a row */
    run_state *runs;
    size_t run_capacity, first_run; /* runs before it are over */
    davy_scorer **spare;            /* of runs that are over, for new ones */
    size_t spare_count;
} scoring;

/* The signals with the largest contributions: a few passes over a short row. */
static void print_causes(FILE *file, const davy_model_info *model, const double *contributions,
                         uint64_t top)
{
    double below = INFINITY;

    for (uint64_t k = 0; k < top && contributions; k++) {
        size_t best = model->signal_count;

        for (size_t i = 0; i < model->signal_count; i++)
            if (contributions[i] < below &&
                (best == model->signal_count || contributions[i] > contributions[best]))
                best = i;
        if (best == model->signal_count)
            return;
        below = contributions[best];
        (void) fprintf(file, "%s%s=%.4g", k ? ";" : "", model->signals[best], below);
    }
}

static void print_header(const scoring *in)
{
    if (in->grouped)
        davy_infer_field(in->file, in->dataset->group_column, ',');
    (void) fprintf(in->file, "time,score,limit,verdict%s\n", in->explain->wanted ? ",causes" : "");
}

static void print_row(const scoring *in, const davy_table *table, size_t row,
                      const davy_score *score)
{
    char time[DAVY_TIMESTAMP_MAX];

    if (in->grouped)
        davy_infer_field(in->file, table->run_names[table->runs[row]], ',');
    if (table->times && !in->numbered)
        davy_timestamp_format(table->times[row], 9, time);
    else
        (void) snprintf(time, sizeof time, "%zu", (table->places ? table->places[row] : row) + 1);
    (void) fprintf(in->file, "%s,", time);
    if (score->verdict != DAVY_VERDICT_ABSTAIN)
        (void) fprintf(in->file, "%.17g", score->score);
    (void) fprintf(in->file, ",1,%s", davy_verdict_name(score->verdict));
    if (in->explain->wanted) {
        (void) fputc(',', in->file);
        print_causes(in->file, in->info, score->contributions, in->explain->top);
    }
    (void) fputc('\n', in->file);
}

static davy_status grow_runs(scoring *in, size_t count)
{
    run_state *runs;
    davy_scorer **spare;

    if (in->runs && in->spare && count <= in->run_capacity)
        return DAVY_OK;
    runs = reallocarray(in->runs, count * 2 + 1, sizeof *runs);
    if (runs)
        in->runs = runs;
    spare = reallocarray((void *) in->spare, count * 2 + 1, sizeof *spare);
    if (spare)
        in->spare = spare;
    if (!runs || !spare)
        return davy_fail(DAVY_ERR_NOMEM, "%zu runs", count);
    memset(runs + in->run_capacity, 0, (count * 2 - in->run_capacity) * sizeof *runs);
    in->run_capacity = count * 2;
    return DAVY_OK;
}

/* The scorer of a run that begins: a used one is as good as a new one once it has forgotten. */
static davy_status begin_run(scoring *in, run_state *run)
{
    if (in->spare_count == 0)
        return davy_scorer_create(in->model, &run->scorer);
    run->scorer = in->spare[--in->spare_count];
    davy_scorer_reset(run->scorer);
    return DAVY_OK;
}

static davy_status score_row(scoring *in, const davy_table *table, size_t row)
{
    run_state *run = &in->runs[table->runs[row]];
    davy_score score;
    davy_status status = DAVY_OK;

    if (!run->scorer)
        status = begin_run(in, run);
    else if (table->times && in->info->period_ns > 0 &&
             davy_clean_parts(run->time_ns, table->times[row], in->info->period_ns))
        davy_scorer_reset(run->scorer);
    if (status != DAVY_OK)
        return status;
    run->time_ns = table->times ? table->times[row] : 0;
    for (size_t j = 0; j < in->info->signal_count; j++)
        in->values[j] = davy_table_at(table, row, in->columns[j]);
    davy_scorer_update(run->scorer, in->values, &score);
    davy_scorer_withhold(run->scorer, &score);
    print_row(in, table, row, &score);
    return DAVY_OK;
}

static davy_status begin(scoring *in, const davy_table *table)
{
    davy_status status = davy_model_bind(in->model, table, in->columns);

    if (status == DAVY_OK)
        print_header(in);
    in->begun = true;
    return status;
}

/* @param order  of the rows; NULL: as they stand */
static davy_status score_rows(scoring *in, const davy_table *table, const size_t *order)
{
    davy_status status = in->begun ? DAVY_OK : begin(in, table);

    if (status == DAVY_OK)
        status = grow_runs(in, table->run_count);
    for (size_t i = 0; i < table->rows && status == DAVY_OK; i++)
        status = score_row(in, table, order ? order[i] : i);
    return status;
}

static void end_runs(scoring *in, size_t first)
{
    for (; in->runs && in->spare && in->first_run < first; in->first_run++)
        if (in->runs[in->first_run].scorer) {
            in->spare[in->spare_count++] = in->runs[in->first_run].scorer;
            in->runs[in->first_run].scorer = NULL;
        }
}

static davy_status score_files(scoring *in, davy_dataset *dataset)
{
    const davy_dataset_columns columns = {.names = in->info->signals,
                                          .count = in->info->signal_count,
                                          .label_optional = true,
                                          .quiet = true};
    davy_dataset_reading reading;
    davy_table_stream *stream = NULL;
    const davy_table *chunk = NULL;
    davy_status status;

    davy_dataset_find_time(dataset);
    status = davy_dataset_reading_begin(&reading, dataset, &columns);
    if (status == DAVY_OK)
        status = davy_table_stream_open(dataset->csv.items, dataset->csv.count, &reading.options,
                                        &stream);
    while (status == DAVY_OK) {
        status = davy_table_stream_next(stream, &chunk);
        if (status != DAVY_OK || !chunk)
            break;
        status = score_rows(in, chunk, NULL);
        end_runs(in, davy_table_stream_first_run(stream));
    }
    if (status == DAVY_OK && !in->begun)
        status = davy_fail(DAVY_ERR_INVALID, "%s: no rows", dataset->csv.items[0]);
    davy_table_stream_close(stream);
    davy_dataset_reading_end(&reading);
    return status;
}

/* The rows of the table in the order in which they were read. NULL without memory. */
static size_t *order_rows(const davy_table *table)
{
    size_t *order = calloc(table->rows + 1, sizeof *order);

    for (size_t row = 0; order && row < table->rows; row++)
        order[table->places ? table->places[row] : row] = row;
    return order;
}

/* Stored signals, and columns that a site has other names and units for. */
static davy_status score_table(scoring *in, davy_dataset *dataset)
{
    davy_table table = {0};
    size_t *order = NULL;
    davy_status status = davy_dataset_read_for(dataset, in->info, &table);

    if (status == DAVY_OK && !(order = order_rows(&table)))
        status = davy_fail(DAVY_ERR_NOMEM, "answers");
    if (status == DAVY_OK)
        status = score_rows(in, &table, order);
    free(order);
    davy_table_clear(&table);
    return status;
}

static void scoring_clear(scoring *in)
{
    for (size_t r = 0; r < in->run_capacity; r++)
        davy_scorer_destroy(in->runs[r].scorer);
    for (size_t i = 0; i < in->spare_count; i++)
        davy_scorer_destroy(in->spare[i]);
    free(in->runs);
    free((void *) in->spare);
    free(in->columns);
    free(in->values);
}

davy_status davy_infer_scores(FILE *file, davy_dataset *dataset, const davy_model *model,
                              const davy_infer_explain_options *explain)
{
    const bool files = dataset->csv.count > 0;
    scoring in = {.file = file,
                  .dataset = dataset,
                  .model = model,
                  .info = davy_model_describe(model),
                  .explain = explain,
                  .grouped = dataset->group_column && files,
                  .numbered = files && !dataset->time_column};
    davy_status status = DAVY_OK;

    in.columns = calloc(in.info->signal_count + 1, sizeof *in.columns);
    in.values = calloc(in.info->signal_count + 1, sizeof *in.values);
    if (!in.columns || !in.values)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu signals", in.info->signal_count);
    else if (explain->method || explain->json)
        status = davy_fail(DAVY_ERR_UNSUPPORTED,
                           "model '%s' watches rows: its score is a sum of shares, which --explain "
                           "prints as they are",
                           in.info->name);
    else if (dataset->images)
        status =
            davy_fail(DAVY_ERR_INVALID, "model '%s' watches rows, not pictures", in.info->name);
    else if (davy_dataset_plain(dataset))
        status = score_files(&in, dataset);
    else
        status = score_table(&in, dataset);
    if (status == DAVY_OK && (fflush(file) != 0 || ferror(file)))
        status = davy_fail(DAVY_ERR_IO, "cannot write the answers");
    scoring_clear(&in);
    return status;
}
