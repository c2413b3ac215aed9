import { Injectable, type NestMiddleware } from '@nestjs/common';
import { type NextFunction, type Request, type Response, urlencoded } from 'express';

import { ProblemException } from '../errors/problem.exception.js';
import { limitPieces } from '../server/body-pieces.js';

const FORM = 'application/x-www-form-urlencoded';

/** In bytes. Logout tokens have about 1 kB. */
const BODY_LIMIT = 16 * 1024;

/** Reads the form that an identity provider sends, and no other body. */
@Injectable()
export class LogoutBody implements NestMiddleware {
  private readonly parse = urlencoded({ type: FORM, extended: false, limit: BODY_LIMIT, inflate: false });

  use(request: Request, response: Response, next: NextFunction): void {
    if (!request.is(FORM)) {
      next(new ProblemException('LOGOUT_REQUEST_INVALID'));
      return;
    }
    limitPieces(request);
    this.parse(request, response, next);
  }
}
