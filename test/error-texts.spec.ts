/** Texts of errors in the language that a client asks for. */
import { ConflictException, Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ERRORS } from '../src/errors/error.catalogue.js';
import { ErrorTexts } from '../src/errors/error-texts.service.js';
import { GERMAN } from '../src/errors/texts/de.texts.js';
import { SPANISH } from '../src/errors/texts/es.texts.js';
import { FRENCH } from '../src/errors/texts/fr.texts.js';
import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { type RunningApp, startApp } from './support/app.js';

@Injectable()
@TokenPolicy()
class FullPolicy implements TokenPolicyProvider {
  constructor(texts: ErrorTexts) {
    texts.add('de', { ROOM_FULL: 'Der Raum ist voll ({seats} Plätze).' });
    texts.add('nl', { NOT_FOUND: 'Hier is niets.' });
    texts.add('en', { ACCESS_ENDED: 'Time is up.' });
  }

  decide({ room }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room === 'ended') return { ...terms, endsAt: Date.now() };
    if (room !== 'full') return terms;
    throw new ConflictException({ message: 'The room is full.', seats: 12 }, { errorCode: 'ROOM_FULL' });
  }
}

@Module({ providers: [FullPolicy] })
class FullModule {}

let service: RunningApp;
beforeAll(async () => {
  service = await startApp({ TOKEN_RESPONSE_FORMAT: 'object' }, { modules: [FullModule] });
});
afterAll(() => service.close());

interface Answer {
  readonly language: string | null;
  readonly vary: string | null;
  readonly body: { readonly detail: string; readonly code: string; readonly errors?: readonly { detail: string }[] };
}

async function refusal(path: string, body: object, accepted?: string): Promise<Answer> {
  const headers = accepted === undefined ? {} : { 'accept-language': accepted };
  const response = await service.post(path, body, headers as Record<string, string>);
  return {
    language: response.headers.get('content-language'),
    vary: response.headers.get('vary'),
    body: (await response.json()) as Answer['body'],
  };
}

const placeholdersOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(Object.entries({ GERMAN, FRENCH, SPANISH }))('the texts in %s', (_language, texts) => {
  it('are complete, and have the placeholders of the catalogue', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(ERRORS).sort());
    for (const [code, { detail }] of Object.entries(ERRORS)) {
      expect([code, placeholdersOf(texts[code] ?? '')]).toEqual([code, placeholdersOf(detail)]);
    }
  });
});

describe('a problem', () => {
  const blank = { room_name: ' ' };

  it.each([
    [undefined, 'en', 'room_name must not be blank'],
    ['de', 'de', 'room_name darf nicht leer sein'],
    ['de-AT, en;q=0.5', 'de', 'room_name darf nicht leer sein'],
    ['ja, fr;q=0.8, de;q=0.2', 'fr', 'room_name ne doit pas être vide'],
    ['es', 'es', 'room_name no debe estar vacío'],
    ['ja', 'en', 'room_name must not be blank'],
    ['*', 'en', 'room_name must not be blank'],
    [';;q=x,,', 'en', 'room_name must not be blank'],
  ])('for Accept-Language: %s is in %s', async (accepted, language, detail) => {
    const answer = await refusal('/livekit/token', blank, accepted);
    expect(answer).toMatchObject({ language, body: { code: 'NAME_BLANK', detail, errors: [{ detail }] } });
    expect(answer.vary).toContain('Accept-Language');
  });

  it('has its parameters in every language', async () => {
    const { body } = await refusal('/livekit/token', { room_name: 'x'.repeat(257) }, 'de');
    expect(body.detail).toBe('room_name darf höchstens 256 Bytes UTF-8 lang sein');
  });

  it('may have texts of a team, in languages of a team, and English ones too', async () => {
    expect(await refusal('/livekit/token', { room_name: 'full' }, 'de')).toMatchObject({
      language: 'de',
      body: { code: 'ROOM_FULL', detail: 'Der Raum ist voll (12 Plätze).' },
    });
    expect(await refusal('/livekit/token', { room_name: 'full' }, 'fr')).toMatchObject({
      language: 'en',
      body: { code: 'ROOM_FULL', detail: 'The room is full.' },
    });
    expect(await refusal('/nowhere', {}, 'nl')).toMatchObject({ language: 'nl', body: { detail: 'Hier is niets.' } });
    expect(await refusal('/livekit/token', { room_name: 'ended' })).toMatchObject({ body: { detail: 'Time is up.' } });
  });
});

it('POST /token keeps its form, and the sentence of OpenVidu unless another language is asked for', async () => {
  const english = { errorMessage: 'roomName and participantName are required' };
  expect((await refusal('/token', {})).body).toEqual(english);
  expect((await refusal('/token', {}, 'en-GB')).body).toEqual(english);
  expect((await refusal('/token', {}, 'de')).body).toEqual({
    errorMessage: 'roomName und participantName sind erforderlich',
  });
});
