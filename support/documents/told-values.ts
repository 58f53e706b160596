import ts from 'typescript';

/** A value that a comment tells of an expression: `model.state; // 'Active'`. */
interface Told {
  readonly expression: string;
  readonly literal: string;
  /** `{ kind: 'pass', … }`: there are further members. */
  readonly isPartial: boolean;
  readonly end: number;
  readonly start: number;
}

/** The program, in which each comment that tells a value is held against it, and how many there are. */
export function withValuesChecked(code: string): { readonly code: string; readonly count: number } {
  const all = toldIn(code);
  const checked = all.reduceRight(
    (text, { start, end, expression, literal, isPartial }) =>
      `${text.slice(0, start)}${expression} __told(${JSON.stringify(literal)}, ${literal}, ${isPartial});${text.slice(end)}`,
    code,
  );
  return { code: `${preamble}${checked}`, count: all.length };
}

/** In one line, so that the places in errors are nearly those of the document. */
const preamble = `import { deepStrictEqual as __equal } from 'node:assert'; let __last; const __told = (text, literal, isPartial) => { const of = isPartial ? Object.fromEntries(Object.keys(literal).map((key) => [key, __last?.[key]])) : __last; __equal(of, literal, \`it is \${JSON.stringify(of)}, and \${text} is what the document says\`); };\n`;

function toldIn(code: string): Told[] {
  const file = ts.createSourceFile('a.ts', code, ts.ScriptTarget.ES2022, true);
  return file.statements.flatMap((statement) => {
    const rest = code.slice(statement.end, code.indexOf('\n', statement.end));
    const literal = literalOf(/^\s*\/\/ (.*)$/.exec(rest)?.[1] ?? '');
    const [start, end] = [statement.getStart(), statement.end];
    if (literal === undefined) return [];
    if (ts.isExpressionStatement(statement)) return [{ ...literal, start, end, expression: `__last = ${statement.expression.getText()};` }];
    const name = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0]?.name : undefined;
    return name && ts.isIdentifier(name) ? [{ ...literal, start, end, expression: `${statement.getText()} __last = ${name.text};` }] : [];
  });
}

/** The value with which a comment begins; what follows it is for people. */
function literalOf(comment: string): Pick<Told, 'literal' | 'isPartial'> | undefined {
  const [plain] = /^(?:'[^']*'|-?\d[\d_]*n?|true|false|undefined|null)(?=$|[\s:;,.])/.exec(comment) ?? [];
  if (plain !== undefined) return { literal: plain, isPartial: false };
  const [, open = '', inner = '', close = ''] = /^([{[])(.*)([}\]])/.exec(comment) ?? [];
  if (open === '') return undefined;
  return { literal: `${open}${inner.replace(/,? *… *$/, '')}${close}`, isPartial: /… *$/.test(inner) };
}
