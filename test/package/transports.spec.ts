/** A team with GraphQL and a microservice, whose test passes with the package. */
import { expect, it } from '@jest/globals';

import { npm, tarball, teamWith } from './support/packages.js';

it('GraphQL by Apollo, and messages over TCP, are closed, validated and refused as HTTP is', () => {
  const folder = teamWith(tarball(), 'transports');
  expect(npm(folder, 'test')).toMatch(/pass 4\b/);
}, 900_000);
