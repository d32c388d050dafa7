-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events meta
-- ARGV: group fingerprint caller ordinal
-- Returns: status, epoch, last sequence; or MISMATCH and the stored fingerprint
--
-- The caller and its ordinal make the call idempotent: sent twice it gives the same epoch, and one
-- that arrives after a later one of the same caller fences nobody. The epoch is the server's clock in
-- microseconds and at least one more than the last: after a roll-back nobody gets an old one again.
local events, meta = KEYS[1], KEYS[2]
local stored = redis.call('HMGET', meta, 'fingerprint', 'epoch', 'caller', 'ordinal')
if stored[1] and stored[1] ~= ARGV[2] then
  return {'MISMATCH', stored[1]}
end
if stored[2] and stored[3] == ARGV[3] and tonumber(stored[4]) >= tonumber(ARGV[4]) then
  return {'OK', tonumber(stored[2]), last_sequence(events)}
end
local time = redis.call('TIME')
local epoch = tonumber(time[1]) * 1000000 + tonumber(time[2])
if stored[2] and tonumber(stored[2]) >= epoch then
  epoch = tonumber(stored[2]) + 1
end
ensure_stream(events, ARGV[1])
redis.call('HSET', meta,
  'fingerprint', ARGV[2], 'epoch', whole(epoch), 'caller', ARGV[3], 'ordinal', ARGV[4])
return {'OK', epoch, last_sequence(events)}
