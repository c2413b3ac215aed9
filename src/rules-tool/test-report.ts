import type { Mismatch, TestResult } from './test-result.js';

const titleOf = ({ room, line }: TestResult): string => `${JSON.stringify(room)} (line ${line})`;

function mismatchLines(mismatches: readonly Mismatch[], indent: string): string {
  return mismatches
    .map(
      ({ key, expected, actual }) =>
        `${indent}- ${key}: ${JSON.stringify(expected)}\n${indent}+ ${key}: ${JSON.stringify(actual) ?? 'none'}\n`,
    )
    .join('');
}

/** The failed cases, expected lines with `-` and actual ones with `+`, and the count. */
export function humanReport(results: readonly TestResult[]): string {
  const failed = results.filter(({ passed }) => !passed);
  const lines = failed.map((result) => `failed: ${titleOf(result)}\n${mismatchLines(result.mismatches, '  ')}`);
  return `${lines.join('')}${results.length - failed.length} passed, ${failed.length} failed\n`;
}

/** TAP version 14. */
export function tapReport(results: readonly TestResult[]): string {
  const lines = results.map((result, index) => {
    // A # would begin a directive.
    const line = `${result.passed ? 'ok' : 'not ok'} ${index + 1} - ${titleOf(result).replaceAll('#', String.raw`\#`)}\n`;
    if (result.passed) return line;
    return `${line}  ---\n  diff: |\n${mismatchLines(result.mismatches, '    ')}  ...\n`;
  });
  return `TAP version 14\n1..${results.length}\n${lines.join('')}`;
}

/** The XML of JUnit, as CI systems read it. */
export function junitReport(results: readonly TestResult[]): string {
  const failures = results.filter(({ passed }) => !passed).length;
  const cases = results.map((result) => {
    const start = `    <testcase classname="join-rules" name="${escaped(titleOf(result))}"`;
    if (result.passed) return `${start}/>\n`;
    const message = result.mismatches.map(({ key }) => key).join(', ');
    const diff = escaped(mismatchLines(result.mismatches, ''));
    return `${start}>\n      <failure message="${escaped(message)}">${diff}</failure>\n    </testcase>\n`;
  });
  const counts = `tests="${results.length}" failures="${failures}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n  <testsuite name="join-rules" ${counts}>\n${cases.join('')}  </testsuite>\n</testsuites>\n`;
}

/** XML 1.0 has no form for most control characters. */
function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (character) => names[character] ?? '').replaceAll(/[^\t\n\r\P{Cc}]/gu, '?');
}
