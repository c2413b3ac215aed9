import type { INestApplication } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

import { handOver } from './documented.decorator.js';
import { PROBLEM_SCHEMA } from './problem.schema.js';

/** The version of the API, raised when clients have to change. */
const VERSION = '1.0';

const DESCRIPTION = `Signs access tokens for LiveKit rooms.

Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\` everywhere but on \`POST /token\` and
\`POST /access/backchannel-logout\`, whose clients expect a format of their own. Every response has an \`X-Request-Id\`, which clients may
set and log lines contain. Any other path responds with 404 \`NOT_FOUND\`.`;

@Injectable()
export class ApiDocument {
  private app: INestApplication | undefined;
  private document: Promise<OpenAPIObject> | undefined;

  /** Sets the application whose routes, a team's included, the document describes. */
  describe(app: INestApplication): void {
    this.app = app;
  }

  read(): Promise<OpenAPIObject> {
    if (this.app === undefined) throw new Error('The document has no application to describe.');
    this.document ??= make(this.app);
    return this.document;
  }
}

async function make(app: INestApplication): Promise<OpenAPIObject> {
  const swagger = await import('@nestjs/swagger');
  handOver(swagger);
  const { components, ...description } = new swagger.DocumentBuilder()
    .setTitle('LiveKit token service')
    .setVersion(VERSION)
    .setDescription(DESCRIPTION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag('Tokens', 'Join a room.')
    .addTag('Access', 'End the access of participants.')
    .addTag('LiveKit', 'Webhooks of LiveKit.')
    .addTag('Operations', 'For orchestrators and monitoring.')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'With `AUTH_MODE=oidc`: an access token of `OIDC_ISSUER`, made for `OIDC_AUDIENCE`. Otherwise none.',
    })
    .addSecurity('metrics', { type: 'http', scheme: 'bearer', description: '`METRICS_TOKEN`.' })
    .addSecurity('webhook', {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: "LiveKit's signature: a JWT with the hash of the body, without a scheme before it.",
    })
    .addSecurity('gate', { type: 'apiKey', in: 'header', name: 'X-Gate-Token', description: '`GATE_TOKEN`.' })
    .addSecurityRequirements('bearer')
    .addSecurityRequirements({})
    .build();
  const schemas = { ...components?.schemas, Problem: PROBLEM_SCHEMA };
  return swagger.SwaggerModule.createDocument(app, { ...description, components: { ...components, schemas } });
}
