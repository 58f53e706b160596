/** Filters the cases, and keeps in the address what was asked for. All is there to be read without it. */
export const pageScript = `
const form = document.querySelector('#filter');
const rows = [...document.querySelectorAll('#by-case tbody tr:not(.group)')];
const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
const asked = () => [...new FormData(form)].filter(([, value]) => value !== '');
const shows = (row, { text = '', status, store }) => {
  if (!text.toLowerCase().split(/\\s+/).every((word) => words.get(row).includes(word))) return false;
  const cells = [...row.cells].filter((cell) => cell.dataset.store !== undefined && (store === undefined || cell.dataset.store === store));
  return status === undefined || cells.some((cell) => cell.classList.contains(status));
};
const filter = () => {
  const wanted = Object.fromEntries(asked());
  let count = 0;
  for (const row of rows) {
    row.hidden = !shows(row, wanted);
    if (!row.hidden) count += 1;
  }
  for (const body of document.querySelectorAll('#by-case tbody')) body.hidden = [...body.rows].every((row) => row.hidden || row.className === 'group');
  document.querySelector('#shown').textContent = count === rows.length ? count + ' cases' : count + ' of ' + rows.length + ' cases';
  document.querySelector('#all').hidden = asked().length === 0;
};
const read = () => {
  const told = new URLSearchParams(location.hash.slice(1));
  for (const name of ['text', 'status', 'store']) form.elements[name].value = told.get(name) ?? '';
  filter();
  if (told.size > 0 && told.has('text')) document.querySelector('#cases').scrollIntoView();
};
const write = () => {
  const hash = new URLSearchParams(asked()).toString();
  history.replaceState(undefined, '', hash === '' ? location.pathname + location.search : '#' + hash);
  filter();
};
form.hidden = false;
form.addEventListener('input', write);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => setTimeout(write));
addEventListener('hashchange', read);
read();
`.replaceAll(/\n +/g, '\n');
