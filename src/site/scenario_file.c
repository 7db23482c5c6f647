/* SPDX-License-Identifier: Apache-2.0 */
#include "core/buffer.h"
#include "core/file.h"
#include "site/faults.h"
#include "site/load.h"
#include "site/scenario_schema.h"
#include "site/schema.h"
#include "site/values.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file of one scenario, with the weather and, by name, the site it happens in. */

#define SCENARIO_FILE(field) offsetof(davy_scenario_file, field)
#define WEATHER(field)       offsetof(davy_scenario_weather, field)

/* One scenario is a page; its tree takes about ten times as much. */
#define FILE_MAX ((size_t) 1024 * 1024)
#define TREE_MAX ((size_t) 64 * 1024 * 1024)

#define AT_SITE "the site gives the origin; take one of them out"

static void read_stability(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    static const char *const classes[] = {"A", "B", "C", "D", "E", "F", NULL};
    const char *text = davy_site_scalar(reader, where, node, field);
    size_t index;

    if (text && strcmp(text, "G") == 0)
        davy_site_refuse(reader, where, node, "write F, and look at the lowest wind that is likely",
                         "class G has no coefficients: no set that davy has goes beyond F, and in "
                         "air so calm a plume has no direction");
    else if (text && davy_site_choose(reader, where, node, text, classes, &index))
        ((davy_scenario_weather *) object)->stability = *classes[index];
}

/* A wind of 0 has no direction and carries nothing: the least that masts tell is written. */
static const davy_site_field weather_fields[] = {
    {"wind", davy_site_read_quantity, WEATHER(wind), .with = "m/s", .low = 0.1, .high = 75,
     .write = "wind: 3 m/s"},
    {"wind_from", davy_site_read_number, WEATHER(wind_from), .low = 0, .high = 360,
     .write = "wind_from: 225"},
    {"height", davy_site_read_quantity, WEATHER(wind_height_m), .with = "m", .low = 1, .high = 300,
     .write = "height: 10 m"},
    {"stability", read_stability, .write = "stability: D"},
    {"temperature", davy_site_read_quantity, WEATHER(temperature_k), .with = "K", .low = 200,
     .high = 340, .write = "temperature: 20 Cel"},
    {"humidity", davy_site_read_quantity, WEATHER(humidity), .with = "1", .low = 0, .high = 1,
     .write = "humidity: 60 %"},
    {"radiation", davy_site_read_quantity, WEATHER(radiation), .with = "W/m2", .low = 0,
     .high = 1400, .write = "radiation: 400 W/m2"},
    {"cloud", davy_site_read_quantity, WEATHER(cloud), .with = "1", .low = 0, .high = 1,
     .write = "cloud: 50 %"},
    {"night", davy_site_read_boolean, WEATHER(night), .write = "night: true"},
    {"ground", davy_site_read_ground, WEATHER(urban), .write = "ground: urban"},
};

const davy_site_schema davy_site_schema_given_weather = {.what = "weather of a scenario file",
                                                         .fields = weather_fields,
                                                         .count =
                                                             DAVY_ARRAY_LENGTH(weather_fields)};

static void read_location(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_scenario_file *file = object;

    if (file->located) {
        davy_site_refuse(reader, where, node, AT_SITE, "'site' and 'location' are both given");
        return;
    }
    davy_site_read_pair(reader, where, node, field, object);
    if (fabs(file->latitude) > 90.0)
        davy_site_refuse(reader, where, node, "write [latitude, longitude] in degrees",
                         "a latitude of %g is not from -90 to 90", file->latitude);
    file->located = !isnan(file->latitude);
}

static void read_scenario(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_scenario *scenario = (davy_scenario *) ((char *) object + field->offset);

    scenario->line = node->line;
    davy_site_read_mapping(reader, where, node, &davy_site_schema_scenario, scenario);
}

static const davy_site_field file_fields[] = {
    {"site", davy_site_read_nothing, .write = "site: site.yaml"},
    {"location", read_location, SCENARIO_FILE(latitude), .low = -180.0, .high = 180.0,
     .write = "location: [30.657, 104.066]"},
    {"scenario", read_scenario, SCENARIO_FILE(scenario), .required = true,
     .write = "scenario: {name: T-101-leak, release: {kind: liquid hole, hole: 20 mm}}"},
    {"weather", davy_site_read_nested, SCENARIO_FILE(scenario.weather),
     .with = &davy_site_schema_given_weather, .write = "weather: {wind: 3 m/s, wind_from: 225}"},
    {"uncertain", davy_site_read_nested, SCENARIO_FILE(uncertain),
     .with = &davy_site_schema_uncertain, .write = "uncertain: {hole: [5 mm, 50 mm]}"},
};

