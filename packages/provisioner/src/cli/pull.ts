import { CatalogError } from 'catalog-core';
import { type Command, Option } from 'commander';
import type { DownloadProgress } from '../download.js';
import type { ProvisionEvent } from '../events.js';
import { ModelProvisioner } from '../model-provisioner.js';
import { count, type SharedOptions, shared, times, withCatalog } from './opened.js';
import { duration, printable, size } from './output.js';
import type { Run } from './run.js';

interface PullOptions extends SharedOptions {
  readonly id?: string;
  readonly name?: string;
  readonly digest?: string;
  readonly label?: readonly string[];
  readonly retries?: number;
}

const toldEveryMs = 200;

export function addPull(program: Command, run: Run): void {
  const pull = program
    .command('pull <ref>')
    .summary('bring a model of the hub or the web into the catalog')
    .description('Looks whether the model is there; fetches it where it is not, checks it and adds it. What was begun before goes on.')
    .option('--id <id>', 'the id of the model; by default that of its file or repository')
    .option('--name <name>', 'what it is called')
    .option('--digest <digest>', 'what its content must be')
    .option('--label <key=value>', 'a label; may be given many times', (label: string, before: readonly string[] = []) => [
      ...before,
      label,
    ])
    .addOption(new Option('--parallel <n>', 'how many requests at a time a large file is fetched by').argParser(count))
    .addOption(new Option('--retries <n>', 'how often in a row it is tried again, by default 5').argParser(times));
  for (const option of shared()) pull.addOption(option);
  pull.action(async (ref: string, options: PullOptions) => {
    run.exitCode = await perform(ref, options);
  });
}

async function perform(ref: string, options: PullOptions): Promise<number> {
  const telling = new Telling(options);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await withCatalog(
      options,
      async (catalog, fetcher) => {
        const { id, name, digest, label } = options;
        const provisioner = new ModelProvisioner({ catalog, fetcher });
        const model = await provisioner.ensurePresent(ref, {
          ...{ signal: stop.signal, onProgress: (progress: DownloadProgress) => telling.progress(progress) },
          ...(id !== undefined && { id }),
          ...(name !== undefined && { name }),
          ...(digest !== undefined && { digest }),
          ...(label && { labels: labelsOf(label) }),
        });
        telling.end();
        const { entry, path, files, fetched } = model;
        const document = { schema: 1, id: model.id, path, files, fetched, model: entry };
        process.stdout.write(`${options.json ? JSON.stringify(document) : options.quiet ? model.id : printable(path)}\n`);
        return 0;
      },
      (event) => telling.event(event),
    );
  } finally {
    telling.end();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function labelsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(given.map(labelOf));
}

function labelOf(given: string): readonly [string, string] {
  const equals = given.indexOf('=');
  if (equals > 0) return [given.slice(0, equals), given.slice(equals + 1)];
  throw new CatalogError('InvalidArgument', `a label is key=value, not ${JSON.stringify(given)}`, { argument: 'label' });
}

/** On standard error: a line that is written over for people, lines of JSON for programs. */
class Telling {
  readonly #options: PullOptions;
  #toldMs = 0;
  #isOpen = false;

  constructor(options: PullOptions) {
    this.#options = options;
  }

  progress(progress: DownloadProgress): void {
    const isLast = progress.bytes === progress.total_bytes;
    if (this.#options.quiet || (!isLast && Date.now() - this.#toldMs < toldEveryMs)) return;
    this.#toldMs = Date.now();
    if (this.#options.json) process.stderr.write(`${JSON.stringify({ schema: 1, type: 'progress', ...progress })}\n`);
    else if (process.stderr.isTTY) this.#over(lineOf(progress));
  }

  event(event: ProvisionEvent): void {
    if (this.#options.quiet) return;
    if (this.#options.json) process.stderr.write(`${JSON.stringify({ schema: 1, ...event })}\n`);
    else if (event.type === 'resumed') this.#line(`going on behind ${size(event.bytes)}`);
    else if (event.type === 'restarted') this.#line(`beginning again: ${event.why}`);
    else if (event.type === 'retrying') this.#line(`${event.why}; trying again in ${duration(event.pause_ms)}`);
  }

  end(): void {
    if (this.#isOpen) process.stderr.write('\n');
    this.#isOpen = false;
  }

  #over(line: string): void {
    process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    this.#isOpen = true;
  }

  #line(text: string): void {
    this.end();
    process.stderr.write(`${printable(text)}\n`);
  }
}

function lineOf({ path, bytes, total_bytes, bytes_per_s, eta_ms }: DownloadProgress): string {
  const share = total_bytes > 0 ? `${Math.floor((100 * bytes) / total_bytes)} %` : '';
  const pace = bytes_per_s === undefined ? 'checking' : `${size(bytes_per_s)}/s`;
  const left = eta_ms === undefined ? '' : duration(eta_ms);
  return [printable(path.split('/').at(-1) ?? path), share, `${size(bytes)} of ${size(total_bytes)}`, pace, left]
    .filter(Boolean)
    .join('  ');
}
