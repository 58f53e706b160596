export type { DownloadProgress } from './download.js';
export type { PartialDownload } from './downloads.js';
export { EngineProvisioner, type EngineProvisionerOptions, type EngineSpec, type PreparedEngine } from './engine-provisioner.js';
export { type EventListener, type ProvisionEvent, provisionChannel } from './events.js';
export { type FetchOptions, HttpFetcher, type HttpFetcherOptions } from './http-fetcher.js';
export { type EnsureOptions, ModelProvisioner, type ModelProvisionerOptions, type ProvisionedModel } from './model-provisioner.js';
