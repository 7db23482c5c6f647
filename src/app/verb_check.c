/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy check FILE.yaml`: tells every fault of a site or scenario file and changes nothing.
 */
#include "app/check_retention.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "hazard/impact/check.h"
#include "site/load.h"
#include "site/networks.h"
#include "site/scenario.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const davy_usage usage = {
    "check", "SITE.yaml | SCENARIO.yaml",
    "Check a site file, or a scenario file; tells every fault with line and remedy.",
    "With the data of a daemon at hand it also tells what the classes of retention would remove of "
    "them.\n"};

struct settings {
    const char *data;
    bool json;
};

/* What both kinds of file are told by. */
static int tell(const struct settings *settings, davy_status status, davy_site_faults *faults,
                const char *fine)
{
    int code = davy_status_exit_code(status);

    if (settings->json && (status == DAVY_OK || faults->count > 0))
        code = davy_print_json(davy_site_faults_json(faults)) == DAVY_OK ? code : EX_OSERR;
    else if (status == DAVY_OK)
        (void) printf("%s\n", fine);
    else if (faults->count > 0)
        davy_site_faults_print(faults, stdout, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
    else
        code = davy_verb_fail("check", status);
    davy_site_faults_clear(faults);
    return code;
}

static int check_scenario(const struct settings *settings, const char *path)
{
    davy_site_faults faults = {0};
    davy_scenario_file file = {0};
    davy_status status = davy_scenario_load(path, &file, &faults);
    char fine[PATH_MAX + 256] = "";
    int code;

    if (status == DAVY_OK)
        status = davy_scenario_check(&file.scenario, "scenario.chemical", &faults);
    if (status == DAVY_OK)
        (void) snprintf(fine, sizeof fine, "%s: no faults; scenario %.120s", path,
                        file.scenario.name);
    code = tell(settings, status, &faults, fine);
    davy_scenario_file_destroy(&file);
    return code;
}

/* Networks that are named in a remark. */
enum { NAMED = 4 };

/* Roads that no stretch joins are no fault, and seldom meant. */
static void remark_roads(const davy_site *site)
{
    davy_site_network networks[NAMED];
    davy_arena scratch;
    size_t count = 0;

    davy_arena_init(&scratch, 0);
    if (davy_site_networks(&site->emergency, &scratch, networks, NAMED, &count) == DAVY_OK &&
        count > 1) {
        (void) printf("remark: the roads are %zu networks that no stretch joins:", count);
        for (size_t i = 0; i < count && i < NAMED; i++)
            (void) printf("%s '%s' with %zu junction%s", i > 0 ? "," : "", networks[i].first,
                          networks[i].junctions, networks[i].junctions == 1 ? "" : "s");
        (void) printf("%s; nobody is sent from one to another\n", count > NAMED ? " and more" : "");
    }
    davy_arena_clear(&scratch);
}

static int check_site(const struct settings *settings, const char *path)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    davy_status status = davy_site_load(path, &faults, &site);
    char fine[PATH_MAX + 256] = "";
    int code;

    if (status == DAVY_OK)
        status = davy_scenarios_check(site, &faults);
    if (status == DAVY_OK)
        (void) snprintf(
            fine, sizeof fine, "%s: no faults; %zu sources, %zu assets, %zu signals, %zu detectors",
            path, site->source_count, site->asset_count, site->signal_count, site->detector_count);
    code = tell(settings, status, &faults, fine);
    if (status == DAVY_OK && !settings->json)
        remark_roads(site);
    if (status == DAVY_OK && !settings->json)
        davy_check_retention(site, settings->data, stdout);
    davy_site_destroy(site);
    return code;
}

static int check_file(void *context, const davy_option_list *words)
{
    return davy_scenario_is(words->items[0]) ? check_scenario(context, words->items[0])
                                             : check_site(context, words->items[0]);
}

static int check(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print the faults as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv, check_file,
                          &settings);
}

const davy_verb davy_verb_check = {"check", "tell every fault of a site or scenario file", check};
