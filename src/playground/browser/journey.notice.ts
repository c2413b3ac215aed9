/** What the service knows about a join that failed, beside what LiveKit's client says. */
import { make } from './elements.js';
import { type JourneyConclusion, journeyBehind } from './service.js';

/** The webhook about a failed join comes about as soon as the failure itself. */
const WEBHOOK_TAKES_MS = 1_500;

/** They say nothing about a join that has failed. */
const SAYS_NOTHING = new Set(['just_issued', 'connecting', 'in_now']);

/** Undefined if the service knows nothing more. */
export async function journeyNotice(requestId: string): Promise<HTMLElement | undefined> {
  await new Promise((resolve) => setTimeout(resolve, WEBHOOK_TAKES_MS));
  const conclusion = await journeyBehind(requestId).catch(() => undefined);
  const causes = causesOf(conclusion);
  if (causes.length === 0) return undefined;
  const title = causes.length === 1 ? 'What this service knows' : 'What this service knows: one of these';
  const lines = causes.map(({ text, advice }) =>
    make('p', [make('span', `${text} `), make('strong', 'What to do: '), make('span', advice)]),
  );
  return make('div', [make('p', title, 'notice-title'), ...lines], 'notice bad');
}

function causesOf(conclusion: JourneyConclusion | undefined): JourneyConclusion['possible'] {
  if (conclusion === undefined || SAYS_NOTHING.has(conclusion.cause)) return [];
  return conclusion.possible.length > 0 ? conclusion.possible : [conclusion];
}
