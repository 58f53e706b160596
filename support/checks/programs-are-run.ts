import { join } from 'node:path';
import ts from 'typescript';
import { projectRoot, type Source, type Violation } from './sources.js';

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  noEmit: true,
};

/** Libraries and packages are parsed once, whatever is looked at afterwards. */
const parsedOnce = new Map<string, ts.SourceFile | undefined>();

/**
 * CAT-SIM-5002: what makes a program and does not run it, and what would make a dropped program do something: `finally`, `using`,
 * `.return()`. Judges the sources that are given; what they import is found among them, else on the disk.
 */
export function programViolations(sources: readonly Source[]): Violation[] {
  const program = ts.createProgram({ rootNames: sources.map(({ path }) => join(projectRoot, path)), options, host: hostOf(sources) });
  const checker = program.getTypeChecker();
  return sources.flatMap(({ path }) => {
    const file = program.getSourceFile(join(projectRoot, path));
    return file === undefined ? [] : violationsIn(file, path, checker);
  });
}

function violationsIn(file: ts.SourceFile, path: string, checker: ts.TypeChecker): Violation[] {
  const found: Violation[] = [];
  const visit = (node: ts.Node): void => {
    const message = judge(node, checker);
    if (message !== undefined) found.push({ path, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, message });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function judge(node: ts.Node, checker: ts.TypeChecker): string | undefined {
  if (discardedIn(node, checker).some((expression) => isProgram(expression, checker)))
    return 'makes a program and does not run it: yield* is missing';
  if (testedIn(node).some((expression) => isAlwaysProgram(expression, checker)))
    return 'asks whether there is a program, not what it answers: yield* is missing';
  if (ts.isYieldExpression(node) && !node.asteriskToken && node.expression && isProgram(node.expression, checker)) {
    return 'yields a program instead of its steps: yield* is meant';
  }
  if (ts.isTryStatement(node) && node.finallyBlock && isInGenerator(node)) return 'has a finally inside a program';
  if (ts.isVariableDeclarationList(node) && isUsing(node) && isInGenerator(node))
    return 'has a using, which is a finally, inside a program';
  return isReturned(node, checker) ? 'returns a program from outside: a crashed one is dropped' : undefined;
}

/** The expressions whose value nobody sees because of this node. */
function discardedIn(node: ts.Node, checker: ts.TypeChecker): readonly ts.Expression[] {
  if (ts.isExpressionStatement(node) || ts.isVoidExpression(node)) return [node.expression];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken) return [node.left];
  if (ts.isForStatement(node)) return [node.initializer, node.incrementor].filter((part) => part !== undefined).filter(ts.isExpression);
  return ts.isArrowFunction(node) && ts.isExpression(node.body) && answersNobody(node, checker) ? [node.body] : [];
}

/** An arrow whose answer its taker ignores: a callback that may return nothing. */
function answersNobody(arrow: ts.ArrowFunction, checker: ts.TypeChecker): boolean {
  const signatures = checker.getContextualType(arrow)?.getNonNullableType().getCallSignatures() ?? [];
  return signatures.some((signature) => (checker.getReturnTypeOfSignature(signature).flags & ts.TypeFlags.Void) !== 0);
}

/** The expressions that this node only asks for truth. */
function testedIn(node: ts.Node): readonly ts.Expression[] {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return [node.expression];
  if (ts.isForStatement(node)) return node.condition ? [node.condition] : [];
  if (ts.isConditionalExpression(node)) return [node.condition];
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) return [node.operand];
  return ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind) ? [node.left] : [];
}

function isLogical(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
}

/** Whether an expression may be a program, whatever it is asserted to be. */
function isProgram(expression: ts.Expression, checker: ts.TypeChecker): boolean {
  const inner = withoutAssertions(expression);
  // `program = make()` keeps what it made.
  if (ts.isBinaryExpression(inner) && isAssignment(inner.operatorToken.kind)) return false;
  return isGenerator(checker.getTypeAtLocation(inner), checker);
}

/** A program for certain: where there may be none, asking for it is right. */
function isAlwaysProgram(expression: ts.Expression, checker: ts.TypeChecker): boolean {
  const type = checker.getTypeAtLocation(withoutAssertions(expression));
  return isProgram(expression, checker) && checker.getNonNullableType(type) === type;
}

function withoutAssertions(expression: ts.Expression): ts.Expression {
  const wraps =
    ts.isParenthesizedExpression(expression) ||
    ts.isAssertionExpression(expression) ||
    ts.isSatisfiesExpression(expression) ||
    ts.isNonNullExpression(expression);
  return wraps ? withoutAssertions(expression.expression) : expression;
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function isGenerator(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.isUnionOrIntersection()) return type.types.some((part) => isGenerator(part, checker));
  const name = type.getSymbol()?.getName();
  if (name === 'Generator' || name === 'AsyncGenerator') return true;
  return type.isClassOrInterface() && checker.getBaseTypes(type).some((base) => isGenerator(base, checker));
}

/** Whether a node may be of a program: an asynchronous generator gives promises, and is none. */
function isInGenerator(node: ts.Node): boolean {
  const owner = ts.findAncestor(node.parent, ts.isFunctionLike);
  const isAsync =
    owner !== undefined && ts.canHaveModifiers(owner) && ts.getModifiers(owner)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  return owner !== undefined && !isAsync && 'asteriskToken' in owner && owner.asteriskToken !== undefined;
}

function isUsing(list: ts.VariableDeclarationList): boolean {
  return (
    (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Using || (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.AwaitUsing
  );
}

function isReturned(node: ts.Node, checker: ts.TypeChecker): boolean {
  if (!ts.isCallExpression(node)) return false;
  const callee = node.expression;
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text === 'return' && isProgram(callee.expression, checker);
  if (!ts.isElementAccessExpression(callee) || !ts.isStringLiteralLike(callee.argumentExpression)) return false;
  return callee.argumentExpression.text === 'return' && isProgram(callee.expression, checker);
}

function hostOf(sources: readonly Source[]): ts.CompilerHost {
  const given = new Map(sources.map(({ path, text }) => [join(projectRoot, path), text]));
  const host = ts.createCompilerHost(options, true);
  return {
    ...host,
    getCurrentDirectory: () => projectRoot,
    fileExists: (name) => given.has(name) || host.fileExists(name),
    readFile: (name) => given.get(name) ?? host.readFile(name),
    getSourceFile: (name, languageVersion) => {
      const text = given.get(name);
      if (text !== undefined) return ts.createSourceFile(name, text, languageVersion, true);
      if (!name.includes('/node_modules/')) return host.getSourceFile(name, languageVersion);
      if (!parsedOnce.has(name)) parsedOnce.set(name, host.getSourceFile(name, languageVersion));
      return parsedOnce.get(name);
    },
  };
}
