import { Controller, Get, Header, Param, Req, Res, UseGuards } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Request, Response } from 'express';

import { Public } from '../auth/public.decorator.js';
import { Documented } from './documented.decorator.js';
import { ProblemException } from '../errors/problem.exception.js';

import { ApiDocument } from './api.document.js';
import { DocsGuard } from './docs.guard.js';
import { assetFolder, ASSETS, CONTENT_SECURITY_POLICY, pageOf, START_SCRIPT } from './docs.page.js';

@Public()
@Documented(({ ApiExcludeController }) => [ApiExcludeController()])
@UseGuards(DocsGuard)
@Controller()
export class DocsController {
  constructor(private readonly document: ApiDocument) {}

  @Get('docs-json')
  json(): Promise<OpenAPIObject> {
    return this.document.read();
  }

  @Get('docs')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
  @Header('Cross-Origin-Opener-Policy', 'same-origin')
  page(@Req() request: Request): string {
    return pageOf(request.path.endsWith('/') ? '.' : './docs');
  }

  @Get('docs/:file')
  file(@Param('file') name: string, @Res() response: Response): void {
    if (name === START_SCRIPT.name) response.type('js').send(START_SCRIPT.content);
    else if (ASSETS.includes(name)) response.sendFile(name, { root: assetFolder(), maxAge: '1d' });
    else throw new ProblemException('NOT_FOUND');
  }
}
