/* SPDX-License-Identifier: Apache-2.0 */
#include "site/scenario_schema.h"

#include "core/quantity.h"
#include "core/sample.h"
#include "site/values.h"

#include <math.h>
#include <stdio.h>

/* What escapes: a hole, a rate, all at once, a pool, a charge. */

#define RELEASE(field) offsetof(davy_scenario_release, field)

/* The standard atmosphere, added to a pressure that is written as gauge pressure. */
#define ATMOSPHERE_PA 101325.0

#define KIND(kind) (1U << DAVY_RELEASE_##kind)
#define HOLES      (KIND(LIQUID_HOLE) | KIND(GAS_HOLE))
#define ESCAPES    (HOLES | KIND(RATE) | KIND(ALL))
#define CLOUDS     (ESCAPES | KIND(POOL))

static const char *const kinds[] = {"liquid hole", "gas hole", "rate", "all",
                                    "pool",        "charge",   NULL};
static const char *const congestions[] = {"low", "medium", "high", NULL};

static void read_seconds(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    int64_t ns;

    if (!text)
        return;
    if (davy_duration_parse(text, &ns) == DAVY_OK)
        davy_site_take_quantity(reader, where, node, field, text, (double) ns / DAVY_NS_PER_S,
                                object);
    else
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is not a duration with a unit",
                               text);
}

/* "7 bar" and "7 bar{absolute}" are absolute, "6 barg" is above the atmosphere. */
static void read_pressure(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    double value;

    if (!text)
        return;
    if (davy_site_quantity(text, "Pa{gauge}", &value))
        value += ATMOSPHERE_PA;
    else if (!davy_site_quantity(text, "Pa", &value) &&
             !davy_site_quantity(text, "Pa{absolute}", &value)) {
        davy_site_refuse_value(reader, where, node, field,
                               "'%.60s' is not a pressure with a unit like bar, kPa or barg", text);
        return;
    }
    davy_site_take_quantity(reader, where, node, field, text, value, object);
}

/* Which keys mean something for which kinds. */
static const struct {
    const char *key;
    unsigned kinds, needed;
} uses[] = {
    {"hole", HOLES, HOLES},
    {"rate", KIND(RATE), KIND(RATE)},
    {"duration", HOLES | KIND(RATE) | KIND(POOL), 0},
    {"height", ESCAPES, 0},
    {"pressure", HOLES | KIND(ALL), 0},
    {"temperature", CLOUDS, 0},
    {"head", KIND(LIQUID_HOLE), 0},
    {"dike", CLOUDS & ~KIND(GAS_HOLE), 0},
    {"depth", CLOUDS & ~KIND(GAS_HOLE), 0},
    {"volume", CLOUDS, 0},
    {"congestion", CLOUDS, 0},
    {"yield", CLOUDS, 0},
};

static void check_release(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, void *object)
{
    const davy_scenario_release *release = object;
    const davy_yaml_node *kind = davy_yaml_get(node, "kind");
    const unsigned bit = 1U << release->kind;

    if (!kind || !davy_yaml_is(kind, kinds[release->kind]))
        return; /* told already */
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(uses); i++) {
        const bool given = davy_yaml_get(node, uses[i].key) != NULL;

        if (given && !(uses[i].kinds & bit))
            davy_site_refuse_key(reader, where, node, uses[i].key, "take it out",
                                 "'%s' means nothing for a release of kind '%s'", uses[i].key,
                                 kinds[release->kind]);
        else if (!given && (uses[i].needed & bit))
            davy_site_refuse(reader, where, node, "say how large it is",
                             "a release of kind '%s' needs '%s'", kinds[release->kind],
                             uses[i].key);
    }
    if (davy_yaml_get(node, "dike") && davy_yaml_get(node, "depth"))
        davy_site_refuse_key(reader, where, node, "depth", "keep one",
                             "'dike' and 'depth' both say how far the pool spreads");
}

/* Bounds keep out what is no plant at all; what a model holds for is the model's to say. */
static const davy_site_field release_fields[] = {
    {"kind", davy_site_read_choice, RELEASE(kind), .required = true, .with = kinds,
     .write = "kind: liquid hole"},
    {"hole", davy_site_read_quantity, RELEASE(hole_m), .with = "m", .low = 1e-4, .high = 2,
     .write = "hole: 20 mm"},
    {"rate", davy_site_read_quantity, RELEASE(rate_kg_s), .with = "kg/s", .low = 1e-6, .high = 1e5,
     .write = "rate: 2 kg/s"},
    {"duration", read_seconds, RELEASE(duration_s), .with = "s", .low = 1, .high = 30 * 86400.0,
     .write = "duration: 30 min"},
    {"height", davy_site_read_quantity, RELEASE(height_m), .with = "m", .low = 0, .high = 500,
     .write = "height: 1 m"},
    {"pressure", read_pressure, RELEASE(pressure_pa), .with = "Pa", .low = 1e3, .high = 2e8,
     .write = "pressure: 7 bar"},
    {"temperature", davy_site_read_quantity, RELEASE(temperature_k), .with = "K", .low = 20,
     .high = 2000, .write = "temperature: 20 Cel"},
    {"head", davy_site_read_quantity, RELEASE(head_m), .with = "m", .low = 0, .high = 100,
     .write = "head: 3 m"},
    {"dike", davy_site_read_quantity, RELEASE(pool_m2), .with = "m2", .low = 0.1, .high = 1e6,
     .write = "dike: 200 m2"},
    {"depth", davy_site_read_quantity, RELEASE(pool_depth_m), .with = "m", .low = 1e-3, .high = 10,
     .write = "depth: 1 cm"},
    {"volume", davy_site_read_quantity, RELEASE(volume_m3), .with = "m3", .low = 1, .high = 1e7,
     .write = "volume: 500 m3"},
    {"congestion", davy_site_read_choice, RELEASE(congestion), .with = congestions,
     .write = "congestion: medium"},
    {"yield", davy_site_read_quantity, RELEASE(tnt_yield), .with = "1", .low = 1e-3, .high = 1,
     .write = "yield: 3 %"},
};

const davy_site_schema davy_site_schema_release = {.what = "release",
                                                   .fields = release_fields,
                                                   .count = DAVY_ARRAY_LENGTH(release_fields),
                                                   .check = check_release};

/* Yields of 1 % to 10 % are in use for clouds in the open, and 3 % is usual: docs/site.md. */
const davy_scenario_release davy_scenario_release_defaults = {.hole_m = NAN,
                                                              .rate_kg_s = NAN,
                                                              .duration_s = NAN,
                                                              .pressure_pa = NAN,
                                                              .temperature_k = NAN,
                                                              .head_m = NAN,
                                                              .pool_m2 = NAN,
                                                              .pool_depth_m = NAN,
                                                              .volume_m3 = NAN,
                                                              .congestion = DAVY_CONGESTION_MEDIUM,
                                                              .tnt_yield = 0.03};
