/** Reads a Dockerfile as far as ours goes; what it does not know of, it refuses. */

export interface Instruction {
  readonly keyword: string;
  /** What follows the keyword, on one line. */
  readonly text: string;
}

export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

const KEYWORDS = new Set('ARG LABEL ENV WORKDIR COPY RUN USER EXPOSE HEALTHCHECK ENTRYPOINT CMD FROM'.split(' '));

export function parseDockerfile(content: string): readonly Stage[] {
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(content)) {
    if (!KEYWORDS.has(instruction.keyword)) throw new Error(`${instruction.keyword} is not known here.`);
    if (instruction.keyword === 'FROM') {
      const [, base, name] = /^(\S+)(?: AS (\S+))?$/.exec(instruction.text) ?? [];
      if (base === undefined) throw new Error(`FROM ${instruction.text} is not understood.`);
      stages.push({ base, name, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`${instruction.keyword} stands before the first FROM.`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

/** The exec form of a command, a JSON list: no shell starts it, and signals reach it. */
export function execForm(text: string): readonly string[] {
  const command: unknown = text.startsWith('[') ? JSON.parse(text) : undefined;
  if (!Array.isArray(command) || command.length === 0) throw new Error(`${text} is not the exec form of a command.`);
  return command.map(String);
}

/** `NAME=value` pairs; a value with spaces is quoted. */
export function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g)].map(([, name = '', quoted, bare]) => [
      name,
      quoted ?? bare ?? '',
    ]),
  );
}

function instructionsOf(content: string): Instruction[] {
  const lines = content.split('\n').filter((line) => !/^\s*#/.test(line));
  const joined = lines.join('\n').replace(/\\\s*\n\s*/g, ' ');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword = '', text = ''] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
      return { keyword, text };
    });
}
