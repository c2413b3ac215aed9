/** One person in the room: picture or initial, name, microphone, connection. */
import type { Person, Picture } from './call.js';
import { icon, make } from './elements.js';

const QUALITY: Readonly<Record<string, string>> = {
  excellent: 'Connection excellent',
  good: 'Connection good',
  poor: 'Connection poor',
  lost: 'Connection lost',
};

export class Tile {
  readonly element = make('li', [], 'tile');
  private readonly video = make('video');
  private readonly initial = make('span', '', 'initial');
  private readonly name = make('span', '', 'tile-name');
  private readonly muted = make('span', [icon('microphone-off'), make('span', 'muted, ', 'visually-hidden')], 'muted');
  private readonly bars = make('span', [make('i'), make('i'), make('i')], 'bars');
  private readonly quality = make('span', '', 'visually-hidden');
  private picture: Picture | undefined;

  constructor() {
    this.video.autoplay = true;
    this.video.playsInline = true;
    // Sound is played without an element; a picture with sound would not start by itself.
    this.video.muted = true;
    this.initial.setAttribute('aria-hidden', 'true');
    this.bars.setAttribute('aria-hidden', 'true');
    this.element.append(
      this.initial,
      this.video,
      make('span', [this.muted, this.name], 'tile-label'),
      make('span', [this.bars, this.quality], 'tile-quality'),
    );
  }

  show({ name, isSelf, isSpeaking, isMuted, quality, picture }: Person): void {
    this.name.textContent = isSelf ? `${name} (you)` : name;
    this.initial.textContent = (name.trim()[0] ?? '?').toUpperCase();
    this.muted.hidden = !isMuted;
    this.element.dataset['quality'] = quality;
    this.quality.textContent = QUALITY[quality] ?? 'Connection not measured yet';
    this.element.classList.toggle('self', isSelf);
    this.element.classList.toggle('speaking', isSpeaking);
    this.showPicture(picture, name);
  }

  remove(): void {
    this.picture?.hide(this.video);
    this.element.remove();
  }

  private showPicture(picture: Picture | undefined, name: string): void {
    this.video.hidden = picture === undefined;
    this.video.setAttribute('aria-label', `Video of ${name}`);
    if (picture?.id === this.picture?.id) return;
    this.picture?.hide(this.video);
    picture?.show(this.video);
    this.picture = picture;
  }
}
