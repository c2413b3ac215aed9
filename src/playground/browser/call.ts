/** A connection to a LiveKit room: who is there, what happens, and one's own camera and microphone. Wraps livekit-client. */
import type { Participant, Room, TrackPublication } from 'livekit-client';

import type { ThrownByClient } from './join.failure.js';

type Client = typeof import('livekit-client');

/** A picture that an element can show. */
export interface Picture {
  readonly id: string;
  show(element: HTMLVideoElement): void;
  hide(element: HTMLVideoElement): void;
}

export interface Person {
  readonly identity: string;
  readonly name: string;
  readonly isSelf: boolean;
  readonly isSpeaking: boolean;
  readonly isMuted: boolean;
  readonly quality: string;
  readonly picture: Picture | undefined;
}

export interface CallListener {
  /** People, or what is known of them. */
  changed(): void;
  happened(event: string): void;
  /** `reason`: the name of LiveKit's DisconnectReason. */
  ended(reason: string | undefined): void;
}

export interface Door {
  readonly url: string;
  readonly token: string;
  /** Where LiveKit's client is served. */
  readonly client: string;
}

export type Device = 'camera' | 'microphone';

const DEVICES: readonly Device[] = ['camera', 'microphone'];

/** Loaded at the first join. */
let loaded: Client | undefined;

/** What LiveKit's client threw, for putting into words. */
export function thrownByClient(error: unknown): ThrownByClient {
  const { message, reason, status } = error as { message?: string; reason?: number; status?: number };
  // Not by its own `reasonName`, which is the one of another reason where the connection never came about.
  const reasonName = reason === undefined ? undefined : loaded?.ConnectionErrorReason[reason];
  return { message: message ?? String(error), reasonName, status };
}

export class Call {
  private constructor(
    private readonly client: Client,
    private readonly room: Room,
    private readonly listener: CallListener,
  ) {}

  /** Resolves inside the room; throws what LiveKit's client throws. */
  static async join({ url, token, client: address }: Door, listener: CallListener): Promise<Call> {
    const client = (await import(address)) as Client;
    loaded = client;
    client.setLogLevel('silent');
    const call = new Call(client, new client.Room({ adaptiveStream: true, dynacast: true }), listener);
    call.listen();
    await call.room.connect(url, token);
    return call;
  }

  get serverVersion(): string | undefined {
    return this.room.serverInfo?.version;
  }

  /** Oneself first. */
  get people(): readonly Person[] {
    return [this.room.localParticipant, ...this.room.remoteParticipants.values()].map((one) => this.personOf(one));
  }

  /** Which devices the token lets one publish. */
  get allowed(): readonly Device[] {
    const { canPublish = true, canPublishSources = [] } = this.room.localParticipant.permissions ?? {};
    const { Track } = this.client;
    const sources = canPublishSources.map((source) => Track.sourceFromProto(source));
    return DEVICES.filter(
      (device) =>
        canPublish &&
        (sources.length === 0 || sources.includes(device === 'camera' ? Track.Source.Camera : Track.Source.Microphone)),
    );
  }

  isOn(device: Device): boolean {
    const { isCameraEnabled, isMicrophoneEnabled } = this.room.localParticipant;
    return device === 'camera' ? isCameraEnabled : isMicrophoneEnabled;
  }

  /** Throws the DOMException of the browser where it gives no device. */
  async turn(device: Device, on: boolean): Promise<void> {
    const { localParticipant } = this.room;
    if (on && !window.isSecureContext) throw new DOMException('', 'InsecureContext');
    await (device === 'camera' ? localParticipant.setCameraEnabled(on) : localParticipant.setMicrophoneEnabled(on));
    this.listener.changed();
  }

  /** Browsers play no sound before the user has clicked on the page. */
  get isSilenced(): boolean {
    return !this.room.canPlaybackAudio;
  }

  async playSound(): Promise<void> {
    await this.room.startAudio();
    this.listener.changed();
  }

  async leave(): Promise<void> {
    await this.room.disconnect();
  }

  private listen(): void {
    const { DisconnectReason, RoomEvent, Track } = this.client;
    const { changed, happened, ended } = this.listener;
    const tell = (event: string): void => {
      happened(event);
      changed();
    };
    const shows = (who: Participant, what: TrackPublication): string => `${nameOf(who)}: ${what.source} `;
    this.room
      .on(RoomEvent.Connected, () => tell('Connected'))
      .on(RoomEvent.ParticipantConnected, (who) => tell(`${nameOf(who)} joined`))
      .on(RoomEvent.ParticipantDisconnected, (who) => tell(`${nameOf(who)} left`))
      .on(RoomEvent.TrackSubscribed, (track, what, who) => {
        // Tiles show video; audio needs no place on the page.
        if (track.kind === Track.Kind.Audio) track.attach();
        tell(`${shows(who, what)}received`);
      })
      .on(RoomEvent.TrackUnsubscribed, (track, what, who) => {
        track.detach();
        tell(`${shows(who, what)}ended`);
      })
      .on(RoomEvent.TrackSubscriptionFailed, (_sid, who) => tell(`${nameOf(who)}: a track could not be received`))
      .on(RoomEvent.LocalTrackPublished, (what, who) => tell(`${shows(who, what)}published`))
      .on(RoomEvent.TrackMuted, (what, who) => tell(`${shows(who, what)}off`))
      .on(RoomEvent.TrackUnmuted, (what, who) => tell(`${shows(who, what)}on`))
      .on(RoomEvent.ActiveSpeakersChanged, changed)
      .on(RoomEvent.ParticipantNameChanged, changed)
      .on(RoomEvent.AudioPlaybackStatusChanged, changed)
      .on(RoomEvent.ParticipantPermissionsChanged, (_before, who) => tell(`${nameOf(who)}: permissions changed`))
      .on(RoomEvent.ConnectionQualityChanged, (quality, who) => tell(`${nameOf(who)}: connection ${quality}`))
      .on(RoomEvent.DataReceived, (data, who) =>
        tell(`${who ? nameOf(who) : 'The server'}: ${data.length} bytes of data`),
      )
      .on(RoomEvent.Reconnecting, () => tell('Connection lost, connecting again'))
      .on(RoomEvent.Reconnected, () => tell('Connected again'))
      .on(RoomEvent.Disconnected, (reason) => ended(reason === undefined ? undefined : DisconnectReason[reason]));
  }

  private personOf(one: Participant): Person {
    const { Track } = this.client;
    return {
      identity: one.identity,
      name: nameOf(one),
      isSelf: one.isLocal,
      isSpeaking: one.isSpeaking,
      isMuted: !one.isMicrophoneEnabled,
      quality: one.connectionQuality,
      picture: pictureOf(
        one.getTrackPublication(Track.Source.ScreenShare) ?? one.getTrackPublication(Track.Source.Camera),
      ),
    };
  }
}

const nameOf = ({ name, identity }: Participant): string => name || identity;

function pictureOf(publication: TrackPublication | undefined): Picture | undefined {
  const track = publication?.isMuted ? undefined : publication?.track;
  if (publication === undefined || track === undefined) return undefined;
  return {
    id: publication.trackSid,
    show: (element) => void track.attach(element),
    hide: (element) => void track.detach(element),
  };
}
