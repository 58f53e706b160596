import { type ConformanceModule, jsonLinesStore } from '../../src/conformance/index.js';

/** What a program does with each line that it is asked, after it was opened. */
const answers: Readonly<Record<string, string>> = {
  'writes what is no JSON': `console.log('done!')`,
  'answers with a code that there is not': `answer({ id, error: { code: 'NotToday' } })`,
  'answers somebody else': `answer({ id: id + 1000, result: null })`,
  'ends at once': `process.exit(0)`,
  'answers with null': `answer(null)`,
  'answers with a number': `answer(7)`,
  'answers with an error without a code': `answer({ id, error: 'no' })`,
  'says of each answer that its error is null': `answer({ id, result: op === 'delete' ? false : op === 'list' ? [] : null, error: null })`,
  'answers with what was not asked for': `answer({ id, result: 'fine' })`,
};

/** A store in another language, all whose answers are odd. */
export function oddProgram(does: string): ConformanceModule {
  const answer = answers[does];
  if (answer === undefined) throw new Error(`no program ${does}`);
  const script = `const answer = (line) => console.log(JSON.stringify(line));
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, op } = JSON.parse(line);
  if (op === 'open') answer({ id, result: null });
  else ${answer};
});`;
  return jsonLinesStore({
    name: 'odd',
    claims: { durable: 'none', multiProcess: false, history: false, gapless: true, levels: ['core'] },
    command: [process.execPath, '-e', script],
  });
}
