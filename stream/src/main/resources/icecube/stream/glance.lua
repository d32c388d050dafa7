-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events
-- Returns: age of the oldest entry in ms (-1 if there is none); memory used and allowed (-1 if this
--          user may not see it)
--
-- Every emitter and consumer asks this all the time: no more commands than they have for their work.
local used, max = memory()
return {age(stream_info(KEYS[1])), used, max}
