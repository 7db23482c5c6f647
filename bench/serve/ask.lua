-- SPDX-License-Identifier: Apache-2.0
-- For wrk: one request again and again, from files, and what came of it as one line of JSON.
--   wrk ... -s ask.lua URL -- BODY KEY [HEADER_LENGTH]
-- The body, the key ("-" for none) and the length of the JSON in a binary body.
function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  wrk.method, wrk.body = "POST", file:read("*a")
  file:close()
  wrk.headers["Content-Type"] = arguments[3] and "application/octet-stream" or "application/json"
  if arguments[2] ~= "-" then wrk.headers["Authorization"] = "Bearer " .. arguments[2] end
  if arguments[3] then wrk.headers["Inference-Header-Content-Length"] = arguments[3] end
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('{"requests": %d, "seconds": %.6f, "p50_us": %.1f, "p99_us": %.1f, "not_200": %d, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), summary.errors.status, failed))
end
