/** The link by which a second tab joins: room and another name in the fragment, which no server gets to see; never a token. */
import type { Contract, JoinOptions } from './token.request.js';

const NAMES = ['Alice', 'Bob', 'Carol', 'Dave', 'Erin', 'Frank', 'Grace', 'Heidi'];

/** `taken`: names of those who are there; with a name twice, LiveKit would put the first out. */
export function invitationTo(page: string, { contract, room }: JoinOptions, taken: readonly string[]): string {
  const free = NAMES.find((name) => !taken.includes(name)) ?? `Guest ${taken.length + 1}`;
  const fragment = new URLSearchParams({ room, name: free, contract });
  return `${page.split('#')[0]}#${fragment.toString()}`;
}

/** Undefined where the page was opened without one. */
export function invitationIn(fragment: string): JoinOptions | undefined {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const [room, name] = [fields.get('room'), fields.get('name')];
  if (!room || !name) return undefined;
  const contract: Contract = fields.get('contract') === 'livekit' ? 'livekit' : 'openvidu';
  return { contract, room, name };
}
