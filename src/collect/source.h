/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "core/sample.h"
#include "core/status.h"
#include "site/site.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * A source and its kinds: a connection that delivers samples.
 *
 * Stage: collect. A kind fills in one constant table. Every source runs on its own thread
 * (collect/runner.h), so a peer that is dead, slow or hostile delays nobody else. A source never
 * writes to a controller.
 */
typedef struct davy_source_kind {
    const char *name;  /* value of `kind` in the site file, for example "modbus" */
    size_t state_size; /* bytes of private state; the runner allocates and zeroes them */
    /* Connect. `site` and `config` are borrowed until close(). On failure the runner calls close()
     * on the half-open state. */
    davy_status (*open)(void *state, const davy_site *site, const davy_site_source *config,
                        const davy_clock *clock);
    /* Wait up to timeout_ms; fill samples[0..*count). A quiet source gives DAVY_OK, 0. A failure
     * means the peer is lost: the runner keeps what *count says, closes, marks the gap, and opens
     * again later. At the end of a replay that does not loop: DAVY_ERR_NOT_FOUND. */
    davy_status (*read)(void *state, int timeout_ms, davy_sample *samples, size_t capacity,
                        size_t *count);
    void (*close)(void *state);
    /* Optional: make an open() or read() on another thread return soon, and all later ones at
     * once. Never called at the same time as close(). */
    void (*interrupt)(void *state);
    /* Each read() asks the device anew: what cannot be kept is better replaced than waited for. */
    bool polled;
} davy_source_kind;

/** The kind of this name, or NULL. "lines" has no table: its samples arrive over HTTP. */
const davy_source_kind *davy_source_kind_find(const char *name);

/** The signal bound to a source at `index` of [0, config->bound_count). */
static inline const davy_site_signal *
davy_source_signal(const davy_site *site, const davy_site_source *config, size_t index)
{
    return &site->signals[site->bound[config->first_bound + index]];
}

/** raw * scale + offset as a good sample; of quality bad when that is not a finite number. */
davy_sample davy_source_sample(const davy_site_signal *signal, int64_t time_ns, double raw);

/** A sample that says "no value": quality bad, NaN. */
davy_sample davy_source_gap(const davy_site_signal *signal, int64_t time_ns);

/**
 * Sleep until `due_ns`, at most until `until_ns`, both monotonic.
 *
 * @return true when it is due; false when the time was over, or the source interrupted, before
 */
bool davy_source_wait(const davy_clock *clock, int64_t due_ns, int64_t until_ns,
                      const atomic_bool *interrupted);

/** A path of the site file, which is relative to its folder, for the caller to free(); NULL without
 * memory. */
char *davy_source_path(const davy_site *site, const char *path);

extern const davy_source_kind davy_source_replay;
extern const davy_source_kind davy_source_modbus;
extern const davy_source_kind davy_source_mqtt;
