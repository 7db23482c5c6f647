/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/status.h"
#include "site/emergency.h"

/**
 * @file
 * Scenario: a release, fire or explosion to be computed, as `scenarios` of a site file or a file of
 * its own says it.
 *
 * Stage: site. It says what is asked, in SI units; src/hazard computes it. NaN is what the file
 * does not say: the asset, the table of chemicals, the weather station, or nobody says it.
 */

/** Most levels one scenario asks for. */
#define DAVY_SCENARIO_ENDPOINTS_MAX ((size_t) 16)

typedef enum davy_release_kind {
    DAVY_RELEASE_LIQUID_HOLE, /* hole, in the liquid */
    DAVY_RELEASE_GAS_HOLE,    /* hole, in the gas */
    DAVY_RELEASE_RATE,        /* rate, for duration */
    DAVY_RELEASE_ALL,         /* the whole amount at once: a vessel that bursts, a BLEVE */
    DAVY_RELEASE_POOL,        /* the amount lies on the ground and evaporates */
    DAVY_RELEASE_CHARGE       /* an explosive of `amount` detonates */
} davy_release_kind;

typedef enum davy_congestion {
    DAVY_CONGESTION_LOW,
    DAVY_CONGESTION_MEDIUM,
    DAVY_CONGESTION_HIGH
} davy_congestion;

typedef struct davy_scenario_release {
    davy_release_kind kind;
    double hole_m;        /* diameter */
    double rate_kg_s;     /* RATE */
    double duration_s;    /* NaN: until the amount is gone */
    double height_m;      /* of the release above the ground; 0 when not given */
    double pressure_pa;   /* absolute, inside */
    double temperature_k; /* inside */
    double head_m;        /* of liquid above the hole */
    double pool_m2;       /* area of the dike */
    double pool_depth_m;  /* of a pool without one */
    double volume_m3;     /* congested, for an explosion of its cloud; NaN: the cloud's own */
    davy_congestion congestion;
    double tnt_yield; /* share of the energy in the blast; 0.03 when not given (see docs) */
} davy_scenario_release;

/** Weather as it is given; NaN or 0 where it is not. */
typedef struct davy_scenario_weather {
    double wind;          /* m/s at `wind_height_m` */
    double wind_height_m; /* 10 when not given */
    double wind_from;     /* degrees from north */
    char stability;       /* 'A' to 'F'; 0: from sun, cloud and night */
    double temperature_k;
    double humidity;  /* 0 to 1 */
    double radiation; /* W/m2 */
    double cloud;     /* 0 to 1 */
    bool night;
    bool urban;
} davy_scenario_weather;

typedef enum davy_endpoint_quantity {
    DAVY_ENDPOINT_TOXIC,    /* level in kg/m3, or a fraction of the volume: see `fraction` */
    DAVY_ENDPOINT_HEAT,     /* W/m2 */
    DAVY_ENDPOINT_BLAST,    /* Pa of overpressure */
    DAVY_ENDPOINT_FLAMMABLE /* share of the lower explosive limit */
} davy_endpoint_quantity;

/** A level somebody asks for beside those that davy knows of the substance. */
typedef struct davy_scenario_endpoint {
    davy_endpoint_quantity quantity;
    const char *name; /* "AEGL-2 60 min": of the table when `level` is NaN */
    double level;     /* SI; toxic: fraction of the volume */
} davy_scenario_endpoint;

typedef struct davy_scenario {
    const char *name;
    const char *title;    /* NULL for none */
    size_t asset;         /* index into assets; SIZE_MAX: none */
    double east, north;   /* of the source */
    const char *chemical; /* name, CAS or UN number, as written; of the asset when not given */
    double amount_kg;     /* the most there is; of the asset when not given */
    davy_scenario_release release;
    davy_scenario_weather weather;
    davy_scenario_endpoint endpoints[DAVY_SCENARIO_ENDPOINTS_MAX];
    size_t endpoint_count;
    /* Live: patterns over keys of conditions and names of detectors, joined by commas, any of whose
     * alarms starts it; NULL: a person does. */
    const char *when;
    double frequency; /* of the release, per year, before any alarm; NaN: not given */
    size_t line;
} davy_scenario;

/** Where a figure may lie, when nobody knows it; NaN: it is known. */
typedef struct davy_scenario_range {
    double low, likely, high; /* likely: NaN when none of them is likelier */
} davy_scenario_range;

/** A weather that may be: how fast the wind is goes with its class. */
typedef struct davy_scenario_weather_row {
    char stability;
    davy_scenario_range wind; /* m/s, 10 m above the ground */
    double share;             /* of the time; those of all rows add up to 1 */
} davy_scenario_weather_row;

/** Most of them: six classes, six speeds. */
#define DAVY_SCENARIO_WEATHER_ROWS_MAX ((size_t) 36)

/** What is not known of a scenario, for draws between two ends. */
typedef struct davy_scenario_uncertain {
    bool given;
    davy_scenario_range hole; /* m */
    davy_scenario_range rate; /* kg/s */
    davy_scenario_range fill; /* share of the amount, and of the head */
    davy_scenario_weather_row weather[DAVY_SCENARIO_WEATHER_ROWS_MAX];
    size_t weather_count; /* 0: the weather is known */
} davy_scenario_uncertain;

/** A file of one scenario. */
typedef struct davy_scenario_file {
    davy_arena arena;
    davy_scenario scenario;
    davy_scenario_uncertain uncertain;
    struct davy_site *site; /* of `site: FILE`, relative to the file; NULL: none */
    bool located;           /* the origin of its metres is known */
    double latitude, longitude;
} davy_scenario_file;

struct davy_site_faults;

/**
 * Read a scenario file:
 *
 *     site: site.yaml                      # or location: [30.657, 104.066]
 *     scenario: {name: T-101 leaks, asset: T-101, release: {kind: liquid hole, hole: 20 mm}, ...}
 *     weather: {wind: 3 m/s, wind_from: 225, stability: D, temperature: 20 Cel}
 *
 * @param faults  all of them, with line, column, path and remedy; those of the site file when it
 *                has any
 * @return DAVY_ERR_INVALID with at least one fault
 */
DAVY_MUST_CHECK davy_status davy_scenario_load(const char *path, davy_scenario_file *file,
                                               struct davy_site_faults *faults);

/**
 * The same from memory, for what a peer sends: a key `site` is a fault.
 *
 * @param name  of the text, in faults
 * @param site  it happens in; file->scenario.asset is of it, and file->site stays NULL. NULL: none
 */
DAVY_MUST_CHECK davy_status davy_scenario_parse(const char *name, const char *text, size_t length,
                                                const struct davy_site *site,
                                                davy_scenario_file *file,
                                                struct davy_site_faults *faults);

/** Is this the path of a scenario file: of YAML with a key `scenario`? False for what cannot be
 * read.
 */
bool davy_scenario_is(const char *path);

/** NULL texts and a zeroed file are fine. */
void davy_scenario_file_destroy(davy_scenario_file *file);
