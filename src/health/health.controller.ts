/** Whether the process is alive. */
import { Controller, Get, Header } from '@nestjs/common';

import { Public } from '../auth/public.decorator.js';

@Public()
@Controller('health')
export class HealthController {
  /** Depends on nothing: a restart mends nothing that is wrong elsewhere. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }
}
