/** `diff` against generated files, by an independent evaluator and by the running service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { decodeJwt } from 'jose';
import * as fc from 'fast-check';

import { JoinRuleIndex } from '../../../src/rules/join-rule.index.js';
import { parseJoinRules } from '../../../src/rules/join-rules.parser.js';
import { DEFAULT_SETTINGS } from '../../../src/rules-tool/terms-settings.js';
import { type DiffResult, RulesDiff } from '../../../src/rules-tool/rules-diff.js';
import { TOKEN_ISSUED, type TokenIssuedEvent } from '../../../src/token/token-events.js';
import { type RunningApp, startApp } from '../../../src/testing/start-app.js';
import { setClock, takeClock } from '../clock.js';
import { FakeIssuer } from '../../../src/testing/fake-issuer.js';
import { temporaryFile } from '../temporary-file.js';

import { type FileSource, request, type RequestSource } from './file.arbitrary.js';
import { type Mutant, mutant } from './mutant.arbitrary.js';
import { decideNaively } from './naive.rules.js';

/** 400 mutants take five minutes on a machine that is busy with other work. */
const LIMIT_MS = 3_600_000;

const REFERENCE = Date.parse('2026-11-25T12:00:00Z');

export interface MutantCounts {
  readonly mutants: number;
  /** Random requests for each mutant. */
  readonly requests: number;
  /** Of the generated files. Default: another one each time. */
  readonly seed?: number;
}

interface Compared extends Mutant, DiffResult {}

export function describeMutants({ mutants, requests, seed = Math.floor(Math.random() * 2 ** 30) }: MutantCounts): void {
  describe(`diff of ${mutants} pairs of generated files`, () => {
    const compared: Compared[] = [];

    it(
      'finds requests for every difference that an independent evaluator sees, and for no other',
      () => {
        const asked = fc.sample(verified, { numRuns: requests, seed });
        for (const one of fc.sample(mutant, { numRuns: mutants, seed })) {
          const result = diffOf(one.old, one.new);
          compared.push({ ...one, ...result });
          const context = { seed, mutation: one.mutation, old: one.old.rules, new: one.new.rules };
          const claimed = result.differences.map(({ room, claims, at }): RequestSource => ({ room, claims, now: at }));
          const same = claimed.filter((found) => naively(one.old, found) === naively(one.new, found));
          expect({ ...context, same }).toEqual({ ...context, same: [] });
          const seen = asked.find((found) => naively(one.old, found) !== naively(one.new, found));
          const missed = result.differences.length === 0 ? seen : undefined;
          expect({ ...context, missed }).toEqual({ ...context, missed: undefined });
        }
        // The vocabulary has far more claims in patterns than files of operators.
        expect(compared.filter(({ undecided }) => undecided.length > 0).length).toBeLessThanOrEqual(mutants / 20);
        expect(compared.filter(({ differences }) => differences.length > 0).length).toBeGreaterThan(mutants / 5);
        expect(compared.filter(({ differences }) => differences.length === 0).length).toBeGreaterThan(mutants / 20);
      },
      LIMIT_MS,
    );

    describe('with the running service', () => {
      takeClock();
      let issuer: FakeIssuer;
      const services: RunningApp[] = [];
      const ends = new Map<RunningApp, number | undefined>();

      beforeAll(async () => {
        issuer = await FakeIssuer.start();
        for (const side of ['old', 'new'] as const) {
          const { path: JOIN_RULES_FILE } = temporaryFile(
            JSON.stringify(compared.flatMap((one, place) => inRoomsOf(one[side], place))),
          );
          const settings = { LOG_LEVEL: 'error' };
          const service = await startApp({ ...issuer.settings, ...settings, JOIN_RULES_FILE });
          service.app.get(EventEmitter2).on(TOKEN_ISSUED, ({ endsAt }: TokenIssuedEvent) => ends.set(service, endsAt));
          services.push(service);
        }
      }, LIMIT_MS);
      afterAll(async () => {
        for (const service of services) await service.close();
        await issuer.stop();
      });

      it(
        'finds only what the service decides differently',
        async () => {
          let count = 0;
          for (const [place, { differences }] of compared.entries()) {
            for (const { room, claims, at, ...decisions } of differences) {
              setClock(new Date(at).toISOString());
              const authorization = `Bearer ${await issuer.sign(claims)}`;
              const outcomes: unknown[] = [];
              for (const service of services) {
                ends.delete(service);
                const response = await service.post(
                  '/livekit/token',
                  { room_name: `${place}/${room}` },
                  { authorization },
                );
                const { participant_token: token } = (await response.json()) as { participant_token?: string };
                outcomes.push([response.status, token && decodeJwt(token), ends.get(service)]);
              }
              const [[oldStatus], [newStatus]] = outcomes as [[number], [number]];
              const stated = [decisions.old, decisions.new].map((decision) => ('refusal' in decision ? 403 : 201));
              expect({ seed, place, room, claims, at, statuses: [oldStatus, newStatus] }).toEqual({
                seed,
                place,
                room,
                claims,
                at,
                statuses: stated,
              });
              expect(outcomes[0]).not.toEqual(outcomes[1]);
              count += 1;
            }
          }
          expect(count).toBeGreaterThan(mutants / 5);
        },
        LIMIT_MS,
      );
    });
  });
}

/** Of callers whom an identity provider has verified. */
const verified: fc.Arbitrary<RequestSource> = request
  .filter(({ claims: { sub } }) => typeof sub === 'string' && sub !== '')
  .map(({ room, claims, now }) => ({ room, claims, now }));

function diffOf(old: FileSource, after: FileSource): DiffResult {
  const options = { settings: DEFAULT_SETTINGS, reference: REFERENCE, limit: 1000 };
  return new RulesDiff(indexOf(old), indexOf(after), options).run();
}

function indexOf({ rules: written }: FileSource): JoinRuleIndex {
  const { rules, errors } = parseJoinRules(JSON.stringify(written));
  expect(errors).toEqual([]);
  return new JoinRuleIndex(rules);
}

/** What the participant gets, comparable; which rule decided does not count. */
function naively(file: FileSource, asked: RequestSource): string {
  const decision = decideNaively(file, asked, String(asked.claims['sub']), DEFAULT_SETTINGS.ttl);
  if (typeof decision === 'string') return 'refused';
  const { rule: _rule, ttl, endsAt = Infinity, grants, attributes, roomSettings, ...terms } = decision;
  const maps = [grants, attributes ?? {}, roomSettings ?? {}].map((map) => Object.entries(map).sort());
  return JSON.stringify({ ...terms, maps, endsAt, ttl: Math.min(ttl, Math.floor((endsAt - asked.now) / 1000)) });
}

/** The rules for rooms whose names begin with a place: many files in one, none of which sees the requests of another. */
function inRoomsOf({ rules }: FileSource, place: number): FileSource['rules'] {
  return rules.map((rule) => ({ ...rule, rooms: rule.rooms.map((pattern) => `${place}/${pattern}`) }));
}
