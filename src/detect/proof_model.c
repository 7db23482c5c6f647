/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/proof_private.h"

#include <math.h>
#include <stdlib.h>

/* Rows before the deviation, rows in which it grows, and rows at its full size beyond the on-delay:
 * for windows and holds of models. */
#define PAST   256
#define GROWTH 32
#define FULL   16

/* Cells of a table of rows: 16 MB. */
#define CELLS_MAX ((size_t) 2 * 1024 * 1024)

/* Rows are handed over in at most so many pieces, each of which waits for the disk. */
#define PIECES 128

struct table {
    davy_proof *proof;
    size_t columns, rows;
    int64_t first_ns, period_ns;
    double *cells; /* [columns][rows] */
    size_t column; /* that is read */
};

/* The value of a row is the last one at or before it. */
static davy_status read_run(void *context, const davy_store_run *run)
{
    struct table *table = context;

    for (size_t i = 0; i < run->count; i++) {
        int64_t after_ns = run->times[i] - table->first_ns;
        size_t row = after_ns <= 0 ? 0 : (size_t) ((after_ns - 1) / table->period_ns + 1);

        if (row < table->rows && run->quality[i] != DAVY_QUALITY_BAD && isfinite(run->values[i]))
            table->cells[table->column * table->rows + row] = run->values[i];
    }
    return DAVY_OK;
}

/* A value stands in for later rows until it is too old, as in the rows of the model itself. */
static void hold(struct table *table, int64_t cap_ns)
{
    double *cells = &table->cells[table->column * table->rows];
    size_t reach = (size_t) (cap_ns / table->period_ns), held = 0;

    for (size_t row = 1; row < table->rows; row++) {
        held = isnan(cells[row]) ? held + 1 : 0;
        if (held > 0 && held <= reach)
            cells[row] = cells[row - 1];
    }
}

static davy_status read_table(struct table *table)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < table->columns * table->rows; i++)
        table->cells[i] = NAN;
    for (table->column = 0; table->column < table->columns && status == DAVY_OK; table->column++) {
        const davy_site_signal *signal = &table->proof->site.signals[table->column];
        int64_t cap_ns = 3 * table->period_ns;

        cap_ns = signal->deadline_ns > cap_ns ? signal->deadline_ns : cap_ns;
        status = davy_store_scan(
            table->proof->parts.store, table->proof->real[table->column], table->first_ns - cap_ns,
            table->first_ns + (int64_t) table->rows * table->period_ns, read_run, table);
        hold(table, cap_ns);
    }
    return status;
}

/* How much a signal moves by itself; of one that stands still a hundredth of its range or value. */
static double scale_of(const struct table *table, size_t column)
{
    const davy_site_signal *signal = &table->proof->site.signals[column];
    const double *cells = &table->cells[column * table->rows];
    double range = fabs(signal->range_high - signal->range_low), mean = 0, squares = 0;
    size_t count = 0;

    for (size_t row = 0; row < table->rows; row++)
        if (!isnan(cells[row])) {
            double from = cells[row] - mean;

            mean += from / (double) ++count;
            squares += from * (cells[row] - mean);
        }
    if (count > 1 && squares > 0)
        return sqrt(squares / (double) (count - 1));
    return range > 0 ? range / 100.0 : fmax(fabs(mean) / 100.0, 1e-3);
}

/* Grows by the same factor from row to row, so that what is found early is small. */
static double size_of(size_t row)
{
    double share = fmin((double) row / (GROWTH - 1), 1.0);

    return exp2(share * log2(DAVY_PROOF_SIGMAS));
}

static void add_row(const struct table *table, size_t row, const double *scales)
{
    for (size_t column = 0; column < table->columns; column++) {
        double value = table->cells[column * table->rows + row];
        double sign = column % 2 ? -1.0 : 1.0; /* also what belongs together goes apart */
        double deviation = row < PAST ? 0 : sign * scales[column] * size_of(row - PAST);

        if (!isnan(value))
            davy_proof_add(table->proof, column, table->first_ns + (int64_t) row * table->period_ns,
                           value + deviation, DAVY_QUALITY_GOOD);
    }
}

/* Rows of the past go to the engine at once, those with the deviation are left to be handed over.
 */
static davy_status send_rows(struct table *table)
{
    davy_proof *proof = table->proof;
    double *scales = calloc(table->columns, sizeof *scales);
    size_t pieces = (table->rows - PAST) / PIECES + 1;

    if (!scales)
        return davy_fail(DAVY_ERR_NOMEM, "%zu signals", table->columns);
    for (size_t column = 0; column < table->columns; column++)
        scales[column] = scale_of(table, column);
    for (size_t row = 0; row < PAST; row++)
        add_row(table, row, scales);
    davy_detect_samples(proof->engine, proof->samples, proof->count, proof->parts.now_ns);
    davy_detect_ask_anew(proof->engine, 0); /* an alarm that stands now would hide the proof's */
    proof->count = 0;
    for (size_t row = PAST; row < table->rows; row++)
        add_row(table, row, scales);
    proof->batch = pieces * table->columns;
    free(scales);
    if (proof->count == 0)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "its signals have no values of late");
    return DAVY_OK;
}

static davy_status measure(struct table *table, int64_t period_ns)
{
    const davy_proof *proof = table->proof;
    int64_t delay_rows = proof->parts.condition->on_delay_ns / period_ns;

    table->period_ns = period_ns;
    table->columns = proof->site.signal_count;
    if (delay_rows > (int64_t) (CELLS_MAX / table->columns) ||
        (PAST + GROWTH + FULL + (size_t) delay_rows) * table->columns > CELLS_MAX)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "its on-delay is too many rows for a test");
    table->rows = PAST + GROWTH + FULL + (size_t) delay_rows;
    table->first_ns = (proof->parts.wall_ns / period_ns - (int64_t) table->rows + 1) * period_ns;
    return DAVY_OK;
}

davy_status davy_proof_deviate_model(davy_proof *proof)
{
    struct table table = {.proof = proof};
    davy_detect_status model;
    davy_status status;

    davy_detect_get_status(proof->engine, 0, &model);
    if (!model.model)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "%s", model.message);
    status = measure(&table, model.model->period_ns);
    if (status != DAVY_OK)
        return status;
    table.cells = malloc(table.rows * table.columns * sizeof *table.cells);
    status = table.cells ? davy_proof_take_room(proof, table.rows * table.columns)
                         : davy_fail(DAVY_ERR_NOMEM, "%zu rows", table.rows);
    if (status == DAVY_OK)
        status = read_table(&table);
    if (status == DAVY_OK)
        status = send_rows(&table);
    free(table.cells);
    return status;
}
