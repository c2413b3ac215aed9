import { readFileSync } from 'node:fs';

import { keyPairErrors } from './key-pair.checks.js';
import type { LiveKitKeyPair, LiveKitKeys } from './livekit-keys.js';
import { InvalidValueError } from './value-readers.js';
import { parseYamlEntries, type YamlEntry, YamlError } from './yaml.js';

/**
 * Reads a YAML file of `key: secret` lines, the format of `livekit-server --key-file`, in the order of the file. Throws an
 * {@link InvalidValueError} with all errors, which name lines by number and hold nothing of the content.
 */
export function readKeyFile(path: string, { strict }: Pick<LiveKitKeys, 'strict'>): LiveKitKeys['pairs'] {
  const errors: string[] = [];
  const pairs = entriesOf(contentOf(path)).flatMap(({ key, value: secret, line }): LiveKitKeyPair[] => {
    if (typeof key !== 'string' || typeof secret !== 'string' || !key || !secret) {
      errors.push(`must name a file in which every line is "key: secret" (line ${line})`);
      return [];
    }
    for (const { of, message } of strict ? keyPairErrors({ key, secret }) : []) {
      errors.push(`has a ${of} in line ${line} that ${message}`);
    }
    return [{ key, secret }];
  });
  const [first, ...others] = pairs;
  if (errors.length > 0 || first === undefined) throw new InvalidValueError(...errors);
  return [first, ...others];
}

function entriesOf(content: string): readonly YamlEntry[] {
  let entries: readonly YamlEntry[] | undefined;
  try {
    entries = parseYamlEntries(content);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new InvalidValueError(`names a file that ${error.message}`);
  }
  if (!entries?.length) throw new InvalidValueError('must name a YAML file with at least one "key: secret" line');
  return entries;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new InvalidValueError('must name a readable file');
  }
}
