-- Looks at marks: the paths in the file PATHS in random order, from the phones in the file AGENTS, each in its language.
-- With PAUSE in the environment (milliseconds), every connection waits so long on the average between two looks.

local function lines(name)
  local found = {}
  for line in io.lines(os.getenv(name)) do found[#found + 1] = line end
  return found
end

local paths, agents = lines("PATHS"), lines("AGENTS")
local pause = tonumber(os.getenv("PAUSE") or "0")
math.randomseed(tonumber(os.getenv("SEED") or "1"))

request = function()
  return "GET " .. paths[math.random(#paths)] .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n"
    .. "Accept-Language: zh-CN\r\nUser-Agent: " .. agents[math.random(#agents)] .. "\r\n\r\n"
end

if pause > 0 then
  delay = function() return math.floor(-pause * math.log(1 - math.random())) end
end

done = function(summary, latency, requests)
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "failed": %d, "not_2xx": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.errors.status, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
