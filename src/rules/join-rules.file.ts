import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { EnvironmentError } from '../config/environment.error.js';

import { JoinRuleIndex } from './join-rule.index.js';
import { parseJoinRules, type RuleError } from './join-rules.parser.js';

/** The rules of a file, ready for evaluation. */
export interface LoadedRules {
  readonly index: JoinRuleIndex;
  /** Changes with the content of the file. */
  readonly version: string;
}

/** Throws an {@link EnvironmentError} with every error of the file; `variable` names the file. */
export function loadJoinRules(variable: string, file: string): LoadedRules {
  const content = contentOf(variable, file);
  const { rules, errors } = parseJoinRules(content);
  if (errors.length > 0) {
    throw new EnvironmentError(errors.map((error) => ({ variable, message: describeError(error) })));
  }
  const version = createHash('sha256').update(content).digest('base64url').slice(0, 12);
  return { index: new JoinRuleIndex(rules), version };
}

/** Such as `rule 2: ttl must be from 2m to 24h (line 7)`. */
export function describeError({ rule, line, message }: RuleError): string {
  return `${rule === undefined ? '' : `rule ${rule}: `}${message} (line ${line})`;
}

function contentOf(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new EnvironmentError([{ variable, message: 'must name a readable file' }]);
  }
}
