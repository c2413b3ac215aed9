import type { ClaimTemplate } from '../auth/claim-template.js';
import type { JoinRule } from '../rules/join-rule.js';

import { conditionKey, windowsKey } from './requirements.js';

const effects = new WeakMap<JoinRule, string>();

/** All that a rule does when it is met, and when it ends: the same for rules with the same terms for every caller at every time. */
export function effectKey(rule: JoinRule): string {
  let key = effects.get(rule);
  if (key === undefined) {
    key = keyOfEffect(rule);
    effects.set(rule, key);
  }
  return key;
}

function keyOfEffect({ grants, ttl, stay, identity, attributes, metadata, room, agents, when }: JoinRule): string {
  return JSON.stringify([
    inOrder(grants),
    ttl,
    stay,
    identity?.source,
    attributes?.map(([name, template]) => [name, template.source]).sort(),
    metadata?.source,
    room && inOrder(room),
    agents,
    windowsKey(when),
  ]);
}

/** The same for rules that differ in nothing but name and place. */
export function ruleKey(rule: JoinRule): string {
  return JSON.stringify([
    rule.rooms.map(({ source }) => source).sort(),
    rule.callers.map(conditionKey).sort(),
    rule.except.map(conditionKey).sort(),
    effectKey(rule),
  ]);
}

export function templatesOf({ identity, attributes = [], metadata }: JoinRule): ClaimTemplate[] {
  const all = [identity, metadata, ...attributes.map(([, template]) => template)];
  return all.filter((template) => template !== undefined);
}

function inOrder(map: object): unknown {
  return Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
}
