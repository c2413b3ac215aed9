/** Shows what the programs under test printed, but only for a suite that failed. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const LINES = 200;

export default class ProgramLogReporter {
  onTestResult(_test, result) {
    const failed = result.numFailingTests > 0 || result.testExecError;
    for (const file of logFiles()) {
      if (failed) process.stderr.write(`\n--- ${file}, at most ${LINES} lines from its end\n${tail(file)}\n`);
      // The next suite starts with empty logs, or it would be blamed for lines of this one.
      rmSync(file);
    }
  }

  onRunComplete() {
    rmSync(process.env.LIVEKIT_TEST_FOLDER, { recursive: true, force: true });
  }
}

function logFiles() {
  const folder = process.env.LIVEKIT_TEST_FOLDER;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(folder, name));
}

function tail(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LINES).join('\n');
}
