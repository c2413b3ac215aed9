import { UsageError } from './usage.error.mjs';

/** What can be chosen, with the question and, by value, what it means. The first value is the default. */
export const CHOICES = {
  auth: {
    question: 'Who may request tokens?',
    values: {
      none: 'anyone',
      oidc: 'callers with an access token of your identity provider (OpenID Connect)',
    },
  },
  module: {
    question: 'What does the first module do?',
    values: {
      policy: 'decides about joins',
      listener: "reacts to LiveKit's events",
      route: 'adds a route',
    },
  },
};

export const DEFAULTS = { directory: 'my-service', auth: 'none', module: 'policy' };

/** Throws if the option has no such value. */
export function checkChoice(option, value) {
  const values = Object.keys(CHOICES[option].values);
  if (!values.includes(value)) throw new UsageError(`--${option} must be one of: ${values.join(', ')}.`);
}

/** npm's rules for names of new packages, with or without a scope. */
const NAME = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
const MAX_NAME_LENGTH = 214;

export function checkName(name) {
  if (NAME.test(name) && name.length <= MAX_NAME_LENGTH && name !== 'node_modules') return;
  throw new UsageError(
    `"${name}" cannot be the name of a package: use a-z, 0-9, hyphens, dots and underscores, and begin with a letter or digit. ` +
      'Set another one with --name.',
  );
}
