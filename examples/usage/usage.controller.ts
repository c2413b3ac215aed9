import { BadRequestException, Controller, Get, Query, UseGuards } from '@nestjs/common';

import { HostGuard } from '../hosts/host.guard.js';

import { type RoomUsage, Stays } from './stays.repository.js';
import { UsagePeriodDto } from './usage-period.dto.js';

export interface RoomMinutes extends RoomUsage {
  /** Rounded up. */
  readonly minutes: number;
}

@UseGuards(HostGuard)
@Controller('usage')
export class UsageController {
  constructor(private readonly stays: Stays) {}

  /** Minutes of persons by room. */
  @Get()
  async byRoom(@Query() { from, to }: UsagePeriodDto): Promise<{ rooms: readonly RoomMinutes[] }> {
    const start = (from?.getTime() ?? 0) / 1000;
    const end = Math.min(to?.getTime() ?? Infinity, Date.now()) / 1000;
    if (to !== undefined && start >= to.getTime() / 1000) {
      throw new BadRequestException('A period must end after it starts.', { errorCode: 'USAGE_PERIOD' });
    }
    const usage = await this.stays.usage(Math.floor(start), Math.floor(end));
    return { rooms: usage.map((room) => ({ ...room, minutes: Math.ceil(room.seconds / 60) })) };
  }
}
