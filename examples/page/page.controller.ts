import { Controller, Get, Header, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from 'livekit-token-service/auth';

/** Allows scripts, styles and requests of the same origin. The service's default for data forbids everything. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'";

/** A page of a team. Browsers load it without an access token. */
@Public()
@Controller('welcome')
export class PageController {
  @Get()
  @Header('Content-Security-Policy', POLICY)
  page(@Res() response: Response): void {
    this.send('page.html', response);
  }

  @Get('page.js')
  script(@Res() response: Response): void {
    this.send('page.js', response);
  }

  private send(file: string, response: Response): void {
    response.sendFile(file, { root: import.meta.dirname });
  }
}
