/** What the page at / says: tokens in words, requests as commands, and what to do about refusals and failed joins. */
import { execFileSync } from 'node:child_process';

import { describe, expect, it } from '@jest/globals';

import { ERRORS } from '../src/errors/error.catalogue.js';
import { claimsOf } from '../src/playground/browser/claims.js';
import { countdown, explain } from '../src/playground/browser/claims.explained.js';
import { curlCommand } from '../src/playground/browser/curl.command.js';
import { invitationIn, invitationTo } from '../src/playground/browser/invitation.js';
import { endingOf, joinFailure } from '../src/playground/browser/join.failure.js';
import { adviceOf } from '../src/playground/browser/refusal.advice.js';
import { laidOut, refusalIn, requestOf, tokenIn } from '../src/playground/browser/token.request.js';

import { startApp } from '../src/testing/start-app.js';

const NASTY = [
  ['plain', 'Alice'],
  ['single quotes', "O'Brien ''"],
  ['double quotes and backslashes', String.raw`"a" \n \\ \'`],
  ['what a shell would run', '$(rm -rf /) `id` $HOME ${x} ! & | ; > * ~'],
  ['line breaks', 'one\ntwo\r\n'],
  ['Unicode', 'Zoë 日本語 👩‍👩‍👧‍👦'],
] as const;

describe('the command', () => {
  const argumentsOf = (command: string): readonly string[] =>
    execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], {
      encoding: 'utf8',
      env: { ACCESS_TOKEN: 'to.ke.n' },
    })
      .split('\0')
      .slice(0, -1);

  it.each(NASTY)('reaches curl as the page sends it: %s', (_what, name) => {
    const request = requestOf({ contract: 'openvidu', room: name, name });
    const url = "http://localhost:6080/it's/token";
    const given = argumentsOf(curlCommand(url, request, true));
    expect(given).toEqual([
      '-i',
      url,
      '-H',
      'Content-Type: application/json',
      '-H',
      'Authorization: Bearer to.ke.n',
      '-d',
      JSON.stringify({ roomName: name, participantName: name }),
    ]);
    expect(argumentsOf(curlCommand(url, request, false))).not.toContain('Authorization: Bearer to.ke.n');
  });
});

describe('an answer', () => {
  const answer = (status: number, text: string) => ({ status, text });

  it.each(['string', 'object', 'text'])('of the service is understood: TOKEN_RESPONSE_FORMAT=%s', async (format) => {
    const service = await startApp({ TOKEN_RESPONSE_FORMAT: format });
    for (const contract of ['openvidu', 'livekit'] as const) {
      const asked = async (room: string) => {
        const { path, body } = requestOf({ contract, room, name: 'Zoë' });
        const response = await service.post(`/${path}`, body);
        return answer(response.status, await response.text());
      };
      const good = await asked('Größe 日本語');
      const claims = claimsOf(tokenIn(good) ?? '');
      expect(claims?.video?.room).toBe('Größe 日本語');
      const { facts } = explain(claims ?? {});
      expect(facts.find(({ label }) => label === 'Who')?.text).toMatch(/^Zoë/);
      expect(laidOut(good)).toContain(tokenIn(good));

      const bad = await asked(' ');
      expect(tokenIn(bad)).toBeUndefined();
      const { code, detail } = refusalIn(bad);
      expect(detail).toMatch(/must not be blank/);
      expect(code).toBe(contract === 'livekit' ? 'NAME_BLANK' : undefined);
    }
    await service.close();
  });

  it('that is none of ours is shown all the same', () => {
    expect(refusalIn(answer(502, '<html>Bad gateway</html>'))).toEqual({ detail: '<html>Bad gateway</html>' });
    expect(refusalIn(answer(500, '{}'))).toEqual({ detail: 'Status 500' });
    expect(tokenIn(answer(200, '{"token":7}'))).toBeUndefined();
  });
});

