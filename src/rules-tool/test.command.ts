import type { Command, CommandArguments, CommandResult } from './command.js';
import { contentOf, rulesOf, SETTINGS_HELP, SETTINGS_OPTIONS, settingsOf } from './command-options.js';
import { parseTestCases } from './test-cases.parser.js';
import { humanReport, junitReport, tapReport } from './test-report.js';
import { runTest } from './test-result.js';
import { UsageError } from './usage.error.js';

const FORMATS = ['tap', 'junit', 'json'];

function reportOf({ values }: CommandArguments): typeof humanReport {
  if (FORMATS.filter((format) => values[format] === true).length > 1) {
    throw new UsageError('--tap, --junit and --json exclude each other.');
  }
  return values['tap'] === true ? tapReport : values['junit'] === true ? junitReport : humanReport;
}

export const testCommand: Command = {
  summary: 'compare the decisions of a file with expected ones',
  files: ['FILE', 'TESTS'],
  options: { tap: { type: 'boolean' }, junit: { type: 'boolean' }, ...SETTINGS_OPTIONS },
  help: [['--tap', 'print TAP version 14'], ['--junit', 'print the XML of JUnit'], ...SETTINGS_HELP],
  run(args: CommandArguments): CommandResult {
    const [file = '', tests = ''] = args.files;
    const index = rulesOf(file);
    const settings = settingsOf(args);
    const cases = parseTestCases(tests, contentOf(tests), args.now);
    const results = cases.map((one) => runTest(index, one, settings));
    const failed = results.filter(({ passed }) => !passed).length;
    const report = reportOf(args);
    return {
      text: report(results),
      json: { passed: results.length - failed, failed, cases: results },
      ok: failed === 0,
    };
  },
};
