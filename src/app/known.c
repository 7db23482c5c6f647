/* SPDX-License-Identifier: Apache-2.0 */
#include "app/known.h"

#include "core/csv.h"
#include "data/molecules.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* How often one environment is in a molecule. Most of the 2,048 are in none. */
typedef struct part {
    uint16_t environment, count;
} part;

typedef struct row {
    char *smiles;     /* canonical */
    json_t *measured; /* what the other columns say, and where */
    part *parts;
    size_t part_count;
} row;

struct davy_known {
    const davy_option_list *files;
    pthread_mutex_t lock; /* over reading */
    row *rows;            /* as of `read` they do not change */
    size_t count, capacity;
    bool read;
};

/* ---------------------------------------------------------------------------------- reading */

static void clear_rows(davy_known *known)
{
    for (size_t i = 0; i < known->count; i++) {
        free(known->rows[i].smiles);
        free(known->rows[i].parts);
        json_decref(known->rows[i].measured);
    }
    free(known->rows);
    known->rows = NULL;
    known->count = known->capacity = 0;
}

/* What the other columns of a row say; empty cells say nothing. */
static json_t *measured_of(const davy_csv *csv, const char *const *fields, size_t smiles)
{
    size_t count;
    const char *const *header = davy_csv_header(csv, &count);
    json_t *values = json_object();

    for (size_t i = 0; i < count; i++)
        if (i != smiles && fields[i][0])
            (void) json_object_set_new(values, header[i], json_string(fields[i]));
    return json_pack("{s:s, s:I, s:o}", "file", davy_csv_path(csv), "line",
                     (json_int_t) davy_csv_line(csv), "values", values);
}

static davy_status grow(davy_known *known)
{
    size_t capacity = known->capacity ? 2 * known->capacity : 1024;
    row *grown;

    if (known->count < known->capacity)
        return DAVY_OK;
    grown = realloc(known->rows, capacity * sizeof *grown);
    if (!grown)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu molecules", capacity);
    known->rows = grown;
    known->capacity = capacity;
    return DAVY_OK;
}

static davy_status take_parts(row *one, const uint16_t counts[DAVY_MORGAN_SIZE])
{
    for (size_t i = 0; i < DAVY_MORGAN_SIZE; i++)
        one->part_count += counts[i] > 0;
    one->parts = malloc((one->part_count + 1) * sizeof *one->parts);
    if (!one->parts)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a molecule");
    one->part_count = 0;
    for (size_t i = 0; i < DAVY_MORGAN_SIZE; i++)
        if (counts[i] > 0)
            one->parts[one->part_count++] = (part){(uint16_t) i, counts[i]};
    return DAVY_OK;
}

static davy_status add_row(davy_known *known, const davy_molecule *molecule, json_t *measured)
{
    uint16_t counts[DAVY_MORGAN_SIZE];
    row one = {.measured = measured};
    davy_status status = grow(known);

    if (status == DAVY_OK)
        status = davy_molecule_fingerprint(molecule, counts);
    if (status == DAVY_OK)
        status = take_parts(&one, counts);
    if (status == DAVY_OK && !(one.smiles = strdup(davy_molecule_describe(molecule)->smiles)))
        status = davy_fail(DAVY_ERR_NOMEM, "no memory for a molecule");
    if (status != DAVY_OK) {
        free(one.parts);
        json_decref(measured);
        return status;
    }
    known->rows[known->count++] = one;
    return DAVY_OK;
}

/* A cell that is no molecule is passed over: the file is somebody's collection. */
static davy_status read_rows(davy_known *known, davy_csv *csv, size_t smiles)
{
    const char *const *fields;
    davy_status status;

    while ((status = davy_csv_next(csv, &fields)) == DAVY_OK && fields) {
        davy_molecule *molecule = NULL;
        davy_molecule_fault fault;

        status =
            davy_molecule_read(fields[smiles], davy_csv_lengths(csv)[smiles], &molecule, &fault);
        if (status == DAVY_OK)
            status = add_row(known, molecule, measured_of(csv, fields, smiles));
        else if (status == DAVY_ERR_INVALID)
            status = DAVY_OK;
        davy_molecule_destroy(molecule);
        if (status != DAVY_OK)
            return status;
    }
    return status;
}

/* @param known  NULL: only look whether it can be read */
static davy_status read_file(davy_known *known, const char *path)
{
    davy_csv *csv = NULL;
    size_t smiles = 0;
    davy_status status = davy_csv_open(path, &csv);

    if (status == DAVY_OK)
        status = davy_csv_column(csv, DAVY_MOLECULES_COLUMN, &smiles);
    if (status == DAVY_OK && known)
        status = read_rows(known, csv, smiles);
    davy_csv_close(csv);
    return status;
}

