/**
 * What the page does where scripts run: a filter, sorting and pages for the table of models. Nothing is ever put into it, so that its
 * hash, by which the page allows it alone, is always the same.
 */
export const pageScript = `
(() => {
  'use strict';
  const table = document.getElementById('models-table');
  if (!table) return;
  const form = document.getElementById('models-filter');
  const shown = document.getElementById('models-shown');
  const pager = document.getElementById('models-pager');
  const pageText = document.getElementById('models-page');
  const heads = table.tHead.rows[0].cells;
  const sort = form.elements.namedItem('sort');
  const body = table.tBodies[0];
  const perPage = 50;
  const all = [...body.rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  let order = all;
  let page = 0;

  const counted = (count) => count.toLocaleString('en') + (count === 1 ? ' model' : ' models');

  function show() {
    const wanted = new FormData(form);
    const words = wanted.get('text').toLowerCase().split(/\\s+/).filter(Boolean);
    const fits = ({ row, text }) =>
      words.every((word) => text.includes(word)) &&
      ['state', 'trust', 'where'].every((name) => wanted.get(name) === '' || row.dataset[name] === wanted.get(name));
    const matching = order.filter(fits);
    const pages = Math.max(1, Math.ceil(matching.length / perPage));
    page = Math.min(Math.max(page, 0), pages - 1);
    const [from, to] = [page * perPage, Math.min((page + 1) * perPage, matching.length)];
    for (const { row } of all) row.hidden = true;
    matching.forEach(({ row }, place) => {
      row.hidden = false;
      row.classList.toggle('elsewhere', place < from || place >= to);
    });
    const which = matching.length === all.length ? counted(all.length) : matching.length + ' of ' + counted(all.length);
    shown.textContent = which + (pages > 1 ? ', ' + (from + 1) + ' to ' + to + ' on this page' : '');
    pager.hidden = pages === 1;
    pageText.textContent = 'Page ' + (page + 1) + ' of ' + pages;
    for (const button of pager.querySelectorAll('button')) {
      const target = page + Number(button.dataset.step);
      button.setAttribute('aria-disabled', String(target < 0 || target >= pages));
    }
  }

  function valueIn(row, column) {
    if (column === row.cells.length) return row.cells[column - 1].lastElementChild.textContent;
    const cell = row.cells[column];
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    return (column === 0 ? cell.querySelector('.id') : cell).textContent;
  }

  const compare = (a, b) => (typeof a === 'number' ? a - b : a < b ? -1 : a > b ? 1 : 0);

  function press(head) {
    const before = head.getAttribute('aria-sort');
    const first = head.classList.contains('n') ? 'descending' : 'ascending';
    sortBy(head.cellIndex, before === null ? first : before === 'ascending' ? 'descending' : 'ascending');
  }

  function sortBy(column, direction) {
    [...heads].forEach((head, place) => {
      if (place === column) head.setAttribute('aria-sort', direction);
      else head.removeAttribute('aria-sort');
    });
    const name = column + ' ' + direction;
    sort.value = [...sort.options].some(({ value }) => value === name) ? name : '';
    const sign = direction === 'ascending' ? 1 : -1;
    order = all
      .map((item) => ({ item, value: valueIn(item.row, column) }))
      .sort((a, b) => sign * compare(a.value, b.value))
      .map(({ item }) => item);
    body.append(...order.map(({ row }) => row));
    page = 0;
    show();
  }

  for (const head of heads) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    button.addEventListener('click', () => press(head));
    head.replaceChildren(button);
  }
  form.addEventListener('input', ({ target }) => {
    page = 0;
    if (target !== sort) return show();
    const [column, direction] = sort.value.split(' ');
    sortBy(Number(column), direction);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => {
    const kept = sort.value;
    // The values are put back after this event.
    setTimeout(() => {
      sort.value = kept;
      page = 0;
      show();
    });
  });
  pager.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (!button || button.getAttribute('aria-disabled') === 'true') return;
    page += Number(button.dataset.step);
    show();
  });
  form.hidden = false;
  document.getElementById('models-all').hidden = false;
  show();
})();
`;
