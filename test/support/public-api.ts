/** The declarations of what the package exports, as TypeScript makes them of the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const PUBLIC = join(ROOT, 'src/public');

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  experimentalDecorators: true,
};

export interface PublicPath {
  /** As it is imported, such as `livekit-token-service/policy`. */
  readonly path: string;
  readonly names: readonly string[];
  readonly declarations: string;
  /** `name (file)` of types that these declarations name and no path exports. */
  readonly unreachable: readonly string[];
}

interface Exported {
  readonly name: string;
  readonly file: string;
}

/** All paths, the package's own name first. */
export function publicPaths(): PublicPath[] {
  const files = readdirSync(PUBLIC).filter((file) => file.endsWith('.ts'));
  const exported = new Map(files.map((file) => [file, exportsOf(join(PUBLIC, file))]));
  const all = new Set([...exported.values()].flat().map(keyOf));
  return [...exported]
    .map(([file, names]) => ({ path: pathOf(file), ...report(names, all) }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

const keyOf = ({ name, file }: Exported): string => `${name} (${relative(ROOT, file)})`;

const pathOf = (file: string): string =>
  file === 'index.ts' ? 'livekit-token-service' : `livekit-token-service/${basename(file, '.ts')}`;

/** Of a file that has named exports of other files, and nothing else. */
function exportsOf(path: string): Exported[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const { exportClause, moduleSpecifier } = ts.isExportDeclaration(statement) ? statement : {};
    if (!exportClause || !ts.isNamedExports(exportClause) || !moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) {
      throw new Error(`${path} has more than named exports of other files: ${statement.getText()}`);
    }
    const file = sourceOf(path, moduleSpecifier.text);
    return exportClause.elements.map(({ name }) => ({ name: name.text, file }));
  });
}

const sourceOf = (from: string, specifier: string): string => join(dirname(from), specifier.replace(/\.js$/, '.ts'));

function report(exported: readonly Exported[], all: ReadonlySet<string>) {
  const files = [...new Set(exported.map(({ file }) => file))];
  const reports = files.map((file) => {
    const names = exported.filter((one) => one.file === file).map(({ name }) => name);
    return declarationsOf(file, names, all);
  });
  return {
    names: exported.map(({ name }) => name),
    declarations: reports.map(({ text }) => text).join('\n\n'),
    unreachable: reports.flatMap(({ unreachable }) => unreachable),
  };
}

/** The declarations of these names, and of what they name in the same file. */
function declarationsOf(file: string, names: readonly string[], all: ReadonlySet<string>) {
  const { outputText } = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
    fileName: file,
    compilerOptions: OPTIONS,
  });
  const source = ts.createSourceFile(file, withoutPrivate(outputText), ts.ScriptTarget.Latest, true);
  const imported = importsOf(source, file);
  const declared = new Map<string, ts.Statement[]>();
  for (const statement of source.statements) {
    for (const name of namesOf(statement)) declared.set(name, [...(declared.get(name) ?? []), statement]);
  }
  const missing = names.filter((name) => !declared.has(name));
  if (missing.length > 0) throw new Error(`${relative(ROOT, file)} does not export ${missing.join(', ')}.`);

  // What enlarges types of a package goes with everything of the file.
  const taken = new Set(source.statements.filter(ts.isModuleDeclaration).map((statement): ts.Statement => statement));
  const unreachable = new Set<string>();
  const waiting = [...names];
  const take = (statement: ts.Statement): void => {
    if (taken.has(statement)) return;
    taken.add(statement);
    for (const name of identifiersIn(statement)) {
      if (declared.has(name)) waiting.push(name);
      const from = imported.get(name);
      if (from !== undefined && !all.has(keyOf({ name, file: from }))) unreachable.add(keyOf({ name, file: from }));
    }
  };
  for (const name of waiting) {
    for (const statement of declared.get(name) ?? []) {
      take(statement);
      if (isExported(statement) && !all.has(keyOf({ name, file }))) unreachable.add(keyOf({ name, file }));
    }
  }
  const text = source.statements
    .filter((statement) => taken.has(statement))
    .map((statement) => statement.getFullText().trim())
    .join('\n');
  return {
    text: text.replaceAll(/^( {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2)),
    unreachable: [...unreachable],
  };
}

/** Without private members, and without the constructors of classes, which Nest calls. */
const withoutPrivate = (text: string): string =>
  text.replaceAll(/(?:^ +\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?^ +(?:private|constructor)\b[^\n]*;\n/gm, '');

/** What is imported from other files of ours: the name in it, by the name here. */
function importsOf(source: ts.SourceFile, file: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const statement of source.statements.filter(ts.isImportDeclaration)) {
    const bindings = statement.importClause?.namedBindings;
    const { moduleSpecifier } = statement;
    if (!bindings || !ts.isNamedImports(bindings) || !ts.isStringLiteral(moduleSpecifier)) continue;
    if (!moduleSpecifier.text.startsWith('.')) continue;
    for (const { name } of bindings.elements) found.set(name.text, sourceOf(file, moduleSpecifier.text));
  }
  return found;
}

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
    // A former path of what another file of ours declares.
    if (statement.moduleSpecifier?.getText().startsWith("'.")) return [];
    return statement.exportClause.elements.map(({ name }) => name.text);
  }
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

function identifiersIn(node: ts.Node): string[] {
  const found: string[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child)) found.push(child.text);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}
