import { join } from 'node:path';
import ts from 'typescript';
import { projectRoot } from './sources.js';

const { options: compilerOptions } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(projectRoot, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  projectRoot,
);

/** What the compiler says of the code, as if it were a file of the project. */
export function complaintsAbout(code: string): readonly string[] {
  const path = join(projectRoot, 'docs/guide.ts');
  const host = ts.createCompilerHost(compilerOptions);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === path
      ? ts.createSourceFile(name, code, { languageVersion: ts.ScriptTarget.ES2022, impliedNodeFormat: ts.ModuleKind.ESNext })
      : getSourceFile(name, ...rest);
  const compiled = ts.createProgram({ rootNames: [path], options: compilerOptions, host });
  return ts
    .getPreEmitDiagnostics(compiled, compiled.getSourceFile(path))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** As a module that needs no compiler. */
export function transpiled(code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}
