/** Files that a test hands to the service, gone with the test run. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'token-service-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

export interface TemporaryFile {
  readonly path: string;
  /** Swaps the content in one step, as editors and Kubernetes do. */
  readonly replace: (content: string) => void;
}

export function temporaryFile(content: string): TemporaryFile {
  count += 1;
  const path = join(folder, `file-${count}`);
  writeFileSync(path, content);
  return {
    path,
    replace: (next) => {
      writeFileSync(`${path}.next`, next);
      renameSync(`${path}.next`, path);
    },
  };
}
