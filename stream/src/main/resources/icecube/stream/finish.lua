-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events meta
-- ARGV: epoch entry_count
-- Returns: status, last sequence
local events, meta = KEYS[1], KEYS[2]
local last = last_sequence(events)
local refusal = fenced(meta, ARGV[1])
if refusal then
  return {refusal, last}
end
local entry_count = tonumber(ARGV[2])
if last < entry_count then
  return {'GAP', last}
end
if last > entry_count then
  return {'BEYOND', last}
end
allow_oom(meta)
redis.call('HSET', meta, 'entry_count', ARGV[2])
return {'OK', last}
