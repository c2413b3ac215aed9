import type { JourneyFacts } from './journey-facts.js';

/** Sentences about what this service cannot know in this case. `since`: when the record begins, in milliseconds since the epoch. */
export function unknownsOf(facts: JourneyFacts, since: number | undefined): readonly string[] {
  const { live, signs, steps, strangers } = facts;
  const unknown: string[] = [];
  if (since !== undefined)
    unknown.push(`What happened before ${timeOf(since)}: the record began then, with the process.`);
  if (signs.webhookAt === undefined) {
    unknown.push('Whether LiveKit has seen the participant: no webhook has arrived.');
  }
  if (live.api === 'off') unknown.push('What LiveKit says: LIVEKIT_URL is not set.');
  if (live.api === 'failed') unknown.push('What LiveKit says: its API did not respond as expected.');
  if (live.api === 'refuses_key') unknown.push('Who is in the room: LiveKit refuses the key of this service.');
  if (live.api === 'unreachable') unknown.push('Who is in the room: LiveKit cannot be reached.');
  if (live.participant !== undefined && !steps.some(({ step }) => step === 'token_issued')) {
    unknown.push('By which token the participant came in: this record has none.');
  }
  const refused = strangers.reduce((sum, { times }) => sum + times, 0);
  const last = strangers.at(-1);
  if (last !== undefined) {
    unknown.push(
      `Whose ${refused} requests for this room were refused, since their callers were not verified; the last at ${timeOf(last.at)}, with ${last.code}.`,
    );
  }
  if (
    live.api !== 'off' &&
    !steps.some(({ step }) => step === 'joined' || step === 'gate_opened' || step === 'gate_refused') &&
    steps.some(({ step }) => step === 'token_issued')
  ) {
    unknown.push('What the client has tried: it reports nothing to this service.');
  }
  return unknown;
}

const timeOf = (at: number): string => new Date(at).toISOString();
