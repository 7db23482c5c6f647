/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/csv_words.h"
#include "core/sample.h"
#include "core/status.h"
#include "site/emergency.h"
#include "site/names.h"
#include "site/retention.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The plant as `site.yaml` describes it: sources, assets with their signals, detectors, resources,
 * and who is told of alarms.
 *
 * Stage: site. A site is read once, checked whole (site/load.h tells all faults) and then never
 * changes: a reload makes a new one. All texts and arrays live in the site's arena and are borrowed
 * by everyone else until davy_site_destroy().
 */

/** Limits of one site: a plant of 100,000 signals has room, a runaway generator has not. */
#define DAVY_SITE_SIGNALS_MAX    ((size_t) 262144)
#define DAVY_SITE_ASSETS_MAX     ((size_t) 65536)
#define DAVY_SITE_SOURCES_MAX    ((size_t) 4096)
#define DAVY_SITE_DETECTORS_MAX  ((size_t) 4096)
#define DAVY_SITE_RESOURCES_MAX  ((size_t) 4096)
#define DAVY_SITE_RECEIVERS_MAX  ((size_t) 64) /* each has a thread */
#define DAVY_SITE_ROUTES_MAX     ((size_t) 1024)
#define DAVY_SITE_POSITIONS_MAX  ((size_t) 256)
#define DAVY_SITE_RULES_MAX      ((size_t) 1024)
#define DAVY_SITE_PROOFTESTS_MAX ((size_t) 64)
#define DAVY_SITE_FILE_MAX       ((size_t) 64 * 1024 * 1024)

/** Most signals of one detector: its model's matrices grow with the square of this. */
#define DAVY_SITE_DETECTOR_SIGNALS_MAX ((size_t) 4096)

/** Most assets that one asset feeds. */
#define DAVY_SITE_DOWNSTREAM_MAX ((size_t) 1024)

/** Most conditions of one proof test: each may take seconds. */
#define DAVY_SITE_PROOFTEST_CONDITIONS_MAX ((size_t) 1000)

/** Index that names no source. */
#define DAVY_SITE_NONE SIZE_MAX

/** The position that every site has: it looks after what belongs to no other. */
#define DAVY_SITE_POSITION      ((size_t) 0)
#define DAVY_SITE_POSITION_NAME "site"

/** One connection that delivers samples. Fields a kind does not use are NULL or 0. */
typedef struct davy_site_source {
    const char *name;
    const char *kind;          /* "replay", "lines", "modbus", "mqtt" */
    const char *address;       /* modbus "tcp://host:502", mqtt "mqtt://host:1883"; NULL else */
    const char *const *topics; /* mqtt: subscriptions; those of its signals when none are given */
    size_t topic_count;
    const char *format;       /* mqtt: "number", "json" or "neuron" for signals without a `path` */
    const char *const *files; /* replay: CSV files or globs, relative to the site file */
    size_t file_count;
    const char *time_column;   /* replay: name of the time column */
    davy_csv_words csv;        /* replay: how the files are written */
    double speed;              /* replay: 1 is real time, 0 is as fast as it goes */
    bool loop;                 /* replay: begin again at the end, with times moved on */
    bool restamp;              /* replay: first row is now; else the file's own times */
    int64_t poll_ns;           /* modbus: interval; default 1 s */
    int64_t timeout_ns;        /* modbus, mqtt: answer within; default 1 s */
    int unit_id;               /* modbus: default 1 */
    const char *username;      /* mqtt */
    const char *password_file; /* mqtt: file that holds the password */
    size_t first_bound;        /* its signals are site->bound[first_bound ...], sorted by path */
    size_t bound_count;
    const struct davy_site_rule *rule; /* of its condition; NULL where no rule matches */
    size_t line;                       /* of the site file, for messages */
} davy_site_source;

/** Encodings of a Modbus value, in Telegraf's words. A bit of a word has its number beside it. */
typedef enum davy_modbus_type {
    DAVY_MODBUS_BIT,
    DAVY_MODBUS_INT8L,
    DAVY_MODBUS_INT8H,
    DAVY_MODBUS_UINT8L,
    DAVY_MODBUS_UINT8H,
    DAVY_MODBUS_INT16,
    DAVY_MODBUS_UINT16,
    DAVY_MODBUS_INT32,
    DAVY_MODBUS_UINT32,
    DAVY_MODBUS_INT64,
    DAVY_MODBUS_UINT64,
    DAVY_MODBUS_FLOAT16,
    DAVY_MODBUS_FLOAT32,
    DAVY_MODBUS_FLOAT64
} davy_modbus_type;

