import { createHash } from 'node:crypto';
import { type Finding, type FindingKind, findingKinds, type Place, type Trace } from '../trace.js';

/** What each kind of finding says, for those who meet it on a line of theirs. */
const descriptions: Readonly<Record<FindingKind, string>> = {
  failed: 'A scenario of the requirement is red.',
  uncovered: 'No scenario claims the requirement.',
  drift: 'The specification and its normative scenario no longer say the same.',
  conflict: 'Two requirements say different things of one matter.',
  orphan: 'A scenario, tag or citation belongs to no requirement.',
  'not reached': 'No scenario of the requirement runs the code that cites it.',
  vacuous: 'The scenarios of the requirement stay green when it is broken.',
  flaky: 'A scenario is green and red by turns.',
  'expired waiver': 'A waiver is past its date.',
  'nothing ran': 'No scenario ran.',
  undefined: 'A step has no definition.',
};

const kinds = Object.keys(findingKinds) as FindingKind[];

/** The findings as SARIF 2.1.0, a rule for each kind, on the lines that they speak of; the first place is the one that is annotated. */
export function sarifOf({ findings }: Trace): string {
  const fingerprints = fingerprintsOf(findings);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'catalog trace', rules: kinds.map(rule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding, place) => result(finding, fingerprints[place] ?? '')),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function rule(kind: FindingKind) {
  return {
    id: ruleId(kind),
    shortDescription: { text: descriptions[kind] },
    defaultConfiguration: { level: 'error' },
    properties: { exitCode: findingKinds[kind] },
  };
}

function ruleId(kind: FindingKind): string {
  return `trace/${kind.replaceAll(' ', '-')}`;
}

function result({ kind, message, places, counts }: Finding, fingerprint: string) {
  const [first, ...others] = places;
  return {
    ruleId: ruleId(kind),
    ruleIndex: kinds.indexOf(kind),
    level: counts ? 'error' : 'note',
    message: { text: message },
    ...(first === undefined ? {} : { locations: [locationOf(first)] }),
    ...(others.length === 0 ? {} : { relatedLocations: others.map((place, id) => ({ id: id + 1, ...locationOf(place) })) }),
    partialFingerprints: { 'trace/v1': fingerprint },
  };
}

function locationOf({ path, line }: Place) {
  const uri = path.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, ...(line > 0 ? { region: { startLine: line } } : {}) } };
}

/** What a finding is known by when lines move: its kind and whom it speaks of, else its files; counted where several are alike. */
function fingerprintsOf(findings: readonly Finding[]): string[] {
  const met = new Map<string, number>();
  return findings.map(({ kind, id, places }) => {
    const whom = id?.replace(/:\d+$/, '') ?? '';
    const key = JSON.stringify([kind, whom, [...new Set(places.map(({ path }) => path))]]);
    const nth = met.get(key) ?? 0;
    met.set(key, nth + 1);
    return createHash('sha256').update(`${key} ${nth}`).digest('hex').slice(0, 32);
  });
}
