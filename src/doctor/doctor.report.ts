/** Writes findings as lines for people or as one JSON document for programs, and counts errors and warnings. */
import type { CheckedFinding } from './doctor.service.js';
import type { Level } from './finding.js';

/** ANSI colours, for terminals. */
const COLOURS: Readonly<Record<Level, number>> = { ok: 32, warning: 33, fault: 31, skipped: 90 };

/** In lines for people. JSON has the level itself, which programs depend on. */
const labelOf = (level: Level): string => (level === 'fault' ? 'error' : level);

const LEVEL_WIDTH = 9;
const NAME_WIDTH = 11;

type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'hasColors'>;

export class DoctorReport {
  private readonly findings: CheckedFinding[] = [];
  private readonly colours: boolean;

  constructor(
    private readonly output: Output,
    private readonly json: boolean,
  ) {
    this.colours = !json && output.isTTY && output.hasColors();
  }

  get faults(): number {
    return this.count('fault');
  }

  add(finding: CheckedFinding): void {
    this.findings.push(finding);
    if (this.json) return;
    const { level, check, found, advice } = finding;
    const margin = ' '.repeat(LEVEL_WIDTH + NAME_WIDTH);
    this.output.write(`${this.marked(level)}${check.padEnd(NAME_WIDTH)}${found}\n`);
    if (advice !== undefined) this.output.write(`${margin}-> ${advice.replaceAll('\n', `\n${margin}   `)}\n`);
  }

  end(): void {
    const { faults } = this;
    const warnings = this.count('warning');
    if (this.json) {
      this.output.write(
        `${JSON.stringify({ ok: faults === 0, faults, warnings, findings: this.findings }, null, 2)}\n`,
      );
    } else {
      this.output.write(
        `\n${amount(faults, 'error')}, ${amount(warnings, 'warning')}. ${CONCLUSION[faults > 0 ? 'bad' : 'good']}\n`,
      );
    }
  }

  private count(level: Level): number {
    return this.findings.filter((finding) => finding.level === level).length;
  }

  private marked(level: Level): string {
    const text = labelOf(level).padEnd(LEVEL_WIDTH);
    return this.colours ? `\u001B[${COLOURS[level]}m${text}\u001B[0m` : text;
  }
}

const CONCLUSION = {
  bad: 'Correct the first error first: it may cause others.',
  good: 'If calls still fail, check the path of the media from clients to LiveKit, which cannot be tested from here.',
};

const amount = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
