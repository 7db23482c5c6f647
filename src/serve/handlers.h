/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/call.h"

/**
 * @file
 * The handlers that the table of routes.c names. Each answers one call; see call.h.
 *
 * Stage: serve.
 */
davy_status davy_handle_me(davy_call *call);
davy_status davy_handle_sites(davy_call *call);
davy_status davy_handle_assets(davy_call *call);
davy_status davy_handle_signals(davy_call *call);
davy_status davy_handle_sources(davy_call *call);
davy_status davy_handle_samples(davy_call *call);
davy_status davy_handle_detectors(davy_call *call);
davy_status davy_handle_detector(davy_call *call);
davy_status davy_handle_alarms(davy_call *call);
davy_status davy_handle_alarm(davy_call *call);
davy_status davy_handle_alarm_history(davy_call *call);
davy_status davy_handle_alarm_action(davy_call *call);
davy_status davy_handle_events(davy_call *call);
davy_status davy_handle_session_open(davy_call *call);
davy_status davy_handle_session(davy_call *call);
davy_status davy_handle_session_close(davy_call *call);
davy_status davy_handle_keys(davy_call *call);
davy_status davy_handle_key_create(davy_call *call);
davy_status davy_handle_key_revoke(davy_call *call);
davy_status davy_handle_write(davy_call *call);
davy_status davy_handle_metrics(davy_call *call);
davy_status davy_handle_live(davy_call *call);
davy_status davy_handle_ready(davy_call *call);
davy_status davy_handle_openapi(davy_call *call);
