/** Whatever JSON is sent to POST /livekit/token: a sound token or a refusal; and what is valid arrives as it is. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { verifyToken } from '../src/testing/livekit-token.js';

let service: RunningApp;
beforeAll(async () => {
  service = await startApp();
});
afterAll(() => service.close());

async function send(request: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await service.post('/livekit/token', JSON.stringify(request));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('any body', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 40 });
  const anyKey = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'then', 'hasOwnProperty', 'length', 'toJSON'),
    fc.constantFrom('agents', 'agent_name', 'agentName', 'metadata', 'attributes', 'egress', 'tags', 'restart_policy'),
    anyText,
  );
  const { value: anyValue } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(null, '', 0, false, true, -1, 1e308, {}, [], '\ud83d', ' '),
      anyText,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(anyKey, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const likely = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 4, arbitrary: value }, anyValue);
  const anyAgent = fc.record(
    {
      agent_name: likely(anyText),
      agentName: likely(anyText),
      metadata: likely(anyText),
      deployment: likely(anyText),
      attributes: likely(fc.dictionary(anyKey, likely(anyText), { maxKeys: 3 })),
      restart_policy: anyValue,
    },
    { requiredKeys: [] },
  );
  const anyConfig = fc.record(
    { agents: likely(fc.array(likely(anyAgent), { maxLength: 12 })), egress: anyValue, unknown: anyValue },
    { requiredKeys: [] },
  );
  const anyBody = fc.record(
    {
      room_name: likely(anyText),
      participant_name: likely(anyText),
      participant_identity: likely(anyText),
      participant_metadata: likely(anyText),
      participant_attributes: likely(fc.dictionary(anyKey, likely(anyText), { maxKeys: 3 })),
      room_config: likely(anyConfig),
      unknown: anyValue,
    },
    { requiredKeys: [] },
  );

  it('is answered with a sound token or a refusal', async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: anyBody }, anyValue), async (request) => {
        const { status, body } = await send(request);
        statuses.add(status);
        if (status !== 201) {
          expect([400, 403]).toContain(status);
          expect(body).not.toHaveProperty('participant_token');
          return;
        }
        const claims = await verifyToken(String(body['participant_token']));
        const { iss: _iss, exp: _exp, nbf: _nbf, sub, video, name, metadata, attributes, roomConfig, ...rest } = claims;
        expect(rest).toEqual({});
        expect(video).toEqual({ roomJoin: true, room: body['room_name'] });
        for (const text of [sub, name, metadata]) expect(['string', 'undefined']).toContain(typeof text);
        for (const text of Object.values(attributes ?? {})) expect(typeof text).toBe('string');
        expect(Object.keys(roomConfig ?? {}).filter((key) => key !== 'agents')).toEqual([]);
      }),
      { numRuns: 600 },
    );
    expect(statuses).toEqual(new Set([201, 400, 403]));
  });

  it('that is valid arrives in the token as it is', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    const name = text.filter((letters) => letters.trim() !== '' && Buffer.byteLength(letters) <= 256);
    const texts = fc
      .dictionary(text, text, { minKeys: 1, maxKeys: 3, noNullPrototype: true })
      .filter((map) => !['__proto__', 'constructor', 'prototype'].some((key) => Object.hasOwn(map, key)));
    const deployment = text.filter((letters) => !/[\0-\x20\x7f_]/.test(letters) && Buffer.byteLength(letters) <= 64);
    const agent = fc.record(
      { agentName: text, metadata: text, deployment, attributes: texts },
      { requiredKeys: ['agentName'] },
    );
    const validBody = fc
      .record({
        room_name: name,
        participant_identity: name,
        participant_name: name,
        participant_metadata: text,
        participant_attributes: texts,
        room_config: fc.record({ agents: fc.array(agent, { minLength: 1, maxLength: 2 }) }),
      })
      .filter((request) => Buffer.byteLength(JSON.stringify(request)) <= 4096);
    await fc.assert(
      fc.asyncProperty(validBody, async (request) => {
        const { status, body } = await send(request);
        expect(status).toBe(201);
        const claims = await verifyToken(String(body['participant_token']));
        expect({ room: body['room_name'], name: body['participant_name'] }).toEqual({
          room: request.room_name,
          name: request.participant_name,
        });
        expect(claims).toMatchObject({
          sub: request.participant_identity,
          name: request.participant_name,
          metadata: request.participant_metadata,
          video: { room: request.room_name },
        });
        expect(claims.attributes).toEqual(request.participant_attributes);
        expect(claims.roomConfig).toEqual(request.room_config);
      }),
      { numRuns: 300 },
    );
  });
});
