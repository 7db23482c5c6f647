/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/reader.h"

#include <stddef.h>

/**
 * @file
 * The language of the site file: one table of keys for each kind of mapping.
 *
 * Stage: site. docs/site.md has a heading and a row for every key of these tables; a test holds
 * them together.
 */

/** A kind of source: what it starts from, its keys, and the keys of `from` of its signals. */
typedef struct davy_site_kind {
    const char *name;
    davy_site_source defaults;
    davy_site_schema source;
    davy_site_schema from; /* its object is the davy_site_signal */
} davy_site_kind;

extern const davy_site_kind davy_site_kind_replay, davy_site_kind_lines, davy_site_kind_modbus,
    davy_site_kind_mqtt;

/** All of them, NULL-ended. */
extern const davy_site_kind *const davy_site_kinds[];

/** A kind of receiver: what it starts from, and its keys. */
typedef struct davy_site_receiver_kind {
    const char *name;
    davy_site_receiver defaults;
    davy_site_schema schema;
} davy_site_receiver_kind;

/** All of them; the last one has no name. */
extern const davy_site_receiver_kind davy_site_receiver_kinds[];

/** The kind of this name, or NULL; NULL has none. */
const davy_site_kind *davy_site_kind_find(const char *name);

/** `sources`, `detectors`: lists; `assets` also counts the signals first, so that they stand
 * together, and sorts them when they are read. */
extern const davy_site_list davy_site_list_sources, davy_site_list_detectors,
    davy_site_list_positions, davy_site_list_receivers, davy_site_list_routes,
    davy_site_list_prooftests, davy_site_list_classes, davy_site_list_resources,
    davy_site_list_places, davy_site_list_scenarios;
davy_site_read davy_site_read_assets, davy_site_read_weather;

/** What each asset feeds: `node` is the list of assets, which are all read. */
void davy_site_read_downstream(davy_site_reader *reader, const davy_site_where *where,
                               const davy_yaml_node *node);

/** Put the position that every site has before those of the file. */
DAVY_MUST_CHECK davy_status davy_site_complete_positions(davy_site *site);

/** A signal that its file says nothing about. */
extern const davy_site_signal davy_site_signal_defaults;

/** `from` of a signal: a source's name, or a mapping in the keys of the source's kind. */
davy_site_read davy_site_read_from;

/** Words of davy_priority in its order, NULL-ended. */
extern const char *const davy_site_priorities[];

/** The whole file; its object is the davy_site. */
extern const davy_site_schema davy_site_schema_file;

/** Every schema that belongs to no kind of source, NULL-ended. */
extern const davy_site_schema *const davy_site_schemas[];
extern const davy_site_schema davy_site_schema_asset, davy_site_schema_holds,
    davy_site_schema_signal, davy_site_schema_limits, davy_site_schema_detector,
    davy_site_schema_position, davy_site_schema_route, davy_site_schema_escalate,
    davy_site_schema_heartbeat, davy_site_schema_prooftest, davy_site_schema_resource,
    davy_site_schema_weather, davy_site_schema_emergency, davy_site_schema_place,
    davy_site_schema_people, davy_site_schema_roads, davy_site_schema_junction,
    davy_site_schema_stretch, davy_site_schema_class;

/** What stands around: bool `urban`; "rural" or "urban". */
davy_site_read davy_site_read_ground;

/** Of a file without `weather`, `places` and the like. */
extern const davy_site_emergency davy_site_emergency_defaults;
