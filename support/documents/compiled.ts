import { join } from 'node:path';
import ts from 'typescript';
import { projectRoot } from '../checks/sources.js';

const { options: ours } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(projectRoot, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  projectRoot,
);
/** As strict as ours are, and by the public names alone: they lead to the types that users get. */
const { paths: _paths, ...options } = ours;

/** What the compiler says of programs, by the place that each is from. */
export function complaintsIn(programs: ReadonlyMap<string, string>): string[] {
  const placed = new Map([...programs].map(([place, code], number) => [join(projectRoot, `docs/program-${number}.ts`), { place, code }]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => placed.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    const code = placed.get(name)?.code;
    const languageVersion = ts.ScriptTarget.ES2022;
    return code === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, `${code}\nexport {};\n`, { languageVersion, impliedNodeFormat: ts.ModuleKind.ESNext });
  };
  const program = ts.createProgram({ rootNames: [...placed.keys()], options, host });
  return [...placed].flatMap(([name, { place }]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => `${place} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
}