typedef enum davy_modbus_table {
    DAVY_MODBUS_COIL,
    DAVY_MODBUS_DISCRETE,
    DAVY_MODBUS_HOLDING,
    DAVY_MODBUS_INPUT
} davy_modbus_table;

typedef enum davy_byte_order {
    DAVY_ORDER_ABCD, /* big endian, Modbus's own */
    DAVY_ORDER_DCBA,
    DAVY_ORDER_BADC,
    DAVY_ORDER_CDAB
} davy_byte_order;

/** Where a signal's samples come from. */
typedef struct davy_site_from {
    size_t source; /* index into sources; DAVY_SITE_NONE: line protocol or import by its path */
    /* modbus: `register: holding 0, type: float32, order: CDAB` */
    davy_modbus_table table;
    uint16_t address; /* 0-based wire address */
    davy_modbus_type type;
    davy_byte_order order;
    uint8_t bit; /* type bit of a holding or input register: 0 (lowest) to 15; 0 for a coil */
    /* mqtt: `topic: plant/t101, path: $.level` (JSON) or `tag: level` (Neuron) */
    const char *topic;
    const char *path;
    const char *tag;
    /* replay: `column: Pressure`; the signal's name when not given */
    const char *column;
    /* value in the signal's unit = raw * scale + offset */
    double scale;
    double offset;
} davy_site_from;

/** Limits and checks of one signal; NaN or 0 where not asked for. */
typedef struct davy_site_limits {
    double lolo, lo, hi, hihi; /* NaN: none */
} davy_site_limits;

typedef enum davy_priority {
    DAVY_PRIORITY_LOW,
    DAVY_PRIORITY_MEDIUM,
    DAVY_PRIORITY_HIGH,
    DAVY_PRIORITY_CRITICAL
} davy_priority;

/** Longest shelf that is granted; a rule may ask for less. OPC 10000-9: MaxTimeShelved. */
#define DAVY_SITE_SHELVE_MAX_NS (12LL * 3600 * 1000000000)

/** A delay that a rule does not give. */
#define DAVY_SITE_NOT_GIVEN INT64_MIN

/** What the rules of `alarms` say about a condition, all that match laid over one another. */
typedef struct davy_site_rule {
    int priority;           /* a davy_priority; -1: the condition's own */
    const char *department; /* NULL for none */
    bool latch;             /* the alarm stays until it is reset */
    int64_t re_alarm_ns;    /* announced again while active after so long; 0: never */
    int64_t shelve_max_ns;  /* longest shelf */
    int64_t on_delay_ns;    /* DAVY_SITE_NOT_GIVEN: the condition's own */
    int64_t off_delay_ns;
    double deadband; /* in the unit of the signal, or percent of its range; NaN: its own */
    bool deadband_percent;
    size_t suppression; /* index into suppressions; DAVY_SITE_NONE: never */
    const char *cause;  /* advice for people; NULL where not given */
    const char *consequence;
    int64_t respond_within_ns;  /* 0: not given */
    const char *const *actions; /* [action_count] what to do, in order */
    size_t action_count;
} davy_site_rule;

/** Of a condition that no rule matches. */
extern const davy_site_rule davy_site_rule_plain;

/** Suppression by design: while the logic is true, the alarms it belongs to are not announced. */
typedef struct davy_site_suppression {
    const struct davy_logic *logic;
    size_t line;
} davy_site_suppression;

/** Conditions of a signal that a rule can match, and of a detector. */
#define DAVY_SITE_SIGNAL_CONDITIONS   10
#define DAVY_SITE_DETECTOR_CONDITIONS 2

/** Conditions of the daemon itself, davy:store to davy:retention. */
#define DAVY_SITE_OWN_CONDITIONS 6

typedef struct davy_site_signal {
    davy_signal_id id; /* given by the store; DAVY_SIGNAL_NONE until src/app has bound the site */
    const char *path;  /* "T-101/pressure" */
    const char *name;  /* "pressure" */
    const char *unit;  /* UCUM, "" for none */
    const char *title; /* for people; NULL for none */
    size_t asset;      /* index into assets */
    davy_site_from from;
    double range_low, range_high; /* of the instrument; NaN: none. Outside is quality uncertain */
    davy_site_limits limits;
    double deadband;     /* absolute, in the unit of the signal (a percentage is of the range) */
    int64_t on_delay_ns; /* of limits */
    int64_t off_delay_ns;
    double rate_limit;   /* |change| per second in the unit of the signal; 0: none */
    int64_t stuck_ns;    /* no change at all for so long; 0: none */
    double shift;        /* EWMA and CUSUM: size of the shift to find, in sigmas; 0: none */
    double novel;        /* rarer than once in so many samples; 0: none */
    int64_t deadline_ns; /* no good sample for so long is an alarm; 0: none */
    davy_priority priority;
    const davy_site_rule **rules; /* [DAVY_SITE_SIGNAL_CONDITIONS] by kind; NULL, or NULL in it,
                                   * where no rule matches */
    size_t line;
} davy_site_signal;

