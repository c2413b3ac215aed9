/**
 * Lua of the admissions in Redis. A participant is a hash: `a:<session>` is an admission (a number, a line break, JSON), `c:<sid>` a
 * connection with the time when it became known, `e:<sid>` a connection that has ended, `p` is set while LiveKit has to be told the grants, `n` counts the admissions.
 */

import { MAX_SESSIONS } from './admission.js';
import { MAX_ENDED } from './local-admission.store.js';

const PREFIX = 'livekit-token-service:access:';

/** A sorted set of participants by the time when they have to be examined. */
export const DUE = `${PREFIX}due`;

/** A hash of the participants that a process is examining, with the time until when no other one does. */
const CLAIMED = `${PREFIX}claimed`;

/** The set of those that became due again while a process was examining them. */
const AGAIN = `${PREFIX}again`;

/** The set of the participants who are present. */
export const PRESENT = `${PREFIX}present`;

/** Tells other processes which participant they know an outdated copy of. */
export const CHANNEL = `${PREFIX}changed`;

export const participant = (key: string): string => `${PREFIX}participant:${key}`;

/** The set of the participants who are present and have an admission within a scope. */
export const within = (scopeKey: string): string => `${PREFIX}within:${scopeKey}`;

export const turn = (task: string): string => `${PREFIX}turn:${task}`;

/** How long a participant who is present is kept without news, in milliseconds. Comparisons with LiveKit prolong it. */
const PRESENT_FOR = 7 * 86_400_000;

const FUNCTIONS = `
local text = function(number) return string.format('%.0f', number) end
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function examine(due, key, at)
  local claimed = tonumber(redis.call('HGET', '${CLAIMED}', key) or '0')
  if claimed > clock() then
    if at < claimed then redis.call('SADD', '${AGAIN}', key) end
    return
  end
  local score = tonumber(redis.call('ZSCORE', due, key) or 'inf')
  if at < score then redis.call('ZADD', due, text(at), key) end
end`;

/** Adds to the set of a scope, which is forgotten with those in it. */
const ENLIST = `
local function enlist(set, key)
  redis.call('SADD', set, key)
  redis.call('PEXPIRE', set, ${PRESENT_FOR})
end`;

/**
 * KEYS: the participant, the changes of revocations, PRESENT, DUE. ARGV: the participant's key; the session; the admission; how long to keep
 * it in ms; its revision; the process; whether a later revocation is ignored, and an admission by a later decision kept instead; then two
 * for each scope: its key, the key of its set. Returns 0 if a later revocation covers the admission. Keeps the last sessions.
 */
export const RECORD = `${FUNCTIONS}${ENLIST}
local revision = tonumber(ARGV[5])
if ARGV[7] == '1' then
  local known = redis.call('HGET', KEYS[1], 'a:' .. ARGV[2])
  if known and cjson.decode(string.sub(known, string.find(known, '\\n') + 1))['revision'] > revision then return 1 end
else
  for i = 8, #ARGV, 2 do
    local changed = redis.call('ZSCORE', KEYS[2], ARGV[i])
    if changed and tonumber(changed) > revision then return 0 end
  end
end
local number = redis.call('HINCRBY', KEYS[1], 'n', 1)
if redis.call('HSET', KEYS[1], 'a:' .. ARGV[2], number .. '\\n' .. ARGV[3]) == 1 and redis.call('HLEN', KEYS[1]) > ${MAX_SESSIONS} then
  local sessions, oldest = 0, nil
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(field, 1, 2) == 'a:' then
      sessions = sessions + 1
      local one = tonumber(string.match(redis.call('HGET', KEYS[1], field), '^%d+'))
      if not oldest or one < oldest.number then oldest = { field = field, number = one } end
    end
  end
  if sessions > ${MAX_SESSIONS} then redis.call('HDEL', KEYS[1], oldest.field) end
end
if redis.call('SISMEMBER', KEYS[3], ARGV[1]) == 1 then
  for i = 8, #ARGV, 2 do enlist(ARGV[i + 1], ARGV[1]) end
  redis.call('PEXPIRE', KEYS[1], ${PRESENT_FOR})
  examine(KEYS[4], ARGV[1], clock())
elseif redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
redis.call('PUBLISH', '${CHANNEL}', ARGV[6] .. ' ' .. ARGV[1])
return 1`;

