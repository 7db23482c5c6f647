/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_sweep.h"

#include "app/table_print.h"
#include "app/verb.h"
#include "hazard/impact/check.h"
#include "respond/sweep/gather.h"
#include "respond/sweep/sweep.h"
#include "site/faults.h"
#include "site/scenario.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* "554" in metres; "beyond" where no model vouches for a distance. */
static const char *show_distance(double distance, char text[32])
{
    if (isnan(distance))
        return NULL;
    if (isinf(distance))
        return "beyond";
    (void) snprintf(text, 32, "%.0f", distance);
    return text;
}

static davy_status print_figures(davy_print *print, const davy_sweep *sweep,
                                 const davy_sweep_row *row, size_t sector)
{
    char hours[32], median[32], high[32], worst[32];
    davy_sweep_figures figures;
    davy_status status = davy_sweep_figures_of(sweep, row, sector, &figures);

    if (status != DAVY_OK || (sector != SIZE_MAX && figures.hours == 0))
        return status;
    (void) snprintf(hours, sizeof hours, "%zu", figures.hours);
    return davy_print_row(
        print, (const char *const[]){davy_effect_name(row->effect), row->endpoint,
                                     sector == SIZE_MAX ? "all" : davy_sweep_sector_name(sector),
                                     hours, show_distance(figures.median, median),
                                     show_distance(figures.high, high),
                                     show_distance(figures.worst, worst)});
}

static davy_status print_sweep(const davy_sweep *sweep)
{
    static const davy_print_column columns[] = {
        {"effect", false, false}, {"endpoint", false, false}, {"towards", false, false},
        {"hours", true, true},    {"median m", true, true},   {"95 % m", true, true},
        {"worst m", true, true},
    };
    davy_print *print = NULL;
    davy_status status =
        davy_print_create("levels", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    for (size_t i = 0; i < sweep->row_count && status == DAVY_OK; i++) {
        status = print_figures(print, sweep, &sweep->rows[i], SIZE_MAX);
        for (size_t sector = 0; sector < DAVY_SWEEP_SECTORS && status == DAVY_OK; sector++)
            status = print_figures(print, sweep, &sweep->rows[i], sector);
    }
    davy_print_finish(print);
    (void) printf("%zu hours of weather; %zu without wind are left out\n", sweep->used,
                  sweep->silent);
    return status;
}

static davy_status sweep_hours(const davy_impact_sweep *wanted, const davy_scenario_file *file,
                               const davy_sweep_hour *hours, size_t count)
{
    const davy_impact_input input = {.scenario = &file->scenario,
                                     .site = file->site,
                                     .latitude = file->located ? file->latitude : NAN,
                                     .longitude = file->located ? file->longitude : NAN,
                                     .day = true,
                                     .likelihood = NAN};
    davy_sweep sweep = {0};
    davy_buffer out = {0};
    davy_status status = davy_sweep_run(&input, hours, count, &sweep);

    if (status == DAVY_OK && wanted->json)
        status = davy_sweep_json(&sweep, &out);
    else if (status == DAVY_OK)
        status = print_sweep(&sweep);
    if (status == DAVY_OK && wanted->json)
        (void) printf("%s\n", out.bytes);
    davy_buffer_clear(&out);
    davy_sweep_clear(&sweep);
    return status;
}

static davy_status sweep_file(const davy_impact_sweep *wanted, const davy_scenario_file *file)
{
    const davy_store_options read_only = {.read_only = true};
    davy_sweep_hour *hours = NULL;
    davy_store *store = NULL;
    size_t count = 0;
    davy_status status;

    if (!file->site)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%s' names no site: its 'weather' says which signals the station has",
                         wanted->path);
    status = davy_store_open(wanted->data, &read_only, &store);
    if (status == DAVY_OK)
        status =
            davy_sweep_gather(store, file->site, wanted->from_ns, wanted->to_ns, &hours, &count);
    davy_store_close(store);
    if (status == DAVY_OK)
        status = sweep_hours(wanted, file, hours, count);
    free(hours);
    return status;
}

int davy_impact_sweep_print(const davy_impact_sweep *wanted)
{
    davy_site_faults faults = {0};
    davy_scenario_file file = {0};
    davy_status status = davy_scenario_load(wanted->path, &file, &faults);

    if (status == DAVY_OK)
        status = davy_scenario_check(&file.scenario, "scenario.chemical", &faults);
    if (status == DAVY_OK)
        status = sweep_file(wanted, &file);
    davy_scenario_file_destroy(&file);
    return davy_verb_faults("impact", status, &faults);
}
