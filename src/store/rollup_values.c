/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_values.h"

#include <math.h>

/* Mode of the values: decimals below it, else the codecs of chunks. */
#define MODE_PLAIN 0x40

/* Integers beyond this are no doubles; and class coding takes numbers below 2^57. */
#define INTEGER_MAX 9007199254740992.0 /* 2^53 */
#define NUMBER_MAX  (UINT64_C(1) << 57)

/* How a column is kept in plain mode: as `first` is, or by a codec of chunks. */
enum { PLAIN_SAME, PLAIN_CODEC };

/* The values of a row, a column each, in the order in which they are kept. */
enum { FIRST, LAST, MIN, MAX, SUM, COLUMNS };

static double get_value(const davy_store_bucket *row, int column)
{
    const double values[COLUMNS] = {row->first, row->last, row->min, row->max, row->sum};

    return values[column];
}

static void set_value(davy_store_bucket *row, int column, double value)
{
    double *const values[COLUMNS] = {&row->first, &row->last, &row->min, &row->max, &row->sum};

    *values[column] = value;
}

/* A column into work->values. */
static void gather(davy_codec_work *work, const davy_store_bucket *const *rows, size_t count,
                   int column)
{
    for (size_t i = 0; i < count; i++)
        work->values[i] = get_value(rows[i], column);
}

/*
 * Decimal numbers.
 */
static bool to_integer(double value, double power, int64_t *integer)
{
    const double scaled = value * power;

    if (!(fabs(scaled) < INTEGER_MAX))
        return false;
    *integer = llround(scaled);
    return davy_double_bits((double) *integer / power) == davy_double_bits(value);
}

/* What a sum is expected to be: false when that is no number of 64 bits. */
static bool foresee_sum(uint64_t count, int64_t min, int64_t max, int64_t *sum)
{
    int64_t both;

    if (count > INT64_MAX || __builtin_add_overflow(min, max, &both) ||
        __builtin_mul_overflow(both, (int64_t) count, sum))
        return false;
    *sum /= 2;
    return true;
}

/* What a column is expected to be, from the columns before it and `last` of the row before. */
static bool foresee(int column, uint64_t count, const int64_t integers[COLUMNS], int64_t last,
                    int64_t *expected)
{
    switch (column) {
    case FIRST:
        *expected = last;
        return true;
    case LAST:
        *expected = integers[FIRST];
        return true;
    case MIN:
        *expected = integers[FIRST] < integers[LAST] ? integers[FIRST] : integers[LAST];
        return true;
    case MAX:
        *expected = integers[FIRST] > integers[LAST] ? integers[FIRST] : integers[LAST];
        return true;
    default:
        return foresee_sum(count, integers[MIN], integers[MAX], expected);
    }
}

static unsigned find_decimals(davy_codec_work *work, const davy_store_bucket *const *rows,
                              size_t count)
{
    static const uint8_t good[DAVY_ROLLUP_ROWS_MAX];
    unsigned most = 0;

    for (int column = 0; column < COLUMNS; column++) {
        unsigned decimals;

        gather(work, rows, count, column);
        decimals = davy_codec_decimals(work->values, good, count);
        most = decimals > most ? decimals : most;
    }
    return most;
}

/* One column of distances into work->numbers; `integers` has the columns before it. */
static bool take_distances(davy_codec_work *work, const davy_store_bucket *const *rows,
                           size_t count, int column, double power,
                           int64_t integers[DAVY_ROLLUP_ROWS_MAX][COLUMNS])
{
    int64_t last = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t expected, distance;

        if (!to_integer(get_value(rows[i], column), power, &integers[i][column]) ||
            !foresee(column, rows[i]->count, integers[i], last, &expected) ||
            __builtin_sub_overflow(integers[i][column], expected, &distance))
            return false;
        work->numbers[i] = davy_zigzag(distance);
        if (work->numbers[i] >= NUMBER_MAX)
            return false;
        if (column == FIRST && !to_integer(rows[i]->last, power, &last))
            return false;
    }
    return true;
}

/* False, and nothing appended, when some value is no decimal number. */
static bool put_decimals(davy_codec_work *work, const davy_store_bucket *const *rows, size_t count,
                         davy_buffer *out)
{
    const unsigned decimals = find_decimals(work, rows, count);
    const double power = davy_codec_power(decimals);
    const size_t before = out->length;
    int64_t integers[DAVY_ROLLUP_ROWS_MAX][COLUMNS];

    davy_rollup_put_byte(out, (int) decimals);
    for (int column = 0; column < COLUMNS; column++) {
        if (!take_distances(work, rows, count, column, power, integers)) {
            out->length = before;
            return false;
        }
        davy_rollup_put_numbers(work, count, out);
    }
    return true;
}

/* The first column waits for the second: the distance of `first` is from the row before's `last`.
 */
static bool undo_distances(const uint64_t *numbers, davy_store_bucket *const *rows, size_t count,
                           int column, int64_t integers[DAVY_ROLLUP_ROWS_MAX][COLUMNS])
{
    for (size_t i = 0; i < count; i++) {
        int64_t expected;

        if (!foresee(column, rows[i]->count, integers[i], 0, &expected) ||
            __builtin_add_overflow(expected, davy_unzigzag(numbers[i]), &integers[i][column]))
            return false;
    }
    return true;
}

