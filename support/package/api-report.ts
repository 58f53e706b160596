import ts from 'typescript';

/** What can be imported: its name, and the declarations that its package has of it. */
export interface Entry {
  readonly name: string;
  /** The file that declares it, and the folder with all declarations of its package. */
  readonly types: string;
  readonly folder: string;
}

const options: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext, noLib: true, types: [] };
const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/**
 * The public surface of each entry as a text: every name that it exports with its declarations, and those that these speak of, however
 * far. Comments and private members are no part of it, nor is the order or the file in which something is declared.
 */
export function apiReports(entries: readonly Entry[]): readonly string[] {
  const program = programOf(entries);
  return entries.map((entry) => reportOf(entry, program));
}

/** The exported names of which no sentence says what they promise, each behind its entry. */
export function undocumented(entries: readonly Entry[]): readonly string[] {
  const program = programOf(entries);
  const checker = program.getTypeChecker();
  return entries.flatMap((entry) => {
    const silent = exportsOf(entry, program).filter(({ symbol }) => symbol.getDocumentationComment(checker).length === 0);
    return silent.map(({ as }) => `${entry.name}: ${as}`);
  });
}

function programOf(entries: readonly Entry[]): ts.Program {
  return ts.createProgram({ rootNames: entries.map(({ types }) => types), options });
}

/** What an entry exports: the name there, and what it stands for. */
function exportsOf({ types }: Entry, program: ts.Program): readonly { readonly as: string; readonly symbol: ts.Symbol }[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(types);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${types} is no module`);
  return checker.getExportsOfModule(module).map((symbol) => ({ as: symbol.name, symbol: originalOf(symbol, checker) }));
}

function reportOf(entry: Entry, program: ts.Program): string {
  const { name, folder } = entry;
  const checker = program.getTypeChecker();
  const exported = exportsOf(entry, program);
  const reached = reachedFrom(
    exported.map(({ symbol }) => symbol),
    (declaration) => spokenOf(declaration, checker).filter((symbol) => declarationsOf(symbol, folder).length > 0),
    (symbol) => declarationsOf(symbol, folder),
  );
  const offered = exported.map(({ as, symbol }) => `// ${as}\n${textOf(declarationsOf(symbol, folder)) || '// of another package'}`);
  const spoken = reached.map((symbol) => textOf(declarationsOf(symbol, folder)));
  return `# ${name}\n\nWhat can be imported, as it is declared. Written by \`npm run accept\`.\n\n${block(offered)}\n## What that speaks of\n\n${block(spoken)}`;
}

const block = (texts: readonly string[]): string => `\`\`\`ts\n${[...texts].sort().join('\n\n')}\n\`\`\`\n`;

/** All that these symbols speak of and that is not among them, at whatever remove. */
function reachedFrom(
  from: readonly ts.Symbol[],
  spokenBy: (declaration: ts.Declaration) => readonly ts.Symbol[],
  declared: (symbol: ts.Symbol) => readonly ts.Declaration[],
): ts.Symbol[] {
  const seen = new Set(from);
  // A set is gone through to its end, and what is added meanwhile is behind that.
  for (const symbol of seen) for (const other of declared(symbol).flatMap(spokenBy)) seen.add(other);
  return [...seen].slice(new Set(from).size);
}

/** The symbols that a declaration names, without those of its private members. */
function spokenOf(declaration: ts.Declaration, checker: ts.TypeChecker): readonly ts.Symbol[] {
  const found = new Set<ts.Symbol>();
  const visit = (node: ts.Node): void => {
    if (isPrivate(node)) return;
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    if (symbol !== undefined) found.add(originalOf(symbol, checker));
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return [...found];
}

function originalOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** How a symbol is declared by itself in this folder; none for a member, a parameter, or what others declare. */
function declarationsOf(symbol: ts.Symbol, folder: string): readonly ts.Declaration[] {
  return (symbol.declarations ?? []).filter((one) => isOnItsOwn(one) && one.getSourceFile().fileName.startsWith(`${folder}/`));
}

function isOnItsOwn(node: ts.Node): boolean {
  return (
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    (ts.isVariableDeclaration(node) && ts.isVariableStatement(node.parent.parent))
  );
}

function isPrivate(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  const isHidden = node.name !== undefined && ts.isPrivateIdentifier(node.name);
  return isHidden || (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;
}

function textOf(declarations: readonly ts.Declaration[]): string {
  const texts = declarations.map((declaration) => {
    const shown = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : withoutPrivate(declaration);
    return printer.printNode(ts.EmitHint.Unspecified, shown, declaration.getSourceFile());
  });
  return texts.sort().join('\n');
}

function withoutPrivate(declaration: ts.Declaration): ts.Node {
  if (!ts.isClassDeclaration(declaration)) return declaration;
  const { modifiers, name, typeParameters, heritageClauses, members } = declaration;
  const shown = members.filter((member) => !isPrivate(member));
  return ts.factory.updateClassDeclaration(declaration, modifiers, name, typeParameters, heritageClauses, shown);
}
