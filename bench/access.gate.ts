/** What the gate costs beside a token: window by window, in turn, on one server. */
import { join } from 'node:path';

import { decodeJwt } from 'jose';

import { LIVEKIT } from './access.recording.js';
import { AnswerCheck } from './answer.check.js';
import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import { GrowthServer } from './growth.server.js';
import { Issuer } from './issuer.js';
import type { LoadClient } from './load.client.js';
import type { Traffic } from './load.phase.js';
import { CONNECTIONS } from './measured.server.js';
import { type Names, namesOf } from './request.set.js';
import { ServerProcess } from './server.process.js';
import { askForToken } from './token.request.js';

export interface GateFigures {
  /** CPU time of a decision in microseconds, window by window. */
  readonly decisions: readonly number[];
  /** That of a token for a caller whose access token is remembered, beside it. */
  readonly tokens: readonly number[];
}

const PEOPLE = 500;
const WARM_UP_ANSWERS = 10_000;
const WINDOWS = 12;
const WINDOW_ANSWERS = 2_000;
const WINDOW_SECONDS = 5;

export class GateCost {
  constructor(
    private readonly folder: string,
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {}

  async measure(build: Contestant): Promise<GateFigures> {
    const issuer = await Issuer.start();
    const bearers = await issuer.bearers('ES256', PEOPLE);
    const env = { ...build.env, ...LIVEKIT, ...issuer.settings, ACCESS_ENFORCEMENT: 'on' };
    const contestant = { ...build, env, bearer: bearers[0] ?? '' };
    const server = await ServerProcess.start(contestant, this.cores, join(this.folder, 'access-gate.log'));
    try {
      const names = namesOf(PEOPLE).map(({ roomName }, index): Names => {
        return { roomName, participantName: decodeJwt(bearers[index] ?? '').sub ?? '' };
      });
      const tokens: string[] = [];
      for (const [index, name] of names.entries()) {
        tokens.push(JSON.parse((await askForToken(server.port, name, bearers[index])).body) as string);
      }
      const gate = this.row(server, { gateTokens: tokens });
      const token = this.row(server, { names, bearers });
      for (const row of [gate, token]) await row.warmUp();
      for (let window = 0; window < WINDOWS; window += 1) {
        for (const row of window % 2 === 0 ? [gate, token] : [token, gate]) await row.measure(WINDOW_SECONDS);
      }
      return { decisions: (await gate.figures()).windows, tokens: (await token.figures()).windows };
    } finally {
      await server.stop();
      issuer.close();
    }
  }

  private row(server: ServerProcess, asked: Partial<Traffic>): GrowthServer {
    const traffic = { connections: CONNECTIONS, ...asked };
    const amount = { size: PEOPLE, traffic, warmUps: [{ ...traffic, answers: WARM_UP_ANSWERS }] };
    const row = { label: 'gate', small: amount, large: amount, rivals: [], windowAnswers: WINDOW_ANSWERS };
    return new GrowthServer(server, row, amount, this.cores, this.load, new AnswerCheck());
  }
}