describe('a token', () => {
  const video = { roomJoin: true, room: 'r' };

  it('is explained line by line, with the grants that it has not', () => {
    const { facts, may, mayNot } = explain({ sub: 'user-1', name: 'Alice', iss: 'devkey', exp: 0, video });
    expect(facts.map(({ label }) => label)).toEqual(['Who', 'Room', 'Until', 'Signed by']);
    expect(facts[0]?.text).toBe('Alice, as user-1');
    expect(may).toHaveLength(4);
    expect(mayNot).toContain('mute and remove others in this room');
  });

  it.each([
    [{ canPublish: false }, 'see and hear the others', 'show camera, microphone'],
    [{ canPublishSources: ['microphone'] }, 'show microphone', 'show camera, screen'],
    [{ canPublishSources: [] }, 'show camera, microphone', 'record'],
    [{ canSubscribe: false }, 'join', 'see and hear the others'],
    [{ roomAdmin: true, hidden: true }, 'mute and remove others', 'create and delete rooms'],
    [{ roomJoin: false }, 'see', 'join the room'],
  ])('says what its grants mean: %j', (grants, granted, refused) => {
    const { may, mayNot } = explain({ sub: 'a', video: { ...video, ...grants } });
    expect(may.join('\n')).toContain(granted);
    expect(mayNot.join('\n')).toContain(refused);
    expect(may.join('\n')).not.toContain(refused);
  });

  it.each(['', 'a.b', 'a.b.c', `a.${btoa('7')}.c`])('is none: %j', (text) => {
    expect(claimsOf(text)).toBeUndefined();
  });

  it.each([
    [600, '10:00'],
    [599.1, '10:00'],
    [61, '1:01'],
    [9, '0:09'],
    [86_399, '23:59:59'],
    [0, undefined],
    [-5, undefined],
  ])('counts down to its end: %d s', (seconds, shown) => {
    expect(countdown(1_000 + seconds, 1_000_000)).toBe(shown);
  });
});

describe('a refusal', () => {
  it('has its own advice for every code that the service knows and a token may be refused with', () => {
    const elsewhere =
      /^(?:LIVEKIT_(?!URL_MISSING)|WEBHOOK_|LOGOUT_|GATE_|JOIN_TOKEN_|GRANTS_TOO_WIDE|ADMISSION_UNKNOWN|NOT_ROOM_ADMIN|ACCESS_NOT_FOUND|UNAUTHORIZED|FORBIDDEN|SERVICE_UNAVAILABLE)/;
    const unknown = adviceOf(499, 'NEVER_HEARD_OF');
    const forTheLog = new Set(['INTERNAL_ERROR', 'POLICY_FAILED']);
    const without = Object.entries(ERRORS).filter(
      ([code]) => !elsewhere.test(code) && !forTheLog.has(code) && adviceOf(499, code) === unknown,
    );
    expect(without).toEqual([]);
  });

  it.each([400, 401, 403, 404, 413, 415, 429, 503])('has advice by its status where there is no code: %d', (status) => {
    expect(adviceOf(status)).not.toBe(adviceOf(499));
  });
});

describe('a join that failed', () => {
  const url = 'ws://localhost:7880';
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln';

  it.each([
    ['ServerUnreachable', 'Failed to fetch', /no LiveKit at ws:/, /livekit-server --dev/],
    [
      'NotAllowed',
      `invalid token: ${jwt}, error: token signature is invalid`,
      /does not know the key/,
      /LIVEKIT_API_KEY/,
    ],
    ['NotAllowed', 'invalid API key: devkey', /does not know the key/, /LIVEKIT_API_SECRET/],
    ['NotAllowed', `invalid token: ${jwt}, error: token is expired`, /has expired/, /another/],
    ['NotAllowed', 'requested room does not exist', /does not exist/, /auto_create/],
    ['NotAllowed', 'permissions denied', /refused with 401: permissions denied/, /grants/],
    ['Timeout', 'signal', /in time/, /log/],
    ['InternalError', 'could not establish PC connection, timed out', /no sound or picture/, /UDP/],
    ['InternalError', 'Internal error', /LiveKit failed: Internal error/, /full/],
    ['ServiceNotFound', 'v1 RTC path not found', /no LiveKit/, /LIVEKIT_URL/],
  ])('says why and what to do: %s, %s', (reasonName, message, what, advice) => {
    const failure = joinFailure({ reasonName, message, status: 401 }, url);
    expect(failure.what).toMatch(what);
    expect(failure.advice).toMatch(advice);
    expect(failure.what).not.toContain(jwt);
  });

  it('asks for other things where LiveKit is elsewhere', () => {
    const failure = joinFailure({ reasonName: 'ServerUnreachable', message: '' }, 'wss://livekit.example.com');
    expect(failure.advice).not.toContain('--dev');
  });

  it('says why a call ended', () => {
    expect(endingOf('DUPLICATE_IDENTITY')).toMatch(/same identity/);
    expect(endingOf(undefined)).toMatch(/lost/);
  });
});

describe('an invitation', () => {
  it.each(NASTY)('leads into the same room under another name: %s', (_what, room) => {
    const page = 'http://localhost:6080/#room=old&name=Bob';
    const link = invitationTo(page, { contract: 'livekit', room, name: 'Alice' }, ['Alice', 'Bob']);
    expect(invitationIn(new URL(link).hash)).toEqual({ contract: 'livekit', room, name: 'Carol' });
  });

  it.each(['', '#', '#room=r', '#name=a', '#room=&name='])('is none: %j', (fragment) => {
    expect(invitationIn(fragment)).toBeUndefined();
  });
});
