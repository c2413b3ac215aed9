import type { CustomDecorator } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

export interface CallerVerifierOptions {
  /**
   * Verifiers with a lower order are called first.
   *
   * @default 0
   */
  readonly order?: number;
}

const Marked = DiscoveryService.createDecorator<CallerVerifierOptions>();

/** Registers a {@link TokenVerifier} of any imported module. It is called unless AUTH_MODE is `none`. */
export const CallerVerifier: ((options?: CallerVerifierOptions) => CustomDecorator) & { readonly KEY: string } =
  Object.assign((options: CallerVerifierOptions = {}) => Marked(options), {
    KEY: Marked.KEY,
  });
