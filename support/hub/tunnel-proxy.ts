import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy on this machine that opens tunnels to wherever it is asked to. */
export class TunnelProxy {
  /** The hosts that it was asked for. */
  readonly asked: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer();
    this.#server.on('connect', (request: IncomingMessage, socket: Socket) => this.#open(request.url ?? '', socket));
  }

  static async begin(): Promise<TunnelProxy> {
    const proxy = new TunnelProxy();
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** With these credentials, or none. */
  urlFor(user = ''): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${user === '' ? '' : `${user}@`}127.0.0.1:${port}`;
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #open(target: string, socket: Socket): void {
    this.asked.push(target);
    const [host = '', port = ''] = target.split(':');
    const through = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      through.pipe(socket).pipe(through);
    });
    for (const one of [socket, through]) {
      this.#sockets.add(one);
      one.on('error', () => one.destroy());
    }
  }
}
