/** Checks Kubernetes manifests against the types that are generated from its API: unknown, missing and wrong fields. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
/** Inside the repository, so that the compiler finds the types. */
const CACHE = join(ROOT, 'node_modules/.cache');

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What the compiler says against any of them, a line each; none is good. */
export function faultsOf(manifests: readonly Manifest[]): readonly string[] {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'manifests-'));
  try {
    const files = manifests.map((manifest, index) => {
      const file = join(folder, `${manifest.kind}-${index}.ts`);
      writeFileSync(file, sourceOf(manifest));
      return file;
    });
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--types',
      'node',
    ];
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, ...files], {
      cwd: folder,
    });
    return [];
  } catch (error) {
    const output = String((error as { readonly stdout?: unknown }).stdout ?? error);
    return output.split('\n').filter((line) => line.includes('error TS'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A literal, of which the compiler accepts no field that the type does not have. */
function sourceOf(manifest: Manifest): string {
  const { apiVersion, kind } = manifest;
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const file = `kubernetes-types/${group.split('.')[0]}/${version}`;
  return `import type { ${kind} } from '${file}';\nexport const manifest: ${kind} = ${JSON.stringify(manifest, null, 1)};\n`;
}
