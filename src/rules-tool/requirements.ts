import type { ClaimCondition } from '../rules/claim-condition.js';
import type { JoinRule } from '../rules/join-rule.js';
import type { RoomPattern } from '../rules/room-pattern.js';
import type { TimeWindow } from '../rules/time-window.js';

/** Windows of one rule. */
export type Windows = readonly TimeWindow[];

/** What a request must be like. All of it must hold. */
export interface Requirements {
  /** Each must match the room. */
  readonly rooms: readonly RoomPattern[];
  /** None may match the room. */
  readonly notRooms: readonly RoomPattern[];
  /** Each must hold. */
  readonly says: readonly ClaimCondition[];
  /** None may hold. */
  readonly saysNot: readonly ClaimCondition[];
  /** Paths of claims that must be non-empty strings. */
  readonly texts: readonly string[];
  /** The time must be in a window of each. */
  readonly within: readonly Windows[];
  /** The time must be in no window of any. */
  readonly outside: readonly Windows[];
}

const NONE: Requirements = { rooms: [], notRooms: [], says: [], saysNot: [], texts: [], within: [], outside: [] };

/** Of requests that all these rules match, each by one of its patterns. Rooms: `patterns`. */
export function requirementsOf(rules: readonly JoinRule[], patterns: readonly RoomPattern[]): Requirements {
  return {
    ...NONE,
    rooms: patterns,
    says: rules.flatMap(({ callers }) => callers),
    saysNot: rules.flatMap(({ except }) => except),
    within: rules.map(({ when }) => when).filter((windows) => windows.length > 0),
  };
}

/** The ways in which the requirements can hold without the rule being met. One of them applies to each such request. */
export function* without(rule: JoinRule, of: Requirements): Generator<Requirements> {
  for (const condition of rule.callers) yield { ...of, saysNot: [...of.saysNot, condition] };
  yield { ...of, notRooms: [...of.notRooms, ...rule.rooms] };
  if (rule.when.length > 0) yield { ...of, outside: [...of.outside, rule.when] };
  for (const condition of rule.except) yield { ...of, says: [...of.says, condition] };
}

/** The same for the same requirements in any order. */
export function keyOf({ rooms, notRooms, says, saysNot, texts, within, outside }: Requirements): string {
  const conditions = (some: readonly ClaimCondition[]): string[] => some.map(conditionKey);
  const windows = (some: readonly Windows[]): string[] => some.map(windowsKey);
  const parts = [
    rooms.map(({ source }) => source),
    notRooms.map(({ source }) => source),
    conditions(says),
    conditions(saysNot),
    texts,
    windows(within),
    windows(outside),
  ];
  return JSON.stringify(parts.map((part) => [...new Set(part)].sort()));
}

export function conditionKey({ path, values }: ClaimCondition): string {
  return JSON.stringify([path.source, values.map((value) => JSON.stringify(value)).sort()]);
}

const keys = new WeakMap<TimeWindow, string>();

/** The same for windows that contain the same times by the same words. */
export function windowsKey(windows: Windows): string {
  return windows.length === 1 && windows[0] ? windowKey(windows[0]) : windows.map(windowKey).sort().join(' ');
}

export function windowKey(window: TimeWindow): string {
  let key = keys.get(window);
  if (key === undefined) {
    key = JSON.stringify({ ...window.options, days: [...window.options.days].sort() });
    keys.set(window, key);
  }
  return key;
}
