import { comparedIn } from '../../../src/cli/trace-diff.js';
import { SimulatedDisk } from '../../../src/disk/simulated-disk.js';
import { citationsIn } from '../../../src/trace/citations.js';
import { configIn } from '../../../src/trace/config.js';
import { coverageIn } from '../../../src/trace/coverage.js';
import { differenceOf } from '../../../src/trace/difference.js';
import { explanationOf } from '../../../src/trace/explain.js';
import { linesOf, scenariosIn } from '../../../src/trace/features.js';
import { gateOf } from '../../../src/trace/gate.js';
import { filesNamed } from '../../../src/trace/globs.js';
import { jsonOf } from '../../../src/trace/json.js';
import { lockIn, lockText } from '../../../src/trace/lock.js';
import { MessageReader } from '../../../src/trace/messages.js';
import { htmlOf } from '../../../src/trace/pages/html.js';
import { junitOf } from '../../../src/trace/pages/junit.js';
import { markdownOf } from '../../../src/trace/pages/markdown.js';
import { sarifOf } from '../../../src/trace/pages/sarif.js';
import { readProject } from '../../../src/trace/reading.js';
import { mentionsIn, requirementsIn } from '../../../src/trace/requirements.js';
import { saboteurLinesIn, saboteursIn } from '../../../src/trace/saboteurs.js';
import { traceOf } from '../../../src/trace/trace-of.js';
import { messagesOf } from '../../trace/messages.js';
import { type FuzzTarget, namedSeeds, ran, seeds } from '../target.js';

const id = 'REQ-\\d+';
const specification = `# Garden

## Beds

- **REQ-1** Watering
  - The gardener MUST water the beds, and SHOULD hum.
- [REQ-2] Weeding (withdrawn)
- [ ] a box of a checklist
- Concurrency guards
  - GIVEN two gardeners
  - WHEN both water
  - THEN one bed is wet

\`\`\`
- [REQ-9] in a fence
\`\`\`
`;
const feature = `@REQ-1
Feature: Garden
  Background:
    Given a bed

  Rule: It is watered
    Scenario Outline: Beds of <plant>
      When <plant> is watered
        """
        a text
        """
      Then it grows
        | a | b |

      Examples:
        | plant |
        | corn  |
`;
const hash = 'a'.repeat(12);
const lock = `# head\nREQ-1#1 covered scenarios=1 steps=3 citations=1 words=${hash} text=${hash}\n`;
const saboteurs = `# head\nREQ-1 red text=${hash} scenario=${hash} "no water" of REQ-1\n`;
const config = {
  ...{
    title: 'Garden',
    id,
    mentions: 'REQ-\\d+',
    checklists: true,
    names: { '~concurrency-guards': 'REQ-3' },
    specifications: ['spec/*.md'],
  },
  ...{
    features: ['features/**/*.feature'],
    citations: ['src/*.ts'],
    results: ['reports/*.ndjson', { path: 'reports/a.ndjson', store: 'fs' }],
  },
  ...{
    saboteurs: 'saboteurs.txt',
    coverage: 'coverage.json',
    lock: 'lock.txt',
    external: { 'REQ-7': 'theirs' },
    teeth: 'REQ-1',
    optional: ['@full'],
  },
  ...{
    waivers: [{ id: 'REQ-2', reason: 'later', until: '2027-01-31' }],
    rulings: { 'REQ-1 REQ-2': 'both' },
    mayClaimNothing: true,
    plans: [],
  },
};
const files: Readonly<Record<string, string>> = {
  'trace.config.json': JSON.stringify(config),
  'spec/garden.md': specification,
  'features/garden.feature': feature,
  'src/a.ts': '// REQ-1 is here\nexport const a = 1; // REQ-7\n',
  'lock.txt': lock,
  'saboteurs.txt': saboteurs,
  'coverage.json': '{"features/garden.feature:16":["src/a.ts:1-2","src/a.ts:7"]}',
  'reports/a.ndjson': messagesOf({ 'features/garden.feature': feature }, { 'Beds of corn': 'passes at the second attempt' }),
};

