import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Dependency, type HealthCheck } from '../../src/health/dependency.decorator.js';

@Injectable()
@Dependency('meetings')
export class MeetingsHealth implements HealthCheck {
  constructor(private readonly database: DataSource) {}

  async check(): Promise<void> {
    await this.database.query('SELECT 1');
  }
}
