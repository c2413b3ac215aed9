import { Injectable, Logger } from '@nestjs/common';
import { RoomServiceClient } from 'livekit-server-sdk';

import type { Caller } from '../auth/caller.js';
import { ProblemException } from '../errors/problem.exception.js';

import { AccessService, type PresentParticipant } from './access.service.js';
import { RoomAdmins } from './room-admins.service.js';

/** What administrators of a room may do about its participants. Every method throws an error of {@link RoomAdmins.demand} for others. */
@Injectable()
export class RoomModeration {
  private readonly logger = new Logger('RoomModeration');

  constructor(
    private readonly admins: RoomAdmins,
    private readonly access: AccessService,
    private readonly rooms: RoomServiceClient,
  ) {}

  async participants(caller: Caller, room: string): Promise<PresentParticipant[]> {
    await this.admins.demand(caller, room);
    return this.access.present(room);
  }

  /** `banFor` is in seconds. Throws ACCESS_NOT_FOUND if there is no such participant, unless the identity is banned. */
  async remove(caller: Caller, room: string, identity: string, banFor: number | undefined): Promise<void> {
    await this.admins.demand(caller, room);
    const isKnown = await this.access.isAdmitted(room, identity);
    if (!isKnown && banFor === undefined && !(await this.removeUnknown(room, identity))) {
      throw new ProblemException('ACCESS_NOT_FOUND');
    }
    await this.access.end({ room, identity }, { reason: `by ${nameOf(caller)}`, banFor });
    this.logger.log('removed', { room, identity, by: nameOf(caller), ...(banFor !== undefined && { banFor }) });
  }

  /** Throws ACCESS_NOT_FOUND if there is no ban. */
  async lift(caller: Caller, room: string, identity: string): Promise<void> {
    await this.admins.demand(caller, room);
    if (!(await this.access.lift({ room, identity }))) throw new ProblemException('ACCESS_NOT_FOUND');
    this.logger.log('ban lifted', { room, identity, by: nameOf(caller) });
  }

  /** Throws ACCESS_NOT_FOUND if there is no such room, or the error of LiveKit. */
  async end(caller: Caller, room: string): Promise<void> {
    await this.admins.demand(caller, room);
    const existed = await this.access.endRoom(room, { reason: `by ${nameOf(caller)}` });
    if (!existed) throw new ProblemException('ACCESS_NOT_FOUND');
    this.logger.log('room ended', { room, by: nameOf(caller) });
  }

  /** Participants who were admitted by another backend, or before a restart without Redis. */
  private async removeUnknown(room: string, identity: string): Promise<boolean> {
    try {
      await this.rooms.removeParticipant(room, identity);
      return true;
    } catch (error) {
      if (error instanceof ProblemException && error.code === 'LIVEKIT_NOT_FOUND') return false;
      throw error;
    }
  }
}

const nameOf = (caller: Caller): string =>
  caller.kind === 'anonymous' ? 'anonymous' : `${caller.issuer} ${caller.subject}`;
