/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/detector.h"
#include "detect/engine.h"
#include "detect/monitor.h"
#include "detect/suppress.h"

/**
 * @file
 * What an engine is made of.
 *
 * Stage: detect, inside. engine_make.c makes it and hands over from the one before; engine.c works.
 */

/** In place of an index: the site has no signal with this id. */
#define DAVY_NO_SIGNAL UINT32_MAX

/** A signal is a column of a detector. */
struct davy_detect_link {
    uint32_t detector, column;
};

/** In place of a time: nobody has looked since the source was lost, or came back. */
#define DAVY_NOT_ARMED INT64_MIN

/** Has a source its peer? */
struct davy_source_watch {
    davy_delay lost;
    bool known, down;   /* its peer is lost now, told or not */
    int64_t changed_ns; /* wall clock at which it was lost, or came back */
    int64_t armed_ns;   /* owner's clock at the first look after that; DAVY_NOT_ARMED before */
    char message[160];  /* why */
};

struct davy_detect {
    const davy_site *site;
    davy_emitter emitter;
    davy_condition *conditions;
    size_t condition_count;
    size_t first_source;    /* condition of the first source */
    davy_monitor *monitors; /* [signals] */
    davy_shift *shifts;     /* of the signals that ask for one */
    davy_novel *novels;     /* of the signals that ask for one */
    uint32_t *by_id;        /* [id_count] index of the signal, or DAVY_NO_SIGNAL */
    size_t id_count;
    uint32_t
        *first_link; /* [signals + 1] its links are links[first_link[i] .. first_link[i + 1]) */
    struct davy_detect_link *links;
    davy_detector **detectors;
    size_t detector_count; /* of its own: a retired engine may outlive its site */
    struct davy_source_watch *sources;
    davy_suppressor *suppressor; /* NULL for a site that suppresses nothing */
    davy_detect_stats stats;
};
