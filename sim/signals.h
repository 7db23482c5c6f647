/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The one table of all signals. The Modbus map, the MQTT messages, the CSV header and site.yaml are
 * made from it, so that they cannot disagree.
 *
 * Program: davy-sim.
 */
typedef enum davy_sim_signal_id {
    DAVY_SIM_T101_LEVEL,
    DAVY_SIM_T101_LEVEL_RATE,
    DAVY_SIM_T101_PRESSURE,
    DAVY_SIM_T101_TEMPERATURE,
    DAVY_SIM_T101_INFLOW,
    DAVY_SIM_T101_OUTFLOW,
    DAVY_SIM_T102_LEVEL,
    DAVY_SIM_T102_LEVEL_RATE,
    DAVY_SIM_T102_PRESSURE,
    DAVY_SIM_T102_TEMPERATURE,
    DAVY_SIM_T102_INFLOW,
    DAVY_SIM_T102_OUTFLOW,
    DAVY_SIM_R201_TEMPERATURE,
    DAVY_SIM_R201_PRESSURE,
    DAVY_SIM_R201_LEVEL,
    DAVY_SIM_R201_JACKET_INLET,
    DAVY_SIM_R201_JACKET_OUTLET,
    DAVY_SIM_R201_COOLANT_FLOW,
    DAVY_SIM_R201_COOLANT_VALVE,
    DAVY_SIM_V401_COMMAND,
    DAVY_SIM_V401_POSITION,
    DAVY_SIM_V401_FLOW,
    DAVY_SIM_P301_FLOW,
    DAVY_SIM_P301_DISCHARGE,
    DAVY_SIM_P301_CURRENT,
    DAVY_SIM_P301_BEARING_DRIVE,
    DAVY_SIM_P301_BEARING_FREE,
    DAVY_SIM_P301_BEARING_MOTOR,
    DAVY_SIM_P301_VIBRATION,
    DAVY_SIM_P302_FLOW,
    DAVY_SIM_P302_SPEED,
    DAVY_SIM_P302_DISCHARGE,
    DAVY_SIM_P302_CURRENT,
    DAVY_SIM_YARD_AMBIENT,
    DAVY_SIM_YARD_WIND_SPEED,
    DAVY_SIM_YARD_WIND_FROM,
    DAVY_SIM_YARD_RADIATION,
    DAVY_SIM_SIGNALS
} davy_sim_signal_id;

/** How a signal leaves the plant. */
typedef enum davy_sim_way {
    DAVY_SIM_HOLDING_ABCD, /* Modbus holding registers, float32, high word first */
    DAVY_SIM_HOLDING_CDAB, /* the same, low word first: an older controller */
    DAVY_SIM_INPUT_ABCD,   /* Modbus input registers, float32, high word first */
    DAVY_SIM_INPUT_UINT16, /* one input register: the value in units of its last decimal */
    DAVY_SIM_MQTT_JSON,    /* a member of its asset's JSON message */
    DAVY_SIM_MQTT_NUMBER   /* a topic of its own, a plain number */
} davy_sim_way;

typedef struct davy_sim_asset {
    const char *name;
    const char *kind;
    const char *title;
    double east, north;   /* metres */
    const char *chemical; /* NULL for none */
    const char *amount;   /* "9 t" */
} davy_sim_asset;

typedef struct davy_sim_signal {
    size_t asset;     /* index into davy_sim_assets */
    const char *name; /* second part of the path */
    const char *title;
    const char *unit;          /* UCUM */
    int decimals;              /* of the reading as it is sent; at most 3 */
    double low, high;          /* range of the transmitter: 4 and 20 mA */
    double lolo, lo, hi, hihi; /* limits; NAN for none */
    double noise;              /* standard deviation of one reading, unit of the signal */
    double lag_s;              /* first-order lag of the transmitter */
    double stuck_s;            /* no change for so long is a fault; 0 for none */
    davy_sim_way way;
    uint16_t address; /* Modbus: first register */
} davy_sim_signal;

extern const davy_sim_asset davy_sim_assets[];
extern const size_t davy_sim_asset_count;
extern const davy_sim_signal davy_sim_signals[DAVY_SIM_SIGNALS];

/** Longest path with its zero. */
#define DAVY_SIM_PATH_MAX 48

/** "T-101/level". */
void davy_sim_signal_path(davy_sim_signal_id id, char path[DAVY_SIM_PATH_MAX]);

/** 10^decimals. */
double davy_sim_signal_scale(const davy_sim_signal *signal);
