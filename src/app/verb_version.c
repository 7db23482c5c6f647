/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy version`: the version, and the libraries that are in.
 */
#include "app/table_print.h"
#include "app/verb.h"
#include "data/molecule.h"
#include "hazard/zone/ring.h"
#include "models/kinds/booster.h"
#include "models/kinds/support.h"
#include "respond/dispatch/optimum.h"

#include <curl/curl.h>
#include <jansson.h>
#include <microhttpd.h>
#include <modbus.h>
#include <mosquitto.h>
#include <sodium.h>
#include <spng.h>
#include <sqlite3.h>
#include <stdio.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>

#include <jconfig.h>

/* libjpeg-turbo says its version in numbers without quotes. */
#define TEXT_OF(words)    TEXT_OF_IT(words)
#define TEXT_OF_IT(words) #words

static const davy_usage usage = {"version", "", "Print davy's version and its parts.", NULL};

struct settings {
    bool json;
};

static const char *mosquitto_version(void)
{
    static char text[32];
    int major, minor, revision;

    (void) mosquitto_lib_version(&major, &minor, &revision);
    (void) snprintf(text, sizeof text, "%d.%d.%d", major, minor, revision);
    return text;
}

static int print_version(void *context, const davy_option_list *words)
{
    static const davy_print_column columns[] = {{"part", false, false}, {"version", false, false}};
    const struct settings *settings = context;
    const char *const parts[][2] = {
        {"davy", DAVY_VERSION},
        {"SQLite", sqlite3_libversion()},
        {"zstd", ZSTD_versionString()},
        {"zlib", zlibVersion()},
        {"libmicrohttpd", MHD_get_version()},
        {"libcurl", curl_version_info(CURLVERSION_NOW)->version},
        {"jansson", jansson_version_str()},
        {"libsodium", sodium_version_string()},
        {"libjpeg-turbo", TEXT_OF(LIBJPEG_TURBO_VERSION)},
        {"libspng", spng_version_string()},
#ifdef DAVY_HAVE_LIBSVM
        {"libsvm", davy_support_version()},
#endif
#ifdef DAVY_HAVE_XGBOOST
        {"XGBoost", davy_booster_version()},
#endif
        {"RDKit", davy_molecule_version()},
        {"GEOS", davy_ring_geos_version()},
        {"COIN-OR Cbc", davy_optimum_version()},
        {"libyaml", yaml_get_version_string()},
        {"libmodbus", LIBMODBUS_VERSION_STRING},
        {"libmosquitto", mosquitto_version()},
    };
    davy_print *print;
    davy_status status;

    (void) words;
    status =
        davy_print_create("parts", columns, DAVY_ARRAY_LENGTH(columns), settings->json, &print);
    if (status != DAVY_OK)
        return davy_verb_fail("version", status);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts) && status == DAVY_OK; i++)
        if (parts[i][1][0]) /* "": it is not in this build */
            status = davy_print_row(print, parts[i]);
    davy_print_finish(print);
    return davy_status_exit_code(status);
}

static int version(int argc, char **argv)
{
    struct settings settings = {0};
    const davy_option options[] = {
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 0, argc, argv,
                          print_version, &settings);
}

const davy_verb davy_verb_version = {"version", "print the version and the parts that are in",
                                     version};
