-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events meta
-- ARGV: group
allow_oom(KEYS[2])
ensure_stream(KEYS[1], ARGV[1])
return {'OK'}
