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
davy_status davy_handle_storage(davy_call *call);
davy_status davy_handle_samples(davy_call *call);
davy_status davy_handle_states(davy_call *call);
davy_status davy_handle_prometheus_query(davy_call *call);
davy_status davy_handle_prometheus_range(davy_call *call);
davy_status davy_handle_prometheus_series(davy_call *call);
davy_status davy_handle_prometheus_labels(davy_call *call);
davy_status davy_handle_prometheus_values(davy_call *call);
davy_status davy_handle_prometheus_build(davy_call *call);
davy_status davy_handle_prometheus_metadata(davy_call *call);
davy_status davy_handle_prometheus_exemplars(davy_call *call);
davy_status davy_handle_detectors(davy_call *call);
davy_status davy_handle_detector(davy_call *call);
davy_status davy_handle_alarms(davy_call *call);
davy_status davy_handle_alarm(davy_call *call);
davy_status davy_handle_alarm_related(davy_call *call);
davy_status davy_handle_alarm_history(davy_call *call);
davy_status davy_handle_alarm_action(davy_call *call);
davy_status davy_handle_alarm_kpi(davy_call *call);
davy_status davy_handle_alarm_flood(davy_call *call);
davy_status davy_handle_receivers(davy_call *call);
davy_status davy_handle_receiver_messages(davy_call *call);
davy_status davy_handle_receiver_test(davy_call *call);
davy_status davy_handle_prooftests(davy_call *call);
davy_status davy_handle_prooftest(davy_call *call);
davy_status davy_handle_prooftest_start(davy_call *call);
davy_status davy_handle_handover(davy_call *call);
davy_status davy_handle_handovers(davy_call *call);
davy_status davy_handle_handover_signed(davy_call *call);
davy_status davy_handle_handover_give(davy_call *call);
davy_status davy_handle_handover_take(davy_call *call);
davy_status davy_handle_changes(davy_call *call);
davy_status davy_handle_change_reason(davy_call *call);
davy_status davy_handle_site_file(davy_call *call);
davy_status davy_handle_ground(davy_call *call);
davy_status davy_handle_zones(davy_call *call);
davy_status davy_handle_zones_change(davy_call *call);
davy_status davy_handle_impact(davy_call *call);
davy_status davy_handle_chemicals(davy_call *call);
davy_status davy_handle_chemical(davy_call *call);
davy_status davy_handle_structure(davy_call *call);
davy_status davy_handle_whatifs(davy_call *call);
davy_status davy_handle_whatif(davy_call *call);
davy_status davy_handle_whatif_start(davy_call *call);
davy_status davy_handle_whatif_cancel(davy_call *call);
davy_status davy_handle_whatif_keep(davy_call *call);
davy_status davy_handle_incidents(davy_call *call);
davy_status davy_handle_incident(davy_call *call);
davy_status davy_handle_incident_timeline(davy_call *call);
davy_status davy_handle_incident_cap(davy_call *call);
davy_status davy_handle_incident_evidence(davy_call *call);
davy_status davy_handle_incident_form(davy_call *call);
davy_status davy_handle_incident_begin(davy_call *call);
davy_status davy_handle_incident_event(davy_call *call);
davy_status davy_handle_dispatch(davy_call *call);
davy_status davy_handle_events(davy_call *call);
davy_status davy_handle_session_open(davy_call *call);
davy_status davy_handle_session(davy_call *call);
davy_status davy_handle_session_close(davy_call *call);
davy_status davy_handle_keys(davy_call *call);
davy_status davy_handle_key_create(davy_call *call);
davy_status davy_handle_key_revoke(davy_call *call);
davy_status davy_handle_upload(davy_call *call);
davy_status davy_handle_jobs(davy_call *call);
davy_status davy_handle_job(davy_call *call);
davy_status davy_handle_job_start(davy_call *call);
davy_status davy_handle_job_cancel(davy_call *call);
davy_status davy_handle_job_report(davy_call *call);
davy_status davy_handle_write(davy_call *call);
davy_status davy_handle_metrics(davy_call *call);
davy_status davy_handle_live(davy_call *call);
davy_status davy_handle_drift(davy_call *call);
davy_status davy_handle_traffic(davy_call *call);
davy_status davy_handle_traffic_set(davy_call *call);
davy_status davy_handle_ready(davy_call *call);
davy_status davy_handle_openapi(davy_call *call);

/* Models, in serve/oip: the Open Inference Protocol, and those of others before it. */
davy_status davy_handle_oip_live(davy_call *call);
davy_status davy_handle_oip_ready(davy_call *call);
davy_status davy_handle_oip_server(davy_call *call);
davy_status davy_handle_oip_model(davy_call *call);
davy_status davy_handle_oip_model_ready(davy_call *call);
davy_status davy_handle_oip_config(davy_call *call);
davy_status davy_handle_oip_stats(davy_call *call);
davy_status davy_handle_oip_index(davy_call *call);
davy_status davy_handle_oip_load(davy_call *call);
davy_status davy_handle_oip_unload(davy_call *call);
davy_status davy_handle_infer(davy_call *call);
davy_status davy_handle_v1_models(davy_call *call);
davy_status davy_handle_v1_status(davy_call *call);
davy_status davy_handle_v1_metadata(davy_call *call);
davy_status davy_handle_v1_predict(davy_call *call);
davy_status davy_handle_v1_explain(davy_call *call);
davy_status davy_handle_mlflow_ping(davy_call *call);
davy_status davy_handle_mlflow_version(davy_call *call);
davy_status davy_handle_mlflow_invocations(davy_call *call);
davy_status davy_handle_vision_list(davy_call *call);
davy_status davy_handle_vision_detection(davy_call *call);
davy_status davy_handle_vision_custom(davy_call *call);
