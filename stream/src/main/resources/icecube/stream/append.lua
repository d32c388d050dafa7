-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events meta
-- ARGV: epoch first_sequence backlog_max, then for each entry: payload event_count digest1 digest2
-- Returns: status, last sequence
local events, meta = KEYS[1], KEYS[2]
local last = last_sequence(events)
local refusal = fenced(meta, ARGV[1])
if refusal then
  return {refusal, last}
end
local first, backlog_max = tonumber(ARGV[2]), tonumber(ARGV[3])
local final = first + (#ARGV - 3) / 4 - 1
if first > last + 1 then
  return {'GAP', last}
end
if final <= last then
  return {'DUPLICATE', last}
end
if redis.call('XLEN', events) + final - last > backlog_max then
  return {'BUSY', last}
end
local emitted, digest1, digest2 = 0, 0, 0
for sequence = last + 1, final do
  local at = 4 + (sequence - first) * 4
  redis.call('XADD', events, entry_id(sequence),
    'd', ARGV[at], 'n', ARGV[at + 1], 'a', ARGV[at + 2], 'b', ARGV[at + 3])
  emitted = emitted + tonumber(ARGV[at + 1])
  digest1 = digest1 + tonumber(ARGV[at + 2])
  digest2 = digest2 + tonumber(ARGV[at + 3])
end
count(meta, 'emitted', emitted, digest1, digest2)
redis.call('HDEL', meta, 'entry_count')
return {'OK', final}
