import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a browser is; `undefined` on a machine without one. */
export function findBrowser(): string | undefined {
  return places.find((path) => existsSync(path));
}

let browser: Promise<Browser> | undefined;

/** One browser for all scenarios of a process. */
function sharedBrowser(): Promise<Browser> {
  browser ??= chromium.launch({ executablePath: findBrowser() ?? '', args: ['--no-sandbox'] });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  const open = await browser;
  browser = undefined;
  await open?.close();
}

/** A page that is open, and what it did besides showing itself. */
export interface Shown {
  readonly page: Page;
  readonly requests: string[];
  /** Words on the console, errors and dialogs. */
  readonly noise: string[];
  close(): Promise<void>;
}

/** Shows a file as somebody would who opens it. */
export async function shown(file: string, options: BrowserContextOptions = {}): Promise<Shown> {
  const context = await (await sharedBrowser()).newContext(options);
  const page = await context.newPage();
  const [requests, noise]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => noise.push(message.text()));
  page.on('pageerror', (error) => noise.push(error.message));
  page.on('dialog', (dialog) => {
    noise.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(`file://${file}`);
  return { page, requests, noise, close: () => context.close() };
}

/** What axe finds wrong with a page, by rule and element. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const wanted = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
  const { violations, passes } = (await page.evaluate(`axe.run(document, ${JSON.stringify(wanted)})`)) as AxeResults;
  if (passes.length === 0) throw new Error('axe looked at nothing');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

interface AxeResults {
  readonly passes: readonly unknown[];
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}
