import { refusal } from '../../core/errors.js';
import { type ModelEntry, metadataIn } from '../../core/records.js';
import type { Gate, Proposed, Verdict } from '../../journal/gates.js';
import { entityOfAll } from './entities.js';
import { recordPut } from './record-events.js';

/** CAT-HIS-3603: what a catalog takes, as it can be written down. */
export interface CatalogPolicy {
  /** A model comes from one of these: its source begins with one of them. */
  readonly allowed_sources?: readonly string[];
  /** A model that is to be used has a digest. */
  readonly digest_required?: boolean;
  /** No model whose format can carry code that runs when it is loaded. */
  readonly no_code_bearing_formats?: boolean;
  /** A model that is to be used carries a label of this name. */
  readonly signature_label?: string;
}

const members = ['allowed_sources', 'digest_required', 'no_code_bearing_formats', 'signature_label'];

/** The gates of a policy, each named as its member of the policy. `InvalidArgument` for what is none. */
export function gatesOf(policy: CatalogPolicy): readonly Gate[] {
  checkPolicy(policy);
  const { allowed_sources: sources, digest_required: digest, no_code_bearing_formats: noCode, signature_label: label } = policy;
  return [
    ...(sources ? [allowedSources(sources)] : []),
    ...(digest ? [digestRequired] : []),
    ...(noCode ? [noCodeBearingFormats] : []),
    ...(label ? [signatureRequired(label)] : []),
  ];
}

/** The policy in a text of JSON, which is called by a name; `InvalidArgument` for what is none. */
export function parsePolicy(text: string, name: string): CatalogPolicy {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw notAPolicy('it is no JSON', name);
  }
  return checkPolicy(policy, name);
}

function allowedSources(allowed: readonly string[]): Gate {
  return gate('allowed_sources', 'SOURCE_NOT_ALLOWED', ({ source }) =>
    allowed.some((prefix) => source.startsWith(prefix)) ? undefined : `${source} is none of the sources that are allowed`,
  );
}

const digestRequired = gate('digest_required', 'DIGEST_REQUIRED', ({ state, digest, declared }) =>
  state === 'Active' && digest === undefined && declared === undefined ? 'it has no digest, and is to be used' : undefined,
);

const noCodeBearingFormats = gate('no_code_bearing_formats', 'CODE_BEARING', (model) =>
  model.metadata?.code_bearing ? `its format (${metadataIn(model).format ?? 'unknown'}) can carry code` : undefined,
);

function signatureRequired(label: string): Gate {
  return gate('signature_label', 'SIGNATURE_REQUIRED', ({ state, labels }) =>
    state === 'Active' && !(Object.hasOwn(labels ?? {}, label) && labels?.[label])
      ? `it has no label ${label}, and is to be used`
      : undefined,
  );
}

/** A gate that looks at models that are to be stored, and at nothing else. */
function gate(name: string, code: string, why: (model: ModelEntry) => string | undefined): Gate {
  return { name, check: (proposed) => verdictOn(proposed, code, why) };
}

function verdictOn({ coordinate, kind, payload }: Proposed, code: string, why: (model: ModelEntry) => string | undefined): Verdict {
  if (kind !== recordPut || !coordinate.entity.startsWith(`${entityOfAll('models')}:`)) return { permits: true };
  const { record } = payload as { readonly record: ModelEntry };
  const reason = why(record);
  return reason === undefined ? { permits: true } : { permits: false, code, message: reason, context: { id: record.id } };
}

function checkPolicy(policy: unknown, name = 'that'): CatalogPolicy {
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) throw notAPolicy('it is no object', name);
  const {
    allowed_sources: sources,
    digest_required: digest,
    no_code_bearing_formats: noCode,
    signature_label: label,
  } = policy as CatalogPolicy;
  const unknown = Object.keys(policy).find((member) => !members.includes(member));
  if (unknown !== undefined) throw notAPolicy(`it has a member ${unknown}, which says nothing`, name);
  if (sources !== undefined && !(Array.isArray(sources) && sources.every((one) => typeof one === 'string' && one !== '')))
    throw notAPolicy('allowed_sources is a list of texts', name);
  for (const [member, value] of Object.entries({ digest_required: digest, no_code_bearing_formats: noCode })) {
    if (value !== undefined && typeof value !== 'boolean') throw notAPolicy(`${member} is true or false`, name);
  }
  if (label !== undefined && (typeof label !== 'string' || label === '')) throw notAPolicy('signature_label is the name of a label', name);
  return policy as CatalogPolicy;
}

export function notAPolicy(reason: string, name: string): Error {
  return refusal('InvalidArgument', `${name} is no policy of a catalog: ${reason}`, { argument: 'policy', reason });
}
