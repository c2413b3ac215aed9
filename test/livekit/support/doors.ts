/** Every way in which the service hands out a token: both routes, and each form of the first one's answer. */
import { type Reachable, requestStandardToken, requestToken, type TokenFormat } from './service.js';

export interface Door {
  readonly name: string;
  /** What the service has to be told for it. */
  readonly settings: Record<string, string>;
  readonly ask: (service: Reachable, room: string, identity: string) => Promise<string>;
}

const openVidu = (format: TokenFormat): Door => ({
  name: `POST /token as ${format}`,
  settings: { TOKEN_RESPONSE_FORMAT: format },
  ask: (service, room, identity) => requestToken(service, room, identity, format),
});

const standard: Door = {
  name: 'POST /livekit/token',
  settings: {},
  ask: (service, room_name, participant_identity) => requestStandardToken(service, { room_name, participant_identity }),
};

export const DOORS: readonly Door[] = [openVidu('string'), openVidu('object'), openVidu('text'), standard];

/** One door of each route, for what cannot hang on the form of an answer. */
export const ROUTES: readonly Door[] = [openVidu('string'), standard];