typedef struct davy_site_asset {
    const char *name;
    const char *kind;     /* "tank", "pump", "reactor", ... free text */
    const char *title;    /* for people; NULL for none */
    double east, north;   /* metres from the site's origin; NaN: not placed */
    const char *chemical; /* `holds`; NULL for none */
    double amount_kg;
    const char *unit; /* of GB 18218 that it is a part of; NULL: of the site's own */
    size_t first_signal, signal_count; /* its signals stand together in `signals` */
    const size_t *downstream;          /* indices into assets: what it feeds, each once */
    size_t downstream_count;
    size_t position; /* index into positions: who looks after it */
    size_t line;
} davy_site_asset;

/**
 * Whoever looks after the alarms of some assets: one desk of a control room. The figures of IEC
 * 62682 are per position.
 */
typedef struct davy_site_position {
    const char *name;
    const char *title; /* for people; the name when not given */
    size_t line;
} davy_site_position;

typedef struct davy_site_detector {
    const char *name;
    const char *model;     /* "name@alias" or "name@version"; alias champion when not given */
    const size_t *signals; /* indices into signals, patterns already resolved, in model order */
    size_t signal_count;
    double budget_per_day; /* false-alarm episodes; 0: as the model was calibrated */
    davy_priority priority;
    int64_t on_delay_ns, off_delay_ns;
    const davy_site_rule *rules[DAVY_SITE_DETECTOR_CONDITIONS]; /* model, verdict; NULL as above */
    size_t line;
} davy_site_detector;

typedef struct davy_site_resource {
    const char *name;
    const char *type;                /* "foam engine" */
    const char *const *capabilities; /* "foam", "hazmat", "medical"; its type when not given */
    size_t capability_count;
    double east, north; /* where it stands when nobody has called it */
    int crew;
    char ppe;     /* best protection of its crew, EPA's levels 'A' to 'D'; 0: not given */
    double speed; /* m/s on roads at most; NaN: the road's */
    size_t line;
} davy_site_resource;

/** How a receiver is told: all as JSON, words for people, or a CAP 1.2 alert. */
typedef enum davy_notice_format {
    DAVY_NOTICE_JSON,
    DAVY_NOTICE_TEXT,
    DAVY_NOTICE_CAP
} davy_notice_format;

/** Who is told of alarms. Fields a kind does not use are NULL or 0. */
typedef struct davy_site_receiver {
    const char *name;
    const char *kind;              /* "webhook", "mqtt", "smtp", "command", "syslog" */
    const char *address;           /* URL, or SCHEME://HOST:PORT; syslog also "unix:///dev/log" */
    const char *secret_file;       /* webhook: what its messages are signed with */
    const char *username;          /* mqtt, smtp */
    const char *password_file;     /* mqtt, smtp: file that holds the password */
    const char *topic;             /* mqtt */
    const char *sender;            /* smtp */
    const char *const *recipients; /* smtp */
    size_t recipient_count;
    const char *program;          /* command: absolute path */
    const char *const *arguments; /* command */
    size_t argument_count;
    const char *const *paths; /* command: absolute; what it may read and write */
    size_t path_count;
    bool network; /* command: it may use the network */
    davy_notice_format format;
    size_t line;
} davy_site_receiver;

/** A stretch of the week in the site's time: from `from_min` on the days, `to_min` not included. */
typedef struct davy_site_span {
    unsigned days;        /* bit 0 Monday to bit 6 Sunday: the days on which it begins */
    int from_min, to_min; /* minutes of the day; to_min <= from_min: it ends on the next day */
} davy_site_span;

/** Which alarms go to whom. A list that is empty lets everything pass. */
typedef struct davy_site_route {
    const size_t *to; /* indices into receivers */
    size_t to_count;
    const char *const *positions; /* names of operator positions */
    size_t position_count;
    const char *const *departments;
    size_t department_count;
    const char *const *transitions; /* "raised", "returned", ... */
    size_t transition_count;
    davy_priority priority; /* and above */
    const davy_site_span *spans;
    size_t span_count;
    int64_t escalate_after_ns; /* unacknowledged for so long; 0: never */
    const size_t *escalate_to;
    size_t escalate_count;
    size_t line;
} davy_site_route;

