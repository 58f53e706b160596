import { durationBuckets, type HistogramSample, type MetricFamily, type Sample } from '../observe/metrics.js';

/** What a server says that its answer is. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The text format 0.0.4 of Prometheus, with a line break at its end. */
export function prometheusText(families: readonly MetricFamily[]): string {
  return families.map(textOf).join('');
}

function textOf(family: MetricFamily): string {
  const { name, type, help } = family;
  const lines =
    family.type === 'histogram'
      ? family.samples.flatMap((sample) => histogramLines(name, sample))
      : family.samples.map((sample) => line(name, sample));
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].map((one) => `${one}\n`).join('');
}

function histogramLines(name: string, { labels, counts, count, sum }: HistogramSample): string[] {
  const ends = [...durationBuckets.map(String), '+Inf'];
  return [
    ...ends.map((le, nth) => line(`${name}_bucket`, { labels: { ...labels, le }, value: counts[nth] ?? count })),
    line(`${name}_sum`, { labels, value: sum }),
    line(`${name}_count`, { labels, value: count }),
  ];
}

function line(name: string, { labels, value }: Pick<Sample, 'value'> & { readonly labels: object }): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(String(text))}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
