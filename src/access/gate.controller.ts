import { All, Controller, Get, HttpCode, Options, Req, UseGuards } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { Request } from 'express';

import { Public } from '../auth/public.decorator.js';
import { Documented, Section } from '../openapi/documented.decorator.js';

import { GATE_PATH } from './access.routes.js';
import { GateReference } from './gate.documentation.js';
import { GATE_DECIDED, type GateDecidedEvent } from './gate-events.js';
import { GateGuard } from './gate.guard.js';
import { GateService } from './gate.service.js';

/** Called by the proxy before LiveKit. Envoy sends the method of its client, and the path of its client below that of the gate. */
@Public()
@UseGuards(GateGuard)
@Section('LiveKit')
@Controller(GATE_PATH)
export class GateController {
  constructor(
    private readonly gate: GateService,
    private readonly events: EventEmitter2,
  ) {}

  @Get()
  @HttpCode(204)
  @GateReference()
  ask(@Req() request: Request): Promise<void> {
    return this.decide(request);
  }

  /** Else Express would respond with 200 itself, which opens. */
  @Options()
  @HttpCode(204)
  @Documented(({ ApiExcludeEndpoint }) => [ApiExcludeEndpoint()])
  askByOptions(@Req() request: Request): Promise<void> {
    return this.decide(request);
  }

  @All('*path')
  @HttpCode(204)
  @Documented(({ ApiExcludeEndpoint }) => [ApiExcludeEndpoint()])
  askAsEnvoy(@Req() request: Request): Promise<void> {
    return this.decide(request);
  }

  private async decide(request: Request): Promise<void> {
    const code = await this.gate.decide(request, belowGate(request.originalUrl));
    this.events.emit(GATE_DECIDED, { outcome: 'opened', code } satisfies GateDecidedEvent);
  }
}

/** Of the address as it was sent: `url` has double slashes removed. A query without a path belongs to the gate. */
function belowGate(url: string): string {
  const below = url.replace(/^\/+livekit\/+gate/i, '');
  return below.startsWith('/') && below !== '/' ? below : '';
}
