-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events predictions dead meta solo
-- ARGV: group consumer sequence owner_only(0|1),
--       predicted digest1 digest2 payload, dead_lettered digest1 digest2 payload
-- Returns: outcome
--
-- Pending is the one mark of "not published yet": whoever comes second finds nothing pending.
local events, predictions, dead, meta, solo = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local group, consumer = ARGV[1], ARGV[2]
local id = ARGV[3] .. '-0'
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
allow_oom(solo)
local predicted, dead_lettered = tonumber(ARGV[5]), tonumber(ARGV[9])
if predicted > 0 then
  redis.call('XADD', predictions, '*', 's', ARGV[3], 'c', consumer, 'n', ARGV[5], 'd', ARGV[8])
end
if dead_lettered > 0 then
  redis.call('XADD', dead, '*', 's', ARGV[3], 'c', consumer, 'n', ARGV[9], 'd', ARGV[12])
end
redis.call('XACK', events, group, id)
redis.call('XDEL', events, id)
redis.call('HDEL', solo, ARGV[3])
if predicted > 0 then
  count(meta, 'predicted', predicted, tonumber(ARGV[6]), tonumber(ARGV[7]))
end
if dead_lettered > 0 then
  count(meta, 'dead_lettered', dead_lettered, tonumber(ARGV[10]), tonumber(ARGV[11]))
end
return {'PUBLISHED'}
