-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events dead meta
-- ARGV: group dead_letter_id, kept digest1 digest2 payload,
--       then for each entry: payload event_count digest1 digest2 packed(0|1),
--       then, if they are traced, the traceparent of all of them
-- Returns: REDRIVEN; GONE; or UNEQUAL with the events the dead letter has and those given
--
-- Not a single event may appear or vanish: what goes round again and what is kept must be what the
-- dead letter had. It may grow memory, so XADD comes first and a full Redis refuses it whole.
local events, dead, meta = KEYS[1], KEYS[2], KEYS[3]
local id, kept = ARGV[2], tonumber(ARGV[3])
local found = redis.call('XRANGE', dead, id, id)
if #found == 0 then
  return {'GONE'}
end
local letter = fields(found[1][2])
local again, digest1, digest2 = 0, 0, 0
for at = 7, #ARGV - 4, 5 do
  again = again + tonumber(ARGV[at + 1])
  digest1 = digest1 + tonumber(ARGV[at + 2])
  digest2 = digest2 + tonumber(ARGV[at + 3])
end
if again + kept ~= tonumber(letter['n'])
  or (digest1 + tonumber(ARGV[4])) % 4294967296 ~= tonumber(letter['a'])
  or (digest2 + tonumber(ARGV[5])) % 4294967296 ~= tonumber(letter['b']) then
  return {'UNEQUAL', tonumber(letter['n']), again + kept}
end
ensure_stream(events, ARGV[1])
local traceparent = (#ARGV - 6) % 5 == 1 and ARGV[#ARGV] or nil
add_parts(events, now_ms(), traceparent, ARGV, 7)
if kept > 0 then
  publish(dead, letter['s'], letter['c'], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
end
redis.call('XDEL', dead, id)
count(meta, 'dead_lettered', -again, -digest1, -digest2)
redis.call('HINCRBY', meta, 'redriven', whole(again))
return {'REDRIVEN'}
