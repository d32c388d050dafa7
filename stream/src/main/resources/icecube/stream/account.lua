-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events predictions dead meta
-- ARGV: group
-- Returns: three counts with two digests each, entry_count or nil; last sequence, backlog, pending,
--          entries of predictions, entries of dead letters; two trimmed counts with two digests
--          each, and events redriven
local events, predictions, dead, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local pending = 0
if redis.call('EXISTS', events) == 1 then
  pending = redis.call('XPENDING', events, ARGV[1])[1]
end
local stored = redis.call('HMGET', meta,
  'emitted', 'emitted_digest1', 'emitted_digest2',
  'predicted', 'predicted_digest1', 'predicted_digest2',
  'dead_lettered', 'dead_lettered_digest1', 'dead_lettered_digest2',
  'entry_count')
local removed = redis.call('HMGET', meta,
  'predicted_trimmed', 'predicted_trimmed_digest1', 'predicted_trimmed_digest2',
  'dead_lettered_trimmed', 'dead_lettered_trimmed_digest1', 'dead_lettered_trimmed_digest2',
  'redriven')
return {
  stored, last_sequence(events), redis.call('XLEN', events), pending,
  redis.call('XLEN', predictions), redis.call('XLEN', dead), removed
}
