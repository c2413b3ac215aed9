/** Nest on Express with one route, CORS and `ValidationPipe`, and nothing of what a service needs: what no backend of this shape goes below. */
import 'reflect-metadata';

import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Header,
  HttpCode,
  Module,
  Post,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Response } from 'express';

import { REFUSAL, tokenOf } from './signed.token.js';
import { TokenRequestDto } from './token-request.dto.js';

@Controller()
class TokenController {
  @Post('token')
  @HttpCode(200)
  @Header('Content-Type', 'application/json; charset=utf-8')
  create(@Body() { roomName, participantName }: TokenRequestDto): string {
    return JSON.stringify(tokenOf(roomName, participantName));
  }
}

@Catch(BadRequestException)
class TextFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(400).json(REFUSAL);
  }
}

@Module({ controllers: [TokenController] })
class AppModule {}

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false, cors: true });
app.useGlobalFilters(new TextFilter());
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
await app.listen(process.env.SERVER_PORT ?? 6080);
