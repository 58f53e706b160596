import type { WhereReport } from '../where.js';
import { examples } from './options.js';
import { optionalSize, printable, type Screen, table } from './render.js';
import type { Verb } from './run.js';

export const where: Verb = {
  onlyReads: true,
  declare(command) {
    command
      .argument('<id|ref|digest>', 'an id, the reference that the model was made from, or the digest of its content')
      .addHelpText('after', examples('catalog where tinyllama', 'catalog where sha256:ab12… --json', 'catalog where tinyllama -q'));
  },
  async run({ catalog }, [asked = '']) {
    const report = await catalog.where(asked);
    return {
      document: { report },
      ids: report.nodes.map(({ node }) => node),
      lines: (screen) => nodeLines(report, screen),
      note: asOf(report),
    };
  },
};

function nodeLines({ nodes }: WhereReport, screen: Screen): string[] {
  const rows = nodes.map(({ node, path, bytes, verified_at, self }) => [
    self ? `${node} (here)` : node,
    optionalSize(bytes),
    verified_at ?? 'never',
    path,
  ]);
  return table(['NODE', '>SIZE', 'VERIFIED', 'PATH'], rows, screen);
}

/** What is told is no newer than the copy. */
function asOf({ nodes, as_of }: WhereReport): string {
  const held = nodes.length === 0 ? 'no node holds it' : undefined;
  if (as_of === undefined) return [held, 'this machine follows no fleet: `catalog sync --from URL`'].filter(Boolean).join('; ');
  const told = `as of revision ${as_of.revisions.holdings} of ${printable(as_of.from)}`;
  return [held, told].filter(Boolean).join(', ');
}
