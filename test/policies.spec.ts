/** A team's own policies have their say on every join; one that fails lets nobody in. */
import { ForbiddenException, Injectable, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { startApp } from '../src/testing/start-app.js';
import { verifyToken } from '../src/testing/livekit-token.js';

@Injectable()
@TokenPolicy({ order: 20 })
class LateName implements TokenPolicyProvider {
  decide(_request: JoinRequest, terms: JoinTerms): JoinTerms {
    return { ...terms, name: `${terms.name ?? ''} B.` };
  }
}

@Injectable()
@TokenPolicy({ order: 10 })
class EarlyName implements TokenPolicyProvider {
  async decide({ room }: JoinRequest, terms: JoinTerms): Promise<JoinTerms> {
    await Promise.resolve();
    if (room === 'closed') throw new ForbiddenException('The room is closed.', { errorCode: 'ROOM_CLOSED' });
    if (room === 'broken') throw new Error('the database says hunter2');
    return { ...terms, name: 'Alice', ttl: 120, grants: { canPublish: false } };
  }
}

@Module({ providers: [LateName, EarlyName] })
class NamesModule {}

@Module({ providers: [EarlyName] })
class NamesAgainModule {}

@Injectable()
@TokenPolicy()
class NoPolicy {}

@Module({ providers: [NoPolicy] })
class NoPolicyModule {}

@Injectable()
@TokenPolicy()
class Greedy implements TokenPolicyProvider {
  decide(_request: JoinRequest, terms: JoinTerms): JoinTerms {
    return { ...terms, grants: { roomCreate: true, canPublish: true, kind: 'agent' } as JoinTerms['grants'] };
  }
}

@Module({ providers: [Greedy] })
class GreedyModule {}

const tooLong = 'x'.repeat(257);

/** What a policy may not return, by the field that the log must name. `hunter2` stands for values, which it must not show. */
const INVALID: readonly (readonly [field: string, change: object])[] = [
  ['room', { room: '' }],
  ['room', { room: undefined }],
  ['identity', { identity: '' }],
  ['identity', { identity: tooLong }],
  ['name', { name: ' ' }],
  ['name', { name: `hunter2${tooLong}` }],
  ['ttl', { ttl: 0 }],
  ['ttl', { ttl: 1.5 }],
  ['ttl', { ttl: NaN }],
  ['ttl', { ttl: 1e9 }],
  ['ttl', { ttl: '60' }],
  ['endsAt', { endsAt: NaN }],
  ['endsAt', { endsAt: new Date(0) }],
  ['grants', { grants: undefined }],
  ['grants.hidden', { grants: { hidden: 'no' } }],
  ['grants.canPublishSources', { grants: { canPublishSources: [] } }],
  ['grants.canPublishSources', { grants: { canPublishSources: ['hunter2'] } }],
  ['roomSettings.maxParticipants', { roomSettings: { maxParticipants: 0 } }],
  ['roomSettings.emptyTimeout', { roomSettings: { emptyTimeout: 2.5 } }],
  ['roomSettings.departureTimeout', { roomSettings: { departureTimeout: 2 ** 32 } }],
  ['metadata', { metadata: { hunter2: 1 } }],
  ['metadata', { metadata: '\ud83d' }],
  ['attributes', { attributes: { hunter2: 1 } }],
  ['agents', { agents: [{}] }],
  ['agents', { agents: Array.from({ length: 11 }, () => ({ agentName: '' })) }],
  ['metadata, attributes, agents', { metadata: 'x'.repeat(2048), attributes: { a: 'x'.repeat(2048) } }],
];

@Injectable()
@TokenPolicy()
class Careless implements TokenPolicyProvider {
  decide({ room }: JoinRequest, terms: JoinTerms): JoinTerms {
    return { ...terms, ...INVALID[Number(room)]?.[1] };
  }
}

@Module({ providers: [Careless] })
class CarelessModule {}

const ask = (roomName: string) => ({ roomName, participantName: 'p' });

describe('token policies', () => {
  it('are found in any module, and decide in their order, which is logged', async () => {
    const service = await startApp({}, { modules: [NamesModule] });
    const claims = await verifyToken((await (await service.post('/token', ask('r'))).json()) as string);
    expect(claims).toMatchObject({ name: 'Alice B.', video: { room: 'r', canPublish: false } });
    expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBe(120);
    const orders = service.output.lines().filter(({ context }) => context === 'PolicyChain');
    expect(orders).toHaveLength(1);
    const policies = orders[0]?.['policies'] as string[];
    expect(policies.slice(-2)).toEqual(['EarlyName', 'LateName']);
    expect(policies.indexOf('OwnIdentityPolicy')).toBeLessThan(policies.indexOf('JoinRulesPolicy'));
    await service.close();
  });

  it('refuse with their own code, or with 503 when they fail', async () => {
    const service = await startApp({ TOKEN_RESPONSE_FORMAT: 'object' }, { modules: [NamesModule] });
    const closed = await service.post('/token', ask('closed'));
    expect([closed.status, await closed.json()]).toEqual([403, { errorMessage: 'The room is closed.' }]);
    const broken = await service.post('/token', ask('broken'));
    expect(broken.status).toBe(503);
    expect(await broken.text()).not.toContain('hunter2');
    const decisions = service.output.lines().filter(({ message }) => message === 'refused');
    expect(decisions).toMatchObject([
      { code: 'ROOM_CLOSED', policy: 'EarlyName' },
      { code: 'POLICY_FAILED', policy: 'EarlyName' },
    ]);
    await service.close();
  });

  it('cannot make a token say what it must never say', async () => {
    const service = await startApp({}, { modules: [GreedyModule] });
    const claims = await verifyToken((await (await service.post('/token', ask('r'))).json()) as string);
    expect(claims.video).toEqual({ roomJoin: true, room: 'r', canPublish: true });
    expect(Object.keys(claims).sort()).toEqual(['exp', 'iss', 'nbf', 'sub', 'video']);
    await service.close();
  });

  it('cannot return terms that must not be signed', async () => {
    const service = await startApp({ TOKEN_RESPONSE_FORMAT: 'object' }, { modules: [CarelessModule] });
    const statuses: number[] = [];
    for (const index of INVALID.keys()) statuses.push((await service.post('/token', ask(String(index)))).status);
    expect(new Set(statuses)).toEqual(new Set([503]));
    const lines = service.output.lines();
    const failures = lines.filter(({ context }) => context === 'Failure').map((line) => JSON.stringify(line));
    expect(failures).toEqual(
      INVALID.map(([field]) => expect.stringContaining(`Careless returned invalid terms: ${field} must`)),
    );
    const refused = lines.filter(({ message }) => message === 'refused');
    expect(refused).toMatchObject(INVALID.map(() => ({ code: 'POLICY_FAILED', policy: 'Careless' })));
    expect(service.output.text()).not.toContain('hunter2');
    expect((await service.post('/token', ask('valid'))).status).toBe(200);
    await service.close();
  });

  it('stop the start when one is registered twice, or cannot decide', async () => {
    await expect(startApp({}, { modules: [NamesModule, NamesAgainModule] })).rejects.toThrow(
      /EarlyName is registered 2 times/,
    );
    await expect(startApp({}, { modules: [NoPolicyModule] })).rejects.toThrow(/NoPolicy must be/);
  });
});
