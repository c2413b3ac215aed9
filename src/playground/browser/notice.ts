/** What went wrong, and what to do about it. */
import { make } from './elements.js';

export function notice(title: string, text: string, advice: string): HTMLElement {
  const todo = make('p', [make('strong', 'What to do: '), make('span', advice)]);
  return make('div', [make('p', title, 'notice-title'), make('p', text), todo], 'notice bad');
}