/** KEYS: the participant. ARGV: the session, the admission as it was read, the other one, the process, the participant's key. */
export const REPLACE = `
local known = redis.call('HGET', KEYS[1], 'a:' .. ARGV[1])
if known ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'a:' .. ARGV[1], string.sub(known, 1, string.find(known, '\\n')) .. ARGV[3])
redis.call('PUBLISH', '${CHANNEL}', ARGV[4] .. ' ' .. ARGV[5])
return 1`;

/** KEYS: the participant, PRESENT, the sets of the scopes. ARGV: the participant's key, the sid, the time. Returns 1 if it is new. */
export const JOINED = `${ENLIST}
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'e:' .. ARGV[2]) == 1 then return 0 end
local isNew = redis.call('HSETNX', KEYS[1], 'c:' .. ARGV[2], ARGV[3])
redis.call('SADD', KEYS[2], ARGV[1])
for i = 3, #KEYS do enlist(KEYS[i], ARGV[1]) end
redis.call('PEXPIRE', KEYS[1], ${PRESENT_FOR})
return isNew`;

/**
 * KEYS: the participant, PRESENT, the sets of the scopes. ARGV: the participant's key, the sid, how long to keep it,
 * the time if the connection does not come back or nothing.
 */
export const LEFT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local wasPresent = redis.call('HDEL', KEYS[1], 'c:' .. ARGV[2]) == 1
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'e:' .. ARGV[2], ARGV[4]) end
local isPresent, ended, oldest = false, 0, nil
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  local kind = string.sub(field, 1, 2)
  if kind == 'c:' then
    isPresent = true
  elseif kind == 'e:' then
    ended = ended + 1
    local at = tonumber(redis.call('HGET', KEYS[1], field))
    if not oldest or at < oldest.at then oldest = { field = field, at = at } end
  end
end
if ended > ${MAX_ENDED} then redis.call('HDEL', KEYS[1], oldest.field) end
if isPresent then return 0 end
redis.call('SREM', KEYS[2], ARGV[1])
for i = 3, #KEYS do redis.call('SREM', KEYS[i], ARGV[1]) end
if wasPresent then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1`;

/** KEYS: the set of a scope, PRESENT. Returns its participants who are present, and removes the others. */
export const WITHIN = `
redis.call('SINTERSTORE', KEYS[1], KEYS[1], KEYS[2])
redis.call('PEXPIRE', KEYS[1], ${PRESENT_FOR})
return redis.call('SMEMBERS', KEYS[1])`;

/** KEYS: PRESENT, the participants. ARGV: the participants' keys. Keeps those who are present, and removes those without a record. */
export const KEEP = `
for i = 1, #ARGV do
  if redis.call('EXISTS', KEYS[i + 1]) == 0 then
    redis.call('SREM', KEYS[1], ARGV[i])
  elseif redis.call('SISMEMBER', KEYS[1], ARGV[i]) == 1 then
    redis.call('PEXPIRE', KEYS[i + 1], ${PRESENT_FOR})
  end
end
return 1`;

/** KEYS: DUE. ARGV: the time, or nothing for now; the participants. */
export const EXAMINE_AT = `${FUNCTIONS}
local at = tonumber(ARGV[1]) or clock()
for i = 2, #ARGV do examine(KEYS[1], ARGV[i], at) end
return 1`;

/** KEYS: DUE. ARGV: how many, for how many ms. Returns until when, and the participants. */
export const CLAIM = `${FUNCTIONS}
local now = clock()
local keys = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(now), 'LIMIT', 0, ARGV[1])
local til = text(now + ARGV[2])
for _, key in ipairs(keys) do
  redis.call('ZADD', KEYS[1], til, key)
  redis.call('HSET', '${CLAIMED}', key, til)
  redis.call('SREM', '${AGAIN}', key)
end
return {til, keys}`;

/** KEYS: DUE. ARGV: the participant; until when it was claimed; the next time, or nothing. */
export const EXAMINED = `${FUNCTIONS}
if redis.call('HGET', '${CLAIMED}', ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', '${CLAIMED}', ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
local next = tonumber(ARGV[3])
if redis.call('SREM', '${AGAIN}', ARGV[1]) == 1 then next = clock() end
if next then examine(KEYS[1], ARGV[1], next) end
return 1`;