static davy_status read_once(davy_known *known)
{
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&known->lock);
    for (size_t i = 0; i < known->files->count && status == DAVY_OK && !known->read; i++)
        status = read_file(known, known->files->items[i]);
    if (status == DAVY_OK)
        known->read = true;
    else
        clear_rows(known);
    pthread_mutex_unlock(&known->lock);
    return status;
}

davy_status davy_known_create(const davy_option_list *files, davy_known **out)
{
    davy_known *known;

    for (size_t i = 0; i < files->count; i++) {
        davy_status status = read_file(NULL, files->items[i]);

        if (status != DAVY_OK)
            return status;
    }
    known = calloc(1, sizeof *known);
    if (!known)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for known molecules");
    known->files = files;
    pthread_mutex_init(&known->lock, NULL);
    *out = known;
    return DAVY_OK;
}

void davy_known_destroy(davy_known *known)
{
    if (!known)
        return;
    clear_rows(known);
    pthread_mutex_destroy(&known->lock);
    free(known);
}

/* -------------------------------------------------------------------------------- searching */

typedef struct neighbour {
    double similarity;
    const row *row;   /* NULL: none */
    json_t *measured; /* of all rows that are this molecule */
} neighbour;

/* Tanimoto's coefficient of counts: what both have, by what either has. */
static double similarity_of(const uint16_t wanted[DAVY_MORGAN_SIZE], unsigned sum, const row *one)
{
    unsigned both = 0, either = sum;

    for (size_t i = 0; i < one->part_count; i++) {
        const unsigned a = wanted[one->parts[i].environment], b = one->parts[i].count;

        both += a < b ? a : b;
        either += b > a ? b - a : 0;
    }
    return either ? (double) both / either : 0;
}

/* The same molecule, of a row before. */
static neighbour *twin_of(neighbour *nearest, const row *one)
{
    for (size_t i = 0; i < DAVY_KNOWN_NEAREST && nearest[i].row; i++)
        if (strcmp(nearest[i].row->smiles, one->smiles) == 0)
            return &nearest[i];
    return NULL;
}

/* The place of a molecule among the nearest; DAVY_KNOWN_NEAREST: behind them. */
static size_t place_of(const neighbour *nearest, double similarity)
{
    size_t place = 0;

    while (place < DAVY_KNOWN_NEAREST && nearest[place].row &&
           nearest[place].similarity >= similarity)
        place++;
    return place;
}

static void compare(neighbour *nearest, double similarity, const row *one)
{
    size_t place = place_of(nearest, similarity);
    neighbour *twin = twin_of(nearest, one);

    if (twin) {
        (void) json_array_append_new(twin->measured, json_deep_copy(one->measured));
        return;
    }
    if (place == DAVY_KNOWN_NEAREST)
        return;
    json_decref(nearest[DAVY_KNOWN_NEAREST - 1].measured);
    for (size_t i = DAVY_KNOWN_NEAREST - 1; i > place; i--)
        nearest[i] = nearest[i - 1];
    nearest[place] = (neighbour){similarity, one, json_pack("[o]", json_deep_copy(one->measured))};
}

/* Takes what the neighbours hold. */
static json_t *list_of(neighbour *nearest)
{
    json_t *list = json_array();

    for (size_t i = 0; i < DAVY_KNOWN_NEAREST && nearest[i].row; i++)
        (void) json_array_append_new(
            list, json_pack("{s:s, s:f, s:o}", "smiles", nearest[i].row->smiles, "similarity",
                            nearest[i].similarity, "measured", nearest[i].measured));
    return list;
}

davy_status davy_known_nearest(davy_known *known, const davy_molecule *molecule, json_t **out)
{
    neighbour nearest[DAVY_KNOWN_NEAREST] = {0};
    uint16_t wanted[DAVY_MORGAN_SIZE];
    unsigned sum = 0;
    davy_status status = read_once(known);

    if (status == DAVY_OK)
        status = davy_molecule_fingerprint(molecule, wanted);
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < DAVY_MORGAN_SIZE; i++)
        sum += wanted[i];
    for (size_t i = 0; i < known->count; i++)
        compare(nearest, similarity_of(wanted, sum, &known->rows[i]), &known->rows[i]);
    *out = json_pack("{s:I, s:b, s:o}", "rows", (json_int_t) known->count, "inside",
                     nearest[0].row && nearest[0].similarity >= DAVY_KNOWN_SIMILAR, "nearest",
                     list_of(nearest));
    return DAVY_OK;
}
