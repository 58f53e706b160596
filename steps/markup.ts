import { createHash } from 'node:crypto';
import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { html, named, namedList, ours, shortened } from '../src/core/markup.js';
import { pageOf } from '../src/core/page.js';
import { cardOf, colourVariables, type Scheme } from '../src/core/page-colours.js';
import { unescaped } from '../support/table-cells.js';

Then(/^the text (.+) is (.+) in a page$/, (text: string, markup: string) => {
  expect(html`${unescaped(text)}`.markup).to.equal(markup);
  expect(html`<i title="${unescaped(text)}">`.markup).to.equal(`<i title="${markup}">`);
});

Then('markup of 5, of nothing, of a list of "<" and 7, and of markup of ours is {string}', (markup: string) => {
  expect(html`${5}, ${undefined}, ${['<', 7]}, ${ours('<br>')}`.markup).to.equal(markup);
});

Then(
  /^a name of (\d+) characters "(.+)" of which (\d+) are shown is (.+)$/,
  (length: string, character: string, most: string, shown: string) => {
    expect(shortened(character.repeat(Number(length)), Number(most))).to.equal(shown);
  },
);

Then(
  'the names {string}, {string} and {string} of at most {int} characters are {string}',
  (one: string, two: string, three: string, most: number, markup: string) => {
    expect(namedList([one, two, three], most).markup).to.equal(markup);
  },
);

Then('a name of 201 characters that nothing is said of is cut to 200', () => {
  expect(named('a'.repeat(200)).markup).to.equal(`<bdi>${'a'.repeat(200)}</bdi>`);
  expect(named('a'.repeat(201)).markup).to.equal(`<bdi>${'a'.repeat(199)}…</bdi>`);
});

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

Then(
  'a page called {string} is one file, and its policy allows the style and the script that it has, and nothing else',
  (title: string) => {
    const [style, script] = ['body { margin: 0; }', 'document.title = "<script>";'];
    const page = pageOf({ title, style, script, body: html`<main>${'<a>'}</main>` });
    expect(page).to.match(/^<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">/);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    const allowed = [`style-src ${hashOf(style)}`, `script-src ${hashOf(script)}`];
    expect(policy?.split('; ')).to.deep.equal(["default-src 'none'", ...allowed, "base-uri 'none'", "form-action 'none'"]);
    expect(page).to.contain('<title>&lt;t&gt;</title>');
    expect(page).to.contain(`<style>${style}</style>`);
    expect(page).to.contain(`<script>${script}</script></body></html>\n`);
    expect(page).to.contain('<main>&lt;a&gt;</main>');
    expect(page).to.contain('<meta name="referrer" content="no-referrer">');
  },
);

Then(
  /^in the (light|dark) scheme a page of its own "--(\w+): (#\w+);" lies on "(.*)", and its ink is "(.*)"$/,
  (scheme: Scheme, name: string, own: string, card: string, ink: string) => {
    expect(cardOf(scheme)).to.equal(card);
    const variables = colourVariables(scheme, { [name]: own })
      .split('; ')
      .map((one) => one.replace(/;$/, ''));
    expect(variables).to.include.members([`--card: ${card}`, `--ink: ${ink}`, `--${name}: ${own}`]);
    expect(variables).to.have.lengthOf(7);
  },
);
