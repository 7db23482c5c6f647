/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/csv.h"

/**
 * @file
 * Flow features: how often a host, a service or a source was met lately, of rows of packets or
 * connections.
 *
 * Stage: data. A row tells of one packet or connection. Beside it stand counts and shares of the
 * rows before it, itself included: of the last seconds, and of the last rows of the same host and
 * of the same service. They are computed as a file is read, so that training and serving see the
 * same numbers, and stand in it like columns of its own; memory grows with the hosts that are met.
 *
 *     time=ts,host=dst,service=dport,state=flag,source=src,port=sport,bytes=len,seconds=2,rows=100
 *
 * Names and definitions are those of KDD Cup 1999, as its records have them: `diff_srv_rate` and
 * `srv_diff_host_rate` are the different services (hosts) as a share of the connections, and 0 when
 * there is only one. A row without a host, a service or a time has no features and is not counted.
 *
 * Source: Lee, Stolfo, "A framework for constructing features and models for intrusion detection
 * systems", ACM TISSEC 3(4), 2000; Stolfo et al., "KDD Cup 1999: Tasks".
 */
typedef struct davy_flows davy_flows;

/**
 * Read such a text. `host` and `service` must be there; without `time` there are no features of the
 * last seconds, without the others none that need them.
 *
 * @return DAVY_ERR_INVALID says what is wrong, and what there is
 */
DAVY_MUST_CHECK davy_status davy_flows_parse(const char *text, davy_flows **out);
/** NULL is fine. Files that are open with its columns go on, but cannot be rewound. */
void davy_flows_destroy(davy_flows *flows);

/** The columns that it computes, for davy_csv_options. Borrowed. */
const davy_csv_extra *davy_flows_columns(const davy_flows *flows);