/** A sign of life. */
typedef struct davy_site_heartbeat {
    const size_t *to; /* indices into receivers */
    size_t to_count;
    int64_t every_ns; /* 0: none */
} davy_site_heartbeat;

/** Conditions that are proved again and again. The interval is the T1 of IEC 61511: the longest
 * time between two proofs. */
typedef struct davy_site_prooftest {
    const char *match; /* patterns over keys of conditions and names of detectors, with commas */
    int64_t interval_ns;
    int at_min;  /* minute of the day in the site's time; -1: whenever it is due */
    bool notify; /* send drills to those who would be told */
    size_t line;
} davy_site_prooftest;

typedef struct davy_site {
    davy_arena arena;
    const char *file; /* path it was read from */
    const char *text; /* what was read, with a zero behind it */
    size_t text_length;
    const char *name;
    const char *title;          /* for people; the name when not given */
    double latitude, longitude; /* of the origin, degrees; NaN: not given */
    const char *timezone;       /* IANA name; "UTC" when not given */
    davy_site_source *sources;
    size_t source_count;
    davy_site_asset *assets;
    size_t asset_count;
    davy_site_signal *signals; /* all signals, by asset */
    size_t signal_count;
    davy_site_detector *detectors;
    size_t detector_count;
    davy_site_resource *resources;
    size_t resource_count;
    davy_site_position *positions; /* the first is DAVY_SITE_POSITION, which no file names */
    size_t position_count;
    davy_site_receiver *receivers;
    size_t receiver_count;
    davy_site_route *routes;
    size_t route_count;
    davy_site_heartbeat heartbeat;
    davy_site_emergency emergency;
    davy_site_prooftest *prooftests;
    size_t prooftest_count;
    davy_site_class *classes; /* of retention, in the order of the file */
    size_t class_count;
    davy_site_suppression *suppressions; /* of the rules, in their order */
    size_t suppression_count;
    const davy_site_rule *own_rules[DAVY_SITE_OWN_CONDITIONS]; /* NULL where no rule matches */
    /* Indices into signals, made by davy_site_index() and davy_site_load(). */
    davy_names paths;  /* path -> index */
    uint32_t *by_path; /* [signal_count] sorted by path */
    uint32_t *by_id;   /* [signal_count] sorted by id */
    uint32_t *bound;   /* signals that name a source, by source and path */
} davy_site;

/** NULL is fine. */
void davy_site_destroy(davy_site *site);

/** The signal with this path, or NULL. Looked up in a table made at load. */
const davy_site_signal *davy_site_find_signal(const davy_site *site, const char *path);

/**
 * Sort the indices. davy_site_load() has called it; call it again after the ids are written into
 * `signals`, before anyone asks by id. It allocates only for a site that was put together by hand.
 *
 * @return DAVY_ERR_NOMEM for such a site alone
 */
DAVY_MUST_CHECK davy_status davy_site_index(davy_site *site);

/** The signal with this store id, or NULL; valid after davy_site_index() has seen the ids. */
const davy_site_signal *davy_site_signal_by_id(const davy_site *site, davy_signal_id id);

/** Name of a position; "site" also for a site that was put together by hand, without positions. */
const char *davy_site_position_name(const davy_site *site, size_t position);

/** The position with this name. False when there is none. */
bool davy_site_find_position(const davy_site *site, const char *name, size_t *position);

/** The position of all assets that a detector watches; DAVY_SITE_POSITION when they have several.
 */
size_t davy_site_detector_position(const davy_site *site, const davy_site_detector *detector);

/**
 * What a reload may keep running: true when both mean the same, wherever they stand in their files.
 *
 * A source is equal when its settings are, and when the same signals are bound to it with the same
 * `from` and range; limits and delays do not matter to it. A signal is equal when all but its store
 * id is, delays and deadbands by rules included; what else rules say does not matter to it. A
 * detector is equal when its settings are and it watches the same paths and units in the same
 * order. Positions and what feeds what matter to none of them: samples are judged the same.
 */
bool davy_site_source_equal(const davy_site *a_site, const davy_site_source *a,
                            const davy_site *b_site, const davy_site_source *b);
bool davy_site_signal_equal(const davy_site *a_site, const davy_site_signal *a,
                            const davy_site *b_site, const davy_site_signal *b);
bool davy_site_detector_equal(const davy_site *a_site, const davy_site_detector *a,
                              const davy_site *b_site, const davy_site_detector *b);

/** True when a receiver may go on with what it has open. */
bool davy_site_receiver_equal(const davy_site_receiver *a, const davy_site_receiver *b);

/** "low", "medium", "high", "critical". */
const char *davy_priority_name(davy_priority priority);
