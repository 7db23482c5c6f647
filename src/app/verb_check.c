/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy check SITE.yaml`: tells every fault of a site file and changes nothing.
 */
#include "app/table_print.h"
#include "app/verb.h"
#include "site/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const davy_usage usage = {
    "check", "SITE.yaml", "Check a site file; tells every fault with line and remedy.", NULL};

struct settings {
    bool json;
};

static int check_site(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    davy_status status = davy_site_load(words->items[0], &faults, &site);
    int code = davy_status_exit_code(status);

    if (settings->json && (status == DAVY_OK || faults.count > 0))
        code = davy_print_json(davy_site_faults_json(&faults)) == DAVY_OK ? code : EX_OSERR;
    else if (status == DAVY_OK)
        (void) printf("%s: no faults; %zu sources, %zu assets, %zu signals, %zu detectors\n",
                      words->items[0], site->source_count, site->asset_count, site->signal_count,
                      site->detector_count);
    else if (faults.count > 0)
        davy_site_faults_print(&faults, stdout, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
    else
        code = davy_verb_fail("check", status);
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
    return code;
}

static int check(int argc, char **argv)
{
    struct settings settings = {0};
    const davy_option options[] = {
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print the faults as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv, check_site,
                          &settings);
}

const davy_verb davy_verb_check = {"check", "tell every fault of a site file", check};
