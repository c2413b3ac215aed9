import type { RawBodyRequest } from '@nestjs/common';
import type { Request, Response } from 'express';

import { ProblemException } from '../errors/problem.exception.js';
import { hasBody } from '../validation/has-body.js';

import { readBytes } from './webhook-body.middleware.js';

/**
 * The bytes of a webhook in a host application: those that its parser has kept (`rawBody: true`), or else those that are read here. Throws
 * WEBHOOK_BODY_PARSED (500) if a parser has read them and not kept them, UNSUPPORTED_MEDIA_TYPE (415) if the body is no JSON.
 */
export async function signedBytes(request: RawBodyRequest<Request>, response: Response): Promise<Buffer> {
  if (request.rawBody !== undefined) return request.rawBody;
  if (!Buffer.isBuffer(request.body)) await read(request, response);
  const body: unknown = request.body;
  if (Buffer.isBuffer(body)) return body;
  if (!hasBody(request)) return Buffer.alloc(0);
  throw new ProblemException(request.readable ? 'UNSUPPORTED_MEDIA_TYPE' : 'WEBHOOK_BODY_PARSED');
}

const read = (request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    readBytes(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
