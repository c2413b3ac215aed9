import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';

import { Public } from '../auth/public.decorator.js';
import { Section } from '../openapi/documented.decorator.js';

import { BACKCHANNEL_LOGOUT_PATH } from './access.routes.js';
import { BackchannelLogoutReference } from './backchannel-logout.documentation.js';
import { BackchannelLogoutService } from './backchannel-logout.service.js';
import { LogoutRequestDto } from './dto/logout-request.dto.js';

/**
 * Public: the signature of the logout token authenticates the identity provider. Not limited by address, since providers do not repeat a
 * request that was refused with 429.
 */
@Public()
@Section('Access')
@Controller(BACKCHANNEL_LOGOUT_PATH)
export class BackchannelLogoutController {
  constructor(private readonly logouts: BackchannelLogoutService) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @BackchannelLogoutReference()
  logOut(@Body() { logout_token: logoutToken }: LogoutRequestDto): Promise<void> {
    return this.logouts.logOut(logoutToken);
  }
}
