import { posix } from 'node:path';
import ts from 'typescript';
import { cyclesOf } from './cycles.js';
import type { Source, Violation } from './sources.js';

/**
 * Arrows point down only: a part may import its own layer and those before it, and within a layer no two parts each other.
 * A part is a folder of src; the files beside index.ts are the facade. A part that is not here has no place yet: give it one.
 */
const layers: readonly (readonly string[])[] = [
  ['core'],
  ['disk', 'observe'],
  ['platform'],
  ['journal'],
  ['stores', 'artifacts'],
  ['facade', 'fetch', 'adopt', 'index'],
  ['cli', 'report', 'trace', 'sim', 'conformance', 'prometheus', 'otel'],
];

/** CAT-REC-1009: what decides computes, and does nothing else. */
const pureModules = ['node:buffer', 'node:crypto', 'node:zlib'];

/** CAT-SIM-5001: one seam. */
const diskModules = ['node:fs', 'node:fs/promises', 'fs', 'fs/promises', 'graceful-fs', 'fs-native-extensions'];
const isRealDisk = (path: string): boolean => /^src\/disk\/real-[^/]+\.ts$/.test(path);

/** CAT-SEC-6001: no network, no process, no code from text. `import()` of a name that is not a literal counts as code from text. */
const reachingModules = [
  ...['child_process', 'cluster', 'dgram', 'dns', 'http', 'http2', 'https', 'inspector', 'net', 'repl', 'tls', 'vm'],
  ...['pg', 'undici', 'ws'],
];
const reachingGlobals = ['fetch', 'eval', 'Function', 'WebSocket', 'EventSource', 'XMLHttpRequest'];

/** CAT-SEC-6001: who may reach what. Nothing else imports these statically. */
const mayReach: Readonly<Record<string, readonly string[]>> = {
  'src/stores/postgres': ['pg', 'net', 'tls', 'dns'],
  'src/stores/etcd': ['http', 'https'],
  'src/conformance': ['child_process', 'import()'],
};

interface Import {
  readonly from: string;
  readonly line: number;
  /** As it was written; undefined where it is not a literal. */
  readonly specifier: string | undefined;
  /** The file of the project that it names. */
  readonly target: string | undefined;
  readonly dynamic: boolean;
}

/** What in these sources imports against the directions or reaches where the library must not: src/ and the packages on top of it. */
export function importViolations(sources: readonly Source[]): Violation[] {
  const judged = sources.filter((source) => source.path.startsWith('src/')).map(parse);
  const imports = judged.flatMap(importsOf);
  const onTop = sources.filter(({ path }) => packageOf(path) !== undefined).flatMap((source) => importsOf(parse(source)));
  const wrong = [
    ...imports.flatMap(judgeImport),
    ...cycleViolations(imports),
    ...judged.flatMap(globalViolations),
    ...onTop.flatMap(judgeOnTop),
  ];
  return wrong.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

/** The sources of a package on top of the library. */
function packageOf(path: string): string | undefined {
  return /^packages\/[^/]+\/src\//.exec(path)?.[0];
}

/** CAT-PRV-2503: a package knows the library as anybody does, by its name. */
function judgeOnTop({ from, line, target }: Import): Violation[] {
  if (target === undefined || target.startsWith(packageOf(from) ?? '')) return [];
  return [{ path: from, line, message: `imports ${target}: a package knows the library by its name alone` }];
}

function parse(source: Source): ts.SourceFile {
  return ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2022, true);
}

function judgeImport(found: Import): Violation[] {
  return [judgeName, judgeModule, judgeDirection, judgeReach]
    .map((judge) => judge(found))
    .filter((message) => message !== undefined)
    .map((message) => ({ path: found.from, line: found.line, message }));
}

function judgeName({ from, specifier }: Import): string | undefined {
  if (specifier !== undefined || reachOf(from).includes('import()')) return undefined;
  return 'imports a name that is not a literal';
}

function judgeModule({ from, specifier, target }: Import): string | undefined {
  if (specifier === undefined || target !== undefined) return undefined;
  const name = specifier.replace(/^node:/, '').split('/')[0] ?? '';
  if (partOf(from) === 'core' && !pureModules.includes(specifier))
    return `core imports ${specifier}: nothing but itself, ${list(pureModules)}`;
  if (diskModules.includes(specifier) && !isRealDisk(from)) return `imports ${specifier}: only src/disk/real-*.ts touches the disk`;
  if (reachingModules.includes(name) && !reachOf(from).includes(name))
    return `imports ${specifier}: the library reaches for nothing outside`;
  if (name === 'catalog-core') return `imports its own package by name: ${specifier}`;
  if (name.startsWith('catalog-core-')) return `imports ${specifier}: the library knows nothing of what is on top of it`;
  return undefined;
}

