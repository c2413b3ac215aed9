import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { Response } from 'express';

import type { Environment } from '../config/environment.js';
import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';
import type { Problem } from '../errors/problem.js';
import { renderProblem } from '../errors/problem.filter.js';

import { GATE_PATH } from './access.routes.js';
import { GATE_DECIDED, type GateDecidedEvent } from './gate-events.js';

/** Names the reason in a header as well: proxies can log headers of the gate, but not its body. */
@Injectable()
export class GateFormat implements ErrorFormat {
  readonly path = `/${GATE_PATH}`;

  constructor(
    config: ConfigService<Environment, true>,
    formats: ErrorFormatRegistry,
    private readonly events: EventEmitter2,
  ) {
    if (config.get('ACCESS_ENFORCEMENT', { infer: true })) formats.add(this);
  }

  renderError(problem: Problem, response: Response): void {
    response.setHeader('X-Gate-Reason', problem.code);
    renderProblem(problem, response);
  }

  onError({ status, code }: Problem): void {
    const outcome = status === 401 || status === 403 ? 'refused' : 'failed';
    this.events.emit(GATE_DECIDED, { outcome, code } satisfies GateDecidedEvent);
  }
}
