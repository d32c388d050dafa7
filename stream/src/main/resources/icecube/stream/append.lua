-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events meta dead
-- ARGV: epoch first_sequence count backlog_max, then for each entry:
--       payload event_count digest1 digest2 packed(0|1) dead_letters,
--       and if there are dead letters: digest1 digest2 payload of them;
--       then, if any entry is traced, for each entry: traceparent, empty if that one is not
-- Returns: status, last sequence
--
-- The traces stand last, where a library without them does not look.
-- Events refused at the door go to the dead letters in the same step: the entry keeps its sequence
-- even if none is left in it.
local events, meta, dead = KEYS[1], KEYS[2], KEYS[3]
local last = last_sequence(events)
local refusal = fenced(meta, ARGV[1])
if refusal then
  return {refusal, last}
end
local first, backlog_max = tonumber(ARGV[2]), tonumber(ARGV[4])
local final = first + tonumber(ARGV[3]) - 1
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
local refused, refused1, refused2 = 0, 0, 0
local at_ms = now_ms()
local traces = 5
for _ = first, final do
  traces = traces + (tonumber(ARGV[traces + 5]) > 0 and 9 or 6)
end
local at = 5
for sequence = first, final do
  local letters = tonumber(ARGV[at + 5])
  if sequence > last then
    local id = entry_id(sequence)
    add_entry(events, id, at_ms, ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4],
      ARGV[traces + sequence - first])
    emitted = emitted + tonumber(ARGV[at + 1])
    digest1 = digest1 + tonumber(ARGV[at + 2])
    digest2 = digest2 + tonumber(ARGV[at + 3])
    if letters > 0 then
      publish(dead, id, '', ARGV[at + 5], ARGV[at + 6], ARGV[at + 7], ARGV[at + 8])
      refused = refused + letters
      refused1 = refused1 + tonumber(ARGV[at + 6])
      refused2 = refused2 + tonumber(ARGV[at + 7])
    end
  end
  at = at + (letters > 0 and 9 or 6)
end
count(meta, 'emitted', emitted + refused, digest1 + refused1, digest2 + refused2)
if refused > 0 then
  count(meta, 'dead_lettered', refused, refused1, refused2)
end
redis.call('HDEL', meta, 'entry_count')
return {'OK', final}
