// Over 300 lines: one script that is put into a page as it is, and can import nothing.
/**
 * What the page does where scripts run: filters whose state is in the URL, one requirement at a time, and the details of scenarios,
 * which it unpacks. Nothing is ever put into it, so that its hash, by which the page allows it alone, is always the same; and what it
 * unpacks becomes text, never markup.
 */
export const pageScript = `
(() => {
  'use strict';
  const table = document.querySelector('table#matrix');
  const form = document.querySelector('form#filter');
  const shown = document.querySelector('p#shown');
  const overview = document.querySelector('div#overview');
  const unread = document.querySelector('p#unread');
  const articles = [...document.querySelectorAll('main > article')];
  const title = document.title;
  const stores = [...table.tHead.rows[0].cells].slice(3, -3).map((head) => head.textContent);
  const groups = [...table.tBodies].map((body) => ({ body, rows: [] }));
  const all = groups.flatMap((group) =>
    [...group.body.rows].slice(1).map((row, place) => {
      const cells = [...row.cells].map((cell) => cell.textContent);
      const one = { row, level: cells[1], status: cells[2], with: cells.slice(3, -3), text: cells[0].toLowerCase() };
      group.rows.push(one);
      return one;
    }),
  );
  const articleOf = new Map(articles.map((article) => [article.id, article]));
  for (const one of all) one.article = articleOf.get(one.row.querySelector('a').textContent);
  const names = ['text', 'status', 'level', 'store'].filter((name) => form.elements.namedItem(name));
  const field = (name) => form.elements.namedItem(name);
  const counted = (count, one) => count.toLocaleString('en') + ' ' + one + (count === 1 ? '' : 's');

  /** What is searched: all that a requirement's page says, and the steps of its scenarios as soon as they are unpacked. */
  let isIndexed = false;
  function index(found) {
    if (isIndexed && !found) return;
    isIndexed = true;
    const places = new Map(articles.map((article, place) => [article, place]));
    all.forEach((one) => {
      const scenarios = found?.sections[places.get(one.article)] ?? [];
      const said = scenarios.map((scenario) => found.names[scenario] + ' ' + found.stepTexts[scenario].join(' '));
      one.text = [one.row.textContent, one.article?.textContent, ...said].join(' ').toLowerCase();
    });
  }

  function filter() {
    const wanted = Object.fromEntries(names.map((name) => [name, field(name).value]));
    const words = (wanted.text ?? '').toLowerCase().split(/\\s+/).filter(Boolean);
    if (words.length > 0) index();
    const store = stores.indexOf(wanted.store);
    const fits = (one) =>
      (!wanted.status || (store < 0 ? one.status : one.with[store]) === wanted.status) &&
      (!wanted.level || one.level === wanted.level) &&
      (store < 0 || one.with[store] !== '') &&
      words.every((word) => one.text.includes(word));
    let count = 0;
    for (const { body, rows } of groups) {
      let there = 0;
      for (const one of rows) {
        const isShown = fits(one);
        if (isShown) there += 1;
        if (one.row.hidden === isShown) one.row.hidden = !isShown;
      }
      if (body.hidden !== (there === 0)) body.hidden = there === 0;
      count += there;
    }
    shown.textContent = count === all.length ? counted(count, 'requirement') : count + ' of ' + counted(all.length, 'requirement');
  }

  function stateText() {
    return new URLSearchParams(names.flatMap((name) => (field(name).value === '' ? [] : [[name, field(name).value]]))).toString();
  }

  function readState(text) {
    const state = new URLSearchParams(text);
    for (const name of names) field(name).value = state.get(name) ?? '';
    filter();
  }

  let overviewScroll = 0;
  function follow(isFirst) {
    const hash = decoded(location.hash.slice(1));
    const article = articleOf.get(hash);
    if (!overview.hidden && article) overviewScroll = scrollY;
    const wasOne = overview.hidden;
    overview.hidden = article !== undefined;
    document.body.classList.toggle('one', article !== undefined);
    for (const one of articles) one.hidden = one !== article;
    document.title = article ? hash + ', ' + title : title;
    if (article) {
      paged(article);
      scrollTo(0, 0);
      if (!isFirst) headOf(article).focus({ preventScroll: true });
      void fill(article);
      return;
    }
    if (hash === '' || hash.includes('=')) {
      readState(hash);
      if (wasOne && !isFirst) {
        scrollTo(0, overviewScroll);
        document.querySelector('h2#requirements').focus({ preventScroll: true });
      } else if (hash !== '') document.querySelector('h2#requirements').scrollIntoView();
      return;
    }
    const target = document.getElementById(hash);
    target?.scrollIntoView();
    if (target?.tabIndex === -1) target.focus();
  }

  function headOf(article) {
    const head = article.querySelector('h2');
    head.tabIndex = -1;
    return head;
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  /** Ways on from one requirement to those beside it in the filtered matrix, and back to it. */
  function paged(article) {
    article.querySelector('nav')?.remove();
    const open = all.filter(({ row }) => !row.hidden).map((one) => one.article).filter(Boolean);
    const place = open.indexOf(article);
    const nav = made('nav', { ariaLabel: 'Requirements', className: 'ways' });
    nav.append(link('#' + stateText(), 'All requirements'));
    if (place > 0) nav.append(link('#' + encodeURIComponent(open[place - 1].id), 'Before: ' + open[place - 1].id));
    if (place >= 0 && place + 1 < open.length) nav.append(link('#' + encodeURIComponent(open[place + 1].id), 'Next: ' + open[place + 1].id));
    article.prepend(nav);
  }

  function made(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }
  const link = (href, text) => made('a', { href }, text);
  const clean = (text) => String(text).replace(/[\\p{Cc}\\p{Cf}]/gu, (one) => (one === '\\n' ? one : '\\\\u{' + one.codePointAt(0).toString(16) + '}'));
  const time = (ms) => (ms < 1000 ? ms + ' ms' : ms < 99950 ? (ms / 1000).toFixed(1) + ' s' : Math.floor(Math.round(ms / 1000) / 60) + ' min ' + (Math.round(ms / 1000) % 60) + ' s');
  const tones = { failed: 'failed', ambiguous: 'failed', undefined: 'flaky', pending: 'flaky', skipped: 'linked', 'not run': 'linked', passed: 'verified', flaky: 'flaky' };
  const mark = (status) => made('span', { className: 'mark ' + (tones[status] ?? 'linked') }, status);

  let unpacking;
  function details() {
    unpacking ??= unpack().catch((error) => {
      unread.textContent = 'The details of scenarios could not be unpacked: ' + error.message;
      unread.hidden = false;
    });
    return unpacking;
  }

  /** Two characters are 13 bits; what is beyond the length is no byte of it. */
  function bytesOf(counted) {
    const [length, text] = counted.split(' ');
    const bytes = new Uint8Array(Number(length));
    const value = (at) => text.charCodeAt(at) - (text.charCodeAt(at) < 60 ? 33 : 34);
    let [bits, waiting, count] = [0, 0, 0];
    for (let at = 0; at < text.length; at += 2) {
      bits |= (value(at) * 93 + value(at + 1)) << waiting;
      for (waiting += 13; waiting >= 8; waiting -= 8) {
        bytes[count++] = bits & 255;
        bits >>= 8;
      }
    }
    return bytes;
  }

  const outcomes = ['passed', 'failed', 'skipped', 'pending', 'undefined', 'ambiguous'];

  /** Words, each on a line, a zero, and a text in which a byte or two stand for each of them. */
  function textOf(bytes) {
    const end = bytes.indexOf(0);
    const ascii = new TextDecoder('ascii');
    const words = ascii.decode(bytes.subarray(0, end)).split('\\n');
    const parts = [];
    for (let at = end + 1; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte >= 128) parts.push(words[byte < 218 ? byte - 128 : 90 + (byte - 218) * 256 + bytes[++at]]);
      else {
        const from = at;
        while (bytes[at + 1] < 128) at++;
        parts.push(ascii.decode(bytes.subarray(from, at + 1)));
      }
    }
    return parts.join('');
  }

  async function unpack() {
    const stream = new Blob([bytesOf(document.querySelector('script#packed').textContent)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const found = JSON.parse(textOf(new Uint8Array(await new Response(stream).arrayBuffer())));
    const { told, steps } = found.scenarios;
    const texts = told.flatMap(([, newTexts]) => newTexts);
    let known = 0;
    found.stepTexts = steps.map((all) => all.map((back) => texts[back === 0 ? known++ : known - back]));
    found.tables = new Map(told.flatMap(([, , columns], place) => (columns.length === 0 ? [] : [[place, columns.map((column) => column.split('\\n'))]])));
    found.names = told.map(([name]) => name);
    const places = found.took.flatMap((examples, scenario) => examples.flatMap((runs, example) => runs.map((_, run) => [scenario, example, run])));
    let next = 0;
    for (const one of found.unusual) {
      one.at = places[next += one.after];
      next++;
      one.status ??= 'passed';
      one.attachments ??= [];
      one.steps &&= [...one.steps].map((digit) => outcomes[digit]);
    }
    articles.forEach((article, place) => {
      claimsOf(article).forEach((item, nth) => { found.names[found.sections[place][nth]] = item.firstChild.textContent; });
    });
    found.unusualAt = new Map(found.unusual.map((one) => [one.at.join(' '), one]));
    return found;
  }

  const claimsOf = (article) => [...(article.querySelector('ol')?.children ?? [])].filter((one) => !one.matches('.more'));
  const filled = new Set();
  async function fill(article) {
    if (filled.has(article)) return;
    filled.add(article);
    const found = await details();
    if (!found) return;
    const places = found.sections[articles.indexOf(article)] ?? [];
    article.querySelector('ol > .more')?.remove();
    const list = article.querySelector('ol');
    const items = claimsOf(article);
    const cited = found.citations[articles.indexOf(article)] ?? [];
    if (cited.length > 0) article.querySelector('div > div').append(made('h3', {}, 'Cited in'), made('ul', {}, ...cited.map((one) => made('li', {}, made('code', {}, one)))));
    places.forEach((scenario, nth) => {
      const item = items[nth] ?? list.appendChild(made('li', {}, found.names[scenario]));
      const box = made('details', {}, made('summary', {}, ...item.childNodes, made('small', {}, inShort(found, scenario))));
      box.addEventListener('toggle', () => {
        if (box.open && box.childElementCount === 1) box.append(...story(found, scenario));
      });
      item.append(box);
      if (worst(found, scenario)) box.open = true;
    });
  }

  const worst = (found, scenario) => found.unusual.some(({ at, status }) => at[0] === scenario && tones[status] === 'failed');

  function inShort(found, scenario) {
    const took = found.took[scenario];
    const longest = Math.max(-1, ...took.flat());
    const rows = found.tables.has(scenario) ? took.length + (took.length === 1 ? ' example' : ' examples') : '';
    return [rows, longest < 0 ? '' : time(longest)].filter(Boolean).join(', ');
  }

  function story(found, scenario) {
    const { path, line, times } = found.scenarios;
    const where = made('p', { className: 'note' }, made('code', {}, found.paths[path[scenario]] + ':' + line[scenario]));
    where.append(' ' + found.features[path[scenario]]);
    const steps = made('ol', { className: 'steps' });
    const ended = found.unusual.find(({ at, steps }) => at[0] === scenario && steps);
    found.stepTexts[scenario].forEach((text, place) => {
      const [first] = text.split(' ', 1);
      const step = made('li', {}, made('span', {}, made('b', {}, first), text.slice(first.length)));
      const status = ended?.steps[place];
      if (status && status !== 'passed') step.append(mark(status));
      else if (times[scenario][place] > 0) step.append(made('small', {}, time(times[scenario][place])));
      steps.append(step);
      const argument = found.arguments[scenario + ' ' + place];
      if (argument !== undefined) steps.append(made('li', { className: 'argument' }, ...below(argument)));
    });
    const parts = [where, steps];
    // What is told beside its name already is not told again.
    if (found.tables.has(scenario) || found.runs.length > 1) parts.push(results(found, scenario));
    for (const one of found.unusual) if (one.at[0] === scenario) parts.push(...extras(found, one));
    return parts;
  }

  /** What stands below a step: a text, or the rows of a table. */
  function below(argument) {
    if (typeof argument === 'string') return [pre(argument)];
    const rows = argument.map((row) => made('tr', {}, ...row.split('\\n').map((cell) => made('td', {}, cell))));
    return [made('div', { className: 'scroll', tabIndex: 0, role: 'group', ariaLabel: 'Table' }, made('table', { className: 'examples' }, made('tbody', {}, ...rows)))];
  }

  /** A row for each example, a column for each run. */
  function results(found, scenario) {
    const examples = found.tables.get(scenario);
    const runs = found.runs;
    const table = made('table', { className: 'examples' });
    const heads = [...(examples ?? []).map((column) => column[0]), ...runs.map((run) => (runs.length > 1 ? run : 'result'))];
    table.append(made('thead', {}, made('tr', {}, ...heads.map((head) => made('th', { scope: 'col' }, head)))));
    const body = made('tbody');
    found.took[scenario].forEach((took, example) => {
      const row = made('tr', {}, ...(examples ?? []).map((column) => made('td', {}, column[example + 1] ?? '\\u2026')));
      took.forEach((ms, run) => row.append(made('td', {}, ...outcome(found, { ms, at: [scenario, example, run] }))));
      body.append(row);
    });
    table.append(body);
    return made('div', { className: 'scroll', tabIndex: 0, role: 'group', ariaLabel: examples ? 'Examples' : 'Results' }, table);
  }

  function outcome(found, { ms, at }) {
    if (ms < 0) return [mark('not run')];
    const special = found.unusualAt.get(at.join(' '));
    const attempts = special && special.attempts > 1 ? ', ' + special.attempts + ' attempts' : '';
    return [mark(special?.status ?? 'passed'), made('small', {}, ' ' + time(ms) + attempts)];
  }

  function extras(found, { at, message, attachments }) {
    const [scenario, example, run] = at;
    const which = found.tables.has(scenario) ? 'Example ' + (example + 1) : found.runs.length > 1 ? found.runs[run] : '';
    const parts = message ? [made('h4', {}, which ? which + ': why it is red' : 'Why it is red'), pre(message)] : [];
    for (const { type, name, text } of attachments) {
      const isCrash = type === 'application/vnd.crash-state+json';
      const what = [which, isCrash && 'power cut', name || (type.startsWith('text/x.cucumber.log') ? 'said' : type)].filter(Boolean).join(': ');
      const box = made('details', { className: 'attached', open: message !== undefined }, made('summary', {}, what), ...(isCrash ? crash(text) : [pre(text)]));
      parts.push(box);
    }
    return parts;
  }

  const pre = (text) => made('pre', { tabIndex: 0 }, clean(text));

  /** The folder before and after, the steps with the cut between them, and how to see it again. */
  function crash(text) {
    let state;
    try {
      state = JSON.parse(text);
    } catch {
      return [pre(text)];
    }
    const { before, after, steps = [], first = 1, more = 0, cut, end = 'power cut', replay } = state;
    const list = made('ol', { className: 'trace' });
    const note = (words) => made('li', { className: 'none' }, made('small', {}, words));
    const here = () => made('li', { className: 'none' }, made('strong', { className: 'cut' }, end));
    if (first > 1) list.append(note(counted(first - 1, 'step') + ' before'));
    if (cut === 0) list.append(here());
    steps.forEach((step, place) => {
      list.append(made('li', { className: place >= cut ? 'lost' : '' }, made('span', { className: 'nth' }, String(first + place)), made('code', {}, clean(step))));
      if (place + 1 === cut) list.append(here());
    });
    if (more > 0) list.append(note(counted(more, 'step') + ' more'));
    const parts = [list];
    if (before || after) parts.push(made('div', { className: 'states' }, folder('Before the ' + end, before ?? [], after ?? []), folder('After it', after ?? [], before ?? [], 'gone')));
    if (replay) parts.push(made('p', { className: 'replay' }, 'See it again: ', made('code', {}, clean(replay))));
    return parts;
  }

  /** The files of a folder; those that are only in the other are told where that is said. */
  function folder(name, files, others, missing) {
    const known = new Map(others.map((file) => [file.path, file]));
    const rows = files.map(({ path, bytes, text }) => {
      const other = known.get(path);
      const isSame = other && other.bytes === bytes && other.text === text;
      const said = text === undefined ? [] : [made('small', {}, clean(text))];
      return made('tr', { className: isSame ? '' : 'changed' }, made('td', {}, made('code', {}, clean(path)), ...said), made('td', { className: 'n' }, bytes === undefined ? '' : bytes.toLocaleString('en') + ' B'));
    });
    const there = new Set(files.map(({ path }) => path));
    const gone = missing ? others.filter(({ path }) => !there.has(path)) : [];
    rows.push(...gone.map(({ path }) => made('tr', { className: 'gone' }, made('td', {}, made('code', {}, clean(path))), made('td', { className: 'n' }, missing))));
    if (rows.length === 0) return made('p', { className: 'note' }, name + ': nothing');
    return made('table', {}, made('caption', {}, name), made('tbody', {}, ...rows));
  }

  /** The findings that had no room in the page. */
  function more(found) {
    document.querySelectorAll('.found > .more').forEach((item, place) => {
      const rest = found.findings[place] ?? [];
      const button = made('button', { type: 'button' }, item.textContent);
      button.addEventListener('click', () => {
        const lines = rest.map(([message, ...places]) => made('li', { tabIndex: -1 }, message, ...places.flatMap((one) => [' ', made('small', {}, made('code', {}, one))])));
        item.replaceWith(...lines);
        lines[0]?.focus();
      });
      item.replaceChildren(button);
    });
  }

  let saving;
  function save() {
    clearTimeout(saving);
    saving = undefined;
    history.replaceState(null, '', '#' + stateText());
  }
  form.addEventListener('input', () => {
    filter();
    clearTimeout(saving);
    // Browsers take few changes of the address in a row.
    saving = setTimeout(save, 200);
  });
  table.addEventListener('click', () => {
    if (saving !== undefined) save();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => {
    filter();
    save();
  }));
  addEventListener('hashchange', () => follow(false));
  addEventListener('beforeprint', () => {
    if (overview.hidden) return;
    for (const article of articles) article.hidden = all.some(({ row }) => row.hidden);
    for (const { row, article } of all) if (article) article.hidden = row.hidden;
  });
  addEventListener('afterprint', () => {
    if (!overview.hidden) for (const article of articles) article.hidden = true;
  });
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || overview.hidden) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    field('text').focus();
  });
  form.hidden = false;
  document.querySelector('button#all').hidden = false;
  follow(true);
  setTimeout(async () => {
    const found = await details();
    if (!found) return;
    index(found);
    more(found);
    if (field('text').value !== '') filter();
  });
})();
`
  .replaceAll(/\n +/g, '\n')
  .replaceAll(/\n(\/\*\*[\s\S]*?\*\/|\/\/.*)(?=\n)/g, '');
