/** Step 1: sends the real request for a token, and shows it as a command, the response, and what to do about an error. */
import { curlCommand } from './curl.command.js';
import { copiesOnClick, element, make } from './elements.js';
import { notice } from './notice.js';
import { adviceOf } from './refusal.advice.js';
import { addressOf, type AdmittingRule, ruleBehind, send, type TimedAnswer } from './service.js';
import { laidOut, refusalIn, requestOf, tokenIn, type JoinOptions } from './token.request.js';

export class AskStep {
  private readonly form = element('ask-form', HTMLFormElement);
  private readonly room = element('room', HTMLInputElement);
  private readonly name = element('name', HTMLInputElement);
  private readonly bearer = element('bearer', HTMLInputElement);
  private readonly bearerField = element('bearer-field', HTMLLabelElement);
  private readonly command = element('command', HTMLPreElement);
  private readonly answer = element('answer', HTMLDivElement);

  /** `received` is called for each response, with its token if it has one. */
  constructor(
    private readonly showsRules: boolean,
    private readonly received: (token: string | undefined, options: JoinOptions, requestId: string) => void,
  ) {
    this.form.addEventListener('input', () => this.showCommand());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.ask();
    });
    copiesOnClick(element('copy-command', HTMLButtonElement), () => this.command.textContent);
    this.showCommand();
    element('ask-button', HTMLButtonElement).disabled = false;
  }

  get options(): JoinOptions {
    const contract = new FormData(this.form).get('contract') === 'livekit' ? 'livekit' : 'openvidu';
    return { contract, room: this.room.value, name: this.name.value };
  }

  set options({ contract, room, name }: JoinOptions) {
    this.room.value = room;
    this.name.value = name;
    for (const radio of this.form.querySelectorAll<HTMLInputElement>('[name=contract]')) {
      radio.checked = radio.value === contract;
    }
    this.showCommand();
  }

  /** Shows the field for an access token. */
  demandBearer(): void {
    this.bearerField.hidden = false;
    this.showCommand();
  }

  async ask(): Promise<void> {
    const { options } = this;
    try {
      const answer = await send(requestOf(options), this.bearer.value.trim());
      if (answer.asksForBearer) this.demandBearer();
      const token = tokenIn(answer);
      const rule = token !== undefined && this.showsRules ? await ruleBehind(answer.requestId) : undefined;
      this.answer.replaceChildren(...(token === undefined ? refusal(answer) : success(answer, rule)));
      this.received(token, options, answer.requestId);
    } catch {
      this.answer.replaceChildren(
        notice('No response', 'The service did not respond.', 'Is it still running? Start it with: npm start'),
      );
      this.received(undefined, options, '');
    }
  }

  private showCommand(): void {
    const request = requestOf(this.options);
    this.command.textContent = curlCommand(addressOf(request.path), request, !this.bearerField.hidden);
  }
}

function success(answer: TimedAnswer, rule: AdmittingRule | undefined): readonly Node[] {
  return [statusLine('good', answer), ...(rule ? [ruleLine(rule)] : []), body(answer)];
}

function ruleLine({ rule, name }: AdmittingRule): HTMLElement {
  return make(
    'p',
    name === undefined ? `Admitted by join rule ${rule}` : `Admitted by join rule ${rule}, ${name}`,
    'quiet',
  );
}

function refusal(answer: TimedAnswer): readonly Node[] {
  const { code, detail } = refusalIn(answer);
  const wait = answer.retryAfter === null ? '' : ` Retry-After: ${answer.retryAfter} s.`;
  const id = make('p', [make('span', 'Request id, as in the log: '), make('code', answer.requestId)], 'quiet');
  return [
    statusLine('bad', answer),
    notice(code ?? 'Refused', detail, adviceOf(answer.status, code) + wait),
    id,
    body(answer),
  ];
}

function statusLine(kind: 'good' | 'bad', { status, statusText, milliseconds }: TimedAnswer): HTMLElement {
  return make(
    'p',
    [make('strong', `${status} ${statusText}`.trim(), `badge ${kind}`), make('span', `in ${milliseconds} ms`, 'quiet')],
    'status-line',
  );
}

function body(answer: TimedAnswer): HTMLElement {
  const pre = make('pre', laidOut(answer), 'code answer');
  // It scrolls, so the keyboard must get there.
  pre.tabIndex = 0;
  pre.setAttribute('role', 'region');
  pre.setAttribute('aria-label', 'Body of the response');
  return pre;
}
