import { Injectable } from '@nestjs/common';
import { Dependency, type HealthCheck } from 'livekit-token-service/health';
import { DataSource } from 'typeorm';

@Injectable()
@Dependency('meetings')
export class MeetingsHealth implements HealthCheck {
  constructor(private readonly database: DataSource) {}

  async check(): Promise<void> {
    await this.database.query('SELECT 1');
  }
}
