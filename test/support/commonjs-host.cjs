/** A CommonJS application that uses the package by require(), as compilers to CommonJS write it. Prints a token and the listeners it has. */
'use strict';

require('reflect-metadata');
const { createRequire } = require('node:module');

/** The package by its name, as it is resolved in an application: the argument is a file beside its package.json. */
const load = createRequire(process.argv[2]);
const { Module } = load('@nestjs/common');
const { NestFactory } = load('@nestjs/core');
const { LiveKitModule } = load('livekit-token-service/livekit');
const { AdmissionService, TokenModule, OnTokenIssued } = load('livekit-token-service/token');
const { WebhookModule } = load('livekit-token-service/webhook');

class Issued {
  issued({ identity }) {
    process.stdout.write(`issued to ${identity}\n`);
  }
}
const method = Object.getOwnPropertyDescriptor(Issued.prototype, 'issued');
OnTokenIssued()(Issued.prototype, 'issued', method);

class HostModule {}
Module({
  imports: [
    LiveKitModule.forRoot({ keys: [{ key: 'devkey', secret: 'secret' }] }),
    TokenModule.register({ path: 'calls/token', caller: ({ headers }) => ({ identity: headers['x-user'] }) }),
    WebhookModule.register({ path: 'hooks/livekit' }),
  ],
  providers: [Issued],
})(HostModule);

async function main() {
  const app = await NestFactory.create(HostModule, { logger: ['error'], abortOnError: false });
  app.get(AdmissionService);
  await app.listen(0, '127.0.0.1');
  const response = await fetch(`http://127.0.0.1:${app.getHttpServer().address().port}/calls/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user': 'alice' },
    body: '{"roomName":"daily","participantName":"mallory"}',
  });
  process.stdout.write(`${response.status} ${await response.text()}\n`);
  await app.close();
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
