-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events predictions dead meta solo
-- ARGV: group consumer id owner_only(0|1),
--       predicted digest1 digest2 payload, dead_lettered digest1 digest2 payload,
--       then for each remainder: payload event_count digest1 digest2 packed(0|1)
-- Returns: outcome
--
-- Pending is the one mark of "not published yet": whoever comes second finds nothing pending. What
-- remains goes round again as new entries in the place of this one, as old as this one, in its trace.
-- The id of a part does not say which events are in it: after the log has lost its last writes,
-- the same id may be given to others. So a part is only completed by what is about its very events.
local events, predictions, dead, meta, solo = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local group, consumer, id = ARGV[1], ARGV[2], ARGV[3]

local function is_about(entry)
  local events_told = tonumber(ARGV[5]) + tonumber(ARGV[9])
  local digest1 = tonumber(ARGV[6]) + tonumber(ARGV[10])
  local digest2 = tonumber(ARGV[7]) + tonumber(ARGV[11])
  for at = 13, #ARGV, 5 do
    events_told = events_told + tonumber(ARGV[at + 1])
    digest1 = digest1 + tonumber(ARGV[at + 2])
    digest2 = digest2 + tonumber(ARGV[at + 3])
  end
  return events_told == tonumber(entry['n'])
    and digest1 % 4294967296 == tonumber(entry['a'])
    and digest2 % 4294967296 == tonumber(entry['b'])
end

if redis.call('EXISTS', events) == 0 then
  return {'STALE'}
end
local pending = redis.call('XPENDING', events, group, id, id, 1)
if #pending == 0 then
  return {'STALE'}
end
if ARGV[4] == '1' and pending[1][2] ~= consumer then
  return {'FENCED'}
end
local at_ms, traceparent
local _, part = numbers(id)
if part > 0 or #ARGV > 12 then
  local entry = redis.call('XRANGE', events, id, id)
  local entry_fields = entry[1] and fields(entry[1][2])
  if part > 0 and entry_fields and not is_about(entry_fields) then
    return {'STALE'}
  end
  at_ms = entry_fields and entry_fields['t'] or now_ms()
  traceparent = entry_fields and entry_fields['traceparent']
end
allow_oom(solo)
local predicted, dead_lettered = tonumber(ARGV[5]), tonumber(ARGV[9])
if predicted > 0 then
  publish(predictions, id, consumer, ARGV[5], ARGV[6], ARGV[7], ARGV[8])
end
if dead_lettered > 0 then
  publish(dead, id, consumer, ARGV[9], ARGV[10], ARGV[11], ARGV[12])
end
if #ARGV > 12 then
  add_parts(events, at_ms, traceparent, ARGV, 13)
end
redis.call('XACK', events, group, id)
redis.call('XDEL', events, id)
redis.call('HDEL', solo, id)
if predicted > 0 then
  count(meta, 'predicted', predicted, tonumber(ARGV[6]), tonumber(ARGV[7]))
end
if dead_lettered > 0 then
  count(meta, 'dead_lettered', dead_lettered, tonumber(ARGV[10]), tonumber(ARGV[11]))
end
return {'PUBLISHED'}
