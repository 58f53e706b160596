import { type Catalog, CatalogError, type ErrorCode, type ModelEntry, type ModelFilter } from 'catalog-core';
import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';

/** What a client can do something about. Whatever else goes wrong does so here, and is 500. */
const statusOf: Partial<Record<ErrorCode, number>> = {
  ...{ InvalidArgument: 400, InvalidDigest: 400, InvalidId: 400, InvalidRecord: 400, InvalidRef: 400 },
  ...{ GateDenied: 403, NotFound: 404, AlreadyExists: 409, InUse: 409, RevisionConflict: 409 },
  ...{ Busy: 503, JournalLocked: 503, NoSpace: 507 },
};

export interface RouteOptions {
  /** Told of what went wrong here, which no client is told. */
  readonly log: (error: unknown) => void;
}

/** Routes over a catalog, for `app.use`. Who may ask is for what stands before them to decide. */
export function catalogRoutes(catalog: Catalog, { log }: RouteOptions): Router {
  const router = express.Router();
  router.use(express.json({ limit: '64kb' }));
  router.get('/models', async ({ query }, response) => {
    const entries = await catalog.list(filterOf(query));
    response.json({ models: entries.map(shown) });
  });
  // An id may have slashes: encodeURIComponent makes one part of the path of it.
  router.get('/models/:id', async ({ params: { id } }, response) => {
    const entry = await catalog.get(id);
    if (entry === undefined) throw new CatalogError('NotFound', 'there is no such model');
    response.json({ model: shown(entry) });
  });
  // What a body must be the catalog knows, and refuses what is not.
  router.post('/models', async ({ body = {} }, response) => {
    response.json({ model: shown(await catalog.register(body)) });
  });
  router.post('/models/:id/verify', async ({ params: { id }, body = {} }, response) => {
    const { expected, ...others } = body;
    // Above all no `path`: a client could have files of this machine read.
    if (Object.keys(others).length > 0) throw new CatalogError('InvalidArgument', 'a verification takes `expected`, and nothing else');
    response.json({ outcome: await catalog.verify(id, { expected, signal: goneSignal(response) }) });
  });
  router.use(answerError(log));
  return router;
}

/** A model as clients may see it: no path of this machine is in it. */
function shown({ id, name, state, trust_state, digest, bytes, labels, metadata, registered_at, verified_at }: ModelEntry) {
  return { id, name, state, trust_state, digest, bytes, labels, metadata, registered_at, verified_at };
}

const filters: readonly string[] = ['state', 'trust_state', 'id', 'name', 'label'] satisfies (keyof ModelFilter)[];

/** A filter that nobody knows must not give the list of everything. */
function filterOf(query: Request['query']): ModelFilter {
  for (const [name, value] of Object.entries(query)) {
    if (!filters.includes(name) || typeof value !== 'string')
      throw new CatalogError('InvalidArgument', `filters are ${filters.join(', ')}, once each`);
  }
  return query as ModelFilter;
}

/** Nobody waits for the outcome any more. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

function answerError(log: RouteOptions['log']): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    if (response.destroyed) return;
    const { status, code, message } = answerTo(error);
    if (status === 500) log(error);
    response.status(status).json({ error: { code, message } });
  };
}

/** What is told of an error. Those of this machine name its paths, and those of a body that is no JSON show it: neither is told. */
function answerTo(error: unknown): { readonly status: number; readonly code: string; readonly message: string } {
  if (error instanceof CatalogError) {
    const { code, message } = error;
    const status = statusOf[code] ?? 500;
    return { status, code, message: status < 500 ? message : 'this cannot be done at the moment' };
  }
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status >= 500) return { status: 500, code: 'IoError', message: 'something went wrong here' };
  return { status, code: 'InvalidArgument', message: 'the path or the body cannot be read: a body is JSON of up to 64 kB' };
}
