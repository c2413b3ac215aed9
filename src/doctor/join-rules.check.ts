/** Checks JOIN_RULES_FILE, and whether it contains rules that never match. */
import { readFileSync } from 'node:fs';

import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import type { JoinRule } from '../rules/join-rule.js';
import { describeError } from '../rules/join-rules.file.js';
import { parseJoinRules } from '../rules/join-rules.parser.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped, warning } from './finding.js';

@Injectable()
export class JoinRulesCheck extends OwnCheck {
  override readonly name = 'rules';

  constructor(private readonly config: ConfigService<Environment, true>) {
    super();
  }

  override run(): readonly Finding[] {
    const file = this.config.get('JOIN_RULES_FILE', { infer: true });
    if (file === undefined) return [skipped('JOIN_RULES_FILE is not set: every caller may join every room.')];
    const { rules, errors } = parseJoinRules(readFileSync(file, 'utf8'));
    if (errors.length > 0) {
      return errors.map((error) =>
        fault(`JOIN_RULES_FILE ${describeError(error)}.`, 'Correct the file: the service does not start with it.'),
      );
    }
    const anonymous = this.config.get('AUTH_MODE', { infer: true }) === 'none';
    return [
      ok(`JOIN_RULES_FILE holds ${rules.length === 1 ? 'one rule' : `${rules.length} rules`}.`),
      ...behindAnOpenRule(rules),
      ...(anonymous ? ofNobody(rules) : []),
    ];
  }
}

/** A pattern that matches the empty name for a caller without claims consists of stars and matches every name. */
const isOpen = ({ callers, except, when, rooms }: JoinRule): boolean =>
  callers.length + except.length + when.length === 0 && rooms.some((pattern) => pattern.matches('', {}));

function behindAnOpenRule(rules: readonly JoinRule[]): Finding[] {
  const open = rules.find(isOpen);
  if (open === undefined || open.number === rules.length) return [];
  return [
    warning(
      `Rule ${open.number} lets every caller into every room: no rule after it is evaluated.`,
      'Move it to the end.',
    ),
  ];
}

function ofNobody(rules: readonly JoinRule[]): Finding[] {
  const closed = rules.filter(({ callers }) => callers.length > 0).map(({ number }) => number);
  if (closed.length === 0) return [];
  return [
    warning(
      `With AUTH_MODE=none callers have no claims: no caller matches ${closed.length === 1 ? 'rule' : 'rules'} ${closed.join(', ')}.`,
      'Leave callers out of these rules, or set AUTH_MODE=oidc.',
    ),
  ];
}
