/** A URL as it may be shown: without user, password, query and fragment, any of which may be a secret. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return 'a URL';
  const { protocol, host, pathname } = new URL(text);
  if (host === '') return `a ${protocol} URL`;
  return `${protocol}//${host}${pathname}`;
}
