/** A server of a scenario's own, or of the whole run, on the loopback. */
export interface Server {
  /** How clients reach it. */
  readonly url: string;
  readonly port: number;
  /** SIGKILL of all its processes; resolves when none is left. */
  kill(): Promise<void>;
  /** Again, on the same port with the same data; resolves when it can be asked. */
  start(): Promise<void>;
  /** Ends it for good, and removes its data. */
  stop(): Promise<void>;
}

/** There is no such server on this machine. */
export class NoServer extends Error {}
