import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';

export interface Sent {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Requests to servers, over connections that are kept. Not by `fetch`: on Node 20 one whose connection is cut as soon as it is made is never
 * settled and keeps no process alive, and one that was collected cannot be aborted.
 */
export class Connections {
  readonly #request: typeof http.request;
  readonly #agent: http.Agent;

  constructor({ isSecure }: { readonly isSecure: boolean }) {
    const { request, Agent } = isSecure ? https : http;
    this.#request = request;
    this.#agent = new Agent({ keepAlive: true });
  }

  /** The answer when it begins; a signal that is aborted ends that too. Nothing is followed elsewhere. */
  send(url: string, { method, headers, body }: Sent, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      this.#request(url, { method, agent: this.#agent, signal, ...(headers && { headers }) })
        .once('response', resolve)
        .on('error', reject)
        .end(body);
    });
  }

  /** Cuts all of them. */
  close(): void {
    this.#agent.destroy();
  }
}
