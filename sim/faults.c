/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* 0 at the onset, 1 after `over` seconds and from then on. */
static double ramp(double elapsed_s, double over)
{
    return fmin(1.0, fmax(0.0, elapsed_s / over));
}

static void tank_leak(davy_sim_upset *upset, double elapsed_s)
{
    /* A gasket gives way over 20 s: in the end a hole of 3.5 mm, about 150 kg/h. */
    upset->leak_m2 = M_PI / 4.0 * 3.5e-3 * 3.5e-3 * ramp(elapsed_s, 20.0);
}

static void sticking_valve(davy_sim_upset *upset, double elapsed_s)
{
    (void) elapsed_s;
    upset->stiction_static = 3.5;
    upset->stiction_kinetic = 2.5;
}

static void bearing_warms(davy_sim_upset *upset, double elapsed_s)
{
    /* Grease fails within a minute: a few watts more friction, and they stay in the bearing. */
    upset->bearing_k = 40.0 * ramp(elapsed_s, 60.0);
    upset->bearing_w = 3.0 * ramp(elapsed_s, 60.0);
    upset->bearing_mm_s = 0.10 * ramp(elapsed_s, 600.0);
}

static void gauge_stuck(davy_sim_upset *upset, double elapsed_s)
{
    (void) elapsed_s;
    upset->gauge_held = 1;
}

static void jacket_fouling(davy_sim_upset *upset, double elapsed_s)
{
    upset->jacket_factor = 1.0 - 0.5 * ramp(elapsed_s, 600.0);
}

static void strainer_plugs(davy_sim_upset *upset, double elapsed_s)
{
    upset->strainer = 2.2e3 * ramp(elapsed_s, 300.0);
}

static void coolant_lost(davy_sim_upset *upset, double elapsed_s)
{
    upset->coolant_factor = 1.0 - 0.95 * ramp(elapsed_s, 10.0);
}

const davy_sim_fault davy_sim_faults[DAVY_SIM_FAULTS] = {
    {"tank-leak",
     "T-101",
     "Slow leak of the anhydride tank",
     "a gasket at the foot of the shell lets out about 150 kg/h, before the outflow meter",
     tank_leak,
     {DAVY_SIM_T101_LEVEL_RATE, DAVY_SIM_T101_OUTFLOW, DAVY_SIM_T101_INFLOW, DAVY_SIM_SIGNALS}},
    {"sticking-valve",
     "V-401",
     "Sticking feed valve",
     "the stem rests until the command is 3.5 % away, then slips",
     sticking_valve,
     {DAVY_SIM_V401_POSITION, DAVY_SIM_V401_COMMAND, DAVY_SIM_V401_FLOW, DAVY_SIM_SIGNALS}},
    {"bearing-warms",
     "P-301",
     "Warming drive end bearing",
     "grease fails: friction warms the drive end bearing by up to 40 K and shakes the pump",
     bearing_warms,
     {DAVY_SIM_P301_BEARING_DRIVE, DAVY_SIM_P301_CURRENT, DAVY_SIM_P301_VIBRATION,
      DAVY_SIM_SIGNALS}},
    {"gauge-stuck",
     "T-102",
     "Frozen level gauge",
     "the radar repeats its last echo: level stands still and the level rate falls to 0",
     gauge_stuck,
     {DAVY_SIM_T102_LEVEL_RATE, DAVY_SIM_T102_LEVEL, DAVY_SIM_T102_INFLOW, DAVY_SIM_T102_OUTFLOW,
      DAVY_SIM_SIGNALS}},
    {"jacket-fouling",
     "R-201",
     "Fouling of the cooling jacket",
     "heat transfer falls by half in ten minutes; the cooling water valve makes up for it",
     jacket_fouling,
     {DAVY_SIM_R201_JACKET_OUTLET, DAVY_SIM_R201_COOLANT_FLOW, DAVY_SIM_R201_COOLANT_VALVE,
      DAVY_SIM_R201_TEMPERATURE, DAVY_SIM_SIGNALS}},
    {"strainer-plugs",
     "P-302",
     "Plugging strainer before the product pump",
     "suction loss grows for five minutes; the inverter turns faster for the same flow",
     strainer_plugs,
     {DAVY_SIM_P302_SPEED, DAVY_SIM_P302_DISCHARGE, DAVY_SIM_P302_CURRENT, DAVY_SIM_P302_FLOW,
      DAVY_SIM_SIGNALS}},
    {"coolant-lost",
     "R-201",
     "Loss of cooling water",
     "the supply falls to 5 %: severe, the reactor warms past its limits",
     coolant_lost,
     {DAVY_SIM_R201_COOLANT_FLOW, DAVY_SIM_R201_COOLANT_VALVE, DAVY_SIM_R201_JACKET_OUTLET,
      DAVY_SIM_R201_TEMPERATURE, DAVY_SIM_SIGNALS}},
};

davy_status davy_sim_fault_find(const char *name, size_t *fault)
{
    char names[256] = "";

    for (size_t i = 0; i < DAVY_SIM_FAULTS; i++) {
        size_t used = strlen(names);

        if (strcmp(davy_sim_faults[i].name, name) == 0) {
            *fault = i;
            return DAVY_OK;
        }
        (void) snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                        davy_sim_faults[i].name);
    }
    return davy_fail(DAVY_ERR_NOT_FOUND, "no fault '%s'; there are %s", name, names);
}

void davy_sim_fault_signals(const davy_sim_fault *fault, char *text, size_t capacity)
{
    text[0] = '\0';
    for (size_t i = 0; i < DAVY_SIM_FAULT_SIGNALS; i++) {
        char path[DAVY_SIM_PATH_MAX];
        size_t used = strlen(text);

        if (fault->signals[i] == DAVY_SIM_SIGNALS)
            break;
        davy_sim_signal_path(fault->signals[i], path);
        (void) snprintf(text + used, capacity - used, "%s%s", used ? " " : "", path);
    }
}

void davy_sim_active_upset(const davy_sim_active *active, int64_t time_s, davy_sim_upset *upset)
{
    *upset = DAVY_SIM_HEALTHY;
    for (size_t i = 0; i < DAVY_SIM_FAULTS; i++)
        if (active->on[i])
            davy_sim_faults[i].apply(upset, (double) (time_s - active->since_s[i]));
}
