-- SPDX-License-Identifier: Apache-2.0
-- KEYS: predictions or dead letters, meta
-- ARGV: what its trimmed events are counted as, count_max
-- Returns: entries removed
--
-- Removes, oldest first, what every group of the stream has acknowledged; nothing if it has none.
-- Their events stay in the account with their digest.
local stream, meta = KEYS[1], KEYS[2]
if redis.call('EXISTS', stream) == 0 then
  return {0}
end

-- Up to where a group has acknowledged all: the last it was given, or before the first it holds.
local sequence_min, part_min, bound
for _, each in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local group = fields(each)
  local id, open = group['last-delivered-id'], ''
  if group['pending'] > 0 then
    id, open = redis.call('XPENDING', stream, group['name'])[2], '('
  end
  local sequence, part = numbers(id)
  local isLower = not bound or sequence < sequence_min
    or (sequence == sequence_min and (part < part_min or (part == part_min and open == '(')))
  if isLower then
    sequence_min, part_min, bound = sequence, part, open .. id
  end
end
if not bound or bound == '(0-0' then
  return {0}
end

local ids, events, digest1, digest2 = {}, 0, 0, 0
for _, entry in ipairs(redis.call('XRANGE', stream, '-', bound, 'COUNT', ARGV[2])) do
  local of = fields(entry[2])
  ids[#ids + 1] = entry[1]
  events = events + tonumber(of['n'])
  digest1 = digest1 + tonumber(of['a'])
  digest2 = digest2 + tonumber(of['b'])
end
if #ids > 0 then
  allow_oom(meta)
  redis.call('XDEL', stream, unpack(ids))
  count(meta, ARGV[1], events, digest1, digest2)
end
return {#ids}
