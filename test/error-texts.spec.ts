/** Texts of errors in the language that a client asks for. */
import { Body, ConflictException, Controller, Injectable, Module, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsString, Max } from 'class-validator';

import { ERRORS } from '../src/errors/error.catalogue.js';
import { ErrorTexts } from '../src/errors/error-texts.service.js';
import { REASONS } from '../src/errors/reason.catalogue.js';
import { GERMAN } from '../src/errors/texts/de.texts.js';
import { SPANISH } from '../src/errors/texts/es.texts.js';
import { FRENCH } from '../src/errors/texts/fr.texts.js';
import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';

@Injectable()
@TokenPolicy()
class FullPolicy implements TokenPolicyProvider {
  constructor(texts: ErrorTexts) {
    texts.add('de', { ROOM_FULL: 'Der Raum ist voll ({seats} Plätze).' });
    texts.add('nl', { NOT_FOUND: 'Hier is niets.', IS_STRING: '{field} moet tekst zijn' });
    texts.add('nl', { MAX: '{field} mag hoogstens {max} zijn' });
    texts.add('en', { ACCESS_ENDED: 'Time is up.' });
  }

  decide({ room }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room === 'ended') return { ...terms, endsAt: Date.now() };
    if (room !== 'full') return terms;
    throw new ConflictException({ message: 'The room is full.', seats: 12 }, { errorCode: 'ROOM_FULL' });
  }
}

class BookingDto {
  @IsString()
  title!: string;

  @Max(5, { context: { max: 5 } })
  seats!: number;
}

@Controller('bookings')
class BookingsController {
  @Post()
  create(@Body() booking: BookingDto): BookingDto {
    return booking;
  }
}

@Module({ controllers: [BookingsController], providers: [FullPolicy] })
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

const DETAILS = Object.fromEntries(Object.entries(ERRORS).map(([code, { detail }]) => [code, detail]));
const ENGLISH: Record<string, string> = { ...DETAILS, ...REASONS };

const placeholdersOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

it('no reason has the key of a code', () => {
  expect(Object.keys(REASONS).filter((key) => key in ERRORS)).toEqual([]);
});

describe.each(Object.entries({ GERMAN, FRENCH, SPANISH }))('the texts in %s', (_language, texts) => {
  it('are complete, and have the placeholders of the catalogue', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(ENGLISH).sort());
    for (const [key, text] of Object.entries(ENGLISH)) {
      expect([key, placeholdersOf(texts[key] ?? '')]).toEqual([key, placeholdersOf(text)]);
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

  it('has its reasons in every language, each at the part of the body that is not valid', async () => {
    const agents = [{ agent_name: 7 }, { deployment: 'a_b', attributes: { x: 1 } }, 'text'];
    const { body } = await refusal('/livekit/token', { participant_metadata: 1, room_config: { agents } }, 'de');
    const at = (field: string): string => `room_config.agents${field}`;
    expect(body).toMatchObject({ code: 'FIELD_INVALID', detail: 'participant_metadata muss ein Text sein' });
    expect(body.errors).toEqual(
      [
        ['/participant_metadata', 'participant_metadata muss ein Text sein'],
        ['/room_config/agents/0/agent_name', `${at('[0].agent_name')} muss ein Text sein`],
        [
          '/room_config/agents/1/deployment',
          `${at('[1].deployment')} darf keine Unterstriche, Leerzeichen oder Steuerzeichen enthalten`,
        ],
        ['/room_config/agents/1/attributes', `jeder Name und Wert von ${at('[1].attributes')} muss ein Text sein`],
        ['/room_config/agents/2', `${at('[2]')} muss ein Objekt sein`],
      ].map(([pointer, detail]) => ({ pointer, code: 'FIELD_INVALID', detail })),
    );
    expect((await refusal('/livekit/token', '{"__proto__":1}' as unknown as object, 'fr')).body.detail).toBe(
      'Le corps ne doit pas contenir de clés nommées __proto__, constructor, prototype.',
    );
  });

  it("has the rules of a team's DTO by their names, as far as a team has texts", async () => {
    const body = { title: 7, seats: 9 };
    const english = ['title must be a string', 'seats must not be greater than 5'];
    const told = async (language?: string): Promise<unknown> => {
      const { body: problem } = await refusal('/bookings', body, language);
      return [problem.detail, ...(problem.errors ?? []).map(({ detail }) => detail)];
    };
    expect(await told()).toEqual([english[0], ...english]);
    expect(await told('nl')).toEqual(['title moet tekst zijn', 'title moet tekst zijn', 'seats mag hoogstens 5 zijn']);
    expect(await told('de')).toEqual([GERMAN['BAD_REQUEST'], ...english]);
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
