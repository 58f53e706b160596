import { isCatalogError } from '../../src/core/errors.js';
import { isCommand } from '../is-command.js';
import { engineNamed } from './engines.js';

/** A process of its own that does nothing but open a catalog; says with what code that was refused. */
async function ask(engine: string, url: string, place: string, unreachableMs: number): Promise<string> {
  try {
    await engineNamed(engine).open(url, place, { unreachableMs });
    return 'opened';
  } catch (error) {
    if (isCatalogError(error)) return error.code;
    throw error;
  }
}

if (isCommand(import.meta.url)) {
  const [engine = '', url = '', place = '', unreachableMs = ''] = process.argv.slice(2);
  console.log(await ask(engine, url, place, Number(unreachableMs)));
}
