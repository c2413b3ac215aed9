/** Step 3: joins the room with the token, and shows who is there and what happens. */
import { Call, type Device, thrownByClient } from './call.js';
import { deviceFailure } from './device.failure.js';
import { copiesOnClick, element, make } from './elements.js';
import { EventLog } from './event.log.js';
import { invitationTo } from './invitation.js';
import { endingOf, type JoinFailure, joinFailure } from './join.failure.js';
import { journeyNotice } from './journey.notice.js';
import { notice } from './notice.js';
import { Stage } from './stage.js';
import type { JoinOptions } from './token.request.js';

interface Pass {
  readonly token: string;
  readonly options: JoinOptions;
  readonly requestId: string;
}

export class JoinStep {
  private readonly button = element('join-button', HTMLButtonElement);
  private readonly state = element('join-state', HTMLDivElement);
  private readonly link = element('link', HTMLInputElement);
  private readonly log = new EventLog();
  private readonly stage: Stage;
  private pass: Pass | undefined;
  private call: Call | undefined;
  /** What was asked for to get into the call; the form may say something else by now. */
  private inside: JoinOptions | undefined;
  private connecting = false;

  /** `address`: where LiveKit's client is served. */
  constructor(
    private readonly liveKitUrl: string | null,
    private readonly address: string,
    private readonly showsJourneys: boolean,
  ) {
    this.stage = new Stage({
      turn: (device) => void this.turn(device),
      leave: () => void this.call?.leave(),
      playSound: () => void this.call?.playSound(),
    });
    this.button.addEventListener('click', () => void this.join());
    copiesOnClick(element('copy-link', HTMLButtonElement), () => this.link.value);
    this.link.addEventListener('focus', () => this.link.select());
    window.addEventListener('pagehide', () => void this.call?.leave());
  }

  /** The token to join with; none where the last request was refused. */
  admit(token: string | undefined, options: JoinOptions, requestId: string): void {
    this.pass = token === undefined ? undefined : { token, options, requestId };
    this.enable();
    if (this.call !== undefined) return;
    const text =
      this.liveKitUrl === null
        ? 'LIVEKIT_URL is not set on this service, so the page does not know where to join.'
        : `This browser will connect to ${this.liveKitUrl}, with camera and microphone if it has them.`;
    this.stage.wait(token === undefined ? 'No token yet' : 'Ready to join', text);
  }

  async join(): Promise<void> {
    const { pass, liveKitUrl } = this;
    if (pass === undefined || liveKitUrl === null || this.connecting || this.call !== undefined) return;
    this.connecting = true;
    this.enable();
    this.state.replaceChildren();
    this.log.add(`Connecting to ${liveKitUrl}`);
    try {
      const door = { url: liveKitUrl, token: pass.token, client: new URL(this.address, import.meta.url).href };
      this.call = await Call.join(door, {
        changed: () => this.draw(),
        happened: (event) => this.log.add(event),
        ended: (reason) => this.end(reason),
      });
    } catch (error) {
      void this.fail(joinFailure(thrownByClient(error), liveKitUrl), pass);
      return;
    } finally {
      this.connecting = false;
      this.enable();
    }
    this.inside = pass.options;
    this.stage.open(pass.options.room, this.call.serverVersion);
    this.draw();
    for (const device of this.call.allowed) await this.turn(device);
  }

  private async turn(device: Device): Promise<void> {
    const { call } = this;
    if (call === undefined) return;
    try {
      await call.turn(device, !call.isOn(device));
    } catch (error) {
      const what = deviceFailure(device, error instanceof DOMException ? error.name : String(error));
      this.log.add(what);
      this.state.replaceChildren(make('p', what, 'quiet'));
    }
    this.draw();
  }

  private draw(): void {
    const { call, inside } = this;
    if (call === undefined || inside === undefined) return;
    this.stage.draw(call);
    const names = call.people.flatMap(({ name, identity }) => [name, identity]);
    this.link.value = invitationTo(location.href, inside, names);
  }

  private end(reason: string | undefined): void {
    // A join that fails ends too, and says more about it by what it throws.
    if (this.call === undefined) return;
    this.call = undefined;
    const ending = endingOf(reason);
    this.log.add(ending);
    this.stage.close(ending, 'The same token opens the door again, until it is over.');
    this.enable();
    this.button.focus();
  }

  private async fail({ what, advice }: JoinFailure, { requestId }: Pass): Promise<void> {
    this.log.add(what);
    const said = notice('You could not join', what, advice);
    this.state.replaceChildren(said);
    const known = this.showsJourneys ? await journeyNotice(requestId) : undefined;
    // Another attempt may have begun meanwhile.
    if (known !== undefined && said.isConnected) said.after(known);
  }

  private enable(): void {
    this.button.disabled =
      this.pass === undefined || this.liveKitUrl === null || this.connecting || this.call !== undefined;
  }
}
