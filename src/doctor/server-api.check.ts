/** Checks whether the server API of LiveKit can be called. A proxy may pass clients on, but not these calls. */
import { Injectable } from '@nestjs/common';
import { RoomServiceClient } from 'livekit-server-sdk';

import { ProblemException } from '../errors/problem.exception.js';
import { LiveKitClientFactory } from '../livekit/livekit-client.factory.js';
import { generatedName } from '../token/generated-name.js';

import { OwnCheck } from './doctor.check.js';
import { type Finding, ok, skipped, warning } from './finding.js';
import { LiveKitProbe } from '../journey/livekit.probe.js';

@Injectable()
export class ServerApiCheck extends OwnCheck {
  override readonly name = 'api';

  constructor(
    private readonly probe: LiveKitProbe,
    private readonly clients: LiveKitClientFactory,
  ) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const [address] = this.probe.addresses;
    if (address === undefined) return [skipped('No address of LiveKit is set.')];
    const verdict = await this.probe.verdict(address);
    if (!('answer' in verdict)) return [skipped('LiveKit did not respond.')];
    if (verdict.answer.status === 401) return [skipped('LiveKit does not accept the key.')];
    try {
      // Of a room that does not exist, so that the response is short.
      await this.clients.create<RoomServiceClient>(RoomServiceClient).listRooms([generatedName('doctor')]);
      return [ok('The server API can be called.')];
    } catch (error) {
      if (!(error instanceof ProblemException)) throw error;
      const found = `A call of the server API failed (${error.code}), while tokens are accepted.`;
      return [warning(found, 'Let the proxy in front of LiveKit forward /twirp with its Authorization header.')];
    }
  }
}
