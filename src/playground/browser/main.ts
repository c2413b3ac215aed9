/** Puts the three steps together once the page is there. */
import { AskStep } from './ask.step.js';
import { element, make } from './elements.js';
import { invitationIn } from './invitation.js';
import { JoinStep } from './join.step.js';
import { notice } from './notice.js';
import { SeeStep } from './see.step.js';
import { liveKitState, readSettings, type Settings } from './service.js';
import type { JoinOptions } from './token.request.js';

const settings = await readSettings().catch((error: unknown) => {
  element('answer', HTMLDivElement).replaceChildren(
    notice(
      'No response',
      'The settings of this page could not be read.',
      'Is the service still running? Reload the page then.',
    ),
  );
  throw error;
});
const see = new SeeStep();
const join = new JoinStep(settings.liveKitUrl, settings.liveKitClient, settings.journeys);
const ask = new AskStep(settings.rules, (token, options, requestId) => {
  see.show(token);
  join.admit(token, options, requestId);
});
if (settings.authentication !== 'none') ask.demandBearer();
const invitation = invitationIn(location.hash);
if (invitation !== undefined) invite(invitation);
showFacts(settings);

/** Joining takes a click: opening a link must not turn on a camera. */
function invite(options: JoinOptions): void {
  ask.options = options;
  const banner = element('invitation', HTMLElement);
  element('invitation-text', HTMLParagraphElement).replaceChildren(
    make('span', 'Room '),
    make('strong', options.room),
    make('span', ', as '),
    make('strong', options.name),
  );
  const accept = element('accept', HTMLButtonElement);
  accept.textContent = `Join as ${options.name}`;
  accept.addEventListener('click', async () => {
    banner.hidden = true;
    await ask.ask();
    await join.join();
  });
  banner.hidden = false;
}

function showFacts({ authentication, liveKitUrl, docs }: Settings): void {
  const verified = authentication !== 'none';
  element('authentication', HTMLLIElement).textContent = verified ? 'Callers are verified' : 'Open to all callers';
  element('docs-link', HTMLAnchorElement).hidden = !docs;
  void showLiveKit(liveKitUrl);
}

async function showLiveKit(liveKitUrl: string | null): Promise<void> {
  const fact = element('livekit-state', HTMLLIElement);
  const say = (state: string, text: string): void => {
    fact.dataset['state'] = state;
    fact.textContent = text;
  };
  if (liveKitUrl === null) {
    say('down', 'LIVEKIT_URL is not set');
    return;
  }
  const { host } = new URL(liveKitUrl);
  const state = await liveKitState().catch(() => undefined);
  if (state === 'up') say('up', `LiveKit at ${host}`);
  else if (state === undefined) say('unknown', `LiveKit at ${host}`);
  else say('down', `No LiveKit at ${host}`);
}
