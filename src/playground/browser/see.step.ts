/** Step 2: says what the token grants, and counts down to its end. */
import { claimsOf } from './claims.js';
import { countdown, explain, type Line } from './claims.explained.js';
import { element, make } from './elements.js';

export class SeeStep {
  private readonly empty = element('see-empty', HTMLParagraphElement);
  private readonly claims = element('claims', HTMLDivElement);
  private ticker: ReturnType<typeof setInterval> | undefined;

  /** Nothing where there is no token. */
  show(token: string | undefined): void {
    clearInterval(this.ticker);
    const claims = token === undefined ? undefined : claimsOf(token);
    this.claims.hidden = claims === undefined;
    this.empty.hidden = claims !== undefined;
    if (claims === undefined) return;

    const { facts, may, mayNot } = explain(claims);
    const left = make('strong', '', 'left');
    const tick = (): void => {
      const time = claims.exp === undefined ? '' : countdown(claims.exp, Date.now());
      left.textContent = time ?? 'Over: ask again to join';
      left.classList.toggle('over', time === undefined);
    };
    tick();
    this.ticker = setInterval(tick, 1_000);

    this.claims.replaceChildren(
      make('p', [make('span', 'Opens the door for'), left], 'countdown'),
      make('dl', facts.flatMap(pairOf), 'claims'),
      make('h3', 'May'),
      listOf(may, 'yes'),
      make('h3', 'May not'),
      listOf(mayNot, 'no'),
      make('details', [
        make('summary', 'All claims as they are signed'),
        make('pre', JSON.stringify(claims, null, 2), 'code'),
      ]),
    );
  }
}

const pairOf = ({ label, text }: Line): readonly Node[] => [make('dt', label), make('dd', text)];

const listOf = (texts: readonly string[], kind: 'yes' | 'no'): HTMLElement =>
  make(
    'ul',
    texts.map((text) => make('li', text)),
    `grants ${kind}`,
  );
