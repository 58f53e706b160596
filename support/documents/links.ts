import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import type { Document } from './blocks.js';

/** What documents link to and is not there: files, and headings in them. */
export function deadLinks(documents: readonly Document[]): string[] {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  return documents.flatMap(({ path, text }) =>
    linksIn(text).flatMap((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(projectRoot, target))) return [`${path} links to ${link}, which is not there`];
      const linked = byPath.get(target);
      if (anchor === undefined || linked === undefined) return [];
      return anchorsOf(linked.text).has(anchor) ? [] : [`${path} links to ${link}, and ${target} has no such heading`];
    }),
  );
}

/** Folders of the project; what begins with one of them is a path of ours. */
const folders = ['bench', 'docs', 'examples', 'features', 'mutation', 'packages', 'specs', 'src', 'steps', 'support'];

/** Paths of the project that documents write as code, and that are not there. */
export function deadPaths(documents: readonly Document[]): string[] {
  const form = new RegExp(`\`((?:${folders.join('|')})/[\\w./-]*)\``, 'g');
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(form)].flatMap(([, named = '']) => {
      const isThere = [projectRoot, join(projectRoot, dirname(path))].some((folder) => existsSync(join(folder, named)));
      return isThere ? [] : [`${path} names ${named}, which is not there`];
    }),
  );
}

function linksIn(text: string): string[] {
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
  const written = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/(?:src|srcset|href)="([^"]+)"/g)];
  return written.map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): Set<string> {
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, '');
  const seen = new Map<string, number>();
  const anchors = [...prose.matchAll(/^#{1,6} (.*)$/gm)].map(([, title = '']) => {
    const slug = title
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set(anchors);
}