/* `first` and `last` come as distances, of `first` from the row before; together they are a walk.
 */
static bool undo_walk(size_t count, int64_t integers[DAVY_ROLLUP_ROWS_MAX][COLUMNS])
{
    int64_t last = 0;

    for (size_t i = 0; i < count; i++) {
        const int64_t more = integers[i][LAST]; /* after `first` */

        if (__builtin_add_overflow(last, integers[i][FIRST], &integers[i][FIRST]) ||
            __builtin_add_overflow(integers[i][FIRST], more, &integers[i][LAST]))
            return false;
        last = integers[i][LAST];
    }
    return true;
}

static bool get_walk(davy_codec_work *work, davy_rollup_reader *reader, size_t count,
                     int64_t integers[DAVY_ROLLUP_ROWS_MAX][COLUMNS])
{
    for (int column = FIRST; column <= LAST; column++) {
        if (!davy_rollup_get_numbers(work, reader, count))
            return false;
        for (size_t i = 0; i < count; i++)
            integers[i][column] = davy_unzigzag(work->numbers[i]);
    }
    return undo_walk(count, integers);
}

static bool get_decimals(davy_codec_work *work, davy_rollup_reader *reader, unsigned decimals,
                         davy_store_bucket *const *rows, size_t count)
{
    const double power = davy_codec_power(decimals);
    int64_t integers[DAVY_ROLLUP_ROWS_MAX][COLUMNS];

    if (!get_walk(work, reader, count, integers))
        return false;
    for (int column = MIN; column < COLUMNS; column++)
        if (!davy_rollup_get_numbers(work, reader, count) ||
            !undo_distances(work->numbers, rows, count, column, integers))
            return false;
    for (size_t i = 0; i < count; i++)
        for (int column = 0; column < COLUMNS; column++)
            set_value(rows[i], column, (double) integers[i][column] / power);
    return true;
}

/*
 * Other numbers.
 */
static bool repeats_first(const davy_store_bucket *const *rows, size_t count, int column)
{
    for (size_t i = 0; i < count; i++)
        if (davy_double_bits(get_value(rows[i], column)) != davy_double_bits(rows[i]->first))
            return false;
    return column != FIRST;
}

static void put_plain(davy_codec_work *work, const davy_store_bucket *const *rows, size_t count,
                      davy_buffer *out)
{
    double values[DAVY_ROLLUP_ROWS_MAX];

    davy_rollup_put_byte(out, MODE_PLAIN);
    for (int column = 0; column < COLUMNS; column++) {
        davy_buffer coded = {0};

        if (repeats_first(rows, count, column)) {
            davy_rollup_put_byte(out, PLAIN_SAME);
            continue;
        }
        for (size_t i = 0; i < count; i++)
            values[i] = get_value(rows[i], column);
        davy_rollup_put_byte(out, PLAIN_CODEC);
        davy_rollup_put_byte(out, davy_codec_encode(work, values, count, &coded));
        davy_rollup_put_sized(out, &coded);
        davy_buffer_clear(&coded);
    }
}

static bool get_coded(davy_codec_work *work, davy_rollup_reader *reader, double *values,
                      size_t count)
{
    const int id = davy_rollup_get_byte(reader);
    const davy_codec *codec = id < 0 ? NULL : davy_codec_find((unsigned) id);
    size_t length = 0;
    const uint8_t *piece = davy_rollup_get_sized(reader, &length);

    return codec && piece && codec->decode(work, piece, length, values, count);
}

static bool get_plain(davy_codec_work *work, davy_rollup_reader *reader,
                      davy_store_bucket *const *rows, size_t count)
{
    double values[DAVY_ROLLUP_ROWS_MAX];

    for (int column = 0; column < COLUMNS; column++) {
        const int kind = davy_rollup_get_byte(reader);

        if (kind == PLAIN_SAME && column != FIRST) {
            for (size_t i = 0; i < count; i++)
                set_value(rows[i], column, rows[i]->first);
            continue;
        }
        if (kind != PLAIN_CODEC || !get_coded(work, reader, values, count))
            return false;
        for (size_t i = 0; i < count; i++)
            set_value(rows[i], column, values[i]);
    }
    return true;
}

void davy_rollup_put_values(davy_codec_work *work, const davy_store_bucket *const *rows,
                            size_t count, davy_buffer *out)
{
    if (!put_decimals(work, rows, count, out))
        put_plain(work, rows, count, out);
}

bool davy_rollup_get_values(davy_codec_work *work, davy_rollup_reader *reader,
                            davy_store_bucket *const *rows, size_t count)
{
    const int mode = davy_rollup_get_byte(reader);

    if (mode == MODE_PLAIN)
        return get_plain(work, reader, rows, count);
    /* An unknown number of decimals is the power 1, as in chunks. */
    return mode >= 0 && mode < MODE_PLAIN &&
           get_decimals(work, reader, (unsigned) mode, rows, count);
}
