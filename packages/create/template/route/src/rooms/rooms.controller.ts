import { Controller, Get, Param } from '@nestjs/common';
import { RoomServiceClient } from 'livekit-server-sdk';

/** `GET /rooms/daily/participants`: who is in a room. */
@Controller('rooms')
export class RoomsController {
  constructor(private readonly rooms: RoomServiceClient) {}

  @Get(':room/participants')
  async participants(@Param('room') room: string): Promise<{ identity: string; name: string }[]> {
    const found = await this.rooms.listParticipants(room);
    return found.map(({ identity, name }) => ({ identity, name }));
  }
}
