import type { CatalogueText } from '../errors/reason.catalogue.js';

/** In bytes of UTF-8. */
export const MAX_DEPLOYMENT_BYTES = 64;

/** No characters that LiveKit's own names of topics are built with, no blanks, no control characters. */
export const DEPLOYMENT = /^[^\0-\x20\x7f_]*$/;

/**
 * What is wrong with the deployment of an agent, by the name that it has in the text. No worker can serve another one, and LiveKit drops
 * such an agent without an error.
 */
export function deploymentError(field: string, deployment: string): CatalogueText | undefined {
  if (Buffer.byteLength(deployment) > MAX_DEPLOYMENT_BYTES) {
    return { key: 'FIELD_TOO_LONG', parameters: { field, max: MAX_DEPLOYMENT_BYTES } };
  }
  return DEPLOYMENT.test(deployment) ? undefined : { key: 'DEPLOYMENT_CHARACTERS', parameters: { field } };
}
