import { resolve } from 'node:path';
import { fingerprintOf, type PlatformProfile, profileOf } from '../core/platform-profile.js';
import { asCatalogError } from '../disk/failure.js';
import { hostOf } from '../disk/host.js';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import type { PlatformReport } from '../platform/platform.js';
import { writeProfile } from '../platform/profile-file.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import { printable } from './render.js';
import type { Verb } from './run.js';

const what = `
What was observed of this machine and of the directory of the catalog, what that admits, and what the disk can do, which is seen by
doing it with files that are removed again. A profile keeps the first two: a catalog that is opened with it refuses another machine.`;

interface PlatformFlags {
  readonly writeProfile?: string;
}

export const platform: Verb<PlatformFlags> = {
  onlyReads: true,
  looksAtAnyRoot: true,
  declare(command) {
    command
      .option('--write-profile <file>', 'keep what was observed as a profile')
      .addHelpText('after', what)
      .addHelpText(
        'after',
        examples('catalog platform', 'catalog platform --write-profile machine.json', 'catalog ls --platform-profile machine.json'),
      );
  },
  async run({ catalog, options }, _, { writeProfile: file }) {
    const { platform: report } = await catalog.doctor({ tryDisk: !options.readOnly });
    const profile = profileOf(report);
    if (file !== undefined) {
      if (report.store_path.path_status !== 'ObservedDirectory')
        throw new CliRefusal('NotFound', 'there is no directory to observe', 'make it first: `catalog add` or `catalog register` does');
      await written(resolve(file), profile);
    }
    const fingerprint = fingerprintOf(profile);
    return {
      document: { report: { ...report, fingerprint_crc32: fingerprint } },
      ids: [String(fingerprint)],
      lines: () => linesOf(report, fingerprint),
      note: file === undefined ? undefined : `the profile is in ${resolve(file)}`,
    };
  },
};

async function written(file: string, profile: PlatformProfile): Promise<void> {
  try {
    await run(writeProfile(file, profile, hostOf(defaultDisk, {})), defaultDisk);
  } catch (error) {
    throw asCatalogError(error, `could not write the profile ${file}`);
  }
}

function linesOf({ host, store_path, admission, facts }: PlatformReport, fingerprint: number): string[] {
  const groups = { host, store_path, admission, facts };
  const lines = Object.entries(groups).flatMap(([name, members]) => [
    name,
    ...Object.entries(members).map(([key, value]) => line(key, value)),
  ]);
  return [...lines, line('fingerprint_crc32', fingerprint).trimStart()].map(printable);
}

function line(name: string, value: unknown): string {
  return `  ${name.padEnd(30)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
}
