/** Shows the call: the lobby before it, then a tile for each participant, and buttons for the user's devices. */
import type { Call, Device } from './call.js';
import { element, icon, make } from './elements.js';
import { Tile } from './tile.js';

export interface StageActions {
  turn(device: Device): void;
  leave(): void;
  playSound(): void;
}

/** What the button of a device says when it is on, and when it is off. */
const LABELS: Readonly<Record<Device, readonly [on: string, off: string]>> = {
  microphone: ['Mute', 'Unmute'],
  camera: ['Stop camera', 'Start camera'],
};

const DEVICES = Object.keys(LABELS) as Device[];

export class Stage {
  private readonly lobby = element('lobby', HTMLDivElement);
  private readonly title = element('lobby-title', HTMLParagraphElement);
  private readonly text = element('lobby-text', HTMLParagraphElement);
  private readonly place = element('place', HTMLParagraphElement);
  private readonly list = element('tiles', HTMLUListElement);
  private readonly controls = element('controls', HTMLDivElement);
  private readonly second = element('second', HTMLDivElement);
  private readonly sound = element('sound', HTMLButtonElement);
  private readonly leave = element('leave', HTMLButtonElement);
  private readonly tiles = new Map<string, Tile>();

  constructor(actions: StageActions) {
    for (const device of DEVICES) {
      element(device, HTMLButtonElement).addEventListener('click', () => actions.turn(device));
    }
    face(this.leave, 'leave', 'Leave');
    face(this.sound, 'sound', 'Play sound');
    this.leave.addEventListener('click', () => actions.leave());
    this.sound.addEventListener('click', () => actions.playSound());
  }

  /** The lobby, with what there is to say. */
  wait(title: string, text: string): void {
    this.title.textContent = title;
    this.text.textContent = text;
  }

  open(room: string, version: string | undefined): void {
    this.place.textContent = version === undefined ? room : `${room} · LiveKit ${version}`;
    this.inCall(true);
    this.leave.focus();
  }

  close(title: string, text: string): void {
    for (const tile of this.tiles.values()) tile.remove();
    this.tiles.clear();
    this.place.textContent = '';
    this.inCall(false);
    this.wait(title, text);
  }

  draw(call: Call): void {
    const { people } = call;
    const present = new Set(people.map(({ identity }) => identity));
    for (const [identity, tile] of this.tiles) {
      if (present.has(identity)) continue;
      tile.remove();
      this.tiles.delete(identity);
    }
    for (const person of people) this.tileOf(person.identity).show(person);
    this.list.dataset['count'] = String(people.length);

    for (const device of DEVICES) {
      const button = element(device, HTMLButtonElement);
      const [on, off] = LABELS[device];
      button.disabled = !call.allowed.includes(device);
      button.classList.toggle('off', !call.isOn(device));
      face(button, call.isOn(device) ? device : `${device}-off`, call.isOn(device) ? on : off);
    }
    this.sound.hidden = !call.isSilenced;
  }

  private inCall(inside: boolean): void {
    this.lobby.hidden = inside;
    for (const part of [this.list, this.controls, this.second]) part.hidden = !inside;
  }

  private tileOf(identity: string): Tile {
    let tile = this.tiles.get(identity);
    if (tile === undefined) {
      tile = new Tile();
      this.tiles.set(identity, tile);
      this.list.append(tile.element);
    }
    return tile;
  }
}

/** Left alone where it is right already, so that a screen reader does not read it again. */
function face(button: HTMLButtonElement, symbol: string, label: string): void {
  if (button.textContent === label) return;
  button.replaceChildren(icon(symbol), make('span', label));
}
