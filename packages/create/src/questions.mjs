import { createInterface } from 'node:readline/promises';

import { CHOICES, DEFAULTS } from './choices.mjs';

/** Asks for what is undefined. Rejects with an AbortError if the input ends (Ctrl+C, Ctrl+D). */
export async function ask(given, { stdin, stdout }) {
  const terminal = createInterface({ input: stdin, output: stdout });
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  const question = async (text) => (await terminal.question(text, { signal: ended.signal })).trim();
  try {
    const directory =
      given.directory ?? ((await question(`Directory (${DEFAULTS.directory}): `)) || DEFAULTS.directory);
    const auth = given.auth ?? (await choose('auth', question, stdout));
    const module = given.module ?? (await choose('module', question, stdout));
    return { ...given, directory, auth, module };
  } finally {
    terminal.close();
  }
}

async function choose(option, question, stdout) {
  const { question: text, values } = CHOICES[option];
  stdout.write(`${text}\n`);
  for (const [value, meaning] of Object.entries(values)) stdout.write(`  ${value}: ${meaning}\n`);
  for (;;) {
    const value = (await question(`${option} (${DEFAULTS[option]}): `)) || DEFAULTS[option];
    if (Object.hasOwn(values, value)) return value;
    stdout.write(`Type one of: ${Object.keys(values).join(', ')}.\n`);
  }
}
