/** Checks whether LiveKit accepts a token of this service: it knows the API key, the secret is right, and it creates rooms. */
import { Injectable } from '@nestjs/common';

import { KeyRing } from '../livekit/key-ring.service.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped, warning } from './finding.js';
import { keySource, shortKey } from './key-names.js';
import { type Answer, LiveKitProbe } from '../journey/livekit.probe.js';

/** Parts of LiveKit's texts that are the same in all versions. */
const REFUSALS: readonly [RegExp, found: string, advice: string][] = [
  [
    /invalid api key/i,
    'does not know the API key',
    'Give both sides the same key: `keys:` in the configuration of LiveKit, or its --key-file or LIVEKIT_KEYS.',
  ],
  [
    /not valid yet|nbf|issued in the future|expired/i,
    'knows the API key, but a new token is expired or not valid yet for it',
    'Synchronize both clocks by NTP; see the check of the clock.',
  ],
  [
    /signature|cryptographic/i,
    'knows the API key, but its secret is another one',
    'Copy the secret again, without quotes, spaces or line breaks around it.',
  ],
  [/permission/i, 'received no token', 'Let the proxy in front of LiveKit forward the Authorization header.'],
];

const NOT_LIVEKIT = 'Check that the address is that of LiveKit, and that a proxy in front of it forwards /rtc.';

@Injectable()
export class ApiKeyCheck extends OwnCheck {
  override readonly name = 'key';

  constructor(
    private readonly probe: LiveKitProbe,
    private readonly keys: KeyRing,
  ) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const { addresses } = this.probe;
    if (addresses.length === 0) return [skipped('No address of LiveKit is set.')];
    const findings: Finding[] = [];
    for (const address of addresses) {
      // LiveKitReachCheck reports what cannot be reached. The address of clients need not be reachable from here.
      const reply = await this.probe.verdict(address);
      if ('answer' in reply) findings.push(...this.judged(address.variable, reply.answer));
    }
    return findings.length > 0 ? findings : [skipped('LiveKit did not respond.')];
  }

  private judged(variable: string, { status, body }: Answer): Finding[] {
    const key = `${shortKey(this.keys.signing.key)} of ${keySource(this.keys)}`;
    const accepted = ok(`LiveKit at ${variable} accepts a token signed by the key ${key}.`);
    if (status === 200 && body.trim() === 'success') return [accepted];
    if (status === 404 && body.includes('requested room does not exist')) {
      return [
        accepted,
        warning(
          'LiveKit does not create rooms on join (room.auto_create is off): joins of rooms that do not exist are refused.',
          'Create rooms by the server API before handing out tokens, or set `room: { auto_create: true }` in LiveKit.',
        ),
      ];
    }
    return [this.refused(`LiveKit at ${variable}`, key, status, body)];
  }

  private refused(livekit: string, key: string, status: number, body: string): Finding {
    // A token may contain any text, also one of these.
    const words = body.replace(/[\w-]+\.[\w-]+\.[\w-]+/g, '');
    if (status === 401) {
      const [, found, advice] = REFUSALS.find(([pattern]) => pattern.test(words)) ?? [];
      if (found !== undefined && advice !== undefined) return fault(`${livekit} ${found} (${key}).`, advice);
    }
    if (status === 401 || status === 403) {
      const found = `The server at ${livekit.slice('LiveKit at '.length)} responds with ${status}, but not as LiveKit does.`;
      return fault(found, 'Check whether a proxy in front of LiveKit requires a login, or filters requests.');
    }
    if (status === 503) {
      return fault(`${livekit} has no room for more participants.`, 'Raise its `limit:`, or add a node.');
    }
    return fault(
      `${livekit} responds with ${status} to the validation of a token, which LiveKit does not.`,
      NOT_LIVEKIT,
    );
  }
}
