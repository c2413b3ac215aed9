/** Jest's globalSetup: packs what npm would publish, once for all specs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
/** packages.ts reads it. */
const PACKED = join(ROOT, 'node_modules/.cache/test-package');

export default function globalSetup() {
  rmSync(PACKED, { recursive: true, force: true });
  mkdirSync(PACKED, { recursive: true });
  // .npmrc turns scripts off, with them `prepack`, which builds.
  execFileSync('npm', ['pack', '--ignore-scripts=false', '--pack-destination', PACKED], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}
