/** Compares the clock of LiveKit with that of this machine: tokens and webhooks are valid for a limited time. */
import { Injectable } from '@nestjs/common';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped, warning } from './finding.js';
import { LiveKitProbe } from '../journey/livekit.probe.js';

/** Seconds that LiveKit allows a token to be early or late. */
const TOLERATED = 60;
/** Synchronized clocks differ by far less. */
const SUSPICIOUS = 20;

const ADVICE = 'Synchronize both clocks by NTP (timedatectl shows whether that works); either may be wrong.';

@Injectable()
export class ClockCheck extends OwnCheck {
  override readonly name = 'clock';

  constructor(private readonly probe: LiveKitProbe) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const [address] = this.probe.addresses;
    if (address === undefined) return [skipped('No address of LiveKit is set.')];
    const reply = await this.probe.front(address);
    if (!('answer' in reply)) return [skipped('LiveKit did not respond.')];
    const { clockAhead } = reply.answer;
    if (clockAhead === undefined) return [skipped('The response has no Date header.')];
    return [judged(clockAhead)];
  }
}

function judged(ahead: number): Finding {
  const seconds = Math.abs(ahead);
  if (seconds < SUSPICIOUS) return ok("LiveKit's clock and ours agree.");
  const found = `LiveKit's clock is ${seconds} seconds ${ahead > 0 ? 'ahead of' : 'behind'} ours`;
  if (seconds < TOLERATED) {
    return warning(`${found}; from ${TOLERATED} on, joins or webhooks fail.`, ADVICE);
  }
  const consequence =
    ahead > 0
      ? 'tokens expire that much earlier, and its webhooks are dated in the future'
      : 'our tokens are not valid yet for LiveKit, and every join fails';
  return fault(`${found}: ${consequence}.`, ADVICE);
}
