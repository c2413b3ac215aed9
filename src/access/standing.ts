import type { RevocationLog } from '../revocations/revocation.log.js';

import { type AccessEnd, type Admission, type Participant, subjectOf } from './admission.js';

/** The admission that lets a participant stay, or the newest one and why it is over. */
export type Standing =
  | { readonly admission: Admission; readonly end?: undefined }
  | { readonly admission: Admission; readonly end: AccessEnd };

/** The newest admission that is not over counts. Undefined without admissions. `now` is in milliseconds since the epoch. */
export function standingOf(
  { admissions }: Pick<Participant, 'admissions'>,
  revocations: RevocationLog,
  now = Date.now(),
): Standing | undefined {
  const standings = admissions.map((admission) => ({ admission, end: endOf(admission, revocations, now) }));
  const valid = standings.findLast(({ end }) => end === undefined);
  if (valid !== undefined) return { admission: valid.admission };
  return standings.at(-1) as Standing | undefined;
}

function endOf(admission: Admission, revocations: RevocationLog, now: number): AccessEnd | undefined {
  if (admission.ended !== undefined) return admission.ended;
  const revocation = revocations.covering(subjectOf(admission), admission.revision);
  if (revocation !== undefined) return { cause: revocation.cause, reason: revocation.reason };
  return admission.endsAt !== undefined && admission.endsAt <= now ? { cause: 'expired' } : undefined;
}
