import { Body, Controller, ForbiddenException, Injectable, Module, Post } from '@nestjs/common';
import { IsInt, Max } from 'class-validator';
import { type Caller, CurrentCaller } from 'livekit-token-service/auth';
import { DoctorCheck, type DoctorCheckProvider, type Finding, ok } from 'livekit-token-service/doctor';
import { Dependency, type HealthCheck } from 'livekit-token-service/health';
import { type Counter, MetricsModule, MetricsRegistry } from 'livekit-token-service/metrics';
import { type JoinRequest, type JoinTerms, TokenPolicy, type TokenPolicyProvider } from 'livekit-token-service/policy';
import { type LiveKitEvent, OnLiveKitEvent } from 'livekit-token-service/webhook';

@Injectable()
export class Bookings {
  readonly started: string[] = [];
  readonly booked: Counter<'kind'>;
  constructor(metrics: MetricsRegistry) {
    this.booked = metrics.counter({ name: 'team_booked_total', help: 'Booked rooms', labels: ['kind'] });
  }

  @OnLiveKitEvent('room_started')
  start({ room }: LiveKitEvent<'room_started'>): void {
    this.started.push(room.name);
  }
}

@Injectable()
@TokenPolicy()
export class ClosedRooms implements TokenPolicyProvider {
  decide(_request: JoinRequest, terms: JoinTerms): JoinTerms {
    if (terms.room !== 'closed') return { ...terms, ttl: 120 };
    throw new ForbiddenException('This room is closed.', { errorCode: 'ROOM_CLOSED' });
  }
}

@Injectable()
@Dependency('calendar')
@DoctorCheck('calendar')
export class Calendar implements HealthCheck, DoctorCheckProvider {
  check(): void {}
  run(): Finding[] {
    return [ok('The calendar is there.')];
  }
}

export class BookingDto {
  @IsInt()
  @Max(12)
  seats!: number;
}

@Controller('bookings')
export class BookingsController {
  constructor(private readonly bookings: Bookings) {}

  @Post()
  book(@Body() { seats }: BookingDto, @CurrentCaller() caller: Caller) {
    this.bookings.booked.inc({ kind: caller.kind });
    return { seats, started: this.bookings.started };
  }
}

@Module({
  imports: [MetricsModule],
  controllers: [BookingsController],
  providers: [Bookings, ClosedRooms, Calendar],
})
export class TeamModule {}