/* A hole that a rate has no use for is drawn for nothing. */
static void check_file(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *object)
{
    const davy_yaml_node *uncertain = davy_yaml_get(node, "uncertain");
    const davy_scenario_release *release = &((davy_scenario_file *) object)->scenario.release;
    const bool hole =
        release->kind == DAVY_RELEASE_LIQUID_HOLE || release->kind == DAVY_RELEASE_GAS_HOLE;

    if (!uncertain || uncertain->kind != DAVY_YAML_MAPPING)
        return;
    if (davy_yaml_get(uncertain, "hole") && !hole)
        davy_site_refuse_key(reader, where, uncertain, "hole", "take it out",
                             "the release of this scenario has no hole");
    if (davy_yaml_get(uncertain, "rate") && release->kind != DAVY_RELEASE_RATE)
        davy_site_refuse_key(reader, where, uncertain, "rate", "take it out",
                             "the release of this scenario has no rate");
}

const davy_site_schema davy_site_schema_scenario_file = {.what = "scenario file",
                                                         .fields = file_fields,
                                                         .count = DAVY_ARRAY_LENGTH(file_fields),
                                                         .check = check_file};

/* The assets of a site that is read already, by their names. */
static davy_status name_assets(davy_site_reader *reader)
{
    const davy_site *site = reader->site;
    davy_status status = davy_names_init(&reader->assets, reader->scratch, site->asset_count);
    size_t first;

    if (status == DAVY_OK)
        status = davy_names_init(&reader->scenarios, reader->scratch, 1);
    for (size_t i = 0; i < site->asset_count && status == DAVY_OK; i++)
        (void) davy_names_add(&reader->assets, site->assets[i].name, i, &first);
    return status;
}

static void start_file(davy_scenario_file *file, const davy_site *site)
{
    file->scenario = davy_scenario_defaults;
    file->scenario.release = davy_scenario_release_defaults;
    file->uncertain = davy_scenario_uncertain_defaults;
    file->scenario.weather.urban = site->emergency.weather.urban;
    file->latitude = site->latitude;
    file->longitude = site->longitude;
    file->located = !isnan(site->latitude);
}

/* Readers keep what they read in the arena of a site: here that of a copy, beside the real one,
 * which does not change. */
static davy_status read_tree(const davy_yaml_node *root, const davy_site *site, davy_arena *scratch,
                             davy_scenario_file *file, davy_site_faults *faults)
{
    davy_site copy = *site;
    davy_site_reader reader = {
        .site = &copy, .scratch = scratch, .faults = faults, .signals = site->paths};

    davy_arena_init(&copy.arena, TREE_MAX);
    reader.texts.arena = &copy.arena;
    reader.status = name_assets(&reader);
    start_file(file, site);
    if (reader.status == DAVY_OK)
        davy_site_read_mapping(&reader, NULL, root, &davy_site_schema_scenario_file, file);
    if (reader.status == DAVY_OK && faults->count > 0)
        reader.status = davy_site_faults_fail(faults);
    if (reader.status == DAVY_OK)
        file->arena = copy.arena;
    else
        davy_arena_clear(&copy.arena);
    return reader.status;
}

static davy_status refuse(davy_site_faults *faults, const davy_yaml_node *node, const char *path,
                          const char *what, const char *remedy)
{
    davy_status status = davy_site_faults_add(faults, node ? node->line : 0,
                                              node ? node->column : 0, path, what, remedy);

    return status == DAVY_OK ? davy_site_faults_fail(faults) : status;
}

static davy_status parse_tree(const char *name, const char *text, size_t length,
                              davy_arena *scratch, davy_site_faults *faults,
                              const davy_yaml_node **root)
{
    davy_yaml_fault fault;
    davy_status status = davy_site_faults_start(name, faults);

    if (status != DAVY_OK)
        return status;
    if (length > FILE_MAX)
        return refuse(faults, NULL, "", "the file is longer than 1 MiB", "write one scenario");
    status = davy_yaml_parse(text, length, scratch, &fault, root);
    if (status != DAVY_ERR_INVALID)
        return status;
    status = davy_site_faults_add(faults, fault.line, fault.column, "", fault.what, fault.remedy);
    return status == DAVY_OK ? davy_site_faults_fail(faults) : status;
}

