/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/proof.h"

/**
 * @file
 * The inside of a proof, shared by its files.
 *
 * Stage: detect, inside.
 */
struct davy_proof {
    davy_proof_parts parts;
    davy_site site;       /* its own arrays below, all else borrowed */
    davy_signal_id *real; /* [signals] ids of the signals at work */
    size_t *places;       /* [signals] of the detector: all, in order */
    davy_site_detector detector;
    char model[128];
    davy_detect *engine;
    size_t index;
    davy_sample *samples;
    size_t count, batch;
};

/** Room for samples. */
DAVY_MUST_CHECK davy_status davy_proof_take_room(davy_proof *proof, size_t count);

/** Add one of a signal of the proof's site. */
void davy_proof_add(davy_proof *proof, size_t signal, int64_t time_ns, double value,
                    davy_quality quality);

/** Samples of a check of one signal. */
DAVY_MUST_CHECK davy_status davy_proof_deviate_signal(davy_proof *proof);

/** Samples of a model: the newest rows, the latest of them with a deviation. The rows before are
 * shown to the engine at once. */
DAVY_MUST_CHECK davy_status davy_proof_deviate_model(davy_proof *proof);
