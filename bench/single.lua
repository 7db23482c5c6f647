-- SPDX-License-Identifier: Apache-2.0
-- For wrk: a request for each sample, none twice, and what came of it as one line of JSON.
--   wrk ... -s single.lua URL -- SERIES [KEY]
-- Times of the requests of this run begin with the second SERIES.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  wrk.method = "POST"
  if arguments[2] then wrk.headers["Authorization"] = "Bearer " .. arguments[2] end
  second, count = tonumber(arguments[1]), 0
end

function request()
  count = count + 1
  local asset = count % 100
  -- A thread's samples are a nanosecond apart and the threads a tenth of a second.
  return wrk.format(nil, nil, nil, string.format("A-%d f%d=%.2f %d%09d", asset, number % 10, 50 + count % 97 / 100,
    second, number * 100000000 + count))
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed + summary.errors.status))
end
