import { Injectable } from '@nestjs/common';

import { type ErrorParameters, ERRORS, filled } from './error.catalogue.js';
import { REASONS } from './reason.catalogue.js';
import { GERMAN } from './texts/de.texts.js';
import { SPANISH } from './texts/es.texts.js';
import { FRENCH } from './texts/fr.texts.js';
import type { Texts } from './texts/texts.js';

/** The language of the catalogue, and of texts that no language has. */
export const DEFAULT_LANGUAGE = 'en';

/**
 * Texts of errors by language and code. English texts are those of the catalogue; German, French and Spanish come with the service.
 * Available in every module.
 *
 * @example
 * export class BookingTexts {
 *   constructor(texts: ErrorTexts) {
 *     texts.add('de', { ROOM_NOT_BOOKED: 'Dieser Raum ist nicht gebucht.' });
 *   }
 * }
 */
@Injectable()
export class ErrorTexts {
  private readonly byLanguage = new Map<string, Texts>();

  constructor() {
    const details = Object.fromEntries(Object.entries(ERRORS).map(([code, { detail }]) => [code, detail]));
    this.add(DEFAULT_LANGUAGE, { ...details, ...REASONS });
    this.add('de', GERMAN);
    this.add('fr', FRENCH);
    this.add('es', SPANISH);
  }

  /** Adds texts, or replaces those of the same codes. `language` is a tag of RFC 5646, such as `nl` or `pt-BR`. */
  add(language: string, texts: Texts): void {
    this.byLanguage.set(language, { ...this.byLanguage.get(language), ...texts });
  }

  /** All languages, English first. */
  get languages(): readonly string[] {
    return [...this.byLanguage.keys()];
  }

  /** The text of a code. Undefined if the language has none, or if a placeholder has no parameter. */
  text(language: string, code: string, parameters: ErrorParameters = {}): string | undefined {
    const texts = this.byLanguage.get(language) ?? {};
    if (!Object.hasOwn(texts, code)) return undefined;
    const text = filled(texts[code] ?? '', parameters);
    return /\{\w+\}/.test(text) ? undefined : text;
  }
}
