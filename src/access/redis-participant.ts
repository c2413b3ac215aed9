import { keysOfScopesAround, sessionOf } from '../revocations/revocation.js';

import { type Admission, type Participant, subjectOf } from './admission.js';

/** What Redis has of an admission, for comparison. */
const stored = new WeakMap<Admission, string>();

export const storedText = (admission: Admission): string | undefined => stored.get(admission);

/** The name of an admission's session within a participant. */
export function sessionField({ caller }: Admission): string {
  return caller.kind === 'anonymous' ? '' : JSON.stringify([caller.issuer, caller.subject, sessionOf(caller)]);
}

/** The keys of all scopes around the participant's admissions. */
export function scopesOf(admissions: readonly Admission[]): string[] {
  return [...new Set(admissions.flatMap((admission) => keysOfScopesAround(subjectOf(admission))))];
}

/** The participant in a hash of Redis; undefined if it is empty. */
export function readParticipant(hash: Readonly<Record<string, string>>): Participant | undefined {
  const fields = Object.entries(hash);
  const numbered = fields
    .filter(([field]) => field.startsWith('a:'))
    .map(([, text]) => readAdmission(text))
    .sort((one, other) => one.number - other.number);
  const [first] = numbered;
  if (first === undefined) return undefined;
  const connections = fields
    .filter(([field]) => field.startsWith('c:'))
    .map(([field, since]) => [field.slice(2), Number(since)] as const);
  return {
    room: first.admission.room,
    identity: first.admission.identity,
    admissions: numbered.map(({ admission }) => admission),
    connections: new Map(connections),
    permissionDue: 'p' in hash,
  };
}

function readAdmission(text: string): { readonly number: number; readonly admission: Admission } {
  const end = text.indexOf('\n');
  const admission = JSON.parse(text.slice(end + 1)) as Admission;
  stored.set(admission, text);
  return { number: Number(text.slice(0, end)), admission };
}
