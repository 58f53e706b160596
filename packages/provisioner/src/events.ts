import { channel } from 'node:diagnostics_channel';

/** What a provisioner tells of what it does. URLs are without anything that may be a secret. */
export type ProvisionEvent =
  /** It was there; nothing was fetched. */
  | { readonly type: 'found'; readonly ref: string; readonly id: string }
  | { readonly type: 'fetching'; readonly ref: string }
  /** A download that was begun before goes on behind so many bytes. */
  | { readonly type: 'resumed'; readonly url: string; readonly bytes: number }
  /** A download begins anew, and why. */
  | { readonly type: 'restarted'; readonly url: string; readonly why: string }
  | { readonly type: 'retrying'; readonly url: string; readonly why: string; readonly failures: number; readonly pause_ms: number }
  | { readonly type: 'fetched'; readonly url: string; readonly bytes: number; readonly requests: number; readonly duration_ms: number }
  | { readonly type: 'added'; readonly ref: string; readonly id: string; readonly digest: string | undefined }
  | { readonly type: 'preparing'; readonly engine: string }
  | { readonly type: 'prepared'; readonly engine: string };

/** Is told of each thing that a provisioner does. */
export type EventListener = (event: ProvisionEvent) => void;

/** The events of every provisioner of this process, for whoever subscribes. */
export const provisionChannel = channel('catalog-core:provision');

/** Tells the channel, and a listener where there is one. */
export const teller =
  (listener: EventListener | undefined): EventListener =>
  (event) => {
    if (provisionChannel.hasSubscribers) provisionChannel.publish(event);
    listener?.(event);
  };
