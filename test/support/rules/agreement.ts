/** Has generated requests decided by src/rules and by an independent model, and counts how they were decided. */
import { isDeepStrictEqual } from 'node:util';

import { expect } from '@jest/globals';
import * as fc from 'fast-check';

import { problemOf } from '../../../src/errors/problem.js';
import { evaluateRules } from '../../../src/rules/evaluate-rules.js';
import { JoinRuleIndex } from '../../../src/rules/join-rule.index.js';
import { parseJoinRules } from '../../../src/rules/join-rules.parser.js';

import { CedarRules } from './cedar.rules.js';
import { anyFile, cedarFile, type FileSource, request, type RequestSource } from './file.arbitrary.js';
import { decideNaively } from './naive.rules.js';

/** Requests for each generated file. */
const REQUESTS = 50;

const IDENTITY = 'own identity';
const TTL = 600;

/** How many requests were decided in this way: `refused`, or by the number of the rule. */
export type Counts = ReadonlyMap<number | string, number>;

/** Compares whether a rule matches, and which one, with Cedar. */
export function agreesWithCedar(requests: number): Counts {
  return compared(cedarFile, requests, (file, index, asked) => {
    const times = asked.map(({ now }) => now);
    const cedar = new CedarRules(file, Math.min(...times), Math.max(...times));
    return asked.map((one) => {
      const ours = index.find(one.room, one.claims, one.now)?.number;
      return { ours, model: cedar.decide(one), key: ours ?? 'refused' };
    });
  });
}

/** Compares the whole decision with the naive evaluator: the code of the refusal, or all terms. */
export function agreesWithNaive(requests: number): Counts {
  return compared(anyFile, requests, (file, index, asked) =>
    asked.map((one) => {
      const ours = decisionOf(index, one);
      const model = decideNaively(file, one, IDENTITY, TTL);
      return { ours, model, key: typeof ours === 'string' ? ours : Number(ours['rule']) };
    }),
  );
}

type Sample = readonly [FileSource, readonly RequestSource[]];

interface Compared {
  readonly ours: unknown;
  readonly model: unknown;
  readonly key: number | string;
}

function compared(
  files: fc.Arbitrary<FileSource>,
  requests: number,
  decide: (file: FileSource, index: JoinRuleIndex, asked: readonly RequestSource[]) => readonly Compared[],
): Counts {
  const decisions = new Map<number | string, number>();
  const many = fc.tuple(files, fc.array(request, { minLength: REQUESTS, maxLength: REQUESTS }));
  const runs = Math.ceil(requests / REQUESTS);
  const firstSeed = Math.floor(Math.random() * 2 ** 30);
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    // Not by fc.assert, whose reports would hold all requests.
    // From JSON, as files and claims are: fast-check also makes objects without a prototype, which no comparison should see.
    const [file, asked] = JSON.parse(JSON.stringify(fc.sample(many, { seed, numRuns: 1 })[0])) as Sample;
    const { rules, errors } = parseJoinRules(JSON.stringify(file.defaults ? file : file.rules));
    expect({ file, errors }).toEqual({ file, errors: [] });
    for (const [at, { ours, model, key }] of decide(file, new JoinRuleIndex(rules), asked).entries()) {
      decisions.set(key, (decisions.get(key) ?? 0) + 1);
      if (isDeepStrictEqual(ours, model)) continue;
      // Not by expect, whose report shows neither the seed nor the file.
      throw new Error(JSON.stringify({ seed, file, asked: asked.slice(0, at + 1), ours, model }));
    }
  }
  return decisions;
}

function decisionOf(
  index: JoinRuleIndex,
  { room, claims, now, ...fields }: RequestSource,
): string | Record<string, unknown> {
  const terms = { room, identity: IDENTITY, grants: {}, ttl: TTL, ...fields };
  const decision = evaluateRules(index, terms, claims, now);
  if ('refusal' in decision) return problemOf(decision.refusal, '').code;
  const { rule, grants, ttl, endsAt, identity, attributes, metadata, roomSettings, agents } = decision.terms;
  return { rule, grants, ttl, endsAt, identity, attributes, metadata, roomSettings, agents };
}
