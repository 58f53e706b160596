import { join } from 'node:path';
import { type PartialWork, partialsIn } from './artifacts/partials.js';
import { quarantinedIn } from './artifacts/quarantine.js';
import type { CatalogContext } from './catalog-context.js';
import { isCatalogError } from './core/errors.js';
import { type Finding, gravestFirst } from './core/findings.js';
import { hourMs } from './core/lock-owner.js';
import type { ModelEntry } from './core/records.js';
import { sizeText } from './core/size-text.js';
import { asCatalogError } from './disk/failure.js';
import { type Drift, type DriftReason, driftOf } from './drift.js';
import { fleetFindings } from './fleet-findings.js';
import { fleetFolder } from './stores/fleet-copy/place.js';
import type { DoctorReport } from './stores/fs/examine.js';

/** What a store found of its own, and what is to be told of the bytes of models: one look at each file, none is read (CAT-ADO-2203). */
export async function withArtifactFindings(context: CatalogContext, report: DoctorReport): Promise<DoctorReport> {
  const { root } = context.artifacts;
  const looks: readonly (readonly [string, () => Promise<Finding[]>])[] = [
    ['the files of models', async () => driftFindings(await driftOf(context, await entriesOf(context, report)))],
    [join(root, 'ingest'), () => ingestFindings(context)],
    [join(root, 'quarantine'), () => quarantineFindings(context)],
    [fleetFolder(root), () => fleetFindings(context)],
  ];
  const findings = [...report.findings];
  for (const [what, look] of looks) findings.push(...(await looked(what, look)));
  return { ...report, ok: !findings.some(({ severity }) => severity === 'error'), findings: gravestFirst(findings) };
}

/** What cannot be looked at is a finding too, and keeps the others from nothing. */
async function looked(what: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    const { message } = asCatalogError(error, `could not look at ${what}`);
    return [
      {
        id: 'not-looked-at',
        severity: 'error',
        message: `${what} could not be looked at: ${message}`,
        remedy: 'look at its rights (ls -ld) and at the disk (dmesg, smartctl)',
      },
    ];
  }
}

/** None where the store has told why its records cannot be read. */
async function entriesOf({ store }: CatalogContext, { ok }: DoctorReport): Promise<ModelEntry[]> {
  try {
    return (await store.models.list()).map(({ record }) => record);
  } catch (error) {
    if (ok || !isCatalogError(error)) throw error;
    return [];
  }
}

const told: Readonly<Record<DriftReason, { readonly id: string; readonly words: string; readonly remedy: string }>> = {
  missing: {
    id: 'files-missing',
    words: 'not there',
    remedy: 'bring them again: catalog add; or remove the models: catalog rm',
  },
  unreadable: {
    id: 'files-unreadable',
    words: 'not to be looked at',
    remedy: 'look at owner and mode of what is named, and at the disk (dmesg, smartctl)',
  },
  changed: {
    id: 'files-changed',
    words: 'not as they were when they were verified',
    remedy: 'run: catalog verify --all --quick, which reads none but these',
  },
};

function driftFindings(drift: readonly Drift[]): Finding[] {
  return Object.entries(told).flatMap(([reason, { id, words, remedy }]) => {
    const found = drift.filter((one) => one.reason === reason);
    if (found.length === 0) return [];
    return [{ id, severity: 'warning', message: `files of models are ${words}: ${someOf(found)}`, remedy } as const];
  });
}

const named = 3;

function someOf(drift: readonly Drift[]): string {
  const names = drift.slice(0, named).map(({ id, path }) => `${path} of ${id}`);
  return [...names, ...(drift.length > named ? [`and ${drift.length - named} more`] : [])].join(', ');
}

async function ingestFindings({ artifacts, host }: CatalogContext): Promise<Finding[]> {
  const left = (await artifacts.run(partialsIn(artifacts.root, host))).filter(isLeft);
  const [claims, abandoned] = [left.filter(isClaim), left.filter((one) => !isClaim(one))];
  const findings: Finding[] = [];
  if (abandoned.length > 0)
    findings.push({
      id: 'adds-abandoned',
      severity: 'warning',
      message: `${sizeText(bytesOf(abandoned))} that were abandoned on their way in lie in ${join(artifacts.root, 'ingest')}`,
      remedy: 'run: catalog gc, which leaves what is younger than an hour; or at once: catalog gc --grace 0',
    });
  if (claims.length > 0)
    findings.push({
      id: 'claims-left',
      severity: 'info',
      message: `writers that are dead have left claims in ${join(artifacts.root, 'ingest')}`,
      remedy: 'nothing: the next command that writes ends what they began',
    });
  return findings;
}

/** As `gc` has it; where there are no locks, what is young may be somebody's. */
function isLeft({ isLive, ageMs }: PartialWork): boolean {
  return isLive === false || (isLive === undefined && ageMs >= hourMs);
}

function isClaim({ kind }: PartialWork): boolean {
  return kind === 'claim';
}

async function quarantineFindings({ artifacts }: CatalogContext): Promise<Finding[]> {
  const found = await artifacts.run(quarantinedIn(artifacts.root));
  if (found.length === 0) return [];
  return [
    {
      id: 'quarantine',
      severity: 'info',
      message: `${sizeText(bytesOf(found))} that were damaged lie in ${join(artifacts.root, 'quarantine')}, with notes that say why`,
      remedy: 'when nobody needs them any more: catalog gc --quarantine',
    },
  ];
}

function bytesOf(found: readonly { readonly bytes: number }[]): number {
  return found.reduce((sum, { bytes }) => sum + bytes, 0);
}
