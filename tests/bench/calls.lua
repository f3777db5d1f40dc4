-- Sends the calls of a plan without end, each with ids of its own, and looks at every answer. The plan stands before
-- this: plan = {seed, ids, method, headers, status, variants = {{path, body, part}, …}}. In a path, a body and the part
-- that the answer must hold, {a} and {b} are ids, b the greater one. What was sent is told by the X-Request-Id, which
-- the server echoes: answers on many connections come in any order.

local threads = {}

function setup(thread)
  thread:set("number", #threads + 1)
  table.insert(threads, thread)
end

function init()
  math.randomseed(plan.seed * 1000 + number)
  wrong, example = 0, ""
end

local function filled(text, a, b)
  return (text:gsub("{a}", a):gsub("{b}", b))
end

function request()
  local half = math.floor(plan.ids / 2)
  local at, a, b = math.random(#plan.variants), math.random(half), half + math.random(half)
  local variant = plan.variants[at]
  plan.headers["X-Request-Id"] = at .. "-" .. a .. "-" .. b
  return wrk.format(plan.method, filled(variant.path, a, b), plan.headers, variant.body and filled(variant.body, a, b))
end

function response(status, headers, body)
  local at, a, b = (headers["x-request-id"] or ""):match("^(%d+)-(%d+)-(%d+)$")
  local variant = at and plan.variants[tonumber(at)]
  if status ~= plan.status or not variant or not body:find(filled(variant.part, a, b), 1, true) then
    wrong = wrong + 1
    example = status .. " " .. (headers["x-request-id"] or "") .. " " .. body:sub(1, 300):gsub("%s+", " ")
  end
end

function done(summary, latency)
  local wrong, example = 0, ""
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("wrong")
    example = thread:get("wrong") > 0 and thread:get("example") or example
  end
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  print(("bench requests=%d micros=%d p50=%d p99=%d wrong=%d lost=%d example=%s"):format(summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), wrong, lost, example))
end
