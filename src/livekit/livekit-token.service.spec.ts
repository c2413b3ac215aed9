/** Compares the tokens with those of the SDK's toJwt(), for generated terms, keys and secrets. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { AccessToken, RoomAgentDispatch, RoomConfiguration, TrackSource, type VideoGrant } from 'livekit-server-sdk';

import { KeyRing } from './key-ring.service.js';
import { LiveKitTokenService } from './livekit-token.service.js';
import type { TokenTerms } from './token-terms.js';

const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const anyText = fc.string({ unit: 'grapheme', maxLength: 30 });
const anySecret = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });

const anyTerms = fc.record(
  {
    room: anyName,
    identity: anyName,
    name: anyText,
    metadata: anyText,
    attributes: fc.dictionary(anyText, anyText, { maxKeys: 3, noNullPrototype: true }),
    agents: fc.array(fc.record({ agentName: anyText, metadata: anyText }), { minLength: 1, maxLength: 2 }),
    ttl: fc.integer({ min: 1, max: 86_400 }),
    grants: fc.record(
      {
        canPublish: fc.boolean(),
        canSubscribe: fc.boolean(),
        canPublishData: fc.boolean(),
        canUpdateOwnMetadata: fc.boolean(),
        canSubscribeMetrics: fc.boolean(),
        hidden: fc.boolean(),
        roomAdmin: fc.boolean(),
        canPublishSources: fc.uniqueArray(fc.constantFrom('camera' as const, 'microphone' as const), { minLength: 1 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['room', 'identity', 'ttl', 'grants'] },
) as fc.Arbitrary<TokenTerms>;

function signer(key: string, secret: string): LiveKitTokenService {
  return new LiveKitTokenService(new KeyRing({ keys: [{ key, secret }] }));
}

/** By the SDK alone, from claims to signature. */
function tokenOfTheSdk(key: string, secret: string, terms: TokenTerms): Promise<string> {
  const { canPublishSources, ...grants } = terms.grants;
  const token = new AccessToken(key, secret, { identity: terms.identity, ttl: terms.ttl });
  const sources = canPublishSources?.map((name) => (name === 'camera' ? TrackSource.CAMERA : TrackSource.MICROPHONE));
  const video = { roomJoin: true, room: terms.room, ...grants, ...(sources && { canPublishSources: sources }) };
  token.addGrant(video as VideoGrant);
  if (terms.name !== undefined) token.name = terms.name;
  if (terms.metadata !== undefined) token.metadata = terms.metadata;
  if (terms.attributes !== undefined) token.attributes = { ...terms.attributes };
  if (terms.agents !== undefined) {
    const agents = terms.agents.map((agent) => new RoomAgentDispatch({ ...agent }));
    token.roomConfig = new RoomConfiguration({ agents }).toJson() as unknown as RoomConfiguration;
  }
  return token.toJwt();
}

describe('a token', () => {
  it("holds what the SDK's own holds, and verifies by the secret alone", async () => {
    await fc.assert(
      fc.asyncProperty(anyName, anySecret, anyTerms, async (key, secret, terms) => {
        const token = signer(key, secret).sign(terms);
        const expected = await tokenOfTheSdk(key, secret, terms);
        const [{ nbf = 0, exp = 0, ...claims }, { nbf: theirNbf = 0, exp: theirExp = 0, ...theirs }] = [
          decodeJwt(token),
          decodeJwt(expected),
        ];
        expect(claims).toEqual(theirs);
        expect(decodeProtectedHeader(token)).toEqual(decodeProtectedHeader(expected));
        expect(exp - nbf).toBe(terms.ttl);
        // The SDK reads the clock once more for each of its times.
        expect(Math.abs(nbf - theirNbf)).toBeLessThanOrEqual(1);
        expect(Math.abs(exp - theirExp)).toBeLessThanOrEqual(1);
        await jwtVerify(token, new TextEncoder().encode(secret), { issuer: key });
        await expect(jwtVerify(token, new TextEncoder().encode(`${secret}x`))).rejects.toMatchObject({
          code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
        });
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['no identity', { identity: '' }],
    ['no room', { room: '' }],
    ['no time to live', { ttl: 0 }],
    ['a fraction of a second', { ttl: 1.5 }],
    ['no source to publish from', { grants: { canPublishSources: [] } }],
  ])('is not signed for %s', (_what, wrong) => {
    const terms: TokenTerms = { room: 'r', identity: 'i', grants: {}, ttl: 60, ...wrong };
    expect(() => signer('key', 'secret').sign(terms)).toThrow();
  });

  it('ends with access, even if a second has begun since its ttl was cut', () => {
    const endsAt = Date.now() + 60_000;
    const { exp } = decodeJwt(signer('key', 'secret').sign({ room: 'r', identity: 'i', grants: {}, ttl: 61, endsAt }));
    expect(exp).toBe(Math.floor(endsAt / 1000));
  });
});