function judgeDirection({ from, target }: Import): string | undefined {
  if (target === undefined) return undefined;
  if (!target.startsWith('src/')) return `imports ${target}: the library imports nothing from outside src`;
  if (target === 'src/index.ts') return 'imports src/index.ts, which is for users';
  const [upper, lower] = [layerOf(from), layerOf(target)];
  if (upper === -1 || lower === -1) return `${upper === -1 ? from : target} has no layer: give its folder one in import-directions.ts`;
  return lower > upper ? `${partOf(from)} imports ${partOf(target)} (${target}): arrows point down only` : undefined;
}

function judgeReach({ from, target, dynamic }: Import): string | undefined {
  if (target === undefined || dynamic) return undefined;
  const reaching = reachingFolderOf(target);
  if (reaching === undefined || reaching === reachingFolderOf(from)) return undefined;
  return `imports ${target} statically: what reaches outside is loaded only when asked for`;
}

function cycleViolations(imports: readonly Import[]): Violation[] {
  const between = imports.filter(({ from, target }) => target?.startsWith('src/') && partOf(from) !== partOf(target));
  const edges = between.map(({ from, target = '' }) => [partOf(from), partOf(target)] as const);
  return cyclesOf(edges).flatMap((cycle) =>
    between
      .filter(({ from, target = '' }) => cycle.includes(partOf(from)) && cycle.includes(partOf(target)))
      .map(({ from, line, target }) => ({ path: from, line, message: `imports ${target}: part of a cycle of ${list(cycle)}` })),
  );
}

function importsOf(file: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const named = importedBy(node);
    if (named !== undefined) {
      const specifier = ts.isStringLiteralLike(named.name) ? named.name.text : undefined;
      const target = specifier === undefined ? undefined : targetOf(file.fileName, specifier);
      found.push({ from: file.fileName, line: lineOf(file, node), specifier, target, dynamic: named.dynamic });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The name that a node imports: import and export declarations, `import()`, `require()` in its forms, and imported types. */
function importedBy(node: ts.Node): { name: ts.Node; dynamic: boolean } | undefined {
  if (ts.isImportDeclaration(node)) return { name: node.moduleSpecifier, dynamic: false };
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return { name: node.moduleSpecifier, dynamic: false };
  if (ts.isExternalModuleReference(node)) return { name: node.expression, dynamic: false };
  if (ts.isImportTypeNode(node))
    return { name: ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, dynamic: false };
  if (!ts.isCallExpression(node) || !isLoader(node.expression)) return undefined;
  return { name: node.arguments[0] ?? node, dynamic: true };
}

/** `import`, `require`, `anything.require`, `createRequire(…)` called at once, and `process.getBuiltinModule`. */
function isLoader(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isCallExpression(callee)) return nameOf(callee.expression) === 'createRequire';
  return ['require', 'getBuiltinModule'].includes(nameOf(callee) ?? '');
}

function globalViolations(file: ts.SourceFile): Violation[] {
  const declared = declaredIn(file);
  const found: Violation[] = [];
  const visit = (node: ts.Node): void => {
    const name = globalUsed(node, declared);
    if (name !== undefined && reachingGlobals.includes(name) && !reachOf(file.fileName).includes(name)) {
      found.push({
        path: file.fileName,
        line: lineOf(file, node),
        message: `uses the global ${name}: the library reaches for nothing outside`,
      });
    }
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The global that a node names: bare where the file declares nothing of that name, or as a member of the global object. */
function globalUsed(node: ts.Node, declared: ReadonlySet<string>): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return isGlobalObject(node.expression) ? node.name.text : undefined;
  if (ts.isElementAccessExpression(node)) {
    return isGlobalObject(node.expression) && ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : undefined;
  }
  return ts.isIdentifier(node) && !isMemberName(node) && !declared.has(node.text) ? node.text : undefined;
}

function isGlobalObject(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && ['globalThis', 'global'].includes(node.text);
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return true;
  return (ts.isClassElement(parent) || ts.isTypeElement(parent)) && parent.name === node;
}

function declaredIn(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (isDeclaration(node) && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

function isDeclaration(node: ts.Node): node is ts.NamedDeclaration {
  return (
    [ts.isVariableDeclaration, ts.isParameter, ts.isBindingElement, ts.isClassLike].some((is) => is(node)) ||
    [ts.isFunctionDeclaration, ts.isFunctionExpression].some((is) => is(node)) ||
    [ts.isImportSpecifier, ts.isImportClause, ts.isNamespaceImport].some((is) => is(node))
  );
}

function nameOf(node: ts.Expression): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : undefined;
}

function targetOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

function partOf(path: string): string {
  const [, first = '', ...deeper] = path.split('/');
  if (deeper.length > 0) return first;
  return first === 'index.ts' ? 'index' : 'facade';
}

function layerOf(path: string): number {
  return layers.findIndex((parts) => parts.includes(partOf(path)));
}

function reachingFolderOf(path: string): string | undefined {
  return Object.keys(mayReach).find((folder) => path.startsWith(`${folder}/`) || path === `${folder}.ts`);
}

function reachOf(path: string): readonly string[] {
  return mayReach[reachingFolderOf(path) ?? ''] ?? [];
}

function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
