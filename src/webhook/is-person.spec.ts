import { describe, expect, it } from '@jest/globals';
import { ParticipantInfo, ParticipantInfo_Kind, ParticipantPermission } from '@livekit/protocol';

import { isPerson } from './is-person.js';

const kinds = Object.values(ParticipantInfo_Kind).filter(
  (kind): kind is ParticipantInfo_Kind => typeof kind === 'number',
);

describe('isPerson', () => {
  it('is true of the kind STANDARD alone', () => {
    const people = kinds.filter((kind) => isPerson(new ParticipantInfo({ kind })));
    expect(kinds).toContain(ParticipantInfo_Kind.AGENT);
    expect(people).toEqual([ParticipantInfo_Kind.STANDARD]);
  });

  it.each(['agent', 'recorder', 'hidden'] as const)('of a participant whose permission has %s', (right) => {
    const permission = new ParticipantPermission({ [right]: true });
    expect(isPerson(new ParticipantInfo({ permission }))).toBe(right === 'hidden');
  });
});
