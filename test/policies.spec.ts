/** A team's own policies have their say on every join; one that fails lets nobody in. */
import { ForbiddenException, Injectable, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { startApp } from './support/app.js';
import { verifyToken } from './support/livekit-token.js';

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
  decide({ room }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room === 'nobody') return { ...terms, identity: '' };
    if (room === 'forever') return { ...terms, ttl: NaN };
    return { ...terms, grants: { roomCreate: true, canPublish: true, kind: 'agent' } as JoinTerms['grants'] };
  }
}

@Module({ providers: [Greedy] })
class GreedyModule {}

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
    expect((await service.post('/token', ask('nobody'))).status).toBe(500);
    expect((await service.post('/token', ask('forever'))).status).toBe(500);
    await service.close();
  });

  it('stop the start when one is registered twice, or cannot decide', async () => {
    await expect(startApp({}, { modules: [NamesModule, NamesAgainModule] })).rejects.toThrow(
      /EarlyName is registered 2 times/,
    );
    await expect(startApp({}, { modules: [NoPolicyModule] })).rejects.toThrow(/NoPolicy must be/);
  });
});
