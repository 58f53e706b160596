import { resolve } from 'node:path';
import { canonicalJson } from '../core/canonical-json.js';
import { parseDigest } from '../core/digest.js';
import { isCatalogError } from '../core/errors.js';
import type { Versioned } from '../core/generation.js';
import { type EngineEntry, engineId } from '../core/records.js';
import type { EngineCollection } from '../engine-collection.js';
import { CliRefusal } from './hints.js';
import { engineResult } from './model-result.js';
import { collect, examples } from './options.js';
import type { Verb } from './run.js';

interface EngineFlags {
  readonly engine: string;
  readonly version: string;
  readonly id?: string;
  readonly digest?: string;
  readonly buildRef?: string;
  readonly binary?: string;
  readonly artifact?: readonly string[];
  readonly flag?: readonly string[];
  readonly samplerProfile?: string;
}

export const engineAdd: Verb<EngineFlags> = {
  declare(command) {
    command
      .requiredOption('--engine <name>', 'what engine it is')
      .requiredOption('--version <version>', 'its version')
      .option('--id <new-id>', 'by default engine:version, with @digest where there is one')
      .option('--digest <digest>', 'the digest of the build')
      .option('--build-ref <ref>', 'the commit or the build that it is')
      .option('--binary <path>', 'the program; needed when there is no artifact')
      .option('--artifact <digest|path>', 'a blob of the catalog or a file outside; may be given many times', collect)
      .option('--flag <flag>', 'a flag of the build; may be given many times', collect)
      .option('--sampler-profile <version>', 'the version of its sampler profile')
      .addHelpText(
        'after',
        examples(
          'catalog engine add --engine llama.cpp --version 1.2.3 --binary ./llama-server',
          'catalog engine add --engine ggml --version 4 --artifact ggml.so --flag=-DCUDA',
        ),
      );
  },
  async run({ catalog }, _, flags) {
    const { binary, artifact = [] } = flags;
    if (binary === undefined && artifact.length === 0) throw nothingToRun();
    return engineResult(await added(catalog.engines, entryOf(flags)));
  },
};

function nothingToRun(): CliRefusal {
  return new CliRefusal('InvalidRecord', 'an engine has a program or an artifact', 'give --binary <path>, or --artifact <digest|path>');
}

/** What gives each member of the record. */
const flagOf: Readonly<Record<string, string>> = {
  engine: '--engine',
  version: '--version',
  build_ref: '--build-ref',
  build_flags: '--flag',
  artifacts: '--artifact',
  binary_path: '--binary',
  sampler_profile_version: '--sampler-profile',
};

/** Whoever typed flags is told of flags. */
function inFlags(error: unknown): unknown {
  if (!isCatalogError(error, 'InvalidRecord')) return error;
  const { member } = error.details;
  const flag = typeof member === 'string' ? flagOf[member] : undefined;
  if (flag === undefined) return error;
  return new CliRefusal('InvalidRecord', error.message.replace(`\`${member}\``, flag), `correct ${flag} and try again`, error.details);
}

/** The stored entry when it says the same already, whenever it was made. */
async function added(engines: EngineCollection, entry: EngineEntry): Promise<Versioned<EngineEntry>> {
  try {
    return await engines.put(entry, { ifRevision: 'absent' });
  } catch (error) {
    if (!isCatalogError(error, 'RevisionConflict')) throw inFlags(error);
    const stored = await engines.get(entry.id);
    if (stored === undefined) throw error;
    if (contentOf(stored.record) === contentOf(entry)) return stored;
    const hint = 'choose another --id, or remove what is there with `catalog engine rm`';
    throw new CliRefusal('AlreadyExists', `${entry.id} is in the catalog with other content`, hint, { stored: stored.record });
  }
}

function entryOf(flags: EngineFlags): EngineEntry {
  const { engine, version, id, buildRef, binary, artifact = [], flag, samplerProfile } = flags;
  const digest = flags.digest === undefined ? undefined : parseDigest(flags.digest);
  return {
    id: id ?? engineId({ engine, version, ...(digest && { digest }) }),
    engine,
    version,
    artifacts: artifact.map(artifactOf),
    created_ms: Date.now(),
    ...(digest && { digest }),
    ...(buildRef !== undefined && { build_ref: buildRef }),
    ...(flag && { build_flags: [...flag] }),
    ...(binary !== undefined && { binary_path: resolve(binary) }),
    ...(samplerProfile !== undefined && { sampler_profile_version: samplerProfile }),
  };
}

function artifactOf(given: string): string {
  return /^(sha256|sha512|blake3):/.test(given) ? parseDigest(given) : resolve(given);
}

function contentOf({ created_ms: _, ...content }: EngineEntry): string {
  return canonicalJson(content);
}