const project = '/project';
let projectDisk: SimulatedDisk | undefined;
function diskOfProject(): SimulatedDisk {
  projectDisk ??= Object.entries(files).reduce((disk, [path, text]) => disk.plant(`${project}/${path}`, text), new SimulatedDisk());
  return projectDisk;
}

const whole: FuzzTarget = {
  name: 'project that is traced',
  seeds: () => namedSeeds(files),
  read: (bytes, path) => {
    const disk = diskOfProject().fork().plant(`${project}/${path}`, bytes);
    const { inputs } = ran(readProject(project, 'trace.config.json', '2026-11-22'), disk);
    const trace = traceOf(inputs);
    gateOf(trace);
    explanationOf(trace, 'REQ-1');
    for (const picture of [jsonOf, htmlOf, markdownOf, junitOf, sarifOf]) picture(trace);
    return undefined;
  },
  weight: 0.5,
};

const specifications: FuzzTarget = {
  name: 'specifications',
  seeds: seeds(specification),
  read: (bytes) => {
    const source = { path: 'spec.md', text: bytes.toString() };
    mentionsIn(source, id);
    citationsIn(source, id);
    return requirementsIn(source, { id, checklists: true }).length === 0 ? 'none' : undefined;
  },
};

const features: FuzzTarget = {
  name: 'feature files',
  seeds: seeds(feature, '# language: de\nFunktionalität: F\n  Szenario: S\n    Angenommen x\n'),
  read: (bytes) => {
    const { scenarios, troubles } = scenariosIn({ path: 'a.feature', text: bytes.toString() });
    return troubles.length > 0 || scenarios.length === 0 ? 'no scenario' : undefined;
  },
};

const messages: FuzzTarget = {
  name: 'Cucumber messages',
  seeds: seeds(files['reports/a.ndjson'] ?? ''),
  read: (bytes) => {
    const reader = new MessageReader({ id: 'a', store: undefined, path: 'a.ndjson' }, linesOf);
    for (const line of bytes.toString().split('\n')) reader.take(line.trim());
    reader.read();
    return undefined;
  },
  alsoThrows: (error) => error instanceof SyntaxError,
};

const locks: FuzzTarget = {
  name: 'locks of coverage and of saboteurs',
  seeds: () =>
    namedSeeds({
      lock,
      saboteurs,
      coverage: files['coverage.json'] ?? '',
      json: '{"saboteurs":[{"name":"a","breaks":"REQ-1","does":"x","caughtBy":["REQ-1"]}]}',
    }),
  read: (bytes, name) => {
    const text = bytes.toString();
    if (name === 'coverage') return coverageIn(text) === undefined ? 'no coverage' : undefined;
    if (name !== 'lock') return saboteursIn(text) === undefined || saboteurLinesIn(text) === undefined ? 'no saboteurs' : undefined;
    const read = lockIn(text);
    if (typeof read === 'number') return 'no lock';
    lockText(read.values());
    return undefined;
  },
};

const configs: FuzzTarget = {
  name: 'configurations of the tracer',
  seeds: seeds(JSON.stringify(config), '{"id":"A-\\\\d+","specifications":["*.md"]}'),
  read: (bytes) => {
    configIn(bytes.toString(), 'trace.config.json');
    return undefined;
  },
};

const patterns: FuzzTarget = {
  name: 'patterns of files',
  seeds: seeds('features/**/*.feature', './src/{a,b}?.ts', '*'),
  read: (bytes) => (ran(filesNamed(project, bytes.toString()), diskOfProject()).length === 0 ? 'none' : undefined),
};

const compared: FuzzTarget = {
  name: 'traceability.json',
  seeds: () => [
    { name: 'trace', bytes: Buffer.from(jsonOf(traceOf(ran(readProject(project, 'trace.config.json', ''), diskOfProject()).inputs))) },
  ],
  read: (bytes) => {
    const trace = comparedIn(bytes.toString());
    if (trace === undefined) return 'no trace';
    differenceOf(trace, trace);
    differenceOf(trace, { requirements: trace.requirements.slice(1), scenarios: [] });
    return undefined;
  },
};

export const tracingTargets: readonly FuzzTarget[] = [whole, specifications, features, messages, locks, configs, patterns, compared];
