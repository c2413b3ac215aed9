/** Says what a token means, one line for each thing that it lets its bearer do or does not. */
import type { Claims, Grants } from './claims.js';

export interface Line {
  readonly label: string;
  readonly text: string;
}

export interface Explanation {
  /** Who, where, until when. */
  readonly facts: readonly Line[];
  readonly may: readonly string[];
  readonly mayNot: readonly string[];
}

/** LiveKit's defaults that allow. */
const BY_DEFAULT: Readonly<Record<string, string>> = {
  canSubscribe: 'see and hear the others',
  canPublishData: 'send data and chat messages',
};

/** LiveKit's defaults that forbid. */
const ON_REQUEST: Readonly<Record<string, string>> = {
  canUpdateOwnMetadata: 'change its own name, metadata and attributes',
  canSubscribeMetrics: 'read the metrics of others',
  hidden: 'be there unseen',
  roomAdmin: 'mute and remove others in this room',
  roomCreate: 'create and delete rooms',
  roomList: 'list rooms',
  roomRecord: 'record and stream rooms',
  ingressAdmin: 'bring in streams from outside',
  recorder: 'pass as a recorder',
  agent: 'pass as an agent',
};

const SOURCES: Readonly<Record<string, string>> = {
  camera: 'camera',
  microphone: 'microphone',
  screen_share: 'screen',
  screen_share_audio: "the screen's sound",
};

export function explain(claims: Claims): Explanation {
  const { video = {} } = claims;
  const entries = [joining(video), ...publishing(video), ...others(video)];
  return {
    facts: factsOf(claims),
    may: entries.filter(({ granted }) => granted).map(({ text }) => text),
    mayNot: entries.filter(({ granted }) => !granted).map(({ text }) => text),
  };
}

function factsOf({ sub, name, iss, exp, video, metadata, attributes, roomConfig }: Claims): readonly Line[] {
  const agents = roomConfig?.agents?.length ?? 0;
  const facts: (Line | undefined)[] = [
    { label: 'Who', text: name === undefined || name === sub ? (sub ?? 'no identity') : `${name}, as ${sub}` },
    { label: 'Room', text: video?.room ?? 'none' },
    { label: 'Until', text: exp === undefined ? 'for ever' : timeOf(exp) },
    { label: 'Signed by', text: `the key ${iss ?? '(none)'}` },
    metadata === undefined ? undefined : { label: 'Metadata', text: metadata },
    attributes === undefined ? undefined : { label: 'Attributes', text: JSON.stringify(attributes) },
    agents === 0 ? undefined : { label: 'Dispatches', text: agents === 1 ? 'one agent' : `${agents} agents` },
  ];
  return facts.filter((fact) => fact !== undefined);
}

const timeOf = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

interface Entry {
  readonly granted: boolean;
  readonly text: string;
}

const joining = ({ roomJoin = false }: Grants): Entry => ({ granted: roomJoin, text: 'join the room' });

function publishing({ canPublish = true, canPublishSources = [] }: Grants): readonly Entry[] {
  const all = Object.keys(SOURCES);
  // LiveKit takes an empty list for all sources.
  const granted = canPublish ? (canPublishSources.length > 0 ? canPublishSources : all) : [];
  return [granted, all.filter((source) => !granted.includes(source))]
    .map((sources, index) => ({
      granted: index === 0,
      text: `show ${sources.map((source) => SOURCES[source] ?? source).join(', ')}`,
    }))
    .filter(({ text }) => text !== 'show ');
}

function others(grants: Grants): readonly Entry[] {
  const entry = (name: string, text: string, byDefault: boolean): Entry => ({
    granted: (grants[name] ?? byDefault) === true,
    text,
  });
  return [
    ...Object.entries(BY_DEFAULT).map(([name, text]) => entry(name, text, true)),
    ...Object.entries(ON_REQUEST).map(([name, text]) => entry(name, text, false)),
  ];
}

/** The time that is left, as `9:59`; undefined once it is over. */
export function countdown(exp: number, now: number): string | undefined {
  const left = Math.ceil(exp - now / 1000);
  if (left <= 0) return undefined;
  const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60), left % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
