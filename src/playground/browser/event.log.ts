/** What happened in the room, with its time, the newest last. */
import { element, make } from './elements.js';

/** Enough to look back; a page that is left open for days must not grow with it. */
const LIMIT = 200;

export class EventLog {
  private readonly frame = element('log', HTMLDivElement);
  private readonly list = element('events', HTMLOListElement);

  add(event: string): void {
    const time = make('time', new Date().toLocaleTimeString([], { hour12: false }));
    this.list.append(make('li', [time, make('span', event)]));
    if (this.list.childElementCount > LIMIT) this.list.firstElementChild?.remove();
    this.frame.scrollTop = this.frame.scrollHeight;
  }
}
