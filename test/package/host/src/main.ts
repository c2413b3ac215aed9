import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { Calls, CallsModule } from './calls.module.js';

@Controller()
class HostController {
  constructor(private readonly calls: Calls) {}

  @Get('health/live')
  live(): string[] {
    return this.calls.seen;
  }
}

@Module({ imports: [CallsModule], controllers: [HostController] })
class HostModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(HostModule, { logger: ['error', 'warn'] });
  app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
  await app.listen(process.env['SERVER_PORT'] ?? '0', '127.0.0.1');
}

void main();
