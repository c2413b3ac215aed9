/** Checks whether LiveKit responds at the address for this server and at the one for clients. */
import { Injectable } from '@nestjs/common';

import { isLoopback } from '../config/value-readers.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped, warning } from './finding.js';
import { type Answer, type LiveKitAddress, LiveKitProbe } from '../journey/livekit.probe.js';

const WRONG_PLACE = 'Check that host and port are those of LiveKit, and that a proxy in front of it forwards /.';

@Injectable()
export class LiveKitReachCheck extends OwnCheck {
  override readonly name = 'livekit';

  constructor(private readonly probe: LiveKitProbe) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const { addresses } = this.probe;
    if (addresses.length === 0) return [skipped('No address of LiveKit is set.')];
    return Promise.all(addresses.map((address) => this.look(address)));
  }

  private async look(address: LiveKitAddress): Promise<Finding> {
    const { variable, url } = address;
    const isSecond = address !== this.probe.addresses[0];
    if (isSecond && isLoopback(url.hostname)) {
      return skipped('LIVEKIT_URL is the machine of each client: it cannot be tested from here.');
    }
    const reply = await this.probe.front(address);
    if ('answer' in reply) return judged(`${variable} (${url.host})`, reply.answer);
    const found = `LiveKit cannot be reached at ${variable} (${url.host}): ${reply.failure.reason}.`;
    // In some networks, machines inside cannot use the public address.
    if (isSecond) return warning(found, `${reply.failure.advice} Or try it from where clients are.`);
    return fault(found, reply.failure.advice);
  }
}

function judged(where: string, { status, body }: Answer): Finding {
  if (status === 200) {
    if (body.trim() === 'OK') return ok(`LiveKit responds at ${where}.`);
    return warning(`The server at ${where} does not respond like LiveKit.`, WRONG_PLACE);
  }
  if (status === 406) {
    return fault(
      `LiveKit responds at ${where} that it is not ready.`,
      'Look at its log: it has not reported its state for some seconds, because it lacks CPU time or Redis.',
    );
  }
  if (status >= 300 && status < 400) {
    return fault(
      `${where} responds with a redirect, which clients of LiveKit do not follow.`,
      'Set the address that it redirects to; often that is wss:// instead of ws://.',
    );
  }
  if (status === 502 || status === 503 || status === 504) {
    return fault(
      `A proxy at ${where} responds with ${status}: it cannot reach LiveKit.`,
      'Check that LiveKit runs, and the address that the proxy forwards to.',
    );
  }
  return warning(`${where} responds with ${status} at /, which LiveKit does not.`, WRONG_PLACE);
}