static const davy_site nowhere = {.latitude = NAN, .longitude = NAN, .timezone = "UTC"};

davy_status davy_scenario_parse(const char *name, const char *text, size_t length,
                                const davy_site *site, davy_scenario_file *file,
                                davy_site_faults *faults)
{
    const davy_yaml_node *root = NULL, *node;
    davy_arena scratch;
    davy_status status;

    davy_arena_init(&scratch, TREE_MAX);
    *file = (davy_scenario_file){0};
    status = parse_tree(name, text, length, &scratch, faults, &root);
    node = status == DAVY_OK ? davy_yaml_get(root, "site") : NULL;
    if (node)
        status = refuse(faults, node, "site", "a scenario that is sent names no file",
                        "take it out: it happens in the site in force");
    if (status == DAVY_OK)
        status = read_tree(root, site ? site : &nowhere, &scratch, file, faults);
    davy_arena_clear(&scratch);
    return status;
}

/* Its faults are told instead of those of the scenario, which would follow from them. */
static davy_status load_site(const char *path, const davy_yaml_node *node, davy_site **site,
                             davy_site_faults *faults)
{
    const char *slash = strrchr(path, '/');
    davy_site_faults found = {0};
    char beside[PATH_MAX];
    davy_status status;

    if (node->kind != DAVY_YAML_SCALAR || !*node->text || strlen(node->text) != node->length)
        return refuse(faults, node, "site", "this is not the path of a file",
                      "write for example 'site: site.yaml'");
    if (snprintf(beside, sizeof beside, "%.*s%s",
                 *node->text == '/' || !slash ? 0 : (int) (slash - path + 1), path,
                 node->text) >= (int) sizeof beside)
        return refuse(faults, node, "site", "the path is too long", "shorten it");
    status = davy_site_load(beside, &found, site);
    if (found.count > 0) {
        davy_site_faults_clear(faults);
        *faults = found;
        return status;
    }
    davy_site_faults_clear(&found);
    if (status == DAVY_ERR_IO || status == DAVY_ERR_NOT_FOUND) {
        status = refuse(faults, node, "site", davy_error(), "name a file beside this one");
    }
    return status;
}

davy_status davy_scenario_load(const char *path, davy_scenario_file *file, davy_site_faults *faults)
{
    const davy_yaml_node *root = NULL, *node;
    davy_site *site = NULL;
    davy_buffer text = {0};
    davy_arena scratch;
    davy_status status = davy_file_read(path, FILE_MAX, &text);

    davy_arena_init(&scratch, TREE_MAX);
    *file = (davy_scenario_file){0};
    if (status == DAVY_OK)
        status =
            parse_tree(path, text.bytes ? text.bytes : "", text.length, &scratch, faults, &root);
    node = status == DAVY_OK ? davy_yaml_get(root, "site") : NULL;
    if (node)
        status = load_site(path, node, &site, faults);
    if (status == DAVY_OK)
        status = read_tree(root, site ? site : &nowhere, &scratch, file, faults);
    if (status == DAVY_OK)
        file->site = site;
    else
        davy_site_destroy(site);
    davy_arena_clear(&scratch);
    davy_buffer_clear(&text);
    return status;
}

bool davy_scenario_is(const char *path)
{
    const davy_yaml_node *root;
    davy_yaml_fault fault;
    davy_buffer text = {0};
    davy_arena scratch;
    bool is = false;

    davy_arena_init(&scratch, TREE_MAX);
    if (davy_file_read(path, FILE_MAX, &text) == DAVY_OK &&
        davy_yaml_parse(text.bytes ? text.bytes : "", text.length, &scratch, &fault, &root) ==
            DAVY_OK)
        is = davy_yaml_get(root, "scenario") != NULL;
    davy_arena_clear(&scratch);
    davy_buffer_clear(&text);
    return is;
}

void davy_scenario_file_destroy(davy_scenario_file *file)
{
    davy_site_destroy(file->site);
    davy_arena_clear(&file->arena);
    *file = (davy_scenario_file){0};
}
